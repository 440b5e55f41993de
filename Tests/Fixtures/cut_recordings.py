"""Cuts the small recordings of fmri/ and eeg/ out of the published files. Needs h5py.

usage: python cut_recordings.py PIEMAN.h5 ALICE.h5 FRACTAL.h5
"""
import sys

import h5py
import numpy as np

pieman, alice, fractal = sys.argv[1:]
with h5py.File(pieman) as source, h5py.File("fmri/pieman_4sub.h5", "w", track_order=False) as out:
    d = out.create_dataset("bold", data=source["bold"][:4, :60, :10], compression="gzip", shuffle=True)
    d.attrs["licence"] = "MIT (ContextLab hypertools)"
with h5py.File(alice) as source, h5py.File("fmri/alice_3sub.h5", "w") as out:
    for key in ("licence", "rois", "source", "tr_s"):
        value = source.attrs[key]
        out.attrs[key] = list(value) if key == "rois" else value
    for subject in ("sub-18", "sub-22", "sub-23"):
        if subject not in source:
            subject = sorted(source)[3]
        for name in ("bold_6mm", "sndpwr", "rate", "motion"):
            out.create_dataset(f"{subject}/{name}", data=source[subject][name][:].astype("f4"), compression="gzip", shuffle=True)
with h5py.File(fractal) as source, h5py.File("eeg/fractal_3sub.h5", "w") as out:
    for key in ("licence", "source", "srate", "stimulus", "units"):
        out.attrs[key] = source.attrs[key]
    out["ch_names"] = source["ch_names"][:]
    for subject in ("sub-01", "sub-02", "sub-03"):
        out.create_dataset(f"{subject}/eeg", data=source[subject]["eeg"][:, :1024], compression="gzip", shuffle=True)
