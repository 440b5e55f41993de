#!/usr/bin/env python3
"""What `evoke import` made of filled trees, against MNE-Python, nibabel, pandas and SciPy.

    compare_trees.py WAREHOUSE TREE eeg|fmri [PART_OF_NAME]
    compare_trees.py WAREHOUSE FOLDER clips|labels [EVERY]
    compare_trees.py WAREHOUSE TREE series NAME

TREE is an output of fill_trees.py (with TREE.atlas for fmri), FOLDER holds SEED's or SEED-VII's MATLAB files of
make_seed.py. Compared: samples, rates, lengths, channel names, units and events of EEG; region means, repetition times
and confounds of fMRI; the samples of clips, and their continuous labels; a column of *_physio and *_stim files. Ends with
1 where anything differs.
"""

import json
import re
import sqlite3
import sys
from pathlib import Path

import h5py
import mne
import nibabel
import numpy as np
import pandas
from scipy.io import loadmat

mne.set_log_level("ERROR")
warehouse, tree, kind, *more = sys.argv[1:]
catalog = sqlite3.connect(f"file:{warehouse}/catalog.sqlite?mode=ro&immutable=1", uri=True)
catalog.row_factory = sqlite3.Row
compared, differ = 0, 0


def rows(sql: str, *values) -> list:
    return catalog.execute(sql, values).fetchall()


def values(array_id: int) -> np.ndarray:
    found = rows("SELECT file, path FROM stored_array WHERE array_id = ?", array_id)[0]
    with h5py.File(f"{warehouse}/{found['file']}") as file:
        return file[found["path"]][()]


def check(what: str, got, wanted, tolerance=0.0) -> None:
    global compared, differ
    if isinstance(wanted, (str, list)):
        equal = got == wanted
    else:
        equal = np.shape(got) == np.shape(wanted) and np.allclose(got, wanted, tolerance, tolerance, equal_nan=True)
    compared += 1
    if not equal:
        differ += 1
        print(f"differs: {what}: {str(got)[:120]} is not {str(wanted)[:120]}")


def compare_eeg(record) -> None:
    path = next(Path(tree).glob(f"{record['subject']}/**/*_eeg.edf"))
    raw = mne.io.read_raw_edf(path, preload=True)
    said = json.loads(path.with_suffix(".json").read_text())
    number = record["recording_id"]
    check(f"{path.name} rate", record["rate_hz"], raw.info["sfreq"])
    check(f"{path.name} length", record["sample_count"] / record["rate_hz"], said["RecordingDuration"], 1e-9)
    names = rows("SELECT label FROM recording_channel WHERE recording_id = ? ORDER BY position", number)
    check(f"{path.name} channels", [row["label"] for row in names], raw.ch_names)
    check(f"{path.name} units", record["units"], "V")
    check(f"{path.name} samples", values(record["array_id"]), raw.get_data().T.astype(np.float32), 1e-7)
    table = pandas.read_csv(str(path).replace("_eeg.edf", "_events.tsv"), sep="\t")
    events = rows("SELECT onset_s, name FROM event WHERE recording_id = ?", number)
    check(f"{path.name} events", sorted(map(tuple, events)), sorted(zip(table.onset.tolist(), table.trial_type.tolist())))


def compare_fmri(record) -> None:
    parts = [p for p in [record["subject"], record["session"], f"{record['run']}_", *more] if p]
    path = next(p for p in Path(tree).rglob("*_desc-preproc_bold.nii*") if all(part in p.name for part in parts))
    image = nibabel.load(path)
    labels = np.asarray(nibabel.load(tree + ".atlas/LABELS.nii.gz").dataobj)
    data = np.asarray(image.dataobj, float)
    means = np.stack([data[labels == label].mean(0) for label in range(1, labels.max() + 1)], 1)
    check(f"{path.name} means", values(record["array_id"]), means.astype(np.float32), 1e-6)
    check(f"{path.name} rate", record["rate_hz"], 1 / float(image.header.get_zooms()[3]), 1e-9)
    series = rows("SELECT array_id FROM confound_series WHERE recording_id = ?", record["recording_id"])
    tables = list(path.parent.glob(path.name.split("_space")[0] + "_desc-confounds_timeseries.tsv"))
    check(f"{path.name} confounds", len(series), len(tables))
    for found, table in zip(series, tables):
        axis = rows("SELECT * FROM array_axis WHERE array_id = ? ORDER BY 2", found["array_id"])[1]
        names = json.loads(axis[-1])
        wanted = pandas.read_csv(table, sep="\t")
        check(f"{table.name} columns", sorted(names), sorted(wanted.columns))
        check(table.name, values(found["array_id"]), wanted[names].to_numpy().astype(np.float32), 1e-6)


def compare_clip(record) -> None:
    shown = rows(
        "SELECT s.name FROM presentation p JOIN stimulus s USING (stimulus_id) WHERE recording_id = ?",
        record["recording_id"])
    clip = int(re.search("[0-9]+$", shown[0]["name"])[0])
    subject, session = record["subject"].removeprefix("sub-"), record["session"]
    file, name = (f"{subject}_{session}.mat", f"djc_eeg{clip}") if session else (f"{subject}.mat", str(clip))
    wanted = loadmat(f"{tree}/{file}", variable_names=[name])[name].T.astype(float) * 1e-6
    check(f"{file} {name}", values(record["array_id"]), wanted.astype(np.float32), 1e-12)


def compare_labels(record) -> None:
    wanted = loadmat(f"{tree}/{record['subject']}.mat", variable_names=[record["stimulus"]])[record["stimulus"]]
    what = f"{record['subject']} {record['stimulus']}"
    check(f"{what} labels", values(record["array_id"]), wanted.ravel().astype(np.float32), 1e-12)
    check(f"{what} first and rate", [record["first_s"], record["rate_hz"]], [0.0, 1.0])


def compare_series(record) -> None:
    parts = [record["subject"], *(record["run"] or "").split("_")]
    found = [p for p in Path(tree).rglob("*.tsv.gz") if all(part in p.name for part in parts)]
    for path in found:
        said = json.loads(next(Path(tree).glob(f"*{path.name.split('_')[-1].split('.')[0]}.json")).read_text())
        if more[0] in said["Columns"]:
            wanted = pandas.read_csv(path, sep="\t", header=None)[said["Columns"].index(more[0])].to_numpy()
            got = values(record["array_id"])
            check(f"{path.name} {more[0]}", got, wanted[: len(got)].astype(np.float32), 1e-6)
            check(f"{path.name} rate", record["rate_hz"], said["SamplingFrequency"])


def compare_annotations() -> None:
    records = rows(
        """SELECT a.*, s.name AS subject, t.name AS stimulus, q.name AS run FROM annotation_series a
           LEFT JOIN subject s USING (subject_id) JOIN stimulus t ON t.stimulus_id = a.stimulus_id
           LEFT JOIN acquisition_run q ON q.acquisition_run_id = a.acquisition_run_id""")
    records = [record for record in records if kind == "labels" or record["name"] == more[0]]
    for record in records:
        {"labels": compare_labels, "series": compare_series}[kind](record)
    print(f"{len(records)} series, {compared} comparisons, {differ} differ")
    sys.exit(1 if differ or not compared else 0)


def main() -> None:
    if kind in ("labels", "series"):
        compare_annotations()
    records = rows(
        """SELECT r.*, s.name AS subject, e.name AS session, a.name AS run FROM recording r
           JOIN subject s USING (subject_id) LEFT JOIN session e USING (session_id)
           LEFT JOIN acquisition_run a USING (acquisition_run_id) WHERE modality = ?""",
        "fmri" if kind == "fmri" else "eeg")
    every = int(more[0]) if kind == "clips" and more else 1
    for record in records[::every]:
        {"eeg": compare_eeg, "fmri": compare_fmri, "clips": compare_clip}[kind](record)
    print(f"{len(records[::every])} of {len(records)} recordings, {compared} comparisons, {differ} differ")
    sys.exit(1 if differ or not compared else 0)


main()
