"""Region means, cleaned series and responses by nilearn and scipy; correlated components after isceeg.m in NumPy.

Run: python make_haemodynamics_reference.py   (nibabel 5.4, nilearn 0.14, numpy, scipy). All values are synthetic.
"""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
from nilearn.glm.first_level import glover_hrf, spm_hrf
from nilearn.maskers import NiftiLabelsMasker
from nilearn.signal import clean
from scipy.linalg import eigh
from scipy.stats import gamma

here = Path(__file__).parent
rng = np.random.default_rng(7)
out = {}


def flat(values):
    return np.asarray(values, dtype=float).ravel().tolist()


# An atlas with labels 3, 7, 1001 and 2002 and a recording of 60 volumes with a sine in label 7.
affine = np.array([[3, 0, 0, -12], [0, 3, 0, -9], [0, 0, 3.5, -8], [0, 0, 0, 1]], dtype=float)
labels = rng.choice([0, 3, 7, 1001, 2002], size=(8, 7, 6), p=[0.4, 0.15, 0.15, 0.15, 0.15]).astype(np.int16)
nib.save(nib.Nifti1Image(labels, affine), here / "atlas.nii.gz")
volumes = 60
bold = rng.normal(800, 30, (8, 7, 6, volumes))
bold[labels == 7] += 40 * np.sin(2 * np.pi * np.arange(volumes) / 20)
constant = (labels == 3) & (rng.random(labels.shape) < 0.3)
bold[constant] = 0
bold = bold.astype(np.float32)
missing = tuple(np.argwhere(labels == 1001)[0])
bold[missing + (17,)] = np.nan
image = nib.Nifti1Image(bold, affine)
image.header.set_zooms((3, 3, 3.5, 2))
image.header.set_xyzt_units("mm", "sec")
nib.save(image, here / "bold.nii.gz")
kept = ~constant & np.isfinite(bold).all(axis=-1)
codes = [3, 7, 1001, 2002]
means = np.stack([bold[(labels == c) & kept].astype(float).mean(axis=0) for c in codes], axis=1)
out["codes"] = codes
out["means"] = flat(means)
out["kept"] = [int(((labels == c) & kept).sum()) for c in codes]
out["constant"] = [int(((labels == c) & constant).sum()) for c in codes]
masked = np.where(kept, labels, 0)
masker = NiftiLabelsMasker(nib.Nifti1Image(masked.astype(np.int16), affine), standardize=None, resampling_target=None)
nilearn_means = masker.fit_transform(nib.Nifti1Image(np.nan_to_num(bold), affine))
assert np.allclose(nilearn_means, means, rtol=1e-5), "nilearn averages in float32"
off = affine.copy()
off[0, 3] += 0.01
nib.save(nib.Nifti1Image(labels, off), here / "atlas-shifted.nii.gz")
nib.save(nib.Nifti1Image((labels / 3).astype(np.float32), affine), here / "atlas-probabilities.nii.gz")

# Cleaning.
T, R = 150, 5
motion = np.cumsum(rng.normal(0, 0.02, (T, 6)), axis=0)
tissue = rng.normal(500, 5, (T, 2)) + np.linspace(0, 20, T)[:, None]
confounds = np.column_stack([motion, tissue])
signals = 900 + 50 * np.arange(R) + rng.normal(0, 6, (T, R)) + confounds @ rng.normal(0, 1, (8, R))
signals += 30 * np.cos(np.pi * np.arange(T)[:, None] / T)
out["signals"], out["confounds"] = flat(signals), flat(confounds)
for name, arguments in {
    "clean": dict(confounds=confounds, filter="cosine", high_pass=1 / 128, detrend=True, standardize=None),
    "clean-percent": dict(confounds=confounds, filter="cosine", high_pass=1 / 128, detrend=True, standardize="psc"),
    "clean-zscore": dict(confounds=confounds, filter="cosine", high_pass=1 / 128, detrend=True, standardize="zscore_sample"),
    "clean-no-detrend": dict(confounds=confounds, filter="cosine", high_pass=1 / 128, detrend=False, standardize=None),
    "clean-drift": dict(filter="cosine", high_pass=1 / 100, detrend=False, standardize=None),
    "clean-confounds": dict(confounds=confounds, filter=False, detrend=True, standardize=None),
}.items():
    out[name] = flat(clean(signals, t_r=2.0, **arguments))

# Responses.
t = np.arange(320) * 0.1
spm = gamma.pdf(t, 6) - gamma.pdf(t, 16) / 6
glover = gamma.pdf(t, 6 / 0.9, scale=0.9) - 0.48 * gamma.pdf(t, 12 / 0.9, scale=0.9)
out["spm"], out["glover"] = flat(spm / spm.sum()), flat(glover / glover.sum())
out["nilearn-spm"], out["nilearn-glover"] = flat(spm_hrf(2.0, 20)), flat(glover_hrf(2.0, 20))
features = rng.normal(size=(40, 2))
fine = np.repeat(features, 10, axis=0)
convolved = np.stack([np.convolve(fine[:, f], spm / spm.sum())[: len(fine)] for f in range(2)], axis=1)
out["features"] = flat(features)
# The middles of 19 scans of 2.1 s, 1.05 s ... 38.85 s, fall into steps 10, 31 ... 388.
out["regressors"] = flat(convolved[[10 + 21 * i for i in range(19)]])

# Correlated components: X [time, channel, subject], after isceeg.m (Parra).
T, D, N, g = 400, 6, 5, 0.1
source = rng.normal(size=(T, 2))
X = np.stack([source @ rng.normal(size=(2, D)) * 0.2 + rng.normal(size=(T, D)) @ rng.normal(size=(D, D)) for _ in range(N)], axis=2)
X += (source @ rng.normal(size=(2, D)))[:, :, None]


def blocks(x):
    stacked = x.transpose(0, 2, 1).reshape(x.shape[0], N * D)
    return np.cov(stacked.T).reshape(N, D, N, D).transpose(1, 3, 0, 2)


def pooled(R):
    within = sum(R[:, :, i, i] for i in range(N)) / N
    return within, (R.sum(axis=(2, 3)) - N * within) / (N * (N - 1))


R = blocks(X)
Rw, Rb = pooled(R)
values, W = eigh(Rb, (1 - g) * Rw + g * np.linalg.eigvalsh(Rw).mean() * np.eye(D))
values, W = values[::-1], W[:, ::-1]
A = Rw @ W @ np.linalg.inv(W.T @ Rw @ W)
signs = np.sign(A[np.abs(A).argmax(axis=0), np.arange(D)])
W, A = W * signs, A * signs
per_subject = np.zeros((D, N))
for k in range(N):
    others = [j for j in range(N) if j != k]
    w = sum(R[:, :, k, k] + R[:, :, j, j] for j in others) / (N - 1)
    b = sum(R[:, :, k, j] + R[:, :, j, k] for j in others) / (N - 1)
    per_subject[:, k] = np.diag(W.T @ b @ W) / np.diag(W.T @ w @ W)
windows = []
for start in range(0, T - 50 + 1, 25):
    w, b = pooled(blocks(X[start : start + 50]))
    windows.append(np.diag(W.T @ b @ W) / np.diag(W.T @ w @ W))
out["corrca-x"] = flat(X.transpose(2, 0, 1))
out["corrca-values"], out["corrca-w"], out["corrca-a"] = flat(values), flat(W), flat(A)
out["corrca-subjects"], out["corrca-windows"] = flat(per_subject), flat(windows)
(here / "reference.json").write_text(json.dumps(out))
