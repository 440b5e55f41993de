"""Writes h5py_dialects.h5: what h5py makes of every type that Evoke reads or refuses. Needs h5py and numpy."""
import h5py
import numpy as np

with h5py.File("h5py_dialects.h5", "w") as f:
    f.attrs["rate"] = 256.0
    f.attrs["names"] = ["Fz", "Cz", "µV"]
    f.attrs["fixed"] = np.bytes_("abc")
    f.attrs["count"] = np.int32(7)
    f["ints"] = np.arange(-3, 9, dtype=np.int16).reshape(3, 4)
    f["big_endian"] = np.arange(4, dtype=">f8") / 8
    f["half"] = np.array([0.5, -2.0], dtype=np.float16)
    f["flags"] = np.array([True, False, True])
    f["scalar"] = 42.5
    f["empty"] = np.zeros((0, 3), np.float32)
    f["null"] = h5py.Empty("f4")
    f["fixed_texts"] = np.array([b"F3", b"O1 ", b"T10"])
    f["texts"] = np.array(["alpha", "", "größe"], dtype=h5py.string_dtype())
    f["latin1"] = np.array([b"\xb5V"], dtype="S2")
    f["compound"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    f["cube"] = np.arange(2 * 3 * 4, dtype=np.float64).reshape(2, 3, 4)
    f["group/inner/values"] = np.arange(3.0)
    f["group/soft"] = h5py.SoftLink("/cube")
    f["group/dangling"] = h5py.SoftLink("/nowhere")
    f["group/cycle"] = h5py.SoftLink("/group")
    d = f.create_dataset("checked", data=np.arange(1000, dtype="f4"), chunks=(100,), fletcher32=True, compression="gzip", shuffle=True)
    t = f.create_dataset("time_s", data=np.arange(1000) * 0.5)
    t.make_scale("time")
    d.dims[0].attach_scale(t)
