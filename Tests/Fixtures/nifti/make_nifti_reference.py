"""Images written by nibabel (or by hand where it does not write them), and what nibabel reads from them.

Run: python make_nifti_reference.py   (nibabel 5.4, numpy). Values are synthetic; no licence applies.
"""

import gzip
import json
import struct
from pathlib import Path

import nibabel as nib
import numpy as np

here = Path(__file__).parent
rng = np.random.default_rng(12)
shape = (5, 4, 3, 6)
rotation = np.array([[0.36, 0.48, -0.8], [-0.8, 0.6, 0.0], [0.48, 0.64, 0.6]])
affine = np.eye(4)
affine[:3, :3] = rotation @ np.diag([2.0, 2.5, 3.0])
affine[:3, 3] = [-30.5, 12.25, 7.0]
reference = {}


def header(kind, dtype, tr=2.0, unit="sec", endianness="<"):
    h = kind(endianness=endianness)
    h.set_data_dtype(np.dtype(dtype).newbyteorder(endianness))
    h.set_data_shape(shape)
    h.set_zooms((2.0, 2.5, 3.0, tr))
    h.set_xyzt_units("mm", unit)
    return h


def save(name, dtype, kind=nib.Nifti1Header, tr=2.0, unit="sec", endianness="<", slope=None, inter=0.0, form="sform"):
    info = np.iinfo(dtype) if np.issubdtype(dtype, np.integer) else None
    raw = rng.integers(max(info.min, -2**40), min(info.max, 2**40), shape) if info else rng.normal(100, 20, shape)
    raw = raw.astype(dtype)
    h = header(kind, dtype, tr, unit, endianness)
    h.set_sform(affine if form == "sform" else None, 4 if form == "sform" else 0)
    if form == "qform":
        h.set_qform(affine @ np.diag([1, 1, -1, 1]), 1)
    if slope is not None:
        h.set_slope_inter(slope, inter)
    if kind is nib.Nifti1Header:
        h["magic"], h["vox_offset"] = b"n+1", 352
    else:
        h["vox_offset"] = 544
    data = h.binaryblock + b"\0" * 4 + raw.astype(np.dtype(dtype).newbyteorder(endianness)).tobytes(order="F")
    path = here / name
    if name.endswith(".gz"):
        # Two members, cut inside a volume: what pigz and concatenation give.
        cut = len(data) // 2 + 3
        data = gzip.compress(data[:cut], mtime=0) + gzip.compress(data[cut:], mtime=0)
    path.write_bytes(data)
    note(name)


def note(name):
    image = nib.load(here / name)
    values = np.asanyarray(image.get_fdata(dtype=np.float64))
    h = image.header
    reference[name] = {
        "shape": list(image.shape),
        "affine": (h.get_sform() if h["sform_code"] > 0 else h.get_qform()).ravel().tolist(),
        "values": values.ravel(order="F").tolist(),
        "zoom4": float(h.get_zooms()[3]) if len(image.shape) > 3 else 0.0,
    }


save("int16.nii", np.int16)
save("int16-big-scaled.nii.gz", np.int16, endianness=">", slope=0.25, inter=-7.5)
save("float32.nii.gz", np.float32, form="qform", tr=1500.0, unit="msec")
save("uint8-v2.nii.gz", np.uint8, kind=nib.Nifti2Header, slope=2.0, inter=1.0)
save("float64-v2-big.nii.gz", np.float64, kind=nib.Nifti2Header, endianness=">", tr=800000.0, unit="usec")
save("int8.nii.gz", np.int8)
save("uint16.nii.gz", np.uint16, endianness=">")
save("int32.nii.gz", np.int32)
save("uint32.nii.gz", np.uint32)
save("int64.nii.gz", np.int64)
nib.save(nib.Nifti1Pair(rng.normal(size=(4, 3, 2)).astype(np.float32), affine), here / "pair.hdr")
note("pair.hdr")

# Faults.
plain = (here / "int16.nii").read_bytes()
packed = gzip.compress(plain, mtime=0)
(here / "bad-truncated.nii").write_bytes(plain[:-20])
(here / "bad-truncated.nii.gz").write_bytes(packed[:-60])
(here / "bad-no-checksum.nii.gz").write_bytes(packed[:-5])
damaged = bytearray(packed)
damaged[-6] ^= 0x40
(here / "bad-checksum.nii.gz").write_bytes(damaged)


def altered(name, offset, form, *values):
    data = bytearray(plain)
    struct.pack_into("<" + form, data, offset, *values)
    (here / name).write_bytes(data)


altered("bad-complex.nii", 70, "hh", 32, 64)
altered("bad-bits.nii", 72, "h", 32)
altered("bad-dims.nii", 40, "h", 9)
altered("bad-extent.nii", 42, "h", -5)
altered("bad-offset.nii", 108, "f", 100.0)
altered("bad-analyze.nii", 344, "4s", b"\0\0\0\0")
altered("bad-intercept.nii", 112, "ff", 1.0, float("nan"))
altered("bad-affine.nii", 280, "f", float("inf"))
altered("no-unit.nii", 123, "B", 2)
(here / "reference.json").write_text(json.dumps(reference))
