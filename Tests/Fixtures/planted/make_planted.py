#!/usr/bin/env python3
"""Targets with a planted truth, made outside Evoke: hidden states of the reference encoder (transformers), NumPy for the rest.

    make_planted.py --film FILM --weights HUBERT_DIR --out DIR [--sounds FILE ...] [--only film|synchrony]

film/       film.wav, film_delayed_5s.wav (5 s of silence first), annotations.csv (wide: time and one column per target; also one
            time,value file per target in annotations/), null_annotations.csv (200 columns driven by nothing), responses_tr1.h5
            and responses_tr2.h5 (`bold` [subject, time, region], `subject`, `region`), truth.json
synchrony/  stimulus_1.wav ... (>= 16 minutes of sound in four stimuli), courses_1.h5 ... (`source` [subject, time, region] at --rate),
            truth.json with rho(t) per second
Signal: layer hs.l, mean over the 20 ms frames of a second, z-scored, 12 principal components over all stimuli, z-scored; random weights;
unit variance; --lag seconds later. Share a^2 (annotation: of the value; responses: of the group's mean; synchrony: of the series y with
rho = top / (1 + exp(-2 y))). Noise: AR(1), .6 from second to second. Encoder: hop 320, cores of 800 frames with 100 frames of context on
each side, whole-stimulus normalisation; sound decoded to 16 kHz mono by FFmpeg.
"""
import argparse, json, os, subprocess, wave
import numpy as np

RATE, HOP, FIELD = 16000, 320, 400


def decode(path, tempo=1.0):
    """16 kHz mono float32; tempo below 1 slows the sound down (and lowers it) by resampling."""
    filters = f"aresample=96000,asetrate={int(round(96000 * tempo))},aresample={RATE}" if tempo != 1.0 else f"aresample={RATE}"
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:a:0", "-ac", "1", "-af", filters, "-f", "f32le", "-"],
                         check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.float32).copy()


def write_wav(path, x):
    with wave.open(path, "wb") as f:
        f.setnchannels(1); f.setsampwidth(2); f.setframerate(RATE)
        f.writeframes((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes())


def read_wav(path):
    with wave.open(path, "rb") as f: return np.frombuffer(f.readframes(f.getnframes()), "<i2").astype(np.float32) / 32768


def layers(x, weights):
    """Per-second means of every hidden state: [seconds, layer, width]."""
    import torch
    from transformers import HubertModel
    model = HubertModel.from_pretrained(weights, torch_dtype=torch.float32, attn_implementation="eager").eval()
    x = ((x - x.mean()) / np.sqrt(x.var() + 1e-7)).astype(np.float32)
    frames = (len(x) - FIELD) // HOP + 1
    kept = []
    with torch.no_grad():
        for core in range(0, frames, 800):
            a, b = max(0, core - 100), min(frames, core + 900)
            states = model(torch.from_numpy(x[a * HOP:(b - 1) * HOP + FIELD])[None], output_hidden_states=True).hidden_states
            states = torch.stack([s[0] for s in states]).numpy()
            assert states.shape[1] == b - a
            kept.append(states[:, core - a:min(core + 800, frames) - a])
    states = np.concatenate(kept, 1)
    second = (200 + HOP * np.arange(frames)) // RATE
    n = len(x) // RATE
    return np.stack([states[:, second == s].mean(1) for s in range(n)])


def scores(stimuli, components=12):
    """Hidden states per stimulus [T, L, D] -> z-scored principal components [T, L, 12], one basis for all stimuli."""
    joined = np.concatenate(stimuli).astype(np.float64)
    z = (joined - joined.mean(0)) / joined.std(0)
    out = np.empty(z.shape[:2] + (components,))
    for l in range(z.shape[1]):
        u, s, _ = np.linalg.svd(z[:, l], full_matrices=False)
        out[:, l] = u[:, :components] * np.sqrt(len(u))
    return np.split(out, np.cumsum([len(s) for s in stimuli])[:-1])


def ar1(rng, n, phi=.6, shape=()):
    e = rng.standard_normal((n,) + shape); x = np.empty_like(e); x[0] = e[0]
    for t in range(1, n): x[t] = phi * x[t - 1] + np.sqrt(1 - phi ** 2) * e[t]
    return x


def driven(parts, layer, rng, lag):
    """Unit-variance signal per stimulus, `lag` seconds later; 0 (the mean) before the first driven second."""
    w = rng.standard_normal(parts[0].shape[2])
    raw = [p[:, layer] @ w for p in parts]
    mean, sd = np.concatenate(raw).mean(), np.concatenate(raw).std()
    return w, [np.concatenate([np.zeros(lag), (r - mean) / sd])[:len(r)] for r in raw]


def share_of(signal, made):
    return float(np.corrcoef(signal, made)[0, 1] ** 2)


def csv(path, columns):
    names, values = list(columns), np.array(list(columns.values())).T
    with open(path, "w") as f:
        f.write("time," + ",".join(names) + "\n")
        for t, row in enumerate(values): f.write(f"{t}," + ",".join(f"{v:.6f}" for v in row) + "\n")


def responses(path, parts, spec, rng, tr):
    import h5py
    seconds = len(parts[0]); n = seconds // tr; truth = []
    names = [f"hs{l}_{k}" for l in range(1, 7) for k in range(spec.per_layer)] + ["null_0", "null_1", "null_2", "null_3"]
    data = np.empty((spec.subjects, n, len(names)), np.float32)
    for r, name in enumerate(names):
        layer = None if name.startswith("null") else int(name[2])
        a2 = 0.0 if layer is None else spec.share; signal = np.zeros(n); w = []
        if layer is not None:
            w, s = driven(parts, layer, rng, spec.lag)
            signal = s[0][:n * tr].reshape(n, tr).mean(1); signal = (signal - signal.mean()) / signal.std()
        noise = np.sqrt(spec.subjects * (1 - a2)) * ar1(rng, n, .6 ** tr, (spec.subjects,))
        y = (np.sqrt(a2) * signal[:, None] + noise) / np.sqrt(a2 + spec.subjects * (1 - a2))
        data[:, :, r] = y.T
        truth.append(dict(target=name, kind="response", tr_s=tr, driver=layer and f"hs.{layer}", lag_s=spec.lag, share=a2,
                          achieved=share_of(signal, y.mean(1)) if layer else 0.0, weights=list(w)))
    with h5py.File(path, "w") as f:
        d = f.create_dataset("bold", data=data); d.attrs["tr_s"] = float(tr); d.attrs["axes"] = "subject,time,region"
        f["subject"] = np.array([f"sub-{i + 1:02d}" for i in range(spec.subjects)], "S"); f["region"] = np.array(names, "S")
    return truth


def make_film(spec):
    out = os.path.join(spec.out, "film"); os.makedirs(os.path.join(out, "annotations"), exist_ok=True)
    x = decode(spec.film); write_wav(os.path.join(out, "film.wav"), x)
    write_wav(os.path.join(out, "film_delayed_5s.wav"), np.concatenate([np.zeros(5 * RATE, np.float32), x])[:len(x)])
    rng = np.random.default_rng(spec.seed); parts = scores([layers(x, spec.weights)]); n = len(parts[0]); truth, columns = [], {}
    for layer in range(1, 7):
        for k in range(spec.per_layer):
            w, s = driven(parts, layer, rng, spec.lag)
            y = np.sqrt(spec.share) * s[0] + np.sqrt(1 - spec.share) * ar1(rng, n)
            columns[f"hs{layer}_{k}"] = y / 5
            truth.append(dict(target=f"hs{layer}_{k}", kind="annotation", driver=f"hs.{layer}", lag_s=spec.lag, share=spec.share,
                              achieved=share_of(s[0], y), weights=list(w)))
    csv(os.path.join(out, "annotations.csv"), columns)
    for name, y in columns.items():
        with open(os.path.join(out, "annotations", name + ".csv"), "w") as f:
            f.write("time,value\n" + "".join(f"{t},{v:.6f}\n" for t, v in enumerate(y)))
    csv(os.path.join(out, "null_annotations.csv"), {f"null_{i:03d}": ar1(np.random.default_rng([spec.seed, 7, i]), n) / 5 for i in range(200)})
    truth += responses(os.path.join(out, "responses_tr1.h5"), parts, spec, rng, 1)
    truth += responses(os.path.join(out, "responses_tr2.h5"), parts, spec, rng, 2)
    json.dump(dict(film=os.path.basename(spec.film), seconds=n, seed=spec.seed, targets=truth), open(os.path.join(out, "truth.json"), "w"), indent=1)
    print("film:", n, "s,", len(truth), "targets; achieved shares", round(min(t["achieved"] for t in truth if t["driver"]), 3), "to",
          round(max(t["achieved"] for t in truth if t["driver"]), 3))


def pink(rng, n, rate, count):
    """Unit-variance noise with power 1/f, 1-45 Hz, [count, n]."""
    f = np.fft.rfftfreq(n, 1 / rate); amp = np.where((f >= 1) & (f <= min(45, .45 * rate)), 1 / np.sqrt(np.maximum(f, 1e-9)), 0)
    x = np.fft.irfft(amp * np.exp(2j * np.pi * rng.random((count, len(f)))), n, axis=1)
    return x / x.std(1, keepdims=True)


def make_synchrony(spec):
    import h5py
    out = os.path.join(spec.out, "synchrony"); os.makedirs(out, exist_ok=True); rng = np.random.default_rng(spec.seed + 1)
    natural, slowed = [decode(f) for f in spec.sounds], [decode(f, .88) for f in spec.sounds]
    sounds = []
    for pool in (natural, slowed):
        order = rng.permutation(len(pool)); half = sum(map(len, pool)) / 2; first, second, total = [], [], 0
        for i in order:
            (first if total < half else second).append(pool[i] / max(1e-6, np.abs(pool[i]).max()) * .7); total += len(pool[i])
        sounds += [np.concatenate(first), np.concatenate(second)]
    for i, x in enumerate(sounds): write_wav(os.path.join(out, f"stimulus_{i + 1}.wav"), x)
    sounds = [read_wav(os.path.join(out, f"stimulus_{i + 1}.wav")) for i in range(4)]
    print("synchrony:", [round(len(x) / RATE, 1) for x in sounds], "s")
    parts = scores([layers(x, spec.weights) for x in sounds])
    names = [f"hs{l}_{k}" for l in range(1, 7) for k in range(spec.per_layer)] + ["null_0", "null_1"]; truth = []
    rho = [np.zeros((len(p), len(names))) for p in parts]
    for r, name in enumerate(names):
        if name.startswith("null"):
            truth.append(dict(target=name, kind="synchrony", driver=None, lag_s=spec.lag, share=0.0, achieved=0.0)); continue
        layer = int(name[2]); w, s = driven(parts, layer, rng, spec.lag)
        y = [np.sqrt(spec.synchrony_share) * v + np.sqrt(1 - spec.synchrony_share) * ar1(rng, len(v)) for v in s]
        for q, v in zip(rho, y): q[:, r] = spec.top / (1 + np.exp(-2 * v))
        truth.append(dict(target=name, kind="synchrony", driver=f"hs.{layer}", lag_s=spec.lag, share=spec.synchrony_share,
                          achieved=share_of(np.concatenate(s), np.concatenate([q[:, r] for q in rho])), weights=list(w)))
    for i, q in enumerate(rho):
        n = len(q) * spec.rate; time = (np.arange(n) + .5) / spec.rate
        with h5py.File(os.path.join(out, f"courses_{i + 1}.h5"), "w") as f:
            d = f.create_dataset("source", (spec.subjects, n, len(names)), "f4"); d.attrs["rate_hz"] = float(spec.rate)
            d.attrs["axes"] = "subject,time,region"; d.attrs["stimulus"] = f"stimulus_{i + 1}"
            f["subject"] = np.array([f"sub-{j + 1:02d}" for j in range(spec.subjects)], "S"); f["region"] = np.array(names, "S")
            level = np.stack([np.interp(time, np.arange(len(q)) + .5, q[:, r]) for r in range(len(names))], 1)
            shared = pink(rng, n, spec.rate, len(names)).T
            for j in range(spec.subjects):
                d[j] = np.sqrt(level) * shared + np.sqrt(1 - level) * pink(rng, n, spec.rate, len(names)).T
    json.dump(dict(stimuli=[dict(name=f"stimulus_{i + 1}", seconds=len(p)) for i, p in enumerate(parts)], rate_hz=spec.rate, seed=spec.seed,
                   largest_synchrony=spec.top, regions=names, rho=[q.round(5).tolist() for q in rho], targets=truth),
              open(os.path.join(out, "truth.json"), "w"))


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--film", required=True); a.add_argument("--weights", required=True); a.add_argument("--out", required=True)
    a.add_argument("--sounds", nargs="*", default=[]); a.add_argument("--only", choices=["film", "synchrony"])
    a.add_argument("--lag", type=int, default=3); a.add_argument("--share", type=float, default=.9); a.add_argument("--seed", type=int, default=1)
    a.add_argument("--synchrony-share", type=float, default=.6); a.add_argument("--top", type=float, default=.4, help="largest rho")
    a.add_argument("--subjects", type=int, default=20); a.add_argument("--rate", type=int, default=100); a.add_argument("--per-layer", type=int, default=3)
    spec = a.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if spec.only != "synchrony": make_film(spec)
    if spec.only != "film" and spec.sounds: make_synchrony(spec)


if __name__ == "__main__":
    main()
