"""How often smooth maps that have nothing in common are found at p <= .05, by several nulls.

venv/bin/python spin_level.py ../../../Sources/Science/Electrophysiology/DesikanKilliany.swift [MAPS]

Maps of the 68 Desikan-Killiany regions: sums of 40 plane waves (Gaussian covariance, length in mm; 0: white), of each
hemisphere by itself, of one that mirrors the other, or of both across the midline. 199 rotations. Columns: Pearson's own p;
rotations with every region used once (least sum of angles); the nearest region, turning the first map, the second, and the
larger p of the two, which is what MapCorrelation reports. Last, over twelve sets of 99 rotations, the larger p alone: maps
found, and those found whose draws spread by at most .3 (root mean square of r), of all maps; and the share of such maps.
"""
import re, sys
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.transform import Rotation
from scipy.stats import t

rows = re.findall(r'\("\w+", \[([-\d, ]+)\], \[([-\d, ]+)\]\)', open(sys.argv[1]).read())
left, right = (np.array([[float(v) for v in row[side].split(",")] for row in rows]) for side in (0, 1))
maps = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
rng = np.random.default_rng(1)
flip = np.array([-1, 1, 1])
middle = np.r_[left, right * flip].mean(0)
unit = [(c - middle) / np.linalg.norm(c - middle, axis=1, keepdims=True) for c in (left, right * flip)]


def sources(turn, once):
    found = []
    for side, u in enumerate(unit):
        cosine = turn.apply(u) @ u.T  # turned, place
        if once:
            i, j = linear_sum_assignment(np.arccos(np.clip(cosine, -1, 1)))
            own = np.empty(34, int)
            own[j] = i
        else:
            own = cosine.argmax(0)
        found.append(own + 34 * side)
    return np.concatenate(found)


turns = [Rotation.random(random_state=rng) for _ in range(199)]
nearest, once = ([sources(turn, flag) for turn in turns] for flag in (False, True))


def waves(places, length):
    if length == 0:
        return rng.normal(size=(len(places), maps))
    k, phase = rng.normal(size=(maps, 40, 3)) / length, rng.uniform(0, 2 * np.pi, (maps, 1, 40))
    return np.cos(places @ k.transpose(0, 2, 1) + phase).sum(2).T


def field(kind, length):
    if kind == "whole":
        return waves(np.r_[left, right], length)
    first = waves(left, length)
    return np.r_[first, waves(left, length) if kind == "independent" else first + 0.5 * waves(left, length)]


def normed(x):
    x = x - x.mean(0)
    return x / np.linalg.norm(x, axis=0)


def p(x, y, rotations):
    observed = np.abs((normed(x) * normed(y)).sum(0))
    k = sum(np.abs((normed(x) * normed(y[s])).sum(0)) >= observed - 1e-12 for s in rotations)
    return (k + 1) / (len(rotations) + 1)


print("hemispheres length | pearson once first second larger")
rates = []
for kind in ("independent", "mirrored", "whole"):
    for length in (0, 20, 30):
        x, y = field(kind, length), field(kind, length)
        r = (normed(x) * normed(y)).sum(0)
        first, second = p(y, x, nearest), p(x, y, nearest)
        found = [2 * t.sf(np.abs(r * np.sqrt(66 / (1 - r * r))), 66), p(x, y, once), first, second, np.maximum(first, second)]
        rates.append([(v <= 0.05).mean() for v in found])
        print(kind, length, "|", *["%.3f" % v for v in rates[-1]])
print("mean |", *["%.3f" % v for v in np.mean(rates, 0)])

for kind in ("independent", "mirrored", "whole"):
    for length in (20, 30, 45, 60, 90):
        rows = []
        for _ in range(12):
            turns = [sources(Rotation.random(random_state=rng), False) for _ in range(99)]
            x, y = normed(field(kind, length)), normed(field(kind, length))
            turned = np.array([[(normed(x[s]) * y).sum(0), (x * normed(y[s])).sum(0)] for s in turns])
            k = (np.abs(turned) >= np.abs((x * y).sum(0)) - 1e-12).sum(0)
            spread = np.sqrt((turned ** 2).mean(0))[k.argmax(0), np.arange(maps)]
            found, kept = (k.max(0) + 1) / 100 <= 0.05, spread <= 0.3
            rows.append([found.mean(), (found & kept).mean(), kept.mean()])
        print(kind, length, "| %.3f %.3f of %.2f" % tuple(np.mean(rows, 0)))
