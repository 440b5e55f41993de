"""Writes the MATLAB files of these tests with SciPy (their values are made here; no licence applies).

python3 make_matlab_fixtures.py
"""
import numpy as np
import scipy.io
import scipy.sparse

rng = np.arange(24, dtype=float)
values = {
    "matrix": rng[:6].reshape(2, 3) + 0.5,          # (i, j) = 3 i + j + 0.5
    "cube": rng.reshape(2, 3, 4),                    # (i, j, k) = 12 i + 4 j + k
    "single": np.float32([[0.1, -0.25], [3, 4]]),
    "bytes": np.uint8([[0, 255], [7, 9]]),
    "shorts": np.int16([[-32768, 32767]]),
    "longs": np.int64([[-(2**53), 2**53]]),
    "flags": np.array([[True, False, True]]),
    "complexes": np.array([[1 + 2j, 3 - 4j], [0 + 0j, -1.5 + 0.25j]]),
    "empty": np.zeros((0, 3)),
    "scalar": 3.25,
    "text": "Grüße, 日本",
    "letters": np.array(["abc", "de "]),
    "trials": np.array([np.arange(3.0), "two", np.zeros((0, 0))], dtype=object),
    "sparse": scipy.sparse.csc_matrix(np.array([[0, 2.5, 0], [0, 0, -1]])),
    "EEG": {"srate": 200.0, "data": rng[:8].reshape(2, 4), "setname": "demo",
            "chanlocs": np.array([("Fz", 1.0), ("Cz", 2.0)], dtype=[("labels", object), ("theta", object)])},
}
scipy.io.savemat("plain.mat", values, do_compression=False, oned_as="row")
scipy.io.savemat("compressed.mat", values, do_compression=True, oned_as="row")
scipy.io.savemat("beyond.mat", {"wide": np.int64([[2**53 + 1]])})
# Clips by number, as SEED-VII has them: 2 channels x 5 samples, 10 k + 5 channel + sample.
scipy.io.savemat("numbered.mat", {str(k): 10.0 * k + rng[:10].reshape(2, 5) for k in (1, 2, 80)}, do_compression=True)
