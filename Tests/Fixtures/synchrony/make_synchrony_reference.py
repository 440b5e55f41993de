#!/usr/bin/env python3
"""Reference values of intersubject correlation (BrainIAK for complete data, plain NumPy where subjects are left out).

Writes series.f32 (float32, [subjects 6, samples 120, regions 11]), gaps.f32 (the same with missing samples and constant
subjects) and reference.txt: one line per array, `name shape... : values`. Rerun: python3 make_synchrony_reference.py
"""
import numpy as np
from brainiak.isc import isc

S, T, R = 6, 120, 11
g = np.random.default_rng(20)
shared = np.cumsum(g.standard_normal((T, R)), 0)
x = 0.5 * (shared - shared.mean(0)) / shared.std(0) + g.standard_normal((S, T, R))
x = x * np.exp(g.standard_normal((S, 1, R))) + 50 * g.standard_normal((S, 1, R)) + np.linspace(0, 30, T)[None, :, None] * g.standard_normal((S, 1, R))
x = x.astype(np.float32)
gaps = x.copy()
gaps[0, 30:33, 0] = np.nan          # missing in some windows
gaps[1, 50:90, 1] = 7.25            # constant in some windows
gaps[2, :, 2] = -3.0                # constant throughout
gaps[:4, 60, 3] = np.nan            # two subjects left in some windows
gaps[3, 100, 4] = np.inf            # not a number either


def clip(r): return np.clip(r, -(1 - 1e-7), 1 - 1e-7)


def group(v):
    """v [T, S] float64 -> pairwise, leave-one-out, per subject, missing, constant"""
    n = v.shape[1]
    missing = ~np.isfinite(v).all(0)
    constant = ~missing & (np.nanmax(np.where(np.isfinite(v), v, np.nan), 0) == np.nanmin(np.where(np.isfinite(v), v, np.nan), 0))
    keep = np.flatnonzero(~missing & ~constant)
    sub = np.full(n, np.nan)
    if len(keep) < 3: return np.nan, np.nan, sub, missing.sum(), constant.sum()
    z = (v[:, keep] - v[:, keep].mean(0)) / v[:, keep].std(0)
    c = np.corrcoef(z.T)
    pair = np.tanh(np.arctanh(clip(c[np.triu_indices(len(keep), 1)])).mean())
    for i, k in enumerate(keep): sub[k] = np.corrcoef(z[:, i], np.delete(z, i, 1).mean(1))[0, 1]
    return pair, np.tanh(np.nanmean(np.arctanh(clip(sub)))), sub, missing.sum(), constant.sum()


def windows(rate, length, step):
    out, j = [], 0
    while (j * step + length) * rate <= T + 1e-6:
        out.append((int(np.floor(j * step * rate + .5 + 1e-9)), int(np.floor((j * step + length) * rate + .5 + 1e-9)))); j += 1
    return out


def dynamic(x, rate, length, step):
    res = [[group(x[:, a:b, r].T.astype(np.float64)) for r in range(R)] for a, b in windows(rate, length, step)]
    return [np.array([[c[i] for c in row] for row in res]) for i in (0, 1)] + [np.array([[c[2] for c in row] for row in res]).transpose(0, 2, 1)] + \
           [np.array([[c[i] for c in row] for row in res]) for i in (3, 4)]


def brainiak(v, pairwise):
    """v [S, T, R]; leave-one-out on z-scored subjects, so that no subject's variance dominates the mean"""
    v = v.astype(np.float64)
    if not pairwise: v = (v - v.mean(1, keepdims=True)) / v.std(1, keepdims=True)
    return isc(v.transpose(1, 2, 0), pairwise=pairwise, summary_statistic="mean")


out = {}
out["static_pairwise"] = brainiak(x, True)
out["static_leave_one_out"] = brainiak(x, False)
w = windows(10.0, 2.0, 0.5)
out["dynamic_pairwise"] = np.array([brainiak(x[:, a:b], True) for a, b in w])
out["dynamic_leave_one_out"] = np.array([brainiak(x[:, a:b], False) for a, b in w])
d = dynamic(x, 10.0, 2.0, 0.5)
assert np.abs(d[0] - out["dynamic_pairwise"]).max() < 1e-12 and np.abs(d[1] - out["dynamic_leave_one_out"]).max() < 1e-12
out["dynamic_subjects"] = d[2]
d = dynamic(x, 1 / 1.5, 10.0, 1.0)
out["tr_pairwise"], out["tr_leave_one_out"] = d[0], d[1]
d = dynamic(gaps, 10.0, 2.0, 0.5)
out["gaps_pairwise"], out["gaps_leave_one_out"], out["gaps_missing"], out["gaps_constant"] = d[0], d[1], d[3], d[4]
x.tofile("series.f32"); gaps.tofile("gaps.f32")
with open("reference.txt", "w") as f:
    for k, v in out.items(): f.write(f"{k} {' '.join(map(str, v.shape))} : {' '.join(repr(float(i)) for i in v.ravel())}\n")
