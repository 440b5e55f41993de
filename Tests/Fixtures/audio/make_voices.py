#!/usr/bin/env python3
"""Voices for egemaps25: planted vowels and what Praat (parselmouth 0.4) and NumPy find in them and in jfk.wav.

Vowels are pulse trains through five resonances; every period is T (1 + jitter g), every pulse 10^(shimmer g / 20), g
standard normal, so that the expected local jitter is 2 / sqrt(pi) times `jitter`, local shimmer likewise. Own work, CC0.

Writes voice_*.wav, voices.csv (planted values and Praat's), jfk_praat.csv (pitch and formants at the centres of our
frames) and jfk_balance.csv (the ten descriptors of every frame, by NumPy in float64, smoothed over three frames).
"""
import os

import librosa
import numpy as np
import parselmouth
import soundfile as sf
from parselmouth.praat import call
from scipy.signal import lfilter, resample_poly

here = os.path.dirname(os.path.abspath(__file__))
sr = 16000
FORMANTS = {
    "a": [(700, 80), (1220, 90), (2600, 120), (3500, 150), (4500, 200)],
    "i": [(300, 60), (2200, 100), (3000, 130), (3700, 150), (4600, 200)],
    "u": [(350, 60), (800, 80), (2400, 120), (3400, 150), (4500, 200)],
}


def vowel(name, f0, jitter, shimmer, seed, seconds=1.2, over=8):
    rng = np.random.default_rng(seed)
    y = np.zeros(int(seconds * sr) * over)
    t = 0.01
    while t < seconds - 0.01:
        k, part = divmod(t * sr * over, 1)
        a = 10 ** (rng.normal() * shimmer / 20)
        y[int(k)] += a * (1 - part)
        y[int(k) + 1] += a * part
        t += (1 + jitter * rng.normal()) / f0
    y = lfilter([1], [1, -0.9], resample_poly(y, 1, over))
    for f, b in FORMANTS[name]:
        r, w = np.exp(-np.pi * b / sr), 2 * np.pi * f / sr
        y = lfilter([1], [1, -2 * r * np.cos(w), r * r], y)
    return 0.5 * y / np.abs(y).max()


def praat(path):
    sound = parselmouth.Sound(path)
    points = call(sound, "To PointProcess (periodic, cc)", 75, 500)
    formant = sound.to_formant_burg(max_number_of_formants=5, maximum_formant=5500)
    pitch = sound.to_pitch_ac(pitch_floor=75, pitch_ceiling=500).selected_array["frequency"]
    row = [
        np.median(pitch[pitch > 0]),
        call(points, "Get jitter (local)", 0, 0, 0.0001, 0.02, 1.3),
        call([sound, points], "Get shimmer (local_dB)", 0, 0, 0.0001, 0.02, 1.3, 1.6),
    ]
    row += [call(formant, "Get quantile", i, 0, 0, "Hertz", 0.5) for i in (1, 2, 3)]
    return row


rows = []
for name, f0, jitter, shimmer, seed in [
    ("a", 110, 0.0, 0.0, 1), ("a", 120, 0.005, 0.2, 2), ("a", 190, 0.01, 0.4, 3), ("i", 140, 0.01, 0.0, 4),
    ("u", 100, 0.0, 0.5, 5), ("u", 160, 0.02, 0.6, 6),
]:
    file = f"voice_{name}{f0}.wav"
    sf.write(f"{here}/{file}", vowel(name, f0, jitter, shimmer, seed), sr, subtype="PCM_16")
    scale = 2 / np.sqrt(np.pi)
    planted = [f0, jitter * scale, shimmer * scale] + [f for f, _ in FORMANTS[name][:3]]
    rows.append(",".join([file] + [f"{v:.6g}" for v in planted + praat(f"{here}/{file}")]))
quantities = ["f0_hz", "jitter", "shimmer_db", "f1_hz", "f2_hz", "f3_hz"]
with open(f"{here}/voices.csv", "w") as out:
    out.write(",".join(["file"] + quantities + [f"praat_{q}" for q in quantities]) + "\n" + "\n".join(rows) + "\n")

x, _ = sf.read(f"{here}/jfk.wav", dtype="float64")
centres = np.arange((len(x) - 960) // 160 + 1) * 0.01 + 0.03
sound = parselmouth.Sound(f"{here}/jfk.wav")
pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=55, pitch_ceiling=1000)
formant = sound.to_formant_burg(time_step=0.01, max_number_of_formants=5, maximum_formant=5500)
table = np.array([[pitch.get_value_at_time(t)] + [formant.get_value_at_time(i, t) for i in (1, 2, 3)] for t in centres])
np.savetxt(f"{here}/jfk_praat.csv", table, delimiter=",", fmt="%.6g", header="f0_hz,f1_hz,f2_hz,f3_hz", comments="")

# 20 ms Hamming frames in the middle of the 60 ms frames.
frames = librosa.util.frame(x[320:], frame_length=320, hop_length=160)[:, : len(centres)] * np.hamming(320)[:, None]
P = np.abs(np.fft.rfft(frames, 512, axis=0)) ** 2
f = np.arange(257) * sr / 512
mel = lambda hz: 2595 * np.log10(1 + hz / 700)
edges = np.linspace(mel(20), mel(8000), 28)
m = mel(f)
W = np.array([np.clip(np.minimum((m - edges[b]) / (edges[b + 1] - edges[b]), (edges[b + 2] - m) / (edges[b + 2] - edges[b + 1])), 0, None) for b in range(26)])
E = W @ P
w2 = (2 * np.pi * 700 * (10 ** (edges[1:-1] / 2595) - 1)) ** 2
loud = (w2 + 56.8e6) * w2**2 / ((w2 + 6.3e6) ** 2 * (w2 + 0.38e9))
dB = 10 * np.log10(np.maximum(P, 1e-10))
slope = lambda low, high: np.polyfit(f[(f >= low) & (f <= high)], dB[(f >= low) & (f <= high)], 1)[0]
flux = np.r_[np.nan, np.sqrt((np.diff(np.sqrt(P), axis=1) ** 2).sum(0))]
L = np.log(np.maximum(E, 1e-10))
cepstrum = [
    np.sqrt(2 / 26) * (1 + 11 * np.sin(np.pi * i / 22)) * (L * np.cos(np.pi * i * (np.arange(26) + 0.5) / 26)[:, None]).sum(0)
    for i in (1, 2, 3, 4)
]
items = dict(
    loudness=((E * loud[:, None]) ** 0.33).sum(0),
    alpha_ratio=10 * np.log10((P[(f >= 1000) & (f <= 5000)].sum(0) + 1e-10) / (P[(f >= 50) & (f < 1000)].sum(0) + 1e-10)),
    hammarberg_index=dB[f < 2000].max(0) - dB[(f >= 2000) & (f <= 5000)].max(0),
    slope_0_500=slope(0, 500), slope_500_1500=slope(500, 1500), spectral_flux=flux,
    **{f"mfcc{i + 1}": c for i, c in enumerate(cepstrum)},
)
padded = np.pad(np.array(list(items.values())), ((0, 0), (1, 1)), constant_values=np.nan)
smooth = np.nanmean(np.stack([padded[:, :-2], padded[:, 1:-1], padded[:, 2:]]), 0)
np.savetxt(f"{here}/jfk_balance.csv", smooth.T[:300], delimiter=",", fmt="%.8g", header=",".join(items), comments="")
