"""Reference values of repeated-measures ANOVA, signed ranks, clusters and meta-analysis.

python3 -m venv venv; venv/bin/pip install numpy==2.4.* scipy pandas pingouin statsmodels; R with metafor
venv/bin/python make_statistics.py > statistics.json

pingouin: one factor with Greenhouse-Geisser's and Huynh-Feldt's epsilon; statsmodels: F and p of two factors; base R
(anova.mlm): their corrected p; SciPy: signed ranks with ties and zeros, and cluster labels; metafor: the rest.
"""
import json, os, subprocess, sys, tempfile
import numpy as np, pandas as pd, pingouin as pg
import scipy
from scipy import stats, ndimage, sparse
from statsmodels.stats.anova import AnovaRM

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20260131)
result = {}

# One factor: 9 subjects, 4 conditions of unequal variance and correlation.
n, k = 9, 4
y = np.round(rng.normal(size=(n, 1)) + rng.normal(size=(n, k)) * [0.3, 0.6, 1.2, 2.0] + [0, 0.2, 0.6, 0.4], 3)
long = pd.DataFrame({"s": np.repeat(range(n), k), "c": np.tile(range(k), n), "y": y.ravel()})
aov = pg.rm_anova(long, dv="y", within="c", subject="s", correction=True, detailed=True, effsize="np2")
first, error = aov.iloc[0], aov.iloc[1]
pick = lambda row, *names: next(float(row[x]) for x in names if x in row.index)
hf = float(pg.epsilon(pd.DataFrame(y), correction="hf"))
df = np.array([k - 1, (k - 1) * (n - 1)])
f = pick(first, "F")
result["one"] = {
    "y": y.tolist(), "ss_effect": pick(first, "SS"), "ss_error": pick(error, "SS"), "f": f,
    "df1": pick(first, "DF"), "df2": pick(error, "DF"), "p": pick(first, "p-unc", "p_unc"),
    "p_gg": pick(first, "p-GG-corr", "p_GG_corr"), "partial_eta2": pick(first, "np2"),
    "epsilon_gg": float(pg.epsilon(pd.DataFrame(y), correction="gg")), "epsilon_hf": hf,
    "p_hf": float(stats.f.sf(f, *(df * hf))),
}

# Two factors, 3 x 4, 11 subjects.
n, a, b = 11, 3, 4
z = rng.normal(size=(n, 1, 1)) + rng.normal(size=(n, a, 1)) * 0.5 + rng.normal(size=(n, a, b)) * rng.uniform(0.4, 2, (1, a, b))
z = np.round(z + np.array([0, 0.3, 0.8])[:, None] + np.array([0, 0, 0.4, 0.1]), 3)
long = pd.DataFrame([(i, j, l, z[i, j, l]) for i in range(n) for j in range(a) for l in range(b)], columns=["s", "a", "b", "y"])
table = AnovaRM(long, "y", "s", within=["a", "b"]).fit().anova_table
two = {"y": z.reshape(n, -1).tolist(), "statsmodels": {
    name: [float(table.loc[key, c]) for c in ("F Value", "Num DF", "Den DF", "Pr > F")]
    for name, key in (("a", "a"), ("b", "b"), ("ab", "a:b"))}}

# Signed ranks; with few values exact, over all signs of the ranks where they are tied.
def ranks(x, method):
    r = {}
    for side in ("two-sided", "greater"):
        t = stats.wilcoxon(x, alternative=side, method=method, correction=False, zero_method="wilcox")
        r[side] = float(t.pvalue)
    d = np.asarray(x)[np.asarray(x) != 0]
    r["statistic"] = float(stats.rankdata(abs(d))[d > 0].sum())
    r["x"] = list(map(float, x))
    return r
small = np.round(rng.normal(0.4, 1, 12), 4)
large = np.round(rng.normal(0.1, 1, 40), 4)
tied = np.round(rng.normal(0.3, 1, 18), 1)
tied[:3] = [0, 0, -0.5]
signs = stats.PermutationMethod(n_resamples=np.inf)
result["wilcoxon"] = {
    "small": ranks(small, "exact"), "large": ranks(large, "approx"), "tied": ranks(tied[tied != 0], signs),
    "rounded": ranks(np.round(large, 1), "approx"),
}
result["sign_flip"] = {"x": small[:10].tolist()}
patterns = np.array(np.meshgrid(*[[1, -1]] * 10)).reshape(10, -1).T
means = patterns @ small[:10] / 10
obs = small[:10].mean()
result["sign_flip"] |= {"greater": float((means >= obs - 1e-12).mean()), "two_sided": float((abs(means) >= abs(obs) - 1e-12).mean())}

# Clusters in time, and over a graph.
def clusters(values, label):
    """(cells, mass) of connected cells above .8, of either sign."""
    found = []
    for sign in (1, -1):
        for cells in label(sign * values > 0.8):
            found.append((sorted(map(int, cells)), float(values[cells].sum())))
    return sorted(found, key=lambda c: (-abs(c[1]), c[0][0]))
def in_time(mask):
    labels, count = ndimage.label(mask)
    return [np.flatnonzero(labels == i + 1) for i in range(count)]
cells = 12
pairs = [(0, 1), (1, 2), (2, 3), (0, 4), (4, 8), (5, 6), (6, 10), (7, 11), (9, 10), (3, 7), (8, 9)]
graph = sparse.coo_matrix((np.ones(len(pairs)), tuple(zip(*pairs))), (cells, cells)).tocsr()
graph = graph + graph.T
def in_graph(mask):
    inside = np.flatnonzero(mask)
    if len(inside) == 0:
        return []
    count, labels = sparse.csgraph.connected_components(graph[inside][:, inside], directed=False)
    return [inside[labels == i] for i in range(count)]
observed = np.round(rng.normal(size=cells), 3)
observed[:4] += 1.5
draws = np.round(rng.normal(size=(49, cells)), 3)
def tested(label):
    null = [max([abs(m) for _, m in clusters(d, label)], default=0) for d in draws]
    return [{"cells": c, "mass": m, "p": (1 + sum(x >= abs(m) for x in null)) / 50} for c, m in clusters(observed, label)]
result["clusters"] = {
    "observed": observed.tolist(), "draws": draws.tolist(), "threshold": 0.8, "pairs": pairs,
    "time": tested(in_time), "graph": tested(in_graph)}

# Meta-analyses: metafor's own example (BCG vaccine, log relative risks), and made-up ones.
sets = {
    "spread": (np.round(rng.normal(0.3, 0.25, 8), 3), np.round(rng.uniform(0.004, 0.03, 8), 4)),
    "alike": (np.round(0.2 + rng.normal(0, 0.03, 6), 3), np.round(rng.uniform(0.01, 0.03, 6), 4)),
    "three": (np.array([0.12, 0.45, 0.31]), np.array([0.01, 0.02, 0.012])),
    "bcg": tuple(np.array(x) for x in (
        [-0.8893, -1.5854, -1.3481, -1.4416, -0.2175, -0.7861, -1.6209, 0.0120, -0.4694, -1.3713, -0.3394, 0.4459, -0.0173],
        [0.3256, 0.1946, 0.4154, 0.0200, 0.0512, 0.0069, 0.2230, 0.0040, 0.0564, 0.0730, 0.0124, 0.5325, 0.0714])),
}
with tempfile.TemporaryDirectory() as folder:
    for name, (effect, variance) in sets.items():
        pd.DataFrame({"y": effect, "v": variance}).to_csv(f"{folder}/{name}.csv", index=False)
    pd.DataFrame(z.reshape(n, -1)).to_csv(f"{folder}/two.csv", index=False, header=False)
    lines = subprocess.run(["Rscript", f"{here}/make_statistics.R", folder], check=True, capture_output=True, text=True).stdout
found = {l.split()[0]: [None if x == "NA" else float(x) for x in l.split()[1:]] for l in lines.splitlines() if l.strip()}
names = ["estimate", "error", "low", "high", "p", "tau2", "i2", "prediction_low", "prediction_high", "tau2_low", "tau2_high", "i2_low", "i2_high"]
result["meta"] = {name: {"y": sets[name][0].tolist(), "v": sets[name][1].tolist()} | dict(zip(names, found[f"meta.{name}"])) for name in sets}
two["r"] = {name: found[f"two.{name}"] for name in ("a", "b", "ab")}
result["two"] = two
x = [(0.3, 2), (5.0, 4), (40.0, 9), (11.143286781877793, 4)]
result["chi_square"] = [[a, v, float(stats.chi2.cdf(a, v))] for a, v in x]

# Lagged correlations with missing values: Pearson over the pairs of each lag.
lead, follow = rng.normal(size=40), rng.normal(size=40)
follow[2:] += lead[:-2]
lead, follow = np.round(lead, 3), np.round(follow, 3)
missing = [5, 17]
lead[missing[0]] = np.nan
follow[missing[1]] = np.nan
curve = []
for lag in (-1, 0, 1, 2, 5):
    pairs_ = [(lead[t - lag], follow[t]) for t in range(40) if 0 <= t - lag < 40]
    q = np.array([p for p in pairs_ if not np.isnan(p).any()])
    curve.append([lag, float(stats.pearsonr(q[:, 0], q[:, 1]).statistic), len(q)])
result["lags"] = {"leader": [None if np.isnan(v) else v for v in lead.tolist()], "follower": [None if np.isnan(v) else v for v in follow.tolist()], "curve": curve}
json.dump(result, sys.stdout, separators=(",", ":"))
