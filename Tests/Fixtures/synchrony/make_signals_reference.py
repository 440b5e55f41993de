#!/usr/bin/env python3
"""Reference values of band signals (MNE-Python, SciPy) and of correlated components over several stimuli (NumPy).

Writes signals.json: `x` [samples 1230, channels 2] at 200 Hz, derived signals by name; `clips` of correlated components
with weights, patterns, values. Rerun: python3 make_signals_reference.py (mne, scipy, numpy)
"""
import json
import numpy as np
import scipy.linalg
import scipy.signal
import mne

mne.set_log_level("ERROR")
RATE = 200.0
BANDS = {"delta": (1, 4), "theta": (4, 8), "alpha": (8, 14), "beta": (14, 31), "gamma": (31, 50)}
g = np.random.default_rng(11)
n = 1230
x = (np.cumsum(g.standard_normal((n, 2)), 0) * 0.3 + g.standard_normal((n, 2)) * 2 + [40, -3]).astype(np.float32)
out = {"x": x.ravel().tolist()}


def bins(y, width, phase, value):
    count = int(np.floor((n / RATE - phase) / width + 1e-6))
    edge = [int(np.ceil((phase + k * width) * RATE - 1e-6)) for k in range(count + 1)]
    return np.array([value(y[a:b]) for a, b in zip(edge, edge[1:])])


def de(v): return 0.5 * np.log(2 * np.pi * np.e * v.var(0))
def fd(v): return np.abs(np.diff(v, axis=0)).mean(0)


for name, (low, high) in BANDS.items():
    y = mne.filter.filter_data(x.T.astype(np.float64), RATE, low, high, phase="zero", fir_design="firwin").T
    power = np.abs(scipy.signal.hilbert(y - y.mean(0), axis=0)) ** 2
    out["series-" + name] = y[::7].ravel().tolist()
    out["envelope-" + name] = bins(power, 0.1, 0, lambda v: v.mean(0)).ravel().tolist()
    out["de-" + name] = bins(y, 1.0, 0.335, de).ravel().tolist()
    out["fd-" + name] = bins(y, 1.0, 0.335, fd).ravel().tolist()
z = x.astype(np.float64)
out["envelope-broad"] = bins(np.abs(scipy.signal.hilbert(z - z.mean(0), axis=0)) ** 2, 0.1, 0.06,
                             lambda v: v.mean(0)).ravel().tolist()
out["de-broad"] = bins(z, 1.0, 0, de).ravel().tolist()
out["fd-broad"] = bins(z, 1.0, 0, fd).ravel().tolist()

# Correlated components: two clips of different length and subjects, 50 Hz, 5 channels.
D, G, HZ = 5, 0.1, 50.0
source = g.standard_normal((2, 400))
pattern = np.array([1, -0.6, 0.3, 0, 0.2])
clips = []
for c, (subjects, samples) in enumerate([(4, 300), (5, 220)]):
    v = g.standard_normal((subjects, samples, D)) + 0.8 * source[c, :samples, None] * pattern
    v = v @ (np.eye(D) + 0.3 * g.standard_normal((D, D)))
    clips.append(v.astype(np.float32))
clips[0][1, 50, 2] = 60
clips[1][2, 100, 0] = np.nan


def clean(v):
    """One subject [samples, channels]: missing samples, outliers and their neighbours to the mean."""
    v = v.astype(np.float64).copy()
    beside = int(round(0.04 * HZ))
    for d in range(v.shape[1]):
        col = v[:, d]
        ok = np.isfinite(col)
        mean, sd = col[ok].mean(), col[ok].std(ddof=1)
        bad = ~ok
        for t in np.flatnonzero(ok & (np.abs(np.where(ok, col, mean) - mean) > 4 * sd)):
            bad[max(0, t - beside):t + beside + 1] = True
        col = np.where(bad, 0, col - mean)
        v[:, d] = col - (col.mean() if bad.any() else 0)
    return v


def cov(a, b): return (a - a.mean(0)).T @ (b - b.mean(0)) / (len(a) - 1)


def parts(v):
    N = len(v)
    w = sum(cov(s, s) for s in v) / N
    b = sum(cov(v[i], v[j]) for i in range(N) for j in range(N) if i != j) / (N * (N - 1))
    return w, b


def fit(list_of, weights):
    weights = np.array(weights, float) / sum(weights)
    w = sum(p[0] * k for p, k in zip(list_of, weights))
    b = sum(p[1] * k for p, k in zip(list_of, weights))
    shrunk = (1 - G) * w + G * np.linalg.eigvalsh(w).mean() * np.eye(D)
    values, vectors = scipy.linalg.eigh(b, shrunk)
    order = np.argsort(values)[::-1][:3]
    W = vectors[:, order]
    whole = vectors[:, np.argsort(values)[::-1]]
    A = (w @ whole @ np.linalg.inv(whole.T @ w @ whole))[:, :3]
    sign = np.sign(A[np.abs(A).argmax(0), range(3)])
    return W * sign, A * sign, values[order]


def isc(W, w, b):
    v = np.diag(W.T @ b @ W) / np.diag(W.T @ w @ W)
    return np.append(v, v.sum())


cleaned = [np.stack([clean(s) for s in v]) for v in clips]
P = [parts(v) for v in cleaned]
W, A, rho = fit(P, [v.shape[1] - 1 for v in cleaned])
out["clips"] = [[None if not np.isfinite(f) else float(f) for f in v.ravel()] for v in clips]
out["weights"], out["patterns"], out["eigenvalues"] = W.ravel().tolist(), A.ravel().tolist(), rho.tolist()
out["values"] = [isc(W, *p).tolist() for p in P]
out["cross-validated"] = [isc(fit([P[1 - i]], [1])[0], *P[i]).tolist() for i in (0, 1)]
folds = [parts(cleaned[0][:, k * 300 // 5:(k + 1) * 300 // 5]) for k in range(5)]
out["one-clip"] = np.mean([isc(fit([folds[j] for j in range(5) if j != k], [1] * 4)[0], *folds[k])
                           for k in range(5)], 0).tolist()
out["windows"] = np.array([isc(W, *parts(cleaned[0][:, a:a + 100])) for a in range(0, 201, 25)]).ravel().tolist()
N = len(cleaned[1])
subject = []
for k in range(N):
    others = [j for j in range(N) if j != k]
    w = sum(cov(cleaned[1][k], cleaned[1][k]) + cov(cleaned[1][j], cleaned[1][j]) for j in others)
    b = sum(cov(cleaned[1][k], cleaned[1][j]) + cov(cleaned[1][j], cleaned[1][k]) for j in others)
    subject.append(isc(W, w, b))
out["subjects"] = np.array(subject).ravel().tolist()
with open("signals.json", "w") as f:
    json.dump(out, f)
