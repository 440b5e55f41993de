#!/usr/bin/env python3
"""Writes expected.json: simnet of seed 7 in NumPy, float64, for SimnetTests.

    python3 Tests/Fixtures/simnet/simnet.py
"""
import hashlib
import json
import os

import numpy as np

LAYERS, UNITS, BANDS, RATE, HOP, WINDOW, MEMORY = 12, 12, 40, 16000, 1600, 800, 20
M64 = (1 << 64) - 1


def stable_hash(seed, *texts):
    """FNV-1a of eight bytes and of texts with their counts, and a last mix."""
    state = 0xCBF29CE484222325

    def add(byte):
        nonlocal state
        state = ((state ^ byte) * 0x100000001B3) & M64

    def number(value):
        for shift in range(0, 64, 8):
            add(value >> shift & 255)

    number(seed)
    for text in texts:
        for byte in text.encode():
            add(byte)
        number(len(text.encode()))
    z = (state + 0x9E3779B97F4A7C15) & M64
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & M64
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & M64
    return z ^ z >> 31


def uniform(seed, name, count):
    """Philox4x32-10 under the hash of (seed, purpose, name); two numbers of 53 bits a block."""
    key = stable_hash(seed, "simnet", name)
    blocks = np.arange((count + 1) // 2, dtype=np.uint64)
    c = [blocks & 0xFFFFFFFF, blocks >> np.uint64(32), blocks * 0, blocks * 0]
    k = [key & 0xFFFFFFFF, key >> 32]
    for turn in range(10):
        if turn:
            k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
        a, b = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        low, high = np.uint64(0xFFFFFFFF), np.uint64(32)
        c = [b >> high ^ c[1] ^ np.uint64(k[0]), b & low, a >> high ^ c[3] ^ np.uint64(k[1]), a & low]
    words = np.stack([c[0] | c[1] << np.uint64(32), c[2] | c[3] << np.uint64(32)], 1).ravel()[:count]
    return (words >> np.uint64(11)).astype(float) * 2.0**-53


def tensors(seed):
    shapes = [("input.weight", (BANDS, UNITS), 1 / np.sqrt(BANDS))]
    for layer in range(1, LAYERS + 1):
        shapes += [
            (f"layer.{layer}.weight", (3, UNITS, UNITS), 1.6 / np.sqrt(3.0 * UNITS)),
            (f"innovation.{layer}.frequency", (BANDS, UNITS), 0.7),
            (f"innovation.{layer}.phase", (UNITS,), np.pi / np.sqrt(3.0)),
        ]
    made = {}
    for name, shape, size in shapes:
        u = uniform(seed, name, int(np.prod(shape)))
        made[name] = (size * np.sqrt(3.0) * (2 * u - 1)).astype("<f4").reshape(shape)
    return made


def weights_sha256(made):
    lines = ""
    for name in sorted(made):
        shape = ",".join(map(str, made[name].shape))
        lines += f"{name} F32 [{shape}] {hashlib.sha256(made[name].tobytes()).hexdigest()}\n"
    return hashlib.sha256(lines.encode()).hexdigest()


def log_mel(x, start, frames):
    """Frames of the sound, silence around it; filters of height 1 over mels."""
    mel = lambda f: 1127 * np.log(1 + f / 700)
    edges = np.linspace(mel(60), mel(7600), BANDS + 2)
    bins = mel(np.arange(513) * RATE / 1024)
    filters = np.array([
        np.maximum(0, np.minimum((bins - a) / (b - a), (c - bins) / (c - b)))
        for a, b, c in zip(edges, edges[1:], edges[2:])])
    filters[:, 0] = 0
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    rows = []
    for frame in range(frames):
        at = start + frame * HOP + np.arange(WINDOW)
        inside = (at >= 0) & (at < len(x))
        rows.append(np.where(inside, x[np.clip(at, 0, len(x) - 1)], 0) * window)
    return np.log(np.abs(np.fft.rfft(rows, 1024)) ** 2 @ filters.T + 1e-3)


def layers(x, w, time):
    """Every layer at the frame around a time in seconds, by the whole past and future that it draws on."""
    before, after = 60, 30
    m = log_mel(x, int(time * RATE) - WINDOW // 2 - before * HOP, before + 1 + after)
    h = np.tanh((m + 2) / 2 @ w["input.weight"].astype(float))
    a = 0.9 ** np.arange(MEMORY)
    a /= np.sqrt((a**2).sum())
    out = []
    for layer in range(1, LAYERS + 1):
        noise = np.sqrt(2) * np.cos(
            m @ w[f"innovation.{layer}.frequency"].astype(float) + w[f"innovation.{layer}.phase"])
        u = sum(a[j] * np.roll(noise, j, 0) for j in range(MEMORY))
        weight = w[f"layer.{layer}.weight"].astype(float)
        f = np.tanh(sum(np.roll(h, 1 - tap, 0) @ weight[tap] for tap in range(3)))
        h = 0.7 * f + 0.7 * u
        out.append(h[before])
    return np.array(out)


def hashed(seed, count):
    """The noise of ExampleFixtures."""
    low = np.uint64(0xFFFFFFFF)
    x = (np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B9) + np.uint64(seed * 0x85EBCA6B)) & low
    x ^= x >> np.uint64(16)
    x = x * np.uint64(0x7FEB352D) & low
    x ^= x >> np.uint64(15)
    x = x * np.uint64(0x846CA68B) & low
    x ^= x >> np.uint64(16)
    return ((x >> np.uint64(8)).astype(float) / 8388608 - 1).astype("f4")


def sound(seconds):
    """Noise that is louder and softer by half seconds."""
    return (hashed(1, seconds * RATE) * np.repeat(np.abs(hashed(2, 2 * seconds)), RATE // 2)).astype("f4").astype(float)


if __name__ == "__main__":
    made = tensors(7)
    x = sound(6)
    expected = {
        "weights_sha256": weights_sha256(made),
        "rows": [{"row": row, "values": np.round(layers(x, made, 0.25 + row / 2), 6).tolist()} for row in (0, 7, 11)],
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(expected, file, separators=(",", ":"))
        file.write("\n")
