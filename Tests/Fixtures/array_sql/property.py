#!/usr/bin/env python3
"""array(name) against the same SQL over a table copy that h5py and the catalog make, with and without push-down.

property.py EXTENSION [WAREHOUSE]: without a warehouse, of one made here with arrays that Evoke does not write (float64, whole
numbers, up to four axes, odd chunks, falling and repeated coordinates). Needs NumPy and h5py; prints the number of comparisons.
"""
import hashlib, json, math, os, random, shutil, sqlite3, sys, tempfile

import h5py
import numpy as np

COLUMNS = ["time_s", "frequency_hz", "lag_s", "subject", "region", "channel", "component", "feature", "layer", "fold",
           "draw", "value"]
HIDDEN = ["session", "trial", "voxel", "band", "source", "direction", "cell", "column"]
AXIS = {"time_s": "time", "frequency_hz": "frequency", "lag_s": "lag"}
SEED = int(os.environ.get("SEED", "14"))


def axes_hash(axes, dtype, path):
    """DESIGN 2: what the hash of an array begins with."""
    head = json.dumps({"axes": [a for a, _, _ in axes], "dtype": dtype, "path": path, "shape": [len(v) for _, v, _ in axes]},
                      separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    h = hashlib.sha256(head.encode() + b"\0")
    for _, values, _ in axes:
        if isinstance(values, np.ndarray): h.update(values.astype("<f8").tobytes())
        else: h.update(b"".join(v.encode() + b"\0" for v in values))
    return h.hexdigest()


def stamp(path):
    s = os.lstat(path)
    return f"{s.st_size} {s.st_mtime_ns // 10**9} {s.st_mtime_ns % 10**9} {s.st_ino}"


def write_array(catalog, folder, name, axes, values, chunk=True, path="/a/values", **filters):
    file = f"arrays/{hashlib.sha256(name.encode()).hexdigest()}.h5"
    dtype = values.dtype.str
    with h5py.File(f"{folder}/{file}", "w") as f:
        d = f.create_dataset(path, data=values, chunks=chunk, **filters)
        d.attrs["units"] = "au"
        for i, (axis, coordinates, units) in enumerate(axes):
            s = f.create_dataset(f"/a/{axis}_{i}", data=coordinates if isinstance(coordinates, np.ndarray)
                                 else np.array(coordinates, dtype=h5py.string_dtype()))
            s.make_scale(axis)
            if units: s.attrs["units"] = units
            d.dims[i].attach_scale(s)
    whole = f"{folder}/{file}"
    sha = hashlib.sha256(open(whole, "rb").read()).hexdigest()
    catalog.execute("INSERT INTO stored_array(name, kind, dtype, units, file, path, axes_sha256, file_sha256, file_stamp) "
                    "VALUES (?, 'test', ?, 'au', ?, ?, ?, ?, ?)",
                    (name, dtype, file, path, axes_hash(axes, dtype, path), sha, stamp(whole)))
    number = catalog.execute("SELECT array_id FROM stored_array WHERE name = ?", (name,)).fetchone()[0]
    for i, (axis, coordinates, units) in enumerate(axes):
        catalog.execute("INSERT INTO array_axis VALUES (?, ?, ?, ?)", (number, i, axis, len(coordinates)))


def make_warehouse(folder):
    os.makedirs(f"{folder}/arrays")
    c = sqlite3.connect(f"{folder}/catalog.sqlite")
    c.execute("CREATE TABLE stored_array(array_id INTEGER PRIMARY KEY, name TEXT UNIQUE, kind, dtype, units, file, path, "
              "axes_sha256, file_sha256, file_stamp)")
    c.execute("CREATE TABLE array_axis(array_id, position, name, length)")
    g = np.random.default_rng(SEED)
    sums = dict(shuffle=True, compression="gzip", compression_opts=4, fletcher32=True)
    names = lambda stem, n: [f"{stem}{i}" for i in range(n)]
    seconds = lambda n: ("time", np.arange(n) + .5, "s")

    def numbers(*shape):
        v = g.normal(size=shape).astype("f4")
        v[g.random(shape) < .1] = np.nan
        return v
    add = lambda *a, **k: write_array(c, folder, *a, **{**sums, **k})
    add("plain", [seconds(60), ("feature", names("f", 7), None)], numbers(60, 7), chunk=(9, 7))
    add("odd", [seconds(50), ("region", names("r ä", 11), None)], numbers(50, 11), chunk=(7, 4))
    add("line", [seconds(101)], numbers(101), chunk=(10,))
    add("cube", [("subject", names("sub-", 3), None), seconds(20), ("region", names("r", 5), None)], numbers(3, 20, 5), chunk=(2, 7, 3))
    add("four", [("layer", names("hs.", 3), None), ("lag", np.array([-1., 0, 1, 2]), "s"), ("fold", np.arange(3.), "1"),
                 ("draw", np.arange(6.), "1")], numbers(3, 4, 3, 6).astype("f8"), chunk=(1, 3, 2, 4))
    add("falling", [("frequency", np.array([9., 7, 7, 3, 1]), "Hz"), ("channel", ["b", "a", "b", "", "é"], None)], numbers(5, 5), chunk=(2, 2))
    add("repeated", [("time", np.array([0., 1, 1, 1, 2, 5]), "s"), ("component", np.array([.5, 1.5]), "1")],
        g.integers(-9, 9, (6, 2)), chunk=(4, 1))
    add("missing coordinates", [("time", np.array([0., np.nan, 2, 3]), "s"), ("session", ["1", "2"], None)], numbers(4, 2), chunk=(3, 2))
    noise = g.integers(0, 2**32, (40, 16), dtype="u4").view("f4")
    add("noise", [seconds(40), ("feature", names("f", 16), None)], noise, chunk=(8, 16))
    wide = g.integers(0, 2**31, (40, 9000), dtype="u4").view("f4")
    add("wide", [seconds(40), ("feature", names("f", 9000), None)], wide, chunk=(8, 9000))
    add("large", [seconds(4)], np.array([2**63, 2**64 - 1, 5, 0], dtype="u8"), chunk=(2,))
    add("small", [seconds(4)], np.array([-5, 7, 0, 9], dtype="i2"), chunk=(3,))
    add("big-endian", [seconds(4)], np.array([-5, 7, np.nan, 9], dtype=">f4"), chunk=(3,))
    add("unsummed", [seconds(30), ("band", np.array([1., 4]), "Hz")], numbers(30, 2), chunk=None, shuffle=None,
        compression=None, compression_opts=None, fletcher32=None)
    add("empty", [seconds(0), ("region", names("r", 2), None)], numbers(0, 2), chunk=None, shuffle=None, compression=None,
        compression_opts=None, fletcher32=None)
    add("no axes", [], np.float64(3.5), chunk=None, shuffle=None, compression=None, compression_opts=None, fletcher32=None)
    add("only summed", [seconds(30)], numbers(30), chunk=(8,), compression=None, compression_opts=None, shuffle=None)
    add("two of a name", [("region", ["a", "b", "c"], None), ("region", ["a", "b", "c"], None)], numbers(3, 3), chunk=(2, 2))
    known = "dtype, units, file, path, axes_sha256, file_sha256, file_stamp"
    c.execute(f"INSERT INTO stored_array(name, kind, {known}) SELECT 'plain again', kind, {known} FROM stored_array WHERE name = 'plain'")
    c.execute("INSERT INTO array_axis SELECT s.array_id, position, x.name, length FROM array_axis x JOIN stored_array a USING (array_id), "
              "stored_array s WHERE a.name = 'plain' AND s.name = 'plain again'")
    c.commit()
    c.close()


def sql_number(x):
    return None if isinstance(x, float) and math.isnan(x) else x


def copy(c, warehouse, file, path, table):
    """The array as a table, by h5py."""
    with h5py.File(f"{warehouse}/{file}") as f:
        d = f[path]
        values, axes = d[()], []
        for i in range(d.ndim):
            s = d.dims[i][0]
            name = s.attrs["NAME"].decode() if isinstance(s.attrs["NAME"], bytes) else s.attrs["NAME"]
            if s.dtype.kind == "f" and (s[()] == np.floor(s[()])).all() and name not in ("time", "frequency", "lag"):
                axes.append((name, [int(x) for x in s[()]]))
            elif s.dtype.kind == "f": axes.append((name, s[()].tolist()))
            else: axes.append((name, [x.decode() for x in s[()]]))
    c.execute(f"CREATE TEMP TABLE {table}(" + ", ".join(
        f'"{n}" ' + ("REAL" if n in AXIS else "") for n in COLUMNS + HIDDEN) + ")")
    first = {}
    for i, (name, _) in enumerate(axes): first.setdefault(name, i)
    rows = []
    for index in np.ndindex(values.shape):
        row = []
        for n in COLUMNS + HIDDEN:
            if n == "value":
                v = values[index].item()
                row.append(float(v) if isinstance(v, int) and v >= 2**63 else sql_number(v))
            else:
                i = first.get(AXIS.get(n, n))
                row.append(None if i is None else sql_number(axes[i][1][index[i]]))
        rows.append(row)
    c.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(COLUMNS + HIDDEN))})", rows)
    return {n: axes[first[AXIS.get(n, n)]][1] for n in COLUMNS + HIDDEN if AXIS.get(n, n) in first}


def literal(r, coordinates):
    kind = r.random()
    x = r.choice(coordinates) if coordinates and kind < .75 else None
    if x is None or x != x: x = r.choice([None, 0, 1, 2.5, -1, "r1", "", "zz", 1e18, 2**60, "1", "1.5"])
    elif not isinstance(x, str) and kind < .3: x = x + r.choice([-.25, .25, .001])
    elif not isinstance(x, str) and x == int(x) and kind < .4: x = int(x)
    elif kind > .72: x = str(x)
    return "NULL" if x is None else repr(x) if not isinstance(x, str) else "'" + x.replace("'", "''") + "'"


def predicate(r, axes, plus):
    """One condition; `plus` keeps it from being pushed down."""
    n = r.choice(list(axes) if axes and r.random() < .9 else COLUMNS)
    column = ("+" if plus else "") + f'"{n}"'
    one = lambda: literal(r, axes.get(n, []))
    kind = r.randrange(9)
    if kind == 0: return f"{column} = {one()}"
    if kind == 1: return f"{column} {r.choice(['<', '<=', '>', '>='])} {one()}"
    if kind == 2: return f"{column} BETWEEN {one()} AND {one()}"
    if kind == 3: return f"{column} IN ({', '.join(one() for _ in range(r.randint(0, 4)))})"
    if kind == 4: return f"{column} IS {r.choice(['', 'NOT '])}NULL"
    if kind == 5: return f"{column} IN (SELECT {one()} UNION ALL SELECT {one()})"
    if kind == 6: return f"({column} = {one()} OR {column} > {one()})"
    if kind == 7: return f"{column} = {one()} COLLATE NOCASE"
    return f"{column} IS {one()}"


def same(a, b):
    if len(a) != len(b): return False
    key = lambda row: [(x is None, type(x) is str, x if x is not None else 0) for x in row]
    for x, y in zip(sorted(a, key=key), sorted(b, key=key)):
        for u, v in zip(x, y):
            if u != v and not (isinstance(u, float) and isinstance(v, float) and abs(u - v) <= 1e-9 * max(1, abs(v))): return False
    return True


def compare(c, name, table, axes, r, times):
    done = 0
    for _ in range(times):
        seed, terms = r.random(), r.randint(0, 3)

        def where(plus):
            own = random.Random(seed)
            found = [predicate(own, axes, plus) for _ in range(terms)]
            return " WHERE " + " AND ".join(found) if found else ""
        group = r.choice(list(axes) or ["value"])
        columns = ", ".join(f'"{n}"' for n in COLUMNS + HIDDEN)
        for head, tail in ((f"SELECT {columns} FROM ", ""), ("SELECT count(*), count(value), sum(value), min(value), max(value) FROM ", ""),
                           (f'SELECT "{group}", count(*) FROM ', f' GROUP BY "{group}"'), ("SELECT rowid FROM ", "")):
            for plus in (False, True):
                expected = c.execute(head + table + where(plus) + tail).fetchall()
                # A table counts its rows from 1, an array its elements from 0.
                if "rowid" in head: expected = [(x - 1,) for x, in expected]
                sql = head + "array(?)" + where(plus) + tail
                found = c.execute(sql, (name,)).fetchall()
                assert same(found, expected), f"{name}: {sql}\n{found[:5]}\n{expected[:5]}\n{len(found)} {len(expected)}"
                done += 1
    return done


def statistics(c, r):
    """Aggregates and windows against NumPy, rows of NULL and NaN among them."""
    g = np.random.default_rng(SEED)
    n, done = 400, 0
    x = g.normal(size=n) * 10.0 ** g.integers(-3, 4, n) + 1e6
    y = .5 * x + g.normal(size=n)
    x[g.random(n) < .1] = np.nan
    y[g.random(n) < .1] = np.nan
    c.execute("CREATE TEMP TABLE s(i INTEGER PRIMARY KEY, x, y)")
    c.executemany("INSERT INTO s VALUES (?, ?, ?)", [(i, sql_number(float(a)), sql_number(float(b))) for i, (a, b) in enumerate(zip(x, y))])

    def close(found, expected, what):
        if expected is None or expected != expected: assert found is None, (what, found, expected)
        else: assert found is not None and abs(found - expected) <= 1e-9 * max(1, abs(expected)), (what, found, expected)

    def expected(a, b):
        both = ~np.isnan(a) & ~np.isnan(b)
        one = a[~np.isnan(a)]
        varies = both.sum() > 1 and a[both].std() > 0 and b[both].std() > 0
        steep = both.sum() > 1 and b[both].std() > 0
        return (np.corrcoef(a[both], b[both])[0, 1] if varies else None,
                np.cov(a[both], b[both])[0, 1] / b[both].var(ddof=1) if steep else None, np.median(one) if len(one) else None,
                np.quantile(one, .3) if len(one) else None, one.std(ddof=1) if len(one) > 1 else None)
    columns = ("corr(x, y)", "slope(x, y)", "median(x)", "quantile(x, 0.3)", "stddev(x)")
    for f, e in zip(c.execute(f"SELECT {', '.join(columns)} FROM s").fetchone(), expected(x, y)): close(f, e, "whole"); done += 1
    for lo, hi in ((0, 0), (3, 0), (10, 10), (1, 25), (400, 0), (5, -2)):
        edge = f"{lo} PRECEDING AND " + (f"{hi} FOLLOWING" if hi >= 0 else f"{-hi} PRECEDING")
        over = f"OVER (ORDER BY i ROWS BETWEEN {edge})"
        sql = "SELECT " + ", ".join(f"{a} {over}" for a in columns) + " FROM s"
        for i, row in enumerate(c.execute(sql)):
            a, b = slice(max(0, i - lo), max(0, i + hi + 1)), None
            for f, e in zip(row, expected(x[a], y[a])): close(f, e, (lo, hi, i)); done += 1
    # What left a window leaves no trace, however large it was.
    rows = [1e140, 1.0, 2.0, 4.0, -1e100, 3.0, 3.5, 9.0, math.inf, 1.0, 2.0, 5.0]
    c.execute("CREATE TEMP TABLE t(i INTEGER PRIMARY KEY, x)")
    c.executemany("INSERT INTO t VALUES (?, ?)", enumerate(rows))
    found = [v for v, in c.execute("SELECT stddev(x) OVER (ORDER BY i ROWS 2 PRECEDING) FROM t")]
    for i, v in enumerate(found):
        part = np.array(rows[max(0, i - 2):i + 1])
        if len(part) < 2 or np.isinf(part).any(): assert v is None, (i, v)
        else:
            with np.errstate(over="ignore"): close(v, part.std(ddof=1), i)
        done += 1
    one = lambda sql: c.execute("SELECT " + sql).fetchone()[0]
    # Neither a constant nor one row varies; a mean far from zero costs no digits.
    for sql, e in (("stddev(v) FROM (SELECT 0.1 AS v UNION ALL SELECT 0.1 UNION ALL SELECT 0.1)", 0.0),
                   ("corr(v, 1) FROM (SELECT 0.1 AS v UNION ALL SELECT 0.2)", None), ("stddev(1)", None), ("median(NULL)", None),
                   ("stddev(v) FROM (SELECT 1e15 AS v UNION ALL SELECT 1e15 + 1 UNION ALL SELECT 1e15 + 2)", 1.0),
                   ("stddev(v) FROM (SELECT -1e15 AS v UNION ALL SELECT -1e15 - 1)", math.sqrt(.5)),
                   ("corr(v, -v) FROM (SELECT 1e9 AS v UNION ALL SELECT 1e9 + 1e-3 UNION ALL SELECT 1e9 + 7)", -1.0),
                   ("slope(2 * v, v) FROM (SELECT 1e9 AS v UNION ALL SELECT 1e9 + 1e-3 UNION ALL SELECT 1e9 + 7)", 2.0),
                   ("slope(1, v) FROM (SELECT 0.1 AS v UNION ALL SELECT 0.2)", 0.0), ("slope(1, 2)", None),
                   ("slope(v, 1) FROM (SELECT 0.1 AS v UNION ALL SELECT 0.2)", None),
                   ("fisher_z(0.5)", math.atanh(.5)), ("fisher_z(1)", math.atanh(1 - 1e-7)), ("fisher_z(NULL)", None),
                   ("inverse_fisher_z(fisher_z(-0.25))", -.25), ("zscore(5, 3, 4)", .5), ("zscore(5, 3, 0)", None),
                   ("zscore(NULL, 3, 1)", None), ("quantile(v, 1) FROM (SELECT 2 AS v UNION ALL SELECT 7)", 7.0),
                   ("median('12')", 12.0), ("median(9e999)", math.inf)):
        f = one(sql)
        assert f == e or e is not None and f is not None and abs(f - e) < 1e-12, (sql, f, e); done += 1
    for sql, word in (("median('loud')", "loud"), ("corr(1, x'00')", "corr: "), ("slope(1, 'x')", "slope: "), ("fisher_z(1.5)", "between -1 and 1"),
                      ("quantile(1, 2)", "between 0 and 1"), ("zscore(1, 2, -1)", "negative"),
                      ("quantile(v, v) FROM (SELECT 0.1 AS v UNION ALL SELECT 0.2)", "same"), ("* FROM array", "needs a name"),
                      ("* FROM array('nothing')", "array_catalog"), ("* FROM h5_tree('../etc')", "no path"),
                      ("* FROM h5_tree('/etc/passwd')", "no path"), ("* FROM h5_tree('catalog.sqlite')", "no array file")):
        try: one(sql)
        except sqlite3.Error as e: assert word in str(e), (sql, e); done += 1
        else: raise AssertionError(sql)
    return done


def connect(extension, warehouse):
    c = sqlite3.connect(f"file:{warehouse}/catalog.sqlite?mode=ro", uri=True)
    c.enable_load_extension(True)
    c.load_extension(extension)
    return c


def damages(extension, folder):
    """Whatever is changed in a file or its record is an error with file and dataset, and never a number."""
    done = 0

    def refused(what, word, name="wide", sql="SELECT sum(value) FROM array(?)"):
        nonlocal done
        c = connect(extension, folder)
        try: c.execute(sql, (name,)).fetchall()
        except sqlite3.Error as e: assert word in str(e), (what, str(e))
        else: raise AssertionError(what)
        c.close()
        done += 1
    catalog = sqlite3.connect(f"{folder}/catalog.sqlite")
    row = catalog.execute("SELECT file, path, axes_sha256, file_sha256, file_stamp FROM stored_array WHERE name = 'wide'").fetchone()
    file = f"{folder}/{row[0]}"
    with h5py.File(file) as f: info = f["/a/values"].id.get_chunk_info(2)
    whole = open(file, "rb").read()
    times = os.stat(file)

    def put(data, keep):
        with open(file, "r+b") as f: f.write(data); f.truncate()
        if keep: os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))

    def record(data):
        """The hash of the file as if these bytes had been stored."""
        catalog.execute("UPDATE stored_array SET file_sha256 = ? WHERE name = 'wide'", (hashlib.sha256(data).hexdigest(),))
        catalog.commit()
    changed = bytearray(whole)
    changed[info.byte_offset + info.size // 2] ^= 1
    put(changed, True); refused("a flipped bit under the old stamp", f"{row[0]}:/a/values: the bytes of the file hash to")
    put(changed, False); refused("a flipped bit", f"{row[0]}:/a/values: the bytes of the file hash to")
    record(changed); refused("a flipped bit that was recorded", f"{row[0]}:/a/values: the chunk at [16, 0]")
    put(whole[:len(whole) // 2], True); refused("a cut file", row[0])
    put(whole, True)
    with h5py.File(file, "r+") as f: f["/a/time_0"][3] = 77
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns)); refused("an edited axis", "the bytes of the file hash to")
    record(open(file, "rb").read()); refused("an edited axis that was recorded", "its axes hash to")
    put(whole, True); record(whole)
    os.rename(file, file + "~"); refused("a missing file", "is not there")
    os.symlink(file + "~", file); refused("a link", "link"); os.unlink(file); os.rename(file + "~", file)
    for column, value, word in (("axes_sha256", "0" * 64, "its axes hash to"), ("file", "../" + os.path.basename(folder) + "/" + row[0], "no path"),
                                ("file", file, "no path"), ("path", "/a", "no dataset"), ("path", "/b", "no dataset")):
        old = catalog.execute(f"SELECT {column} FROM stored_array WHERE name = 'wide'").fetchone()[0]
        catalog.execute(f"UPDATE stored_array SET {column} = ? WHERE name = 'wide'", (value,)); catalog.commit()
        refused(f"{column} = {value}", word)
        catalog.execute(f"UPDATE stored_array SET {column} = ? WHERE name = 'wide'", (old,)); catalog.commit()
    small = folder + "/" + catalog.execute("SELECT file FROM stored_array WHERE name = 'plain'").fetchone()[0]
    t, whole = os.stat(small), open(small, "rb").read()
    for place in range(0, len(whole), 97):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        with open(small, "r+b") as f: f.write(changed)
        os.utime(small, ns=(t.st_atime_ns, t.st_mtime_ns)); refused("any bit of a small file", "the bytes of the file", "plain")
        refused("its tree", "the bytes of the file", os.path.relpath(small, folder), "SELECT * FROM h5_tree(?)")
    # A file whose bytes nobody hashed since they were written, and values that have no checksums.
    bare = catalog.execute("SELECT file FROM stored_array WHERE name = 'unsummed'").fetchone()[0]
    t = os.stat(f"{folder}/{bare}")
    with h5py.File(f"{folder}/{bare}", "r+") as f: f["/a/values"][0] = 5
    os.utime(f"{folder}/{bare}", ns=(t.st_atime_ns, t.st_mtime_ns)); refused("values without checksums", "the bytes of the file", "unsummed")
    with h5py.File(f"{folder}/arrays/out.h5", "w") as f:
        f.create_dataset("/a/values", shape=(4,), dtype="f4", external=[("/etc/hostname", 0, 16)])
        f["link"] = h5py.ExternalLink("/etc/other.h5", "/x")
        f["soft"] = h5py.SoftLink("/a")
    sha = hashlib.sha256(open(f"{folder}/arrays/out.h5", "rb").read()).hexdigest()
    for name, path, word in (("outside", "/a/values", "other files"), ("linked", "/link", "no dataset"), ("soft", "/soft/values", "no dataset")):
        catalog.execute("INSERT INTO stored_array(name, dtype, units, file, path, axes_sha256, file_sha256, file_stamp) "
                        "VALUES (?, '<f4', '1', 'arrays/out.h5', ?, '', ?, ?)", (name, path, sha, stamp(f"{folder}/arrays/out.h5")))
        catalog.commit()
        refused(path, word, name)
    c = connect(extension, folder)
    tree = c.execute("SELECT path, type, target FROM h5_tree('arrays/out.h5')").fetchall()
    assert ("/link", "external link", "/etc/other.h5:/x") in tree and ("/soft", "soft link", "/a") in tree, tree
    shutil.copy(f"{folder}/arrays/out.h5", f"{folder}/arrays/unknown.h5")
    refused("a file that no row names", "no array file", "arrays/unknown.h5", "SELECT * FROM h5_tree(?)")
    # Stored views may not use any of it: stock tools could not read the catalog.
    for sql in ("SELECT * FROM array('line')", "SELECT median(1)", "SELECT * FROM h5_tree('arrays/out.h5')"):
        catalog.enable_load_extension(True); catalog.load_extension(extension)
        catalog.execute("CREATE VIEW v AS " + sql)
        try: catalog.execute("SELECT * FROM v").fetchall()
        except sqlite3.Error as e: assert "unsafe use" in str(e), e
        else: raise AssertionError("a stored view of " + sql)
        catalog.execute("DROP VIEW v")
        done += 1
    c.execute("CREATE TEMP VIEW v AS SELECT * FROM array('line')")
    assert c.execute("SELECT count(*) FROM v").fetchone() == (101,)
    catalog.close()
    return done


def main():
    extension = sys.argv[1]
    given = sys.argv[2] if len(sys.argv) > 2 else None
    scratch = None if given else tempfile.mkdtemp()
    folder = given or f"{scratch}/made.evoke"
    try:
        if not given: make_warehouse(folder)
        r, done = random.Random(SEED), 0
        c = connect(extension, folder)
        kinds = {}
        rows = c.execute("SELECT name, kind, file, path FROM stored_array ORDER BY name").fetchall()
        for i, (name, kind, file, path) in enumerate(rows):
            size = math.prod(x for x, in c.execute("SELECT length FROM array_axes(?)", (name,))) if given else 1
            if name == "wide" or size > 20_000 or given and kinds.get(kind, 0) >= 2: continue
            kinds[kind] = kinds.get(kind, 0) + 1
            axes = copy(c, folder, file, path, f"copy_{i}")
            shown = dict(c.execute('SELECT "column", length FROM array_axes(?) WHERE "column" IS NOT NULL', (name,)))
            assert shown == {n: len(v) for n, v in axes.items()}, (name, shown)
            done += compare(c, name, f"copy_{i}", axes, r, 12 if given else 60)
        # Names of one dataset keep their own.
        sql = "SELECT s.name, x.name, a.name FROM stored_array s, array_axes(s.name) x, array(s.name) a WHERE s.name LIKE 'plain%' GROUP BY s.name"
        assert given or c.execute(sql).fetchall() == [(n, n, n) for n in ("plain", "plain again")]
        # One statement over many arrays, and joins in which an inner array is asked again and again.
        if not given:
            names = ["plain", "odd", "cube"]
            sql = "SELECT s.name, count(*), count(a.value), sum(a.value) FROM stored_array s, {} WHERE s.name IN ('plain', 'odd', 'cube') GROUP BY s.name"
            found = c.execute(sql.format("array(s.name) a")).fetchall()
            tables = " UNION ALL ".join(f"SELECT '{n}' AS name, value FROM copy_{[x[0] for x in rows].index(n)}" for n in names)
            assert same(found, c.execute(f"SELECT name, count(*), count(value), sum(value) FROM ({tables}) GROUP BY name").fetchall())
            join = "SELECT a.time_s, a.feature, b.region, a.value, b.value FROM {} a JOIN {} b ON b.time_s = a.time_s WHERE a.time_s > 10"
            p, o = ([x[0] for x in rows].index(n) for n in ("plain", "odd"))
            assert same(c.execute(join.format("array('plain')", "array('odd')")).fetchall(), c.execute(join.format(f"copy_{p}", f"copy_{o}")).fetchall())
            done += 2
            done += statistics(c, r)
        c.close()
        if not given: done += damages(extension, folder)
        print(f"{done} comparisons, seed {SEED}" + (f", kinds {', '.join(sorted(kinds))}" if given else ""))
    finally:
        if scratch: shutil.rmtree(scratch)


main()
