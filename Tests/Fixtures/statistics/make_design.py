"""Reference values of the analysis of variance of a design with unequal numbers of rows.

venv/bin/pip install numpy scipy pandas statsmodels; venv/bin/python make_design.py > design.json

statsmodels: sums of squares of type III (sum coding) of every column, and of the contrast of a level with the mean of all
levels; SciPy: Euclidean distances and their rank correlation with unequal labels.
"""
import json
import numpy as np, pandas as pd
import statsmodels.formula.api as smf
from scipy import stats
from scipy.spatial.distance import pdist
from statsmodels.stats.anova import anova_lm

rng = np.random.default_rng(20261130)
a = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2])
b = np.array([0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0])
effects = rng.normal(size=(3, 3))[a] * [1, 0.5, 0] + np.outer(b, [0, 1, 2]) + 0.4 * np.outer(a * b, [1, 0, 1])
y = np.round((effects + rng.normal(size=(len(a), 3))) * [1, 30, 0.01], 4)
z = (y - y.mean(0)) / y.std(0, ddof=1)


def shares(formula):
    sums, contrasts, error = {}, {}, 0.0
    for column in z.T:
        frame = pd.DataFrame({"y": column, "a": a, "b": b})
        fit = smf.ols("y ~ " + formula, frame).fit()
        table = anova_lm(fit, typ=3)
        for name in table.index.drop(["Intercept", "Residual"]):
            sums[name] = sums.get(name, 0) + table.loc[name, "sum_sq"]
        names = fit.params.index
        for level in range(3):
            row = np.array([(n == f"C(a, Sum)[S.{level}]") if level < 2 else -float(n.startswith("C(a, Sum)[") and ":" not in n)
                            for n in names], dtype=float)
            contrasts[level] = contrasts.get(level, 0) + float(fit.f_test(row).fvalue) * fit.mse_resid
        error += fit.ssr
    total = (z ** 2).sum()
    named = {"C(a, Sum)": "a", "C(b, Sum)": "b", "C(a, Sum):C(b, Sum)": "ab"}
    sums = {named[n]: s for n, s in sums.items()} | {f"a={k}": s for k, s in contrasts.items()}
    return {n: [s / (s + error), s / total] for n, s in sums.items()}


distances = pdist(z)
unequal = lambda x: pdist(x[:, None]) > 0
print(json.dumps({
    "y": y.tolist(), "a": a.tolist(), "b": b.tolist(),
    "main": shares("C(a, Sum) + C(b, Sum)"), "pairs": shares("C(a, Sum) * C(b, Sum)"),
    "r": {n: stats.spearmanr(distances, unequal(x)).statistic for n, x in [("a", a), ("b", b)]},
}))
