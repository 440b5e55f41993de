#!/usr/bin/env python3
"""Fills the empty data files of public BIDS trees with made ones of the shapes their sidecars state.

    fill_trees.py TREE OUT [--subjects N] [--small]

TREE is a folder of https://github.com/bids-standard/bids-examples (eeg_cbm, ds000001-fmriprep, synthetic), whose EDF,
NIfTI and confound files are empty or hold a header only. OUT gets a copy with plausible content: EDF of the channels,
rate and length of the sidecars, volumes of the shape of their header (`--small`: 16 x 16 x 12), confounds of the columns
that the JSON beside them describes with those that fMRIPrep always writes. LABELS.nii.gz and labels.tsv of OUT.atlas
divide the grid into four regions.
"""

import argparse
import csv
import json
import re
import shutil
import zlib
from pathlib import Path

import nibabel
import numpy as np

SHAPE, VOLUMES = (16, 16, 12), 300


def generator(path: Path) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(path.name.encode()))


def field(text, width: int) -> bytes:
    return str(text).encode("ascii").ljust(width)[:width]


def fill_edf(path: Path) -> None:
    """Records of k samples, k the largest number up to 2 s that divides the recording."""
    stem = path.name.removesuffix("_eeg.edf")
    said = json.loads((path.parent / f"{stem}_eeg.json").read_text())
    rows = list(csv.DictReader((path.parent / f"{stem}_channels.tsv").open(encoding="utf-8"), delimiter="\t"))
    rate = said["SamplingFrequency"]
    total = round(said["RecordingDuration"] * rate)
    per = max(k for k in range(1, 2 * rate + 1) if total % k == 0)
    n = len(rows)
    head = field(0, 8) + field("X X X X", 80) + field("X", 80) + b"27.12.0513.51.11"
    head += field(256 * (n + 1), 8) + field("", 44) + field(total // per, 8) + field(f"{per / rate:g}", 8) + field(n, 4)
    for value, width in [(None, 16), ("AgCl", 80), ("uV", 8), (-3276.8, 8), (3276.7, 8), (-32768, 8), (32767, 8),
                         ("HP:0.5Hz LP:50Hz N:60Hz", 80), (per, 8), ("", 32)]:
        head += b"".join(field(row["name"].strip() if value is None else value, width) for row in rows)
    rng = generator(path)
    common = np.cumsum(rng.standard_normal(total))
    common -= np.convolve(common, np.ones(rate) / rate, "same")
    data = np.empty((n, total), np.int16)
    for i in range(n):
        data[i] = np.clip(20 * common * rng.uniform(0.3, 1) + 100 * rng.standard_normal(total), -32000, 32000)
    records = data.reshape(n, total // per, per).transpose(1, 0, 2)
    path.write_bytes(head + records.astype("<i2").tobytes())


def header_of(path: Path, small: bool) -> nibabel.Nifti1Header:
    if path.stat().st_size >= 348 and not small:
        return nibabel.load(path).header
    mask = "mask" in path.name
    header = nibabel.Nifti1Header()
    header.set_data_dtype(np.int16)
    header.set_data_shape(SHAPE if mask else SHAPE + (VOLUMES,))
    side = path.parent / (path.name.split(".")[0] + ".json")
    tr = json.loads(side.read_text()).get("RepetitionTime", 2) if side.exists() else 2
    if path.stat().st_size >= 348:
        old = nibabel.load(path).header
        header.set_data_shape(SHAPE + old.get_data_shape()[3:])
    header.set_xyzt_units("mm", "sec")
    if not mask:
        header["pixdim"][1:5] = 2, 2, 2, tr
    else:
        header["pixdim"][1:4] = 2
    header.set_sform(np.diag([2, 2, 2, 1.0]), code=4)
    header.set_qform(np.diag([2, 2, 2, 1.0]), code=4)
    return header


def labels(shape) -> np.ndarray:
    """1 to 4 in slabs along x, 0 at the border."""
    x, y, z = np.meshgrid(*[np.arange(n) for n in shape[:3]], indexing="ij")
    found = 1 + 4 * x // shape[0]
    inside = (y > 0) & (y < shape[1] - 1) & (z > 0) & (z < shape[2] - 1)
    return np.where(inside, found, 0).astype(np.int16)


def fill_volumes(path: Path, small: bool) -> None:
    header = header_of(path, small)
    shape = header.get_data_shape()
    rng = generator(path)
    slabs = labels(shape)
    if len(shape) == 3:
        values = (slabs > 0).astype(header.get_data_dtype())
    else:
        course = 1000 + 20 * np.cumsum(rng.standard_normal((5, shape[3])), axis=1) / np.sqrt(np.arange(1, shape[3] + 1))
        base = np.rint(10 * rng.standard_normal(shape[:3]))
        values = (base[..., None] + np.rint(course)[slabs]).astype(header.get_data_dtype())
    nibabel.Nifti1Image(values, None, header).to_filename(path)


def motion(n: int, rng, table: dict) -> None:
    for axis in ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"]:
        expand(axis, 0.01 * np.cumsum(rng.standard_normal(n)), table)


def expand(name: str, x: np.ndarray, table: dict) -> None:
    slope = np.r_[np.nan, np.diff(x)]
    table[name], table[f"{name}_derivative1"] = x, slope
    table[f"{name}_derivative1_power2"], table[f"{name}_power2"] = slope**2, x**2


def fill_confounds(path: Path, n: int) -> None:
    rng = generator(path)
    described = json.loads(path.with_suffix(".json").read_text())
    table: dict = {}
    for name in ["csf", "white_matter", "global_signal"]:
        expand(name, 500 + np.cumsum(rng.standard_normal(n)), table)
    for name in ["std_dvars", "dvars", "framewise_displacement", "rmsd"]:
        table[name] = np.r_[np.nan, rng.uniform(0.05, 0.4, n - 1)]
    for name, about in described.items():
        if re.match(r"[atcw]_comp_cor_|aroma_motion", name) and about.get("Retained", True):
            table[name] = rng.standard_normal(n) / np.sqrt(n)
    for k in range(4):
        table[f"cosine{k:02}"] = np.sqrt(2 / n) * np.cos(np.pi * (k + 1) * (np.arange(n) + 0.5) / n)
    table["non_steady_state_outlier00"] = (np.arange(n) == 0).astype(float)
    table["motion_outlier00"] = (np.arange(n) == 40).astype(float)
    motion(n, rng, table)
    with path.open("w", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        writer.writerow(table)
        for row in zip(*table.values()):
            writer.writerow("n/a" if np.isnan(v) else repr(float(v)) for v in row)


def write_atlas(out: Path, image: Path) -> None:
    shown = nibabel.load(image)
    folder = out.parent / (out.name + ".atlas")
    folder.mkdir(exist_ok=True)
    nibabel.Nifti1Image(labels(shown.shape), shown.affine).to_filename(folder / "LABELS.nii.gz")
    rows = [f"{i}\tslab{i}\t{'L' if i < 3 else 'R'}\n" for i in range(1, 5)]
    (folder / "labels.tsv").write_text("index\tregion\themisphere\n" + "".join(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--subjects", type=int, default=1000)
    parser.add_argument("--small", action="store_true")
    told = parser.parse_args()
    shutil.copytree(told.tree, told.out)
    for path in [told.out, *told.out.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    people = sorted({p.name for p in told.out.rglob("sub-*") if p.is_dir()})
    for path in list(told.out.rglob("sub-*")):
        if path.is_dir() and path.name in people[told.subjects:]:
            shutil.rmtree(path)
    for path in sorted(told.out.rglob("*_eeg.edf")):
        fill_edf(path)
    images = sorted(p for p in told.out.rglob("*.nii*") if "_desc-preproc_bold.nii" in p.name or "mask.nii" in p.name)
    for path in images:
        fill_volumes(path, told.small)
    for path in sorted(told.out.rglob("*_desc-confounds_timeseries.tsv")):
        fill_confounds(path, VOLUMES)
    bold = [p for p in images if "_bold.nii" in p.name]
    if bold:
        write_atlas(told.out, bold[0])


main()
