#!/usr/bin/env python3
"""Reference values of librosa 0.11 for mfcc12, chroma12 and lld12-librosa on jfk.wav, row by row.

Writes jfk_mfcc12.csv (frames 0 to 299), jfk_chroma12.csv and jfk_lld12_librosa.csv (all frames).
"""
import os
import librosa
import numpy as np
import soundfile as sf

here = os.path.dirname(os.path.abspath(__file__))
sr = 16000
x, _ = sf.read(f"{here}/jfk.wav", dtype="float64")


def power(n, hop, n_fft):
    frames = librosa.util.frame(x, frame_length=n, hop_length=hop)
    return np.abs(np.fft.rfft(frames * librosa.filters.get_window("hann", n, fftbins=True)[:, None], n_fft, axis=0)) ** 2


def save(name, columns, rows):
    np.savetxt(f"{here}/{name}", rows, delimiter=",", fmt="%.8g", header=",".join(columns), comments="")


mel = librosa.feature.melspectrogram(S=power(400, 160, 512), sr=sr, n_mels=40)
mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel, ref=1.0, amin=1e-10, top_db=None), n_mfcc=13)
save("jfk_mfcc12.csv", [f"mfcc{i}" for i in range(1, 13)], mfcc[1:, :300].T)

chroma = librosa.feature.chroma_stft(S=power(4096, 1600, 4096), sr=sr, tuning=0.0)
save("jfk_chroma12.csv", [f"chroma_{c}" for c in "c cs d ds e f fs g gs a as b".split()], chroma.T)

# librosa's own frames: n_fft 2048, hop 512, centred.
S = np.abs(librosa.stft(x))
P = S**2
f = librosa.fft_frequencies(sr=sr, n_fft=2048)
a = S / np.maximum(S.sum(0), 1e-300)
items = dict(
    rms_db=20 * np.log10(np.maximum(librosa.feature.rms(y=x)[0], 1e-5)),
    zcr=librosa.feature.zero_crossing_rate(x)[0],
    centroid=librosa.feature.spectral_centroid(y=x, sr=sr)[0],
    spread=librosa.feature.spectral_bandwidth(y=x, sr=sr)[0],
    flux=np.r_[0, np.sqrt((np.maximum(0, np.diff(a, axis=1)) ** 2).sum(0))],
    rolloff85=librosa.feature.spectral_rolloff(y=x, sr=sr)[0],
    flatness_db=10 * np.log10(librosa.feature.spectral_flatness(y=x)[0]),
    alpha_ratio=10 * np.log10((P[(f >= 50) & (f < 1000)].sum(0) + 1e-10) / (P[(f >= 1000) & (f <= 5000)].sum(0) + 1e-10)),
)
save("jfk_lld12_librosa.csv", items, np.array(list(items.values())).T)
