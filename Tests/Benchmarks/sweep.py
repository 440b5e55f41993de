"""The sweep of `bench sweep` in NumPy: 12 components of the training rows of every fold, delays of 0 to 5 rows, 5 x 5 blocks,
20 lambdas, and draws in which all columns are turned by common phases at the observed lambdas; float64.

usage: sweep.py SWEEP.h5 RIDGE.h5 [MODELS [DRAWS]]   prints one JSON line as bench does; what all 39 models and 1,000 draws
would take is `seconds_all`. Components come from the eigenvectors of the smaller Gram matrix; LAPACK gives the largest 12
alone where SciPy is there.
"""
import json
import os
import resource
import sys
import time

import h5py
import numpy as np

try:
    from scipy.linalg import eigh as partial
except ImportError:
    partial = None

ALPHAS, DELAYS, K = np.logspace(-1, 5, 20), range(6), 12


def busy():
    with open("/proc/stat") as f:
        v = list(map(int, f.readline().split()[1:9]))
    return (sum(v) - v[3] - v[4]) / os.sysconf("SC_CLK_TCK")


def own():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime


def blocks(rows, k):
    return [rows[len(rows) * i // k:len(rows) * (i + 1) // k] for i in range(k)]


def reduced(X, rows):
    mean, sd = X[rows].mean(0), X[rows].std(0)
    Z = (X[rows] - mean) / sd
    gram = Z.T @ Z
    n = len(gram)
    vectors = partial(gram, subset_by_index=[n - K, n - 1])[1] if partial else np.linalg.eigh(gram)[1][:, -K:]
    V = vectors[:, ::-1] / sd[:, None]
    F = X @ V - mean @ V
    return F / F[rows].std(0)


def design(F, rows):
    return np.hstack([F[rows - d] for d in DELAYS])


def solved(F, Y, train, test):
    """Eigenvalues and vectors of the training Gram matrix, its products with targets, and the test columns in their basis."""
    Z = design(F, train)
    mean, sd = Z.mean(0), Z.std(0)
    Z = (Z - mean) / sd
    values, V = np.linalg.eigh(Z.T @ Z)
    return np.maximum(values, 0), V.T @ (Z.T @ Y), ((design(F, test) - mean) / sd) @ V


def corr(a, b):
    a, b = a - a.mean(0), b - b.mean(0)
    return (a * b).sum(0) / np.sqrt((a * a).sum(0) * (b * b).sum(0))


def fit(X, Y):
    base = np.arange(max(DELAYS), len(X))
    folds = []
    for test in blocks(base, 5):
        train = np.setdiff1d(base, test)
        sse = np.zeros((len(ALPHAS), Y.shape[1]))
        for held in blocks(train, 5):
            inner = np.setdiff1d(train, held)
            mean = Y[inner].mean(0)
            values, B, A = solved(reduced(X, inner), Y[inner] - mean, inner, held)
            for i, alpha in enumerate(ALPHAS):
                e = Y[held] - mean - A @ (B / (values + alpha)[:, None])
                sse[i] += np.einsum("ij,ij->j", e, e)
        alphas, F = ALPHAS[sse.argmin(0)], reduced(X, train)
        y = Y[train] - Y[train].mean(0)
        folds.append((train, test, F, y, alphas))
    return folds


def scores(folds, series, Y):
    z = 0
    for (train, test, _, y, alphas), F in zip(folds, series):
        values, B, A = solved(F, y, train, test)
        z = z + np.arctanh(corr(A @ (B / (values[:, None] + alphas)), Y[test]))
    return np.tanh(z / len(folds))


def null(folds, Y, draws, rng):
    S = np.hstack([fold[2] for fold in folds])
    n = len(S)
    spectrum = np.fft.rfft(np.vstack([S, S[::-1]]), axis=0)
    result = []
    for _ in range(draws):
        turn = np.exp(2j * np.pi * rng.random(len(spectrum)))
        turn[0] = turn[-1] = 1
        drawn = np.fft.irfft(spectrum * turn[:, None], 2 * n, axis=0)[:n]
        result.append(scores(folds, [drawn[:, K * i:K * (i + 1)] for i in range(len(folds))], Y))
    return np.array(result)


def main():
    models, draws = (int(sys.argv[3]) if len(sys.argv) > 3 else 39), (int(sys.argv[4]) if len(sys.argv) > 4 else 1000)
    with h5py.File(sys.argv[1]) as f:
        X = [f["X"][m // 3, m % 3].astype(np.float64) for m in range(models)]
    with h5py.File(sys.argv[2]) as f:
        Y = f["Y68"][:].astype(np.float64)
    rng = np.random.default_rng(1)
    o, b, t = own(), busy(), time.perf_counter()
    fits = [fit(x, Y) for x in X]
    fitted, fitted_cpu = time.perf_counter() - t, own() - o
    observed = [scores(f, [fold[2] for fold in f], Y) for f in fits]
    t1, o1 = time.perf_counter(), own()
    nulls = [null(f, Y, draws, rng) for f in fits]
    drawn, drawn_cpu = time.perf_counter() - t1, own() - o1
    wall, cpu = time.perf_counter() - t, own() - o
    every = lambda a, c: 39 / models * (a + c * 1000 / draws)
    print(json.dumps(dict(
        workload="sweep 13x3 of 768 to 12, 6 delays, Y68, 1000 draws", peer="numpy " + np.__version__, seconds=wall,
        cpu_seconds=cpu, runs=[wall], other_cores=[max(0.0, (busy() - b - cpu) / max(wall, 0.05))],
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds_all=every(fitted, drawn),
        cpu_seconds_all=every(fitted_cpu, drawn_cpu), fit_s=fitted / models, draw_ms=1000 * drawn / (models * draws),
        fit_cpu_s=fitted_cpu / models, draw_cpu_ms=1000 * drawn_cpu / (models * draws),
        mean_r=float(np.mean(observed)), null_mean=float(np.mean(nulls)))), flush=True)


main()
