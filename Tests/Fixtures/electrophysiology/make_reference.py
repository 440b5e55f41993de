"""Reference arrays for filters, resampling, interpolation, covariance and inverse kernels.

Needs MNE-Python 1.13, scikit-learn and NumPy. Every array is little-endian float64, row-major, in NAME.f64;
shapes.txt has one line per array: name and shape. All input is synthetic (seeded).
"""
import os

import mne
import numpy as np
from sklearn.covariance import ledoit_wolf

os.chdir(os.path.dirname(os.path.abspath(__file__)))
mne.set_log_level("ERROR")
shapes = {}


def save(name, array):
    array = np.ascontiguousarray(array, dtype="<f8")
    array.tofile(name + ".f64")
    shapes[name] = " ".join(str(n) for n in array.shape)


def filters():
    rng = np.random.default_rng(1)
    rate, count = 250.0, 2500
    t = np.arange(count) / rate
    x = np.cumsum(rng.standard_normal((2, count)), axis=1) * 0.1 + rng.standard_normal((2, count))
    x = (x + np.sin(2 * np.pi * 50 * t) + 30) * 1e-6
    save("series", x.T)
    run = lambda data, low, high: mne.filter.filter_data(data, rate, low, high)
    save("band_05_45", run(x, 0.5, 45.0).T)
    save("band_1_40_short", run(x[:, :400], 1.0, 40.0).T)
    save("high_1", run(x, 1.0, None).T)
    save("low_30", run(x, None, 30.0).T)
    save("low_124", run(x, None, 124.0).T)
    save("high_01", run(x, 0.1, None).T)
    save("notch_50", mne.filter.notch_filter(x, rate, 50.0).T)
    save("notch_50_100", mne.filter.notch_filter(x, rate, [50.0, 100.0]).T)
    filtered = run(x, 0.5, 45.0)
    for new in (200.0, 100.0, 125.0, 512.0):
        save(f"resampled_{int(new)}", mne.filter.resample(filtered, up=new, down=rate, npad="auto").T)
    save("resampled_odd", mne.filter.resample(filtered[:, :1237], up=128.0, down=rate, npad="auto").T)


def montage_raw(name, samples, seed):
    montage = mne.channels.make_standard_montage(name)
    info = mne.create_info(montage.ch_names, 100.0, "eeg")
    rng = np.random.default_rng(seed)
    raw = mne.io.RawArray(rng.standard_normal((len(montage.ch_names), samples)) * 1e-5, info)
    return raw.set_montage(montage)


def splines():
    raw = montage_raw("biosemi64", 12, 2)
    bad = [3, 17, 32, 47, 63]
    raw.info["bads"] = [raw.ch_names[i] for i in bad]
    save("spline_positions", np.array([c["loc"][:3] for c in raw.info["chs"]]))
    save("spline_input", raw.get_data().T)
    save("spline_bad", bad)
    raw.interpolate_bads(reset_bads=True, origin=(0.0, 0.0, 0.04), mode="accurate")
    save("spline_output", raw.get_data().T)
    raw.set_eeg_reference("average")
    save("spline_rereferenced", raw.get_data().T)


def covariances():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((60, 16)) @ rng.standard_normal((16, 16)) * 1e-6
    save("covariance_input", x)
    shrunk, amount = ledoit_wolf(x)
    save("covariance_ledoit_wolf", shrunk)
    save("covariance_amount", [amount])


def inverses():
    raw = montage_raw("biosemi32", 400, 4)
    raw.set_eeg_reference("average", projection=True)
    rng = np.random.default_rng(5)
    rr = rng.standard_normal((100, 3))
    rr *= (0.04 + 0.03 * rng.random((100, 1))) / np.linalg.norm(rr, axis=1, keepdims=True)
    nn = rng.standard_normal((100, 3))
    nn /= np.linalg.norm(nn, axis=1, keepdims=True)
    sphere = mne.make_sphere_model((0.0, 0.0, 0.0), 0.1)
    src = mne.setup_volume_source_space(pos=dict(rr=rr, nn=nn), sphere_units="m", sphere=(0, 0, 0, 0.09))
    forward = mne.make_forward_solution(raw.info, None, src, sphere, meg=False, mindist=0.0)
    forward = mne.convert_forward_solution(forward, surf_ori=True, force_fixed=True)
    gain = rng.standard_normal((32, 100)) * (0.2 + 5 * rng.random(100))
    gain -= gain.mean(axis=0)
    forward["sol"]["data"] = gain
    mixing = rng.standard_normal((32, 32)) * 1e-6
    noise = mixing @ mixing.T + 1e-12 * np.eye(32)
    covariance = mne.Covariance(noise, raw.ch_names, [], [], 1000)
    save("inverse_leadfield", gain)
    save("inverse_noise", noise)
    for depth, label in ((None, "flat"), (dict(exp=0.8, allow_fixed_depth=True), "depth")):
        operator = mne.minimum_norm.make_inverse_operator(
            raw.info, forward, covariance, fixed=True, loose=0.0, depth=depth)
        for method in ("MNE", "dSPM", "sLORETA", "eLORETA"):
            for snr in (1.0, 3.0):
                estimate = mne.minimum_norm.apply_inverse_raw(
                    mne.io.RawArray(np.eye(32), raw.info), operator, 1 / snr**2, method=method)
                save(f"kernel_{method}_{label}_{int(snr)}", estimate.data)
    normals = rng.standard_normal((100, 3)) * [1.0, 0.4, 0.3]
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    region = rng.integers(0, 5, 100)
    flips = np.zeros(100)
    surface = [dict(vertno=np.arange(100), nn=normals), dict(vertno=np.arange(1), nn=np.eye(3)[:1])]
    for r in range(5):
        members = np.flatnonzero(region == r)
        label = mne.Label(members, hemi="lh", subject="x")
        flips[members] = mne.label.label_sign_flip(label, surface)
    save("region_normals", normals)
    save("region_of_source", region)
    save("region_flips", flips)


def spheres():
    """The Legendre series of a homogeneous sphere (equation 9.5 of the multi-shell form with c_n = 1)."""
    rng = np.random.default_rng(6)
    radius, sigma = 0.09, 0.33
    electrodes = rng.standard_normal((12, 3))
    electrodes *= radius / np.linalg.norm(electrodes, axis=1, keepdims=True)
    sources = rng.standard_normal((8, 3))
    sources *= (0.02 + 0.05 * rng.random((8, 1))) / np.linalg.norm(sources, axis=1, keepdims=True)
    moments = rng.standard_normal((8, 3))
    values = np.zeros((12, 8))
    for s in range(8):
        r0 = np.linalg.norm(sources[s])
        e0 = sources[s] / r0
        b = r0 / radius
        radial = moments[s] @ e0
        tangential = moments[s] - radial * e0
        for e in range(12):
            u = electrodes[e] / radius
            c = u @ e0
            # d P_n / d c, from which both parts of the gradient follow.
            p0, p1, d0, d1 = 1.0, c, 0.0, 1.0
            total = 0.0
            for n in range(1, 400):
                total += (2 * n + 1) / n * b ** (n - 1) * (n * radial * p1 + (tangential @ u) * d1)
                p0, p1 = p1, ((2 * n + 1) * c * p1 - n * p0) / (n + 1)
                d0, d1 = d1, d0 + (2 * n + 1) * p0
            values[e, s] = total / (4 * np.pi * sigma * radius**2)
    save("sphere_electrodes", electrodes)
    save("sphere_sources", sources)
    save("sphere_moments", moments)
    save("sphere_potentials", values)


for part in (filters, splines, covariances, inverses, spheres):
    part()
with open("shapes.txt", "w") as out:
    for name, shape in shapes.items():
        out.write(f"{name} {shape}\n")
