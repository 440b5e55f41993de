"""Reference kernels of free and loose sources, and label time courses, by MNE-Python 1.13.

Every array is little-endian float64, row-major, in NAME.f64; shapes.txt has one line per array: name and shape. All
input is synthetic (seeded).
"""
import os

import mne
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
mne.set_log_level("ERROR")
shapes = {}


def save(name, array):
    array = np.ascontiguousarray(array, dtype="<f8")
    array.tofile(name + ".f64")
    shapes[name] = " ".join(str(n) for n in array.shape)


montage = mne.channels.make_standard_montage("biosemi32")
info = mne.create_info(montage.ch_names, 100.0, "eeg")
rng = np.random.default_rng(11)
raw = mne.io.RawArray(rng.standard_normal((32, 400)) * 1e-5, info).set_montage(montage)
raw.set_eeg_reference("average", projection=True)

sources = 48
rr = rng.standard_normal((sources, 3))
rr *= (0.03 + 0.04 * rng.random((sources, 1))) / np.linalg.norm(rr, axis=1, keepdims=True)
nn = rng.standard_normal((sources, 3)) * [1.0, 0.5, 0.4]
nn /= np.linalg.norm(nn, axis=1, keepdims=True)
sphere = mne.make_sphere_model((0.0, 0.0, 0.0), 0.1)
src = mne.setup_volume_source_space(pos=dict(rr=rr, nn=nn), sphere_units="m", sphere=(0, 0, 0, 0.09))
forward = mne.make_forward_solution(raw.info, None, src, sphere, meg=False, mindist=0.0)
# Average-referenced first: MNE-Python takes its depth weights from the gain as it stands.
cartesian = forward["sol"]["data"] - forward["sol"]["data"].mean(axis=0)
forward["sol"]["data"] = cartesian.copy()
forward["_orig_sol"] = cartesian.copy()
save("free_leadfield", cartesian)
save("free_normals", nn)
mixing = rng.standard_normal((32, 32)) * 1e-6
noise = mixing @ mixing.T + 1e-12 * np.eye(32)
save("free_noise", noise)
covariance = mne.Covariance(noise, raw.ch_names, [], [], 1000)
forward = mne.convert_forward_solution(forward, surf_ori=True)
for loose, label in ((0.2, "loose"), (1.0, "free")):
    operator = mne.minimum_norm.make_inverse_operator(
        raw.info, forward, covariance, fixed=False, loose=loose, depth=0.8)
    for method in ("MNE", "dSPM", "sLORETA", "eLORETA"):
        estimate = mne.minimum_norm.apply_inverse_raw(
            mne.io.RawArray(np.eye(32), raw.info), operator, 1.0, method=method, pick_ori="normal")
        save(f"kernel_{method}_{label}", estimate.data)

# A surface of as many vertices, for labels; its source estimate is the fixed sLORETA one.
fixed = mne.convert_forward_solution(forward, surf_ori=True, force_fixed=True)
operator = mne.minimum_norm.make_inverse_operator(raw.info, fixed, covariance, fixed=True, loose=0.0, depth=None)
eeg = rng.standard_normal((32, 60)) * 1e-5
estimate = mne.minimum_norm.apply_inverse_raw(mne.io.RawArray(eeg, raw.info), operator, 1.0, method="sLORETA")


def surface(rr, nn, hemisphere):
    count = len(rr)
    return dict(
        id=hemisphere, type="surf", np=count, rr=rr, nn=nn, inuse=np.ones(count, int), nuse=count,
        vertno=np.arange(count), coord_frame=5, tris=np.zeros((0, 3), int), ntri=0, use_tris=np.zeros((0, 3), int),
        nuse_tri=0, nearest=None, nearest_dist=None, pinfo=None, patch_inds=None, dist=None, dist_limit=None,
        subject_his_id="x")


half = sources // 2
spaces = mne.SourceSpaces([surface(rr[:half], nn[:half], 101), surface(rr[half:], nn[half:], 102)])
courses = mne.SourceEstimate(estimate.data, [np.arange(half), np.arange(half)], 0, 0.01, subject="x")
region = rng.integers(0, 3, sources) + 3 * (np.arange(sources) >= half)
labels = [
    mne.Label(np.flatnonzero(region[:half] == r) if r < 3 else np.flatnonzero(region[half:] == r),
              hemi="lh" if r < 3 else "rh", subject="x", name=f"r{r}-{'lh' if r < 3 else 'rh'}")
    for r in range(6)]
save("label_region", region)
save("label_eeg", eeg.T)
for mode in ("mean_flip", "mean", "pca_flip"):
    save("label_" + mode, mne.extract_label_time_course(courses, labels, spaces, mode=mode).T)

with open("shapes.txt", "w") as file:
    file.writelines(f"{name} {shape}\n" for name, shape in sorted(shapes.items()))
