"""Small recordings in the formats labs have, and what MNE-Python reads from them (expected.h5).

Run: python make_recordings.py   (numpy, scipy, h5py, mne, pymatreader)
"""
import os
import h5py
import mne
import numpy as np
import scipy.io

here = os.path.dirname(os.path.abspath(__file__))
os.chdir(here)
mne.set_log_level("ERROR")
rng = np.random.default_rng(20)
names = ["Fp1", "Fp2", "Cz", "O1", "O2"]


def eeg(channels, samples, scale=20.0):
    """Microvolts: random walks that stay near zero, float32."""
    x = rng.standard_normal((channels, samples))
    for t in range(1, samples):
        x[:, t] += 0.9 * x[:, t - 1]
    return (scale * x).astype("f4")


class V73:
    """The dialect of MATLAB 7.3: a block of 512 bytes, uint16 texts, cells by reference in #refs#."""

    def __init__(self, path):
        self.f = h5py.File(path, "w", userblock_size=512)
        self.path, self.n = path, 0

    def value(self, parent, name, value):
        if isinstance(value, str):
            if value:
                d = parent.create_dataset(name, data=np.frombuffer(value.encode("utf-16-le"), "u2")[:, None])
                d.attrs["MATLAB_int_decode"] = np.int32(2)
            else:
                d = parent.create_dataset(name, data=np.zeros(2, "u8"))
                d.attrs["MATLAB_empty"] = np.uint8(1)
            d.attrs["MATLAB_class"] = np.bytes_("char")
        elif value is None:
            d = parent.create_dataset(name, data=np.zeros(2, "u8"))
            d.attrs["MATLAB_class"] = np.bytes_("double")
            d.attrs["MATLAB_empty"] = np.uint8(1)
        else:
            value = np.atleast_2d(np.asarray(value))
            kind = {"f4": "single", "f8": "double"}[value.dtype.str[1:]]
            d = parent.create_dataset(name, data=value, compression="gzip" if value.size > 99 else None)
            d.attrs["MATLAB_class"] = np.bytes_(kind)

    def cells(self, parent, name, values):
        refs = self.f.require_group("#refs#")
        out = np.empty((len(values), 1), h5py.ref_dtype)
        for i, v in enumerate(values):
            self.n += 1
            self.value(refs, f"r{self.n}", v)
            out[i, 0] = refs[f"r{self.n}"].ref
        parent.create_dataset(name, data=out, dtype=h5py.ref_dtype)

    def close(self):
        self.f.close()
        with open(self.path, "r+b") as f:
            f.write(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116, b" ") + b"\0" * 8 + b"\x00\x02IM")


def eeglab(path, data, rate, labels, events, root="EEG", external=None, trials=1):
    m = V73(path)
    g = m.f.create_group(root) if root else m.f
    if root:
        g.attrs["MATLAB_class"] = np.bytes_("struct")
    channels = data.shape[0]
    samples = data.shape[1] // trials
    for k, v in dict(setname="small", filename=os.path.basename(path), filepath="", subject="", group="", condition="",
                     comments="", ref="common", saved="yes", datfile=external or "").items():
        m.value(g, k, v)
    for k, v in dict(nbchan=channels, trials=trials, pnts=samples, srate=rate, xmin=0.0,
                     xmax=(samples - 1) / rate).items():
        m.value(g, k, np.float64(v))
    for k in ("times", "icaact", "icawinv", "icasphere", "icaweights", "icachansind", "urevent", "epoch", "reject",
              "stats", "history", "etc"):
        m.value(g, k, None)
    if external:
        data.T.astype("<f4").tofile(external)
        m.value(g, "data", external)
    elif trials == 1:
        m.value(g, "data", data.T)
    else:
        d = g.create_dataset("data", data=data.T.reshape(trials, samples, channels))
        d.attrs["MATLAB_class"] = np.bytes_("single")
    c = g.create_group("chanlocs")
    c.attrs["MATLAB_class"] = np.bytes_("struct")
    m.cells(c, "labels", labels)
    for k in ("X", "Y", "Z", "theta", "radius"):
        m.cells(c, k, [np.float64(i + 1) for i in range(len(labels))])
    m.cells(c, "type", ["" for _ in labels])
    e = g.create_group("event")
    e.attrs["MATLAB_class"] = np.bytes_("struct")
    m.cells(e, "type", [x[0] for x in events])
    m.cells(e, "latency", [np.float64(x[1]) for x in events])
    m.cells(e, "duration", [np.float64(x[2]) for x in events])
    m.close()



def nwb(path, timestamps=False, unit="volts"):
    """The parts of NWB 2 an ElectricalSeries has, int16 counts, chunked, gzip and shuffle, electrodes out of order."""
    counts = rng.integers(-3000, 3000, (600, 4)).astype("i2")
    with h5py.File(path, "w") as f:
        f.attrs["nwb_version"], f.attrs["neurodata_type"] = "2.6.0", "NWBFile"
        e = f.create_group("general/extracellular_ephys/electrodes")
        e.attrs["neurodata_type"] = "DynamicTable"
        e["id"] = np.arange(6)
        e["label"] = ["A1", "A2", "A3", "A4", "A5", "A6"]
        for name, rate in (("film", 250.0), ("rest", 500.0))[: 1 if timestamps else 2]:
            g = f.create_group(f"acquisition/{name}")
            g.attrs["neurodata_type"] = "ElectricalSeries"
            d = g.create_dataset("data", data=counts, chunks=(128, 4), compression="gzip", shuffle=True)
            d.attrs["unit"], d.attrs["conversion"], d.attrs["offset"] = unit, 1e-7, 2e-5
            g["channel_conversion"] = np.array([1.0, 2.0, 0.5, 1.0])
            g["electrodes"] = np.array([3, 0, 5, 1])
            if timestamps:
                t = 2.0 + np.arange(600) / rate
                g["timestamps"] = t
            else:
                g["starting_time"] = 0.0
                g["starting_time"].attrs["rate"] = rate
    return counts * np.array([1.0, 2.0, 0.5, 1.0]) * 1e-7 + 2e-5



def edf(path, signals, records, record_s, bdf=False, reserved="", lists=None, count=None):
    """signals: (label, unit, physical min, max, digital counts [records, per record]); lists: bytes of each record."""
    width = 3 if bdf else 2
    low, high = (-(1 << 23), (1 << 23) - 1) if bdf else (-32768, 32767)
    table = [(n, u, a, b, low, high, c.shape[1], c) for n, u, a, b, c in signals]
    if lists:
        size = 60
        table.append(("BDF Annotations" if bdf else "EDF Annotations", "", -1, 1, low, high, size // width, None))

    def put(v, n):
        return str(v).encode("latin-1").ljust(n)[:n]

    with open(path, "wb") as f:
        f.write(b"\xffBIOSEMI" if bdf else put(0, 8))
        f.write(put("X X X X", 80) + put("Startdate X X X X", 80) + b"01.01.2001.00.00")
        f.write(put(256 * (len(table) + 1), 8) + put(reserved, 44) + put(records if count is None else count, 8))
        f.write(put(record_s, 8) + put(len(table), 4))
        for field, n in ((0, 16), (None, 80), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (None, 80), (6, 8), (None, 32)):
            for row in table:
                f.write(put("" if field is None else row[field], n))
        for r in range(records):
            for row in table:
                if row[7] is None:
                    f.write(lists[r].ljust(size, b"\0"))
                elif bdf:
                    f.write(b"".join(int(v).to_bytes(3, "little", signed=True) for v in row[7][r]))
                else:
                    f.write(row[7][r].astype("<i2").tobytes())


def counts(records, per, scale):
    return rng.integers(-scale, scale, (records, per))


def tal(start, *events):
    return f"+{start}\x14\x14\0".encode() + b"".join(
        f"+{o}{chr(21) + str(d) if d else ''}\x14{t}\x14\0".encode() for o, d, t in events)


voltages = [("EEG Fp1", "uV", -500, 500, counts(6, 100, 9000)), ("EEG Cz", "uV", -400, 600, counts(6, 100, 9000)),
            ("EOG", "mV", -2, 2, counts(6, 100, 900))]
more = voltages + [("Temp", "degC", 30, 40, counts(6, 1, 99)), ("EMG", "uV", -500, 500, counts(6, 50, 9000))]
plain = [tal(r, *([(1.25, 0.5, "clip")] if r == 1 else [(4, None, "end µ")] if r == 4 else [])) for r in range(6)]
edf("plain.edf", voltages, 6, 1)
edf("plus.edf", more, 6, 1, reserved="EDF+C", lists=plain)
edf("gaps.edf", voltages, 6, 1, reserved="EDF+D", lists=[tal(r + (10 if r > 2 else 0)) for r in range(6)])
edf("unclosed.edf", voltages, 6, 1, count=-1)
edf("no_unit.edf", [("Fp1", "", -500, 500, counts(3, 50, 9000))], 3, 1)
edf("twice.edf", [("Fp1", "uV", -500, 500, counts(3, 50, 9000))] * 2, 3, 1)
edf("biosemi.bdf", [("A1", "uV", -262144, 262143, counts(4, 128, 3000)), ("A2", "uV", -262144, 262143, counts(4, 128, 3000)),
                    ("Status", "Boolean", -8388608, 8388607, counts(4, 128, 200))], 4, 0.5, bdf=True, reserved="24BIT")

def brainvision(stem, counts, resolutions, units, fmt="INT_16", order="MULTIPLEXED", data=None):
    """counts [channels, samples]; two markers; a comma inside a name, Latin-1 units."""
    labels = ["Fp1", "Cz", "EOG\\1left"]
    with open(f"{stem}.vhdr", "wb") as f:
        rows = [f"Ch{i + 1}={n},,{r},{u}" for i, (n, r, u) in enumerate(zip(labels, resolutions, units))]
        f.write("\r\n".join([
            "Brain Vision Data Exchange Header File Version 1.0", "", "[Common Infos]",
            f"DataFile={data or stem + '.eeg'}", f"MarkerFile={stem}.vmrk", "DataFormat=BINARY",
            f"DataOrientation={order}", f"NumberOfChannels={len(labels)}", "SamplingInterval=4000", "",
            "[Binary Infos]", f"BinaryFormat={fmt}", "", "[Channel Infos]", *rows, ""]).encode("latin-1"))
    with open(f"{stem}.vmrk", "w", newline="") as f:
        f.write("\r\n".join([
            "Brain Vision Data Exchange Marker File, Version 1.0", "", "[Common Infos]", "Codepage=UTF-8",
            f"DataFile={stem}.eeg", "", "[Marker Infos]", "Mk1=Stimulus,S  1,26,1,0", "Mk2=Comment,blink,101,50,0", ""]))
    x = counts.astype("<i2" if fmt == "INT_16" else "<f4")
    (x.T if order == "MULTIPLEXED" else x).tofile(f"{stem}.eeg")


brainvision("int16", rng.integers(-9000, 9000, (3, 300)), ("0.1", "0.5", "0.1"), ("\xb5V", "\xb5V", ""))
brainvision("vectorized", eeg(3, 300), ("1", "", "0.5"), ("\xb5V", "", "\xb5V"), "IEEE_FLOAT_32", "VECTORIZED")
clips = {f"djc_eeg{i}": 20.0 * rng.standard_normal((4, 150 + i)) for i in (1, 2, 10)}
scipy.io.savemat("seed.mat", {**clips, "note": "not a clip"}, do_compression=True)

events = [("square", 1, 0), ("rt", 129.5, 64), (np.float64(7), 300, 0)]
eeglab("inline.set", eeg(5, 400), 128.0, names, events)
eeglab("root.set", eeg(5, 400), 128.0, names, events, root="")
eeglab("external.set", eeg(5, 400), 128.0, names, events, external="external.fdt")
eeglab("epochs.set", eeg(5, 400), 128.0, names, [("a", 11, 0), ("b", 111, 0)], trials=4)

expected = h5py.File("expected.h5", "w")


def golden(name, raw):
    expected[f"{name}/volts"] = raw.get_data().T.astype("f8")
    expected[f"{name}"].attrs["rate_hz"] = raw.info["sfreq"]
    expected[f"{name}/labels"] = raw.ch_names
    expected[f"{name}/onset_s"] = np.asarray(raw.annotations.onset, float)
    expected[f"{name}/event"] = [str(d) for d in raw.annotations.description] or ["none"]


for name in ("inline", "external"):
    golden(name, mne.io.read_raw_eeglab(f"{name}.set", preload=True))
golden("int16", mne.io.read_raw_brainvision("int16.vhdr", preload=True))
golden("vectorized", mne.io.read_raw_brainvision("vectorized.vhdr", preload=True))
for name, clip in clips.items():
    expected[f"seed_{name}/volts"] = 1e-6 * clip.T
golden("plain", mne.io.read_raw_edf("plain.edf", preload=True))
golden("plus", mne.io.read_raw_edf("plus.edf", preload=True, exclude=["Temp", "EMG"]))
golden("biosemi", mne.io.read_raw_bdf("biosemi.bdf", preload=True, exclude=["Status"]))
epochs = mne.io.read_epochs_eeglab("epochs.set")
expected["epochs/volts"] = epochs.get_data(copy=True).transpose(0, 2, 1)
for name, volts in (("nwb_two", nwb("two.nwb")), ("nwb_stamps", nwb("stamps.nwb", timestamps=True))):
    expected[f"{name}/volts"] = volts
expected.close()
