"""Golden values of weights, forward patterns, three sets together and stacking, from scikit-learn and SciPy on the data of ridge.json.

Run: python make_joint.py  (numpy, scipy, scikit-learn); writes joint.json beside itself.
"""
import itertools, json, os
import numpy as np
from scipy.optimize import minimize
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

here = os.path.dirname(os.path.abspath(__file__))
doc = json.load(open(os.path.join(here, "ridge.json")))
XX = np.vstack([p["x"] for p in doc["pieces"]])
YY = np.vstack([np.array(p["y"], float) for p in doc["pieces"]])
first = len(doc["pieces"][0]["x"])
pieces, LAMBDAS, DELAYS, GAP = [(0, first), (first, len(XX))], doc["lambdas"], [0, 1, 2], 4
SETS = [[0, 1], [2, 3], [4, 5]]


def purge(base, test):
    bad = set()
    for r in test:
        lo, hi = pieces[r >= first]
        bad.update(range(max(lo, r - GAP), min(hi, r + GAP + 1)))
    return [r for r in base if r not in bad]


def blocks(base, k):
    out = []
    for i in range(k):
        rows = []
        for p in (0, 1):
            mine = [r for r in base if (r >= first) == p]
            rows += mine[len(mine) * i // k: len(mine) * (i + 1) // k]
        out.append(rows)
    return out


def design(F, rows): return np.hstack([F[np.array(rows) - d] for d in DELAYS])


def fitted(F, train, y, lam):
    st = StandardScaler().fit(design(F, train))
    return st, Ridge(alpha=lam, solver="svd").fit(st.transform(design(F, train)), y[train])


def predict(F, train, test, y, lam):
    st, m = fitted(F, train, y, lam)
    return m.predict(st.transform(design(F, test)))


def choose(F, train, y, ok):
    """The grid place of least summed error, and what it predicts of every inner fold."""
    sse, held = np.zeros(len(LAMBDAS)), [[] for _ in LAMBDAS]
    for val in blocks(train, 3):
        tr, va = ok(purge(train, val)), ok(val)
        for i, l in enumerate(LAMBDAS):
            p = predict(F, tr, va, y, l * len(tr))
            sse[i] += ((y[va] - p) ** 2).sum(); held[i].append(y[va] - p)
    best = int(np.argmin(sse))
    return LAMBDAS[best], np.concatenate(held[best])


def simplex(E):
    """Weights of least squared error, non-negative and of sum 1: SLSQP finds which are 0, a linear system their values."""
    G, b = E.T @ E, E.shape[1]
    a = minimize(lambda w: w @ G @ w / G.max(), np.full(b, 1 / b), jac=lambda w: 2 * G @ w / G.max(), bounds=[(0, 1)] * b,
                 constraints={"type": "eq", "fun": lambda w: w.sum() - 1}, method="SLSQP", options={"ftol": 1e-14, "maxiter": 500}).x
    on = a > 1e-5
    w = np.zeros(b); w[on] = np.linalg.solve(G[np.ix_(on, on)], np.ones(on.sum()))
    assert (w >= 0).all()
    return w / w.sum()


base = [r for lo, hi in pieces for r in range(lo + max(DELAYS), hi)]
T = YY.shape[1]
members = [c for k in (1, 2, 3) for c in itertools.combinations(range(3), k)]
out = {"r2": {"".join(map(str, c)): [] for c in members}, "stackR": [], "stackR2": [], "shares": []}
weights = {k: np.zeros((len(DELAYS), XX.shape[1], T)) for k in ("raw", "pca")}
patterns = {k: np.zeros_like(weights["raw"]) for k in weights}
for test in blocks(base, 4):
    train = purge(base, test)
    row = {k: [] for k in out["r2"]}
    stack_r, stack_r2, stack_a = [], [], []
    for t in range(T):
        y = YY[:, t]
        ok = lambda rows: [r for r in rows if np.isfinite(y[r])]
        tr, te = ok(train), ok(test)
        r2 = lambda p: float(1 - ((y[te] - p) ** 2).sum() / ((y[te] - y[tr].mean()) ** 2).sum())
        alone, errors = [], []
        for c in members:
            F = XX[:, [j for s in c for j in SETS[s]]]
            l, held = choose(F, train, y, ok)
            p = predict(F, tr, te, y, l * len(tr))
            row["".join(map(str, c))].append(r2(p))
            if len(c) == 1: alone.append(p); errors.append(held)
        a = simplex(np.stack(errors, 1)); p = np.stack(alone, 1) @ a
        stack_a.append(a.tolist()); stack_r.append(float(np.corrcoef(p, y[te])[0, 1])); stack_r2.append(r2(p))
        sc = StandardScaler().fit(XX[tr]); pca = PCA(3, svd_solver="full").fit(sc.transform(XX[tr]))
        S = pca.transform(sc.transform(XX)); sd = S[tr].std(0)
        for kind, F in (("raw", XX), ("pca", S / sd)):
            # Components are those of the rows that have the target, and so are the inner folds': lambda stands in ridge.json.
            lam = doc[kind]["lambda"][len(out["stackR"])][t]
            st, m = fitted(F, tr, y, lam)
            w = (m.coef_ / st.scale_).reshape(len(DELAYS), -1)
            if kind == "pca": w = (w / sd) @ pca.components_ / sc.scale_
            weights[kind][:, :, t] += w / 4
            p = m.predict(st.transform(design(F, tr))); p = p - p.mean()
            for i, d in enumerate(DELAYS):
                x = XX[np.array(tr) - d]
                patterns[kind][i, :, t] += (x - x.mean(0)).T @ p / (p @ p) / 4
    for k in row: out["r2"][k].append(row[k])
    out["stackR"].append(stack_r); out["stackR2"].append(stack_r2); out["shares"].append(stack_a)
flat = lambda a: [float(f"{v:.12g}") for v in np.ravel(a)]
out = {"r2": {k: flat(v) for k, v in out["r2"].items()}, **{k: flat(out[k]) for k in ("stackR", "stackR2", "shares")},
       **{"weights" + k.capitalize(): flat(weights[k]) for k in weights}, **{"patterns" + k.capitalize(): flat(patterns[k]) for k in patterns}}
text = json.dumps(out)
open(os.path.join(here, "joint.json"), "w").write(text)
print(len(text)); print(np.array(out["shares"]).reshape(4, T, 3).round(3)); print(out["r2"]["012"], out["stackR2"])
