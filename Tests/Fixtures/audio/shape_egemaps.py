#!/usr/bin/env python3
"""Shape of egemaps25 on real speech against openSMILE 3 (eGeMAPSv02, opensmile 2.6) and Praat (parselmouth 0.4).

    shape_egemaps.py EVOKE SOUND...      sounds of 16 kHz, mono

Imports the sounds into a temporary warehouse, extracts egemaps25 at its native rate, and writes egemaps_shape.csv: per
descriptor the frames compared (voiced ones where both sides are voiced) and Pearson's r over all of them: ours with
openSMILE, ours with Praat, Praat with openSMILE. No value of openSMILE is kept.
"""
import os
import sqlite3
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import opensmile
import parselmouth
import soundfile as sf

here = os.path.dirname(os.path.abspath(__file__))
THEIRS = {
    "loudness": "Loudness_sma3", "alpha_ratio": "alphaRatio_sma3", "hammarberg_index": "hammarbergIndex_sma3",
    "slope_0_500": "slope0-500_sma3", "slope_500_1500": "slope500-1500_sma3", "spectral_flux": "spectralFlux_sma3",
    **{f"mfcc{i}": f"mfcc{i}_sma3" for i in range(1, 5)}, "f0_semitone": "F0semitoneFrom27.5Hz_sma3nz",
    "jitter_local": "jitterLocal_sma3nz", "shimmer_local_db": "shimmerLocaldB_sma3nz", "hnr_db": "HNRdBACF_sma3nz",
    "h1_h2": "logRelF0-H1-H2_sma3nz", "h1_a3": "logRelF0-H1-A3_sma3nz",
    **{f"f{i}_{a}": f"F{i}{b}_sma3nz" for i in (1, 2, 3)
       for a, b in (("frequency", "frequency"), ("bandwidth", "bandwidth"), ("amplitude", "amplitudeLogRelF0"))},
}


def praat(path, times):
    sound = parselmouth.Sound(path)
    pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=55, pitch_ceiling=1000)
    harmonicity = sound.to_harmonicity_ac(time_step=0.01, minimum_pitch=75)
    formant = sound.to_formant_burg(time_step=0.01, max_number_of_formants=5, maximum_formant=5500)
    columns = dict(
        f0_semitone=12 * np.log2(np.array([pitch.get_value_at_time(t) for t in times]) / 27.5),
        hnr_db=np.array([harmonicity.get_value(t) for t in times]))
    columns["hnr_db"][columns["hnr_db"] < -100] = np.nan
    for i in (1, 2, 3):
        columns[f"f{i}_frequency"] = np.array([formant.get_value_at_time(i, t) for t in times])
        columns[f"f{i}_bandwidth"] = np.array([formant.get_bandwidth_at_time(i, t) for t in times])
    return columns


def correlation(pairs):
    x, y = (np.concatenate(v) for v in zip(*pairs))
    good = np.isfinite(x) & np.isfinite(y)
    return good.sum(), np.corrcoef(x[good], y[good])[0, 1]


evoke, sounds = sys.argv[1], sys.argv[2:]
smile = opensmile.Smile(opensmile.FeatureSet.eGeMAPSv02, opensmile.FeatureLevel.LowLevelDescriptors)
with tempfile.TemporaryDirectory() as folder:
    run = lambda *words: subprocess.run([evoke, "-C", folder + "/w.evoke", *words], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([evoke, "init", folder + "/w.evoke"], check=True, stdout=subprocess.DEVNULL)
    run("import", "audio", *sounds, "--dataset", "speech")
    run("extract", "--set", "egemaps25", "--rate", "native")
    catalog = sqlite3.connect(folder + "/w.evoke/catalog.sqlite")
    places = dict((s, (f, p)) for s, f, p in catalog.execute("SELECT stimulus, file, path FROM array_catalog WHERE feature_set = 'egemaps25'"))
    smiled, praated, crossed = ({name: [] for name in THEIRS} for _ in range(3))
    for path in sounds:
        file, dataset = places[os.path.splitext(os.path.basename(path))[0]]
        with h5py.File(f"{folder}/w.evoke/{file}") as h5:
            values = h5[dataset][:]
            times = h5[os.path.dirname(dataset) + "/time_s"][:]
        x, rate = sf.read(path, dtype="float32")
        frame = smile.process_signal(x, rate)
        found = praat(path, times)
        voiced = ~np.isnan(values[:, 10])
        for column, (name, theirs) in enumerate(THEIRS.items()):
            # openSMILE's 20 and 60 ms frames begin together, ours are centred on one another.
            other = frame[theirs].to_numpy()[(2 if column < 10 else 0):][: len(values)].astype(float)
            ours = values[: len(other), column].astype(float)
            if column >= 10:
                other[(frame[THEIRS["f0_semitone"]].to_numpy()[: len(other)] == 0) | (other < -150) | (other == 0)] = np.nan
                ours[~voiced[: len(ours)]] = np.nan
            smiled[name].append((ours, other))
            if name in found:
                truth = np.where(np.isnan(found["f0_semitone"]), np.nan, found[name])
                praated[name].append((values[:, column].astype(float), truth))
                crossed[name].append((truth[: len(other)], other))
with open(f"{here}/egemaps_shape.csv", "w") as out:
    out.write("descriptor,frames,r_opensmile,r_praat,r_praat_opensmile\n")
    for name in THEIRS:
        count, r = correlation(smiled[name])
        rest = [f"{correlation(p[name])[1]:.3f}" if p[name] else "" for p in (praated, crossed)]
        out.write(f"{name},{count},{r:.3f},{rest[0]},{rest[1]}\n")
