"""Recordings as other programs write them, and what MNE-Python and pyEDFlib read from them (expected.h5).

Run: python make_recording_formats.py   (numpy, scipy, h5py, mne, h5io, edfio, pybv, eeglabio, pyedflib, pymatreader)
"""
import os
import h5io
import h5py
import mne
import numpy as np
import pyedflib
import scipy.io

here = os.path.dirname(os.path.abspath(__file__))
os.chdir(here)
mne.set_log_level("ERROR")
rng = np.random.default_rng(41)
expected = h5py.File("expected.h5", "w")


def walk(channels, samples, scale=20.0):
    """Microvolts: random walks that stay near zero."""
    x = rng.standard_normal((channels, samples))
    for t in range(1, samples):
        x[:, t] += 0.9 * x[:, t - 1]
    return scale * x


def golden(name, volts, rate, labels, onsets=(), events=()):
    """volts [time, channel]."""
    expected[f"{name}/volts"] = np.asarray(volts, "f8")
    expected[name].attrs["rate_hz"] = float(rate)
    expected[f"{name}/labels"] = list(labels)
    expected[f"{name}/onset_s"] = np.asarray(onsets, float)
    expected[f"{name}/event"] = list(map(str, events)) or ["none"]


def golden_raw(name, raw):
    a = raw.annotations
    golden(name, raw.get_data().T, raw.info["sfreq"], raw.ch_names, a.onset, a.description)


# EEGLAB in MATLAB 5: a struct, data inside, outside and epoched; urevents, empty chanlocs fields, a boundary.
names = ["Fp1", "Fp2", "Cz", "O1", "O2"]


def records(rows, fields):
    out = np.empty((1, len(rows)), dtype=[(f, object) for f in fields])
    for i, row in enumerate(rows):
        for f, v in zip(fields, row):
            out[0, i][f] = v
    return out


def eeglab5(stem, data, rate, events, external=False, trials=1, at_root=False, compress=True):
    channels, samples = data.shape[0], data.shape[1] // trials
    if external:
        data.T.astype("<f4").tofile(f"{stem}.fdt")
        inside = f"{stem}.fdt"
    elif trials == 1:
        inside = data.astype("f4")
    else:
        inside = data.reshape(channels, trials, samples).transpose(0, 2, 1).astype("f4")
    empty = np.zeros((0, 0))
    eeg = dict(
        setname=stem, filename=f"{stem}.set", filepath="", subject="", group="", condition="", session=empty,
        comments="", nbchan=float(channels), trials=float(trials), pnts=float(samples), srate=float(rate), xmin=0.0,
        xmax=(samples - 1) / rate, times=empty, data=inside, icaact=empty, icawinv=empty, icasphere=empty,
        icaweights=empty, icachansind=empty,
        chanlocs=records([(n, 0.1 * i, 1.0, empty, "EEG") for i, n in enumerate(names)],
                         ("labels", "X", "Y", "sph_phi", "type")),
        urchanlocs=empty, chaninfo=dict(plotrad=empty), ref="common",
        event=records([(t, float(l), float(d), float(i + 1)) for i, (t, l, d) in enumerate(events)],
                      ("type", "latency", "duration", "urevent")),
        urevent=records([(t, float(l) + 100, float(d)) for t, l, d in events], ("type", "latency", "duration")),
        epoch=empty, eventdescription=empty, reject=dict(rejjp=empty), stats=dict(jp=empty), specdata=empty,
        specicaact=empty, splinefile="", icasplinefile="", dipfit=empty, history="EEG = eeg_checkset( EEG );",
        saved="justloaded", etc=dict(eeglabvers="2023.1"), datfile=f"{stem}.fdt" if external else "")
    scipy.io.savemat(f"{stem}.set", eeg if at_root else {"EEG": eeg}, do_compression=compress)


events = [("square", 1, 0), ("rt", 129.5, 64), ("square", 300, 0)]
eeglab5("inside", walk(5, 400), 128, events)
eeglab5("outside", walk(5, 400), 128, events, external=True, compress=False)
eeglab5("root", walk(5, 400), 128, events, at_root=True)
eeglab5("boundary", walk(5, 400), 128, [("boundary", 200.5, 37), ("square", 300, 0)])
eeglab5("epoched", walk(5, 400), 128, [("a", 11, 0), ("b", 111, 0)], trials=4)
for name in ("inside", "outside", "root"):
    golden_raw(name, mne.io.read_raw_eeglab(f"{name}.set", preload=True))
epochs = mne.io.read_epochs_eeglab("epoched.set")
golden("epoched", epochs.get_data(copy=True).transpose(0, 2, 1), 128, names)

# The recipe for FIF: mne.export, to every format it knows.
info = mne.create_info(["Fp1", "Fp2", "Cz"], 250.0, "eeg")
raw = mne.io.RawArray(1e-6 * walk(3, 500), info)
raw.set_annotations(mne.Annotations([0.5, 1.2], [0.1, 0.0], ["film", "end"]))
raw.save("sub-01_raw.fif", overwrite=True)
raw = mne.io.read_raw_fif("sub-01_raw.fif")
golden_raw("fif", raw)
for suffix in ("edf", "vhdr", "set"):
    mne.export.export_raw(f"export.{suffix}", raw, overwrite=True)
os.remove("sub-01_raw.fif")
golden_raw("export_edf", mne.io.read_raw_edf("export.edf"))
golden_raw("export_vhdr", mne.io.read_raw_brainvision("export.vhdr"))
golden_raw("export_set", mne.io.read_raw_eeglab("export.set"))

# MNE in HDF5: a Raw with kinds of channels, bads and annotations; a plain dictionary; epochs.
info = mne.create_info(["Fp1", "Fp2", "Cz", "EOG", "STI", "MEG1"], 250.0, ["eeg", "eeg", "eeg", "eog", "stim", "mag"])
x = 1e-6 * walk(6, 500)
x[4] = 3.0
raw = mne.io.RawArray(x, info)
raw.info["bads"] = ["Cz"]
a = dict(onset=np.array([0.5, 1.0]), duration=np.array([0.25, 0.0]), description=["film", "end µ"])
h5io.write_hdf5("mne.h5", dict(data=raw.get_data(), info=raw.info, annotations=a), title="mnepython", overwrite=True)
golden("mne", x[:4].T, 250, raw.ch_names[:4], a["onset"], a["description"])
h5io.write_hdf5("plain_dict.h5", dict(data=x[:3], info=dict(ch_names=raw.ch_names[:3], sfreq=250.0)), overwrite=True)
h5io.write_hdf5("mne_epochs.h5", dict(data=x[:3].reshape(3, 4, 125).transpose(1, 0, 2),
                                      info=dict(ch_names=raw.ch_names[:3], sfreq=250.0)), overwrite=True)

# SEED: extracted features [channel, window, band], and recordings in MATLAB 7.3 and other axis orders.
features = {f"{family}{i}": rng.standard_normal((4, 20 + i, 5)) for family in ("de_LDS", "de_movingAve") for i in (1, 2)}
scipy.io.savemat("features.mat", features, do_compression=True)
scipy.io.savemat("one_family.mat", {k: v for k, v in features.items() if "LDS" in k})
for b, band in enumerate(("delta", "theta", "alpha", "beta", "gamma")):
    expected[f"features_{band}/volts"] = features["de_LDS2"][:, :, b].T
clips = {f"djc_eeg{i}": walk(4, 150 + i) for i in (1, 2)}
with h5py.File("seed73.mat", "w", userblock_size=512) as f:
    for name, clip in clips.items():
        f.create_dataset(name, data=clip.T).attrs["MATLAB_class"] = np.bytes_("double")
with open("seed73.mat", "r+b") as f:
    f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116, b" ") + b"\0" * 8 + b"\x00\x02IM")
for name, clip in clips.items():
    expected[f"{name}/volts"] = 1e-6 * clip.T
trials = np.stack([walk(4, 120) for _ in range(3)], axis=-1)
scipy.io.savemat("axes.mat", dict(turned=clips["djc_eeg1"].T, trials=trials.transpose(2, 1, 0), z=np.ones((3, 9)) * 1j))
expected["trials/volts"] = 1e-6 * trials.transpose(2, 1, 0)

# BioSemi: codes of 16 bits below the amplifier's own bits; the first code stands from the start.
status = np.zeros(4 * 128, int)
status[:30] = 7
status[100:110], status[110:120], status[300:303], status[400:] = 20, 21, 65535, 255
bits = status | (0b1010 << 16)


def put(v, n):
    return str(v).encode("latin-1").ljust(n)[:n]


def bdf(path, signals, records, record_s):
    with open(path, "wb") as f:
        f.write(b"\xffBIOSEMI" + put("X X X X", 80) + put("Startdate X X X X", 80) + b"01.01.2001.00.00")
        f.write(put(256 * (len(signals) + 1), 8) + put("24BIT", 44) + put(records, 8) + put(record_s, 8))
        f.write(put(len(signals), 4))
        rows = [(n, "", u, lo, hi, -8388608, 8388607, "", v.shape[1], "") for n, u, lo, hi, v in signals]
        for k, width in enumerate((16, 80, 8, 8, 8, 8, 8, 80, 8, 32)):
            for row in rows:
                f.write(put(row[k], width))
        for r in range(records):
            for _, _, _, _, v in signals:
                f.write(b"".join(int(i & 0xFFFFFF).to_bytes(3, "little") for i in v[r]))


bdf("status.bdf", [("A1", "uV", -262144, 262143, rng.integers(-3000, 3000, (4, 128))),
                   ("Status", "Boolean", -8388608, 8388607, bits.reshape(4, 128))], 4, 0.5)
raw = mne.io.read_raw_bdf("status.bdf", preload=True)
found = mne.find_events(raw, "Status", consecutive=True, mask=0xFFFF, mask_type="and", shortest_event=1)
golden("status", raw.get_data(["A1"]).T, raw.info["sfreq"], ["A1"], found[:, 0] / raw.info["sfreq"],
       [f"Status/{c}" for c in found[:, 2]])

# pyEDFlib (EDFlib): EDF+ and BDF+ with annotations.
for suffix, kind, low, high in (("edf", pyedflib.FILETYPE_EDFPLUS, -32768, 32767),
                                ("bdf", pyedflib.FILETYPE_BDFPLUS, -8388608, 8388607)):
    w = pyedflib.EdfWriter(f"pyedflib.{suffix}", 2, file_type=kind)
    for i, label in enumerate(("Fz", "Pz")):
        w.setSignalHeader(i, dict(label=label, dimension="uV", sample_frequency=100, physical_max=500.0,
                                  physical_min=-500.0, digital_max=high, digital_min=low, prefilter="",
                                  transducer=""))
    w.writeSamples([walk(1, 300)[0], walk(1, 300)[0]])
    w.writeAnnotation(0.5, 1.0, "clip")
    w.writeAnnotation(2.25, -1, "end")
    w.close()
    r = pyedflib.EdfReader(f"pyedflib.{suffix}")
    marks = r.readAnnotations()
    golden(f"pyedflib_{suffix}", 1e-6 * np.stack([r.readSignal(i) for i in range(2)], axis=1), 100, r.getSignalLabels(),
           marks[0], marks[2])
    r.close()
expected.close()
