"""Writes the small .npy files: the same 5 x 3 x 2 embedding in the orders, types and versions that NumPy makes."""
import numpy as np

x = (np.arange(30).reshape(5, 3, 2) ** 1.5 - 20).astype("<f4")
np.save("embedding_c.npy", x)
np.save("embedding_fortran_f8.npy", np.asfortranarray(x.astype("<f8")))
np.save("embedding_big.npy", x.astype(">f4"))
np.save("embedding_f2.npy", np.round(x).astype("<f2"))
with open("embedding_v2.npy", "wb") as f:
    np.lib.format.write_array(f, x, version=(2, 0))
