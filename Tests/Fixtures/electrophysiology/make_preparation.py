"""Reference arrays for the preparation of EEG: positions by name, independent components, the whole chain.

    python make_preparation.py FRACTAL_EEG.h5

Needs MNE-Python 1.13, scikit-learn, h5py and NumPy. FRACTAL_EEG.h5 holds `sub-XX/eeg`, microvolts at 256 Hz (MIT
licence, see ../ATTRIBUTION-recordings.md). Arrays are little-endian float64 (NAME.f64) or float32 (NAME.f32), row-major,
their shapes in NAME.txt, with channel names where they have any.
"""
import os
import sys
import warnings

import h5py
import mne
import numpy as np
from sklearn.decomposition import FastICA

source = os.path.abspath(sys.argv[1])
os.chdir(os.path.dirname(os.path.abspath(__file__)))
mne.set_log_level("ERROR")
warnings.simplefilter("ignore")


def save(name, array, labels=(), dtype="f8"):
    array = np.ascontiguousarray(array, dtype="<" + dtype)
    array.tofile(name + "." + dtype.replace("f8", "f64").replace("f4", "f32"))
    with open(name + ".txt", "w") as f:
        f.write(" ".join(str(n) for n in array.shape) + "\n" + " ".join(labels) + "\n")


def montages():
    """Unit vectors of a published cap and of a measured head (about its own centre)."""
    for name, file in (("brainproducts-RNP-BA-128", "montage_cap"), ("biosemi64", "montage_biosemi"),
                       ("standard_1005", "montage_head")):
        positions = mne.channels.make_standard_montage(name).get_positions()["ch_pos"]
        x = np.array(list(positions.values()))
        a = np.c_[2 * x, np.ones(len(x))]
        centre = np.linalg.lstsq(a, (x**2).sum(1), rcond=None)[0][:3]
        if file != "montage_head":
            centre = np.zeros(3)
        u = (x - centre) / np.linalg.norm(x - centre, axis=1)[:, None]
        save(file, u, list(positions))


def components():
    rng = np.random.default_rng(5)
    n, count = 6, 4000
    t = np.arange(count)
    sources = np.array([
        rng.laplace(size=count), rng.uniform(-1, 1, count), np.sign(np.sin(t / 31.7)), np.sin(t / 9.3),
        rng.laplace(size=count) ** 3, rng.exponential(size=count)])
    sources = (sources - sources.mean(1, keepdims=True)) / sources.std(1, keepdims=True)
    mixing = rng.standard_normal((n, n))
    x = (mixing @ sources).T * 1e-5
    ica = FastICA(whiten="unit-variance", algorithm="parallel", fun="logcosh", tol=1e-13, max_iter=2000, random_state=1)
    y = ica.fit_transform(x)
    save("ica_input", x)
    save("ica_planted", mixing * 1e-5)
    save("ica_sources", y)


def positions(names):
    """The 10-05 construction on a sphere, for the columns of the left half and their mirror images."""
    def at(azimuth, elevation):
        a, e = np.radians(azimuth), np.radians(elevation)
        return np.array([-np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])

    rows = {"af": 2, "f": 4, "fc": 6, "ft": 6, "c": 8, "t": 8, "cp": 10, "tp": 10, "p": 12, "po": 14}
    old = {"t3": "t7", "t4": "t8", "t5": "p7", "t6": "p8"}
    result = {}
    for name in names:
        own = old.get(name.lower(), name.lower())
        row, column = own.rstrip("z0123456789"), own.lstrip("abcdefghijklmnopqrstuvwxy")
        number = 0 if column == "z" else int(column)
        if row in ("fp", "o"):
            point = at((0 if row == "fp" else 180) + (1 if row == "fp" else -1) * (18 if number else 0), 0)
        else:
            side, top = at(18 + 9 * rows[row], 0), at(0, 11.25 * rows[row])
            rise = top - np.array([0, side[1], 0])
            height = np.linalg.norm(rise)
            centre = (height**2 - side[0] ** 2) / (2 * height)
            angle = np.arctan2(-side[0], -centre) * (number + number % 2) / 8
            radius = height - centre
            point = np.array([-radius * np.sin(angle), side[1], 0]) + rise / height * (centre + radius * np.cos(angle))
        result[name] = point * ([-1, 1, 1] if number and number % 2 == 0 else [1, 1, 1]) * 0.095
    return result


def chain():
    with h5py.File(source, "r") as f:
        names = [n.decode() for n in f["ch_names"][:]]
        x = f["sub-01/eeg"][:, :2560].astype("<f4") * np.float32(1e-6)
    keep = [i for i, n in enumerate(names) if n != "GND"]
    names, x = [names[i] for i in keep], x[keep]
    save("preparation_input", x.T, names, "f4")
    for rate in (200, 128, None):
        raw = mne.io.RawArray(x.astype(float), mne.create_info(names, 256.0, "eeg"))
        raw.set_montage(mne.channels.make_dig_montage(positions(names), coord_frame="head"))
        raw.notch_filter([50.0])
        raw.filter(1.0, 45.0)
        raw.info["bads"] = ["F4", "T5"]
        raw.interpolate_bads(reset_bads=True, origin=(0.0, 0.0, 0.0), mode="accurate")
        raw.set_eeg_reference("average")
        if rate:
            raw.resample(rate, npad="auto")
        save(f"preparation_{rate or 256}", raw.get_data().T[::7], names)


montages()
components()
chain()
