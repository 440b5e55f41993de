"""Golden values of nested ridge from scikit-learn (Ridge, StandardScaler, PCA on the same folds) and himalaya.

Run: python make_ridge.py  (numpy, scikit-learn, himalaya); writes ridge.json beside itself. Synthetic data, CC0.
"""
import json, os
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(11)
N, P, T, K, DELAYS, GAP = [90, 70], 6, 3, 3, [0, 1, 2], 4
LAMBDAS = [10.0 ** e for e in range(-3, 3)]


def ar(n, p, a):
    x = rng.standard_normal((n, p))
    for t in range(1, n): x[t] = a * x[t - 1] + np.sqrt(1 - a * a) * x[t]
    return x


X = [np.round(ar(n, P, .7) @ rng.standard_normal((P, P)), 6) for n in N]
Y = []
for x in X:
    s = np.roll(x, 1, axis=0)
    Y.append(np.round(s[:, :T] + .3 * x[:, 1:1 + T] + 2.0 * ar(len(x), T, .5), 6))
Y[0][40, 1] = np.nan
pieces = [(0, N[0]), (N[0], N[0] + N[1])]
XX, YY = np.vstack(X), np.vstack(Y)


def piece_of(r): return 0 if r < N[0] else 1


def design(F, rows): return np.hstack([F[np.array(rows) - d] for d in DELAYS])


def purge(base, test, gap):
    bad = set()
    for r in test:
        lo, hi = pieces[piece_of(r)]
        bad.update(range(max(lo, r - gap), min(hi, r + gap + 1)))
    return [r for r in base if r not in bad]


def blocks(base, k):
    out = []
    for i in range(k):
        rows = []
        for p in range(2):
            mine = [r for r in base if piece_of(r) == p]
            rows += mine[len(mine) * i // k: len(mine) * (i + 1) // k]
        out.append(rows)
    return out


def predict(train, test, y, lam, reduce):
    F = XX
    if reduce:
        sc = StandardScaler().fit(XX[train]); pca = PCA(K, svd_solver="full").fit(sc.transform(XX[train]))
        F = pca.transform(sc.transform(XX)); F = F / F[train].std(0)
    st = StandardScaler().fit(design(F, train))
    m = Ridge(alpha=lam, solver="svd").fit(st.transform(design(F, train)), y[train])
    return m.predict(st.transform(design(F, test)))


def nested(reduce):
    first = max(DELAYS)
    base = [r for p, (lo, hi) in enumerate(pieces) for r in range(lo + first, hi)]
    out = {"lambda": [], "r": [], "r2": [], "r2Test": [], "prediction": np.full((len(XX), T), np.nan).tolist()}
    for test in blocks(base, 4):
        train = purge(base, test, GAP)
        rl, rr, r2, r2t = [], [], [], []
        for t in range(T):
            y = YY[:, t]; ok = lambda rows: [r for r in rows if np.isfinite(y[r])]
            sse = np.zeros(len(LAMBDAS))
            for val in blocks(train, 3):
                tr = ok(purge(train, val, GAP)); va = ok(val)
                for i, l in enumerate(LAMBDAS): sse[i] += ((y[va] - predict(tr, va, y, l * len(tr), reduce)) ** 2).sum()
            tr, te = ok(train), ok(test)
            l = LAMBDAS[int(np.argmin(sse))] * len(tr)
            p = predict(tr, te, y, l, reduce)
            for r, v in zip(te, p): out["prediction"][r][t] = float(v)
            rl.append(l); rr.append(float(np.corrcoef(p, y[te])[0, 1]))
            e = ((y[te] - p) ** 2).sum()
            r2.append(float(1 - e / ((y[te] - y[tr].mean()) ** 2).sum())); r2t.append(float(1 - e / ((y[te] - y[te].mean()) ** 2).sum()))
        out["lambda"].append(rl); out["r"].append(rr); out["r2"].append(r2); out["r2Test"].append(r2t)
    return out


def clean(v):
    if isinstance(v, dict): return {k: clean(e) for k, e in v.items()}
    return [clean(e) for e in v] if isinstance(v, list) else (None if isinstance(v, float) and np.isnan(v) else v)


from himalaya.ridge import Ridge as HRidge
A = np.round(rng.standard_normal((40, 9)), 6); B = np.round(rng.standard_normal((40, 4)), 6)
A -= A.mean(0); B -= B.mean(0)
al = np.array([.01, 1., 30., 500.])
h = HRidge(alpha=al, fit_intercept=False, solver="svd").fit(A, B)
Q = np.round(rng.standard_normal((60, 8)) @ rng.standard_normal((8, 8)), 6)
sc = StandardScaler().fit(Q); pca = PCA(3, svd_solver="full").fit(sc.transform(Q))
W = np.round(rng.standard_normal((12, 30)), 6); pw = PCA(4, svd_solver="full").fit(W)
from scipy import stats
from scipy.stats import false_discovery_control
ps = [.001, .2, .03, .04, .04, .9, .012]
z = [.3, .1, -.05, .42, .22, .15, -.11]
doc = dict(
    pieces=[dict(x=x.tolist(), y=y.tolist()) for x, y in zip(X, Y)], lambdas=LAMBDAS, raw=nested(False), pca=nested(True),
    himalaya=dict(x=A.tolist(), y=B.tolist(), alpha=al.tolist(), w=h.coef_.tolist()),
    components=dict(x=Q.tolist(), v=pca.components_.tolist(), share=pca.explained_variance_ratio_.tolist(), scores=pca.transform(sc.transform(Q)).tolist()),
    wide=dict(x=W.tolist(), v=pw.components_.tolist(), share=pw.explained_variance_ratio_.tolist()),
    bh=dict(p=ps, q=false_discovery_control(ps).tolist()),
    t=dict(x=z, t=float(stats.ttest_1samp(z, 0).statistic), p=float(stats.ttest_1samp(z, 0).pvalue), greater=float(stats.ttest_1samp(z, 0, alternative="greater").pvalue),
           wilcoxon=float(stats.wilcoxon(z).pvalue), wilcoxonGreater=float(stats.wilcoxon(z, alternative="greater").pvalue), quantile=float(stats.t.ppf(.975, 6)), fTail=float(stats.f.sf(3.2, 2, 17))))
text = json.dumps(clean(doc))
open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ridge.json"), "w").write(text)
print(len(text))
