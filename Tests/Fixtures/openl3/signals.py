"""Signals, weights and mel filters that the fixture scripts of OpenL3, VGGish and CREPE share with the tests.

Both sides compute them from the same formulas, so that only small files are stored.
"""

import numpy as np


def hashed(seed, count):
    """Uniform numbers in [-1, 1), exact in float32: a counter hash of 32 bits."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(seed) * np.uint32(0x85EBCA6B)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x7FEB352D)
        x ^= x >> np.uint32(15)
        x *= np.uint32(0x846CA68B)
        x ^= x >> np.uint32(16)
    return ((x >> np.uint32(8)).astype(np.float64) / 2**23 - 1).astype(np.float32)


def kernel(seed, shape, fan_in):
    """Weights of a layer: uniform with variance 2 / fan_in."""
    scale = np.float32(np.sqrt(6.0 / fan_in))
    return (hashed(seed, int(np.prod(shape))) * scale).reshape(shape)


def sound(rate, seconds):
    """A chirp from 100 Hz to a third of the rate, a tone of 440 Hz and faint noise."""
    n = int(rate * seconds)
    t = np.arange(n) / rate
    top = rate / 3
    x = 0.3 * np.sin(2 * np.pi * (100 * t + (top - 100) / (2 * seconds) * t * t))
    x = x + 0.2 * np.sin(2 * np.pi * 440 * t)
    return (x + 0.01 * hashed(99, n)).astype(np.float32)


def slaney_mel(f):
    return np.where(f < 1000, 3 * f / 200, 15 + 27 * np.log(np.maximum(f, 1e-9) / 1000) / np.log(6.4))


def slaney_hertz(m):
    return np.where(m < 15, 200 * m / 3, 1000 * np.exp((m - 15) * np.log(6.4) / 27))


def htk_mel(f):
    return 1127 * np.log(1 + f / 700)


def htk_hertz(m):
    return 700 * (np.exp(m / 1127) - 1)


def mel_filters(htk, rate=48000, n_fft=2048, bands=256):
    """librosa.filters.mel(norm="slaney"), checked against it where librosa is installed."""
    to, back = (htk_mel, htk_hertz) if htk else (slaney_mel, slaney_hertz)
    edges = back(np.linspace(to(0.0), to(rate / 2), bands + 2))
    f = np.arange(n_fft // 2 + 1) * rate / n_fft
    low, mid, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    w = np.maximum(0, np.minimum((f - low) / (mid - low), (high - f) / (high - mid))) * 2 / (high - low)
    try:
        import librosa

        theirs = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=bands, htk=htk, norm="slaney", dtype=np.float64)
        assert np.abs(theirs - w).max() < 1e-12
    except ImportError:
        pass
    return w


def openl3_picture(example, original):
    """[256, 199] decibels of one second at 48 kHz, float64; `original` is kapre 0.1.4, else kapre 0.3."""
    before = 982 if original else 0
    x = np.concatenate([np.zeros(before), example.astype(np.float64), np.zeros(4096)])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(2048) / 2048)
    frames = np.stack([x[242 * f:242 * f + 2048] * window for f in range(199)])
    magnitude = np.abs(np.fft.rfft(frames))
    mel = mel_filters(original)
    s = np.sqrt(mel @ (magnitude**2).T) if original else mel @ magnitude.T
    db = 10 * np.log10(np.maximum(s, 1e-10))
    return np.maximum(db - db.max(), -80)
