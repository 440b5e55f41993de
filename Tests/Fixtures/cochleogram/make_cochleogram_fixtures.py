"""Filters in the layout of the NSL toolbox, and what SciPy makes of them (all values made here; no licence applies).

python3 make_cochleogram_fixtures.py
"""
import h5py
import numpy as np
import scipy.io
import scipy.signal as ss

CF = 440 * 2 ** ((np.arange(1, 130) - 32) / 24)


def bank():
    """129 filters of orders 4, 6 and 8: Butterworth band-passes and gammatones."""
    filters = []
    for i, f in enumerate(CF):
        if i % 3 == 2:
            b, a = ss.gammatone(f, "iir", fs=16000)
            b = np.r_[b, np.zeros(len(a) - len(b))]
        else:
            b, a = ss.butter(2 + i % 3, [f * 0.85, min(f * 1.18, 7900)], "bandpass", fs=16000)
        filters.append((b, a))
    return filters


def gammatone(f):
    """SciPy's filter at its exact gain: its closed form misses one by up to 3e-4 at low frequencies (cancellation)."""
    b, a = ss.gammatone(f, "iir", fs=16000)
    w = 2 * np.pi * f / 16000
    z = np.exp(-1j * w)
    pole = np.exp(-2 * np.pi * 1.019 * 24.7 * (4.37 * f / 1000 + 1) / 16000) * np.exp(1j * w)
    gain = abs(np.polyval(b[::-1], z) / ((1 - pole * z) * (1 - pole.conjugate() * z)) ** 4)
    return b / gain, a


def cochba(filters, rows):
    c = np.zeros((rows, len(filters)), complex)
    for i, (b, a) in enumerate(filters):
        p = len(a) - 1
        c[0, i] = p + 1j * (i + 1)
        c[1:p + 2, i] = b + 1j * a
    return c


def sigmoid(y, fac):
    if fac > 0:
        return 1 / (1 + np.exp(-y / fac))
    return {-2: y, -1: np.maximum(y, 0), 0: (y > 0).astype(float)}[fac]


def wav2aud(x, filters, frmlen, tc, fac, shft):
    """with tc = 0 the mean over each frame's own samples."""
    k = 16 * 2.0 ** shft
    L = round(frmlen * k)
    n = -(-len(x) // L)
    x = np.r_[x, np.zeros(n * L - len(x))]
    y2 = []
    for b, a in filters:
        y = sigmoid(ss.lfilter(b, a, x), fac)
        y2.append(y if fac == -2 else ss.lfilter([1], [1, -np.exp(-1 / (0.5 * k))], y))
    out = np.zeros((n, len(filters) - 1))
    for ch in range(len(filters) - 1):
        y4 = np.maximum(y2[ch] - y2[ch + 1], 0)
        if tc:
            out[:, ch] = ss.lfilter([1], [1, -np.exp(-1 / (tc * k))], y4)[L - 1::L]
        else:
            out[:, ch] = y4.reshape(n, L).mean(1)
    return out


filters = bank()
scipy.io.savemat("synthetic_cochba.mat", {"COCHBA": cochba(filters, 12), "note": "synthetic"}, do_compression=True)

rng = np.random.default_rng(5)
t = np.arange(3500) / 16000
x = np.float32(0.1 * rng.standard_normal(3500) + 0.5 * np.sin(2 * np.pi * 800 * t))
with h5py.File("expected.h5", "w") as f:
    f["x"] = x
    cases = [(8, 4, -2, 0), (8, 8, -1, 0), (5, 0, -2, 0), (8, 8, 0.1, 0), (8, 16, 0, 0), (8, 8, -2, -1)]
    f["parameters"] = np.array(cases, float)
    for i, case in enumerate(cases):
        f[f"case{i}"] = wav2aud(x.astype(float), filters, *case)
    gammatones = [gammatone(f0) for f0 in CF]
    f["gammatone_b"] = np.array([b for b, a in gammatones])
    f["gammatone_a"] = np.array([a for b, a in gammatones])
    f["gammatone_case"] = wav2aud(
        x.astype(float), [(np.r_[b, np.zeros(4)], a) for b, a in gammatones], 8, 8, -2, 0)

# The same nine filters in every format.
few = filters[60:69]
c = cochba(few, 11)
scipy.io.savemat("few.mat", {"COCHBA": c}, do_compression=False)
np.save("few_complex.npy", c)
np.save("few_fortran.npy", np.asfortranarray(c))
real = np.zeros((9, 2, 10))
for i, (b, a) in enumerate(few):
    real[i, 0, :len(b)], real[i, 1, :len(a)] = b, a
np.save("few_real.npy", real)
with open("few.csv", "w") as f:
    f.write("filter,tap,b,a\n")
    for i, (b, a) in enumerate(few):
        for k in range(len(a)):
            f.write(f"{i + 1},{k},{b[k]!r},{a[k]!r}\n".replace("np.float64(", "").replace(")", ""))
# As MATLAB 7.3 lays it out: HDF5 behind a header of 512 bytes, columns as rows, members real and imag.
with h5py.File("few_v73.mat", "w", userblock_size=512, libver="earliest") as f:
    d = np.zeros((9, 11), np.dtype([("real", "<f8"), ("imag", "<f8")]))
    d["real"], d["imag"] = c.T.real, c.T.imag
    f["COCHBA"] = d
with open("few_v73.mat", "r+b") as f:
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: today HDF5 schema 1.00 .".ljust(124)
    f.write(head + b"\x00\x02IM")
with h5py.File("few_rows.h5", "w", libver="earliest") as f:
    f["bank/filters"] = c
