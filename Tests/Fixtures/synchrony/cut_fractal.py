#!/usr/bin/env python3
"""Cuts fractal_10sub.h5 out of the published file: ten subjects, eight channels, 20 s resampled to 64 Hz (microvolts),
and makes `common`, one 8-12 Hz series of unit variance that the tests inject.

From sarshardorosti/EEG-Inter-Subject-Correlation (MIT). usage: python3 cut_fractal.py FRACTAL.h5 (h5py, scipy)
"""
import sys

import h5py
import numpy as np
import scipy.signal as ss

CHANNELS = ["Fz", "Cz", "Pz", "Oz", "C3", "C4", "O1", "O2"]
with h5py.File(sys.argv[1]) as f, h5py.File("fractal_10sub.h5", "w") as out:
    names = [n.decode() if isinstance(n, bytes) else n for n in f["ch_names"][:]]
    subjects = sorted(k for k in f if k.startswith("sub-"))
    x = np.stack([f[s]["eeg"][:][[names.index(c) for c in CHANNELS], :5120] for s in subjects]).astype(float)
    x = ss.resample_poly(x - x.mean(-1, keepdims=True), 1, 4, axis=-1)
    out.create_dataset("eeg", data=np.round(x, 1).astype("f4").transpose(0, 2, 1), compression="gzip", shuffle=True)
    out["ch_names"], out["subjects"] = CHANNELS, subjects
    g = np.random.default_rng(5)
    common = ss.sosfiltfilt(ss.butter(4, [8, 12], "bandpass", fs=64, output="sos"), g.standard_normal(3840))[1280:2560]
    out["common"] = (common / common.std()).astype("f4")
    out.attrs["licence"], out.attrs["rate_hz"], out.attrs["units"] = "MIT", 64.0, "uV"
