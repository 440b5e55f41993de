"""Reference values of rotations of regions and of correlations under them.

python3 -m venv venv; venv/bin/pip install numpy==2.4.* scipy
venv/bin/python make_spin.py > spin.json

Rotations by scipy.spatial.transform, nearest regions by scipy.spatial.cKDTree, correlations by scipy.stats.
"""
import json
import numpy as np
import scipy
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation
from scipy.stats import pearsonr

rng = np.random.default_rng(11)
left = np.round(rng.normal(size=(10, 3)) * [15, 40, 25] + [-35, -15, 15])
right = np.round(rng.normal(size=(8, 3)) * [15, 40, 25] + [35, -15, 15])
sides = [-1] * len(left) + [1] * len(right)
centres = np.r_[left, right]


def directions(centres, sides):
    mirrored = centres * np.c_[-np.array(sides), np.ones((len(sides), 2))]
    length = np.linalg.norm(mirrored, axis=1)
    if np.abs(length - length.mean()).max() > 0.01 * length.mean():
        mirrored = mirrored - mirrored.mean(0)
    return mirrored / np.linalg.norm(mirrored, axis=1, keepdims=True)


def sources(unit, sides, quaternion):
    w, x, y, z = quaternion
    turned = Rotation.from_quat([x, y, z, w]).apply(unit)
    found = np.zeros(len(unit), int)
    for side in (-1, 1):
        own = np.flatnonzero(np.array(sides) == side)
        found[own] = own[cKDTree(turned[own]).query(unit[own])[1]]
    return found


def r(a, b):
    both = ~np.isnan(a) & ~np.isnan(b)
    return pearsonr(a[both], b[both])[0]


unit = directions(centres, sides)
quaternions = np.round(rng.normal(size=(12, 4)), 3)
taken = [sources(unit, sides, q) for q in quaternions]
a = np.round(rng.normal(size=18), 3)
b = np.round(0.6 * a + rng.normal(size=18), 3)
a[4] = b[11] = b[4] = np.nan
first = [r(a[s], b) for s in taken]
second = [r(a, b[s]) for s in taken]
p = lambda draws: (np.sum(np.abs(draws) >= abs(r(a, b))) + 1) / (len(draws) + 1)
sphere = directions(centres, sides) * 100 * np.c_[-np.array(sides), np.ones((18, 2))]
plain = lambda x: [None if np.isnan(v) else v for v in x]
print(json.dumps({
    "scipy": scipy.__version__, "sides": sides, "centres": centres.tolist(), "quaternions": quaternions.tolist(),
    "sources": [s.tolist() for s in taken], "sphere": np.round(sphere, 9).tolist(), "a": plain(a), "b": plain(b),
    "r": r(a, b), "first": first, "second": second, "p_first": p(first), "p_second": p(second)}))
