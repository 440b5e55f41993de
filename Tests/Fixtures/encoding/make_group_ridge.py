"""Golden values of ridge with a penalty for each group of columns, from himalaya's random search over divisions of the penalty.

Run: python make_group_ridge.py  (numpy, scikit-learn, himalaya); writes group_ridge.json beside itself. The data are made
here and in the test by the same arithmetic, with columns z-scored in every 25 rows: so they are in the training rows of all
folds, as Evoke has them and himalaya does not.
"""
import json, os
import numpy as np
from himalaya.ridge._random_search import solve_group_ridge_random_search
from sklearn.model_selection import KFold

N, P, T, BLOCK = 200, 30, 7, 25
ALPHAS = [10.0 ** e for e in range(-1, 5)]
state = 1


def uniform(rows, columns):
    global state
    x = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            state = (state * 1103515245 + 12345) % 2147483648
            x[i, j] = state / 2147483648 - 0.5
    return x


X = uniform(N, P)
for b in range(0, N, BLOCK):
    part = X[b:b + BLOCK]
    X[b:b + BLOCK] = (part - part.mean(0)) / part.std(0)
W = uniform(P, T)
for t in range(T): W[:, t] *= np.where(np.arange(P) // 6 % 3 == t % 3, 1, .1)
Y = X @ W + 6 * uniform(N, T)
FOLDS = [np.arange(0, 100), np.arange(100, 200)]


def search(widths, gammas):
    edges = np.cumsum([0] + widths)
    cut = lambda rows: [X[np.ix_(rows, np.arange(a, b))] for a, b in zip(edges, edges[1:])]
    out = dict(alpha=[], r=[], prediction=[])
    for test in FOLDS:
        train = np.setdiff1d(np.arange(N), test)
        deltas, w, _, c = solve_group_ridge_random_search(
            cut(train), Y[train], n_iter=np.array(gammas), alphas=np.array(ALPHAS), fit_intercept=True, cv=KFold(4),
            return_weights=True, progress_bar=False)
        p = np.hstack(cut(test)) @ w + c
        out["alpha"].append([round(float(a), 6) for a in 1 / np.exp(deltas).sum(0)])
        out["r"].append([round(float(np.corrcoef(p[:, t], Y[test, t])[0, 1]), 12) for t in range(T)])
        out["prediction"].append([[round(float(v), 12) for v in p[i]] for i in (0, 57)])
    return out


GRID = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.03, 0.97, 0.01, 0.99, 0.001, 0.999]
draws = np.vstack([np.random.default_rng(5).dirichlet([c] * 3, 2) for c in (.3, 1, 3)])
draws = [[round(float(g), 6) for g in np.maximum(row, 1e-4)] for row in draws]
draws = [row[:2] + [round(1 - row[0] - row[1], 6)] for row in draws]
doc = dict(
    check=dict(x=float(X[199, 29]), y=float(Y[199, 6])), alphas=ALPHAS,
    two=search([12, 18], [[g, 1 - g] for g in GRID]),
    three=[dict(gamma=g, **search([6, 10, 14], [g])) for g in draws])
text = json.dumps(doc)
open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "group_ridge.json"), "w").write(text + "\n")
print(len(text))
