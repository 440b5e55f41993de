"""Numbers of every type at the ends of their range: contiguous, chunked with filters, and chunks that were never written.

python3 make_number_dialects.py: writes number_dialects.h5 beside itself.
"""

import pathlib

import h5py
import numpy as np

here = pathlib.Path(__file__).parent
with h5py.File(here / "number_dialects.h5", "w", userblock_size=512, libver="latest") as f:
    for name in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"]:
        dtype = np.dtype("<" + name)
        if dtype.kind == "f":
            most = np.finfo(dtype).max
            ends = [0, -0.0, most, -most, np.inf, -np.inf, np.nan, np.finfo(dtype).tiny / 4, 1 / 3]
            if name == "f8":
                # Beyond float32, at its end, and between the two where rounding alone would stay below infinity.
                ends += [3.5e38, -1e300, 3.4028234663852886e38, 3.4028235e38, 1e-46]
        else:
            info = np.iinfo(dtype)
            ends = [0, 1, info.max, info.min, info.max - 1, info.max // 3]
            # Ties of float32 and float64.
            ends += [v for v in [2**24 + 1, 2**24 + 3, 2**53 + 1, 2**53 + 3] if v <= info.max]
        values = np.array((ends * 3)[:21], dtype)
        f[name] = values
        if name in ["i1", "i2", "u4", "f4", "f8"]:
            f.create_dataset(
                name + "_filtered", data=values, chunks=(8,), shuffle=True, compression="gzip", fletcher32=True)
        if name in ["i2", "u8", "f4", "f8"]:
            sparse = f.create_dataset(name + "_sparse", (21,), dtype, chunks=(4,), compression="gzip", fillvalue=values[2])
            sparse[9:11] = values[9:11]
    f["flags"] = np.array([True, False, True])
    f.create_dataset("flags_filtered", data=np.array([True, False, True]), chunks=(2,), compression="gzip")
    f["small_enum"] = np.array([1, 2, 1], h5py.enum_dtype({"a": 1, "b": 2}, basetype="<u2"))
