"""Small leadfields in every layout that is read, all synthetic (seeded); needs h5py, NumPy, MNE-Python 1.13.

own.h5          Evoke's own layout: millimetres, x to the front, y to the left; two sensors are NaN; labels in another
                order than the atlas, with two that are no cortex
forward.h5      a forward solution exported by the lines that the README gives
nyhead.mat      the New York Head's layout (MATLAB 7.3: axes reversed, indices from one, names behind references)
matrix.csv, matrix.npy, names.txt, labels.txt   the matrix of own.h5 as tables
lh.tiny.annot, rh.tiny.annot                    FreeSurfer annotations of 36 labels per hemisphere
"""
import os

import h5py
import mne
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
mne.set_log_level("ERROR")
rng = np.random.default_rng(21)
regions = """bankssts caudalanteriorcingulate caudalmiddlefrontal cuneus entorhinal frontalpole fusiform inferiorparietal
inferiortemporal insula isthmuscingulate lateraloccipital lateralorbitofrontal lingual medialorbitofrontal
middletemporal paracentral parahippocampal parsopercularis parsorbitalis parstriangularis pericalcarine postcentral
posteriorcingulate precentral precuneus rostralanteriorcingulate rostralmiddlefrontal superiorfrontal superiorparietal
superiortemporal supramarginal temporalpole transversetemporal""".split()
names = "Fp1 Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 Oz O2".split()
montage = mne.channels.make_standard_montage("standard_1005").get_positions()["ch_pos"]
head = np.array([montage[n] for n in names])
head = head - [0, 0.01, 0.04]
head *= 0.09 / np.linalg.norm(head, axis=1, keepdims=True)


def potentials(places, moments):
    """The homogeneous sphere's closed form (R 0.09 m, 0.33 S/m)."""
    result = np.zeros((len(head), len(places)))
    for s, (r0, p) in enumerate(zip(places, moments)):
        d = head - r0
        n = np.linalg.norm(d, axis=1, keepdims=True)
        far = (head + 0.09 * d / n) / (0.09 * (0.0081 - head @ r0[:, None] + 0.09 * n))
        result[:, s] = (2 * d / n**3 + far) @ p / (4 * np.pi * 0.33)
    return result


# Two sources in each of 34 regions of each hemisphere, and two in each label that is no cortex.
labels = [f"{r}-{h}" for h in ("rh", "lh") for r in reversed(regions)] + ["unknown-lh", "corpuscallosum-rh"]
places = []
for label in labels:
    side = 1 if label.endswith("rh") else -1
    for _ in range(2):
        p = rng.standard_normal(3)
        p[0] = side * (abs(p[0]) + 0.2)
        p[2] = abs(p[2]) - 0.3
        places.append(p / np.linalg.norm(p) * (0.055 + 0.02 * rng.random()))
places = np.array(places)
normals = places + 0.03 * rng.standard_normal(places.shape)
normals /= np.linalg.norm(normals, axis=1, keepdims=True)
index = np.repeat(np.arange(len(labels)), 2)
matrix = potentials(places, normals)
triangles = np.stack([np.arange(0, 138), np.arange(1, 139), np.arange(2, 140)], axis=1)

# x to the front, y to the left, z up, in millimetres.
turn = lambda v: np.stack([v[:, 1], -v[:, 0], v[:, 2]], axis=1)
with h5py.File("own.h5", "w") as f:
    field = matrix.astype("<f4")
    field[[4, 9]] = np.nan
    f["leadfield"] = field
    f["ch_names"] = np.array(names, dtype="S")
    f["ch_pos"] = turn(head) * 1000
    f["vertices"] = (turn(places) * 1000).astype("<f4")
    f["normals"] = turn(normals).astype("<f4")
    f["triangles"] = triangles.astype("<i4")
    f["dk68_label"] = index.astype("<i2")
    f["dk68_names"] = np.array(labels, dtype="S")

np.savetxt("matrix.csv", matrix, delimiter=",", fmt="%.6g")
lines = open("matrix.csv").read().splitlines()
with open("matrix.csv", "w") as f:
    f.writelines(f"{n},{line}\n" for n, line in zip(names, lines))
# Another unit and the other way round.
np.save("matrix.npy", (matrix.T / 1000).astype("<f4"))
open("names.txt", "w").writelines(n + "\n" for n in names)
open("labels.txt", "w").writelines(labels[i] + "\n" for i in index)


def surface(rr, nn, tris, hemisphere):
    count = len(rr)
    return dict(
        id=hemisphere, type="surf", np=count, rr=rr, nn=nn, inuse=np.ones(count, int), nuse=count,
        vertno=np.arange(count), coord_frame=4, tris=tris, ntri=len(tris), use_tris=tris, nuse_tri=len(tris),
        nearest=None, nearest_dist=None, pinfo=None, patch_inds=None, dist=None, dist_limit=None, subject_his_id="x")


info = mne.create_info(names, 100.0, "eeg")
info.set_montage(mne.channels.make_dig_montage(dict(zip(names, head)), coord_frame="head"))
info = mne.io.RawArray(np.zeros((20, 2)), info).set_eeg_reference("average", projection=True).info
left, right = places[:, 0] < 0, places[:, 0] > 0
strip = lambda n: np.stack([np.arange(n - 2), np.arange(1, n - 1), np.arange(2, n)], axis=1)
space = mne.SourceSpaces([
    surface(places[left], normals[left], strip(left.sum()), 101),
    surface(places[right], normals[right], strip(right.sum()), 102)])
sphere = mne.make_sphere_model((0.0, 0.0, 0.0), 0.09, relative_radii=(0.95, 1.0), sigmas=(0.33, 0.33))
fwd = mne.make_forward_solution(info, None, space, sphere, meg=False, mindist=0.0)

# The lines of the README.
src = fwd["src"]
with h5py.File("forward.h5", "w") as f:
    f["leadfield"], f["ch_names"] = fwd["sol"]["data"], fwd["sol"]["row_names"]
    f["ch_pos"] = [c["loc"][:3] for c in fwd["info"]["chs"]]
    f["vertices"], f["normals"] = fwd["source_rr"], np.concatenate([s["nn"][s["vertno"]] for s in src])
    f["vertno"] = np.concatenate([s["vertno"] for s in src])
    f["hemisphere"] = np.repeat([0, 1], [s["nuse"] for s in src])

ctab = np.array([[25 * (i % 10), 20 * (i // 10), i + 1, 0] for i in range(36)])
table = ["unknown", "bankssts", "corpuscallosum"] + regions[1:]
for hemi, mask in (("lh", left), ("rh", right)):
    count = mask.sum()
    own = [labels[i][:-3] for i in index[mask]]
    packed = [ctab[table.index(n)] @ [1, 2**8, 2**16, 0] for n in own]
    with open(f"{hemi}.tiny.annot", "wb") as f:
        word = lambda *v: f.write(np.array(v, dtype=">i4").tobytes())
        text = lambda t: (word(len(t) + 1), f.write(t.encode() + b"\0"))
        word(count)
        for v in range(count):
            word(v, packed[v])
        word(1, -2, 36)
        text("tiny.ctab")
        word(36)
        for i, n in enumerate(table):
            word(i)
            text(n)
            word(*ctab[i][:3], 0)

with h5py.File("nyhead.mat", "w") as f:
    full = potentials(np.repeat(places, 3, axis=0), np.tile(np.eye(3), (len(places), 1))).reshape(20, 140, 3)
    cortex = f.create_group("sa/cortex75K")
    cortex["V_fem"] = full.transpose(2, 1, 0)
    cortex["vc"] = places.T * 1000
    cortex["normals"] = normals.T
    cortex["tri"] = triangles.T + 1.0
    part = np.arange(0, 136, 2)
    f["sa/cortex2K/in_from_cortex75K"] = part[:, None] + 1.0
    f["sa/locs_3D"] = np.concatenate([head, head], axis=1).T * 1000
    f.create_dataset("sa/clab_electrodes", (20, 1), dtype=h5py.ref_dtype)
    refs = f.create_group("#refs#")
    for i, n in enumerate(names):
        refs[n] = np.frombuffer(n.encode(), dtype="u1").astype("<u2")[:, None]
        refs[n].attrs["MATLAB_class"] = np.bytes_("char")
        f["sa/clab_electrodes"][i, 0] = refs[n].ref
with h5py.File("expected.h5", "w") as f:
    f["leadfield"], f["free"], f["vertices"], f["region"] = matrix, full, places, index
    f["names"] = np.array(labels, dtype="S")
