"""Runs one benchmark script of the peers as it is, without its repetition of noisy runs, and adds processor time.

usage: peer.py SCRIPT.py [arguments of the script]; the folder of SCRIPT.py holds common.py.
Where the script says how long reading its HDF5 file took (`load_h5_s`), that is added: evoke's time holds it too.
With STANDARDISED=1 the ridge of bench_ridge.py standardises columns on the training rows of every fold, as evoke does.
"""
import json
import os
import resource
import runpy
import statistics
import sys
import time

folder = os.path.dirname(os.path.abspath(sys.argv[1]))
sys.path.insert(0, folder)
import common  # noqa: E402
import numpy as np  # noqa: E402


def own():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime


def busy():
    with open("/proc/stat") as f:
        v = list(map(int, f.readline().split()[1:9]))
    return (sum(v) - v[3] - v[4]) / os.sysconf("SC_CLK_TCK")


def check(result):
    """Mean |hidden state| of a chunked encoder."""
    if not isinstance(result, list) or not hasattr(result[0][0], "numpy"):
        return {}
    states = [h.float().numpy() for chunk in result for h in chunk]
    count = sum(h.size for h in states)
    total = sum(float(np.abs(h).sum(dtype=np.float64)) for h in states)
    return {"values": count, "mean_abs_hidden": total / count}


def bench(workload, peer, fn, n=3, warmup=1, extra=None, **_):
    for _ in range(warmup):
        fn()
    loading = own() - started
    wall, cpu, other = [], [], []
    for _ in range(n):
        o, b, t = own(), busy(), time.perf_counter()
        result = fn()
        wall.append(time.perf_counter() - t)
        cpu.append(own() - o)
        other.append(max(0.0, (busy() - b - cpu[-1]) / max(wall[-1], 0.05)))
    line = dict(workload=workload, peer=peer, seconds=statistics.median(wall), cpu_seconds=statistics.median(cpu),
                runs=wall, other_cores=other)
    if callable(extra):
        line.update(extra(result, line["seconds"]))
        if "seconds_all" in line:
            line["cpu_seconds_all"] = line["cpu_seconds"] * line["seconds_all"] / max(line["seconds"], 1e-9)
        if "load_h5_s" in line:
            for key in ("seconds", "seconds_all"):
                line[key] += line["load_h5_s"]
            for key in ("cpu_seconds", "cpu_seconds_all"):
                line[key] += loading
    line.update(check(result))
    line["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(line), flush=True)


common.bench = bench
import h5py  # noqa: E402, F401  (before the clock: what follows of the script until `bench` is reading its input)

started = own()
if os.environ.get("STANDARDISED"):
    import bench_ridge

    plain = bench_ridge.fit_eig

    def fit(X, Y):
        deviation = X.std(0)
        mean, target_mean, values, vectors, products = plain((X - X.mean(0)) / deviation, Y)
        return X.mean(0), target_mean, values, vectors / deviation[:, None], products

    bench_ridge.fit_eig = fit
    sys.argv = sys.argv[1:]
    bench_ridge.main()
else:
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
