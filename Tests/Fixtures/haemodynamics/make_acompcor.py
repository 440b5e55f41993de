"""Tables of fMRIPrep's components in the numberings of its versions, and the six columns nilearn takes of each.

python3 make_acompcor.py    (needs nilearn 0.12, nibabel, numpy, pandas)
"""
import json
import os
import tempfile

import nibabel
import numpy as np
import pandas as pd
from nilearn.interfaces.fmriprep import load_confounds

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(11)
N = 40


def columns(counts, dropped=0):
    """Masks in the order of their numbers, as fMRIPrep until 20.2 numbers them through."""
    masks = [mask for mask, count in counts for _ in range(count)]
    return {f"a_comp_cor_{i:02d}": {"Method": "aCompCor", "Mask": mask, "Retained": True} for i, mask in enumerate(masks)} | {
        f"dropped_{i}": {"Method": "aCompCor", "Mask": "combined", "Retained": False} for i in range(dropped)}


def later(counts):
    """From 21 on the prefix tells the mask."""
    prefix = {"CSF": "c", "WM": "w", "combined": "a"}
    return {f"{prefix[mask]}_comp_cor_{i:02d}": {"Method": "aCompCor", "Mask": mask, "Retained": True}
            for mask, count in counts for i in range(count)}


TABLES = {
    "csf first": columns([("CSF", 7), ("combined", 7), ("WM", 7)]),
    "csf, wm, combined": columns([("CSF", 11), ("WM", 9), ("combined", 30)]),
    "combined first": columns([("combined", 8), ("CSF", 3)]),
    "with dropped ones": columns([("CSF", 5), ("combined", 12)], dropped=4),
    "own prefixes": later([("CSF", 9), ("WM", 8), ("combined", 10)]),
}
out = []
with tempfile.TemporaryDirectory() as folder:
    image = nibabel.Nifti1Image(np.zeros((2, 2, 2, N), np.float32), np.eye(4))
    for index, (name, meta) in enumerate(TABLES.items()):
        stem = f"{folder}/sub-{index}_task-film"
        path = f"{stem}_space-MNI152NLin2009cAsym_desc-preproc_bold.nii.gz"
        nibabel.save(image, path)
        table = pd.DataFrame({column: rng.normal(size=N) for column in meta if not column.startswith("dropped")})
        for cosine in range(2):
            table[f"cosine{cosine:02d}"] = np.cos(np.pi * (np.arange(N) + 0.5) * (cosine + 1) / N)
        table.to_csv(f"{stem}_desc-confounds_timeseries.tsv", sep="\t", index=False)
        json.dump(meta, open(f"{stem}_desc-confounds_timeseries.json", "w"))
        found, _ = load_confounds(path, strategy=("compcor", "high_pass"), compcor="anat_combined", n_compcor=6,
                                  demean=False)
        wanted = [column for column in found.columns if "comp_cor" in column]
        out.append({"name": name, "columns": list(table.columns), "sidecar": meta, "nilearn": wanted})
json.dump(out, open("acompcor.json", "w"), indent=1)
