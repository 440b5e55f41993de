"""What two_hour_film.sh is timed on: the sound of a film with its stems, viewers whose synchrony follows it, two encoders.

usage: two_hour_film.py FOLDER SECONDS   writes film.wav, film_voice.wav, film_soundtrack.wav (44.1 kHz, stereo), viewers/film.h5,
w2v2-base-random/ and hubert-base-random/; needs NumPy and h5py. A file that is there is not made again.

Nothing is recorded: the voice is harmonics of a wandering pitch in syllables and sentences with silence between them, the
soundtrack chords that change every two seconds, in noise, to the left and to the right; both get louder and softer. Of 68
regions half are more alike in all viewers where the voice is loud, half where the soundtrack is, 2 s later.
"""
import os
import sys
import wave

import h5py
import numpy as np

from made_encoder import encoder, walk

RATE, BLOCK = 44100, 60
VIEWERS, REGIONS, VIEWED_HZ, LATER_S = 10, 68, 50, 2
STEMS = "voice", "soundtrack"


def courses(seconds):
    """Of voice and soundtrack: the logarithm of the amplitude, second by second."""
    return [walk(seconds, np.random.default_rng(11 + k), 0.9) / 2 for k in range(2)]


def spoken(t, amplitude, rng):
    """Sentences of 3 s between pauses of 1 s, four syllables a second; one sound for both ears."""
    pitch = 140 * 2 ** (0.3 * np.sin(2 * np.pi * 0.21 * t) + 0.1 * np.sin(2 * np.pi * 1.7 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    x = sum(np.sin(h * phase) / h for h in range(1, 9)) + 0.3 * rng.standard_normal(len(t), dtype=np.float32)
    x *= np.sin(np.pi * 4 * t) ** 2 * (t % 4 < 3) * amplitude
    return np.stack([x, x])


def played(t, amplitude, rng):
    """Chords of four tones, each at a place of its own between the ears."""
    chord = (t // 2).astype(int)
    steps = rng.integers(0, 25, (4, chord[-1] + 1))
    x = 0.2 * rng.standard_normal((2, len(t)), dtype=np.float32)
    for place, tone in enumerate(steps):
        one = np.sin(2 * np.pi * 110 * 2 ** (tone[chord] / 12) * t) * np.exp(-(t % 2))
        x += np.outer([1 - place / 4, (1 + place) / 4], one).astype(np.float32)
    return x * amplitude


def sounds(folder, seconds):
    """Stems in whole numbers, so that their sum is the original to the last bit."""
    paths = [os.path.join(folder, f"film{name}.wav") for name in ("", "_voice", "_soundtrack")]
    if os.path.exists(paths[0]):
        return
    files = [wave.open(path + ".part", "wb") for path in paths]
    for file in files:
        file.setnchannels(2), file.setsampwidth(2), file.setframerate(RATE)
    loudness, rng = courses(seconds), np.random.default_rng(21)
    for start in range(0, seconds, BLOCK):
        end = min(seconds, start + BLOCK)
        t = np.arange((end - start) * RATE) / RATE
        stems = []
        for made, course in zip((spoken, played), loudness):
            amplitude = np.exp(np.interp(start + t, np.arange(seconds), course))
            stems.append(np.clip(1200 * made(t, amplitude, rng), -16000, 16000).astype("<i2"))
        for file, x in zip(files, (stems[0] + stems[1], *stems)):
            file.writeframes(np.ascontiguousarray(x.T).tobytes())
    for file, path in reversed(list(zip(files, paths))):
        file.close()
        os.replace(path + ".part", path)


def viewers(folder, seconds):
    """White series of each region: of all viewers the same one, by a share that the loudness of a stem gives, and their own."""
    path = os.path.join(folder, "viewers", "film.h5")
    if os.path.exists(path):
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    t = np.arange(seconds * VIEWED_HZ) / VIEWED_HZ
    shares = [0.5 / (1 + np.exp(-2 * np.interp(t - LATER_S, np.arange(seconds), c))) for c in courses(seconds)]
    with h5py.File(path + ".part", "w") as file:
        data = file.create_dataset("source", (VIEWERS, len(t), REGIONS), "f4")
        data.attrs["rate_hz"] = float(VIEWED_HZ)
        file["subject"] = [f"sub-{s + 1:02d}" for s in range(VIEWERS)]
        file["region"] = [f"{STEMS[r % 2]}-{r // 2 + 1:02d}" for r in range(REGIONS)]
        for s in range(VIEWERS):
            common, own = np.random.default_rng(31), np.random.default_rng(41 + s)
            x = np.empty((len(t), REGIONS), np.float32)
            for r in range(REGIONS):
                share = shares[r % 2]
                x[:, r] = np.sqrt(share) * common.standard_normal(len(t)) + np.sqrt(1 - share) * own.standard_normal(len(t))
            data[s] = x
    os.replace(path + ".part", path)


def main():
    folder, seconds = sys.argv[1], int(sys.argv[2])
    os.makedirs(folder, exist_ok=True)
    sounds(folder, seconds)
    viewers(folder, seconds)
    for seed, (name, model_type) in enumerate((("w2v2", "wav2vec2"), ("hubert", "hubert"))):
        weights = os.path.join(folder, f"{name}-base-random")
        if not os.path.exists(os.path.join(weights, "model.safetensors")):
            encoder(weights, np.random.default_rng(1 + seed), model_type)


if __name__ == "__main__":
    main()
