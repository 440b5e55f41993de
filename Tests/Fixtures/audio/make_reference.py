#!/usr/bin/env python3
"""Reference values for lld12: librosa 0.11 (items 1, 5 to 10 on identical frames, f0 by yin), NumPy (item 11) and Praat (HNR, parselmouth).

Writes jfk_lld.csv (per second), jfk_f0.csv (per frame), vowel_{40,20,10}db.wav and vowels_hnr.csv. Vowels: own work, CC0.
"""
import os
import numpy as np, librosa, soundfile as sf, parselmouth
from scipy.signal import lfilter

here = os.path.dirname(os.path.abspath(__file__))
sr, n, hop = 16000, 400, 160


def seconds_of(values, length):
    centre = (hop * np.arange(values.shape[-1]) + length / 2) / sr
    bins = centre.astype(int)
    return np.array([np.nanmean(values[bins == b]) for b in range(bins.max() + 1)])


x, _ = sf.read(f"{here}/jfk.wav", dtype="float64")
frames = librosa.util.frame(x, frame_length=n, hop_length=hop)
S = np.abs(np.fft.rfft(frames * librosa.filters.get_window("hann", n, fftbins=True)[:, None], 512, axis=0))
P = S**2
f = np.arange(257) * sr / 512
a = S / np.maximum(S.sum(0), 1e-300)
flux = np.r_[np.nan, np.sqrt((np.maximum(0, np.diff(a, axis=1)) ** 2).sum(0))]
items = dict(
    rms_db=20 * np.log10(np.maximum(librosa.feature.rms(y=x, frame_length=n, hop_length=hop, center=False)[0], 1e-5)),
    zcr=librosa.feature.zero_crossing_rate(x, frame_length=n, hop_length=hop, center=False)[0],
    centroid=librosa.feature.spectral_centroid(S=S, sr=sr)[0],
    spread=librosa.feature.spectral_bandwidth(S=S, sr=sr, p=2)[0],
    flux=flux,
    rolloff85=librosa.feature.spectral_rolloff(S=S, sr=sr, roll_percent=0.85)[0],
    flatness_db=10 * np.log10(librosa.feature.spectral_flatness(S=S, power=2.0, amin=1e-10)[0]),
    alpha_ratio=10 * np.log10((P[(f >= 50) & (f < 1000)].sum(0) + 1e-10) / (P[(f >= 1000) & (f <= 5000)].sum(0) + 1e-10)),
)
table = np.array([seconds_of(v, n) for v in items.values()]).T[:11]
np.savetxt(f"{here}/jfk_lld.csv", table, delimiter=",", fmt="%.10g", header=",".join(items), comments="")

f0 = librosa.yin(x, fmin=55, fmax=1000, sr=sr, frame_length=1024, hop_length=hop, trough_threshold=0.1, center=False)
np.savetxt(f"{here}/jfk_f0.csv", f0, fmt="%.6g", header="f0_hz", comments="")

rng = np.random.default_rng(4)
rows = []
for name, level, f0v in [("40db", 40, 110.0), ("20db", 20, 180.0), ("10db", 10, 140.0)]:
    t = np.arange(2 * sr) / sr
    y = sum(np.cos(2 * np.pi * k * f0v * t) for k in range(1, int(7000 / f0v)))
    for formant, width in [(700, 80), (1200, 90), (2600, 120)]:
        r, w = np.exp(-np.pi * width / sr), 2 * np.pi * formant / sr
        y = lfilter([1], [1, -2 * r * np.cos(w), r * r], y)
    y /= np.sqrt((y**2).mean())
    y = 0.1 * (y + rng.standard_normal(len(y)) * 10 ** (-level / 20))
    sf.write(f"{here}/vowel_{name}.wav", y, sr, subtype="PCM_16")
    sound = parselmouth.Sound(f"{here}/vowel_{name}.wav")
    h = sound.to_harmonicity_cc(time_step=0.01, minimum_pitch=75.0, silence_threshold=0.1, periods_per_window=1.0).values
    rows.append((name, h[h > -199].mean(), f0v))
with open(f"{here}/vowels_hnr.csv", "w") as o:
    o.write("name,hnr_db,f0_hz\n" + "".join(f"{a},{b:.4f},{c}\n" for a, b, c in rows))
