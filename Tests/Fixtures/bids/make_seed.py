#!/usr/bin/env python3
"""Makes folders laid out as SEED and SEED-VII are, of short synthetic clips.

    make_seed.py OUT [--subjects 20] [--clips 80]

OUT/SEED/Preprocessed_EEG/1_20131027.mat ... (`djc_eeg1` ... `djc_eeg15`, [channel, time], 200 Hz, three sessions) with
label.mat; OUT/SEED-VII/EEG_preprocessed/1.mat ... (`1` ... `80`) and OUT/SEED-VII/continuous_labels/1.mat ... (`1` ...
`80`, [1, window of 1 s]). Clips differ, so that a reader that mixes
them up is seen.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.io import savemat

CHANNELS, RATE = 62, 200


def seconds(clip: int) -> int:
    return 3 + clip % 3


def samples(subject: int, session: int, clip: int) -> np.ndarray:
    """Microvolts; the first sample of channel 0 tells subject, session and clip."""
    n = RATE * seconds(clip)
    t = np.arange(n) / RATE
    c = np.arange(CHANNELS)[:, None]
    wave = 20 * np.sin(2 * np.pi * (2 + c % 20) * t + subject + 10 * session) + 3 * np.cos(2 * np.pi * clip * t / 7 + c)
    wave[0, 0] = subject + 0.1 * session + 0.001 * clip
    return wave.astype(np.float32)


def ratings(subject: int, clip: int) -> np.ndarray:
    return 0.5 + 0.4 * np.sin(np.arange(seconds(clip)) + subject + clip)[None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--subjects", type=int, default=20)
    parser.add_argument("--clips", type=int, default=80)
    told = parser.parse_args()
    seed, seven = told.out / "SEED" / "Preprocessed_EEG", told.out / "SEED-VII"
    for folder in [seed, seven / "EEG_preprocessed", seven / "continuous_labels"]:
        folder.mkdir(parents=True)
    savemat(seed / "label.mat", {"label": np.array([[1, 0, -1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 0, 1, -1]])})
    for subject in range(1, min(told.subjects, 15) + 1):
        for session, date in enumerate(["20131027", "20131030", "20131107"], 1):
            clips = {f"djc_eeg{k}": samples(subject, session, k) for k in range(1, 16)}
            savemat(seed / f"{subject}_{date}.mat", clips)
    for subject in range(1, told.subjects + 1):
        numbers = range(1, told.clips + 1)
        savemat(seven / "EEG_preprocessed" / f"{subject}.mat", {str(k): samples(subject, 0, k) for k in numbers})
        savemat(seven / "continuous_labels" / f"{subject}.mat", {str(k): ratings(subject, k) for k in numbers})


main()
