"""chunk_dialects.h5: float32 chunks as different programs filter them (h5py). `plain` holds what the others hold.

usage: python make_chunk_dialects.py [FOLDER]
"""
import os
import sys

import h5py
import numpy as np

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
values = np.random.default_rng(7).standard_normal((37, 5)).astype("<f4").round(2)
with h5py.File(os.path.join(folder, "chunk_dialects.h5"), "w", userblock_size=512) as f:
    f["plain"] = values
    f.create_dataset("unfiltered", data=values, chunks=(10, 2))
    f.create_dataset("deflate", data=values, chunks=(10, 2), compression="gzip", compression_opts=9)
    f.create_dataset("shuffle", data=values, chunks=(10, 2), shuffle=True)
    f.create_dataset("sum", data=values, chunks=(10, 3), fletcher32=True)
    f.create_dataset("all", data=values, chunks=(10, 5), shuffle=True, compression="gzip", fletcher32=True)
    f.create_dataset("extendible", data=values, chunks=(16, 4), maxshape=(None, 5), shuffle=True, compression="gzip")
    f.create_dataset("big_endian", data=values.astype(">f4"), chunks=(10, 2), shuffle=True, compression="gzip")
    f.create_dataset("double", data=values.astype("<f8"), chunks=(10, 2), shuffle=True, compression="gzip")
    f.create_dataset("scaled", data=values, chunks=(10, 5), scaleoffset=2)
    sparse = f.create_dataset("sparse", (37, 5), "<f4", chunks=(10, 2), fillvalue=-3, compression="gzip")
    sparse[12:15, 1:3] = 8
    # The checksum first: deflate and shuffle then act on four bytes more than whole elements.
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((10, 5))
    plist.set_fletcher32()
    plist.set_shuffle()
    plist.set_deflate(4)
    space = h5py.h5s.create_simple((37, 5))
    early = h5py.h5d.create(f.id, b"early_sum", h5py.h5t.IEEE_F32LE, space, plist)
    early.write(h5py.h5s.ALL, h5py.h5s.ALL, values)
    # One chunk that skipped deflate, as writers do where it does not pay.
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((37, 5))
    plist.set_deflate(4)
    raw = h5py.h5d.create(f.id, b"skipped", h5py.h5t.IEEE_F32LE, space, plist)
    raw.write_direct_chunk((0, 0), values.tobytes(), filter_mask=1)
