#!/usr/bin/env python3
"""Views of a warehouse in a form in which two builds of the program can be compared.

  golden.py dump WAREHOUSE OUT.json.gz      every row of every view, without what may differ: keys, times, places
  golden.py compare OLD NEW [--rtol 1e-9]   two dumps, or two folders of dumps; exit 1 where they differ
  golden.py record -- ARG...                runs $GOLDEN_EVOKE ARG..., then dumps the warehouse of a `run` or `extract`
                                            into the folder $GOLDEN; tests of commands are recorded by a script of the
                                            name .build/release/evoke that calls this
"""
import gzip, hashlib, json, math, os, re, sqlite3, subprocess, sys

DROPPED = {"run_id", "unit_key", "fit_key", "activity_key", "started_at", "imported_at", "seconds", "peak_bytes", "file",
           "hostname_hash", "cpu_model", "library_versions", "threads", "blas_kernel", "evoke_version", "execution", "path", "source"}
KEY = re.compile(r"\b[0-9a-f]{8,64}\b")


PLACE = re.compile(r"/[^\s:]*/")


def plain(value):
    return KEY.sub("#", PLACE.sub("/", value)) if isinstance(value, str) else value


def order(row):
    words = tuple("" if isinstance(v, float) or v is None else str(v) for v in row)
    return words, tuple(v if isinstance(v, float) else -math.inf for v in row)


def dump(warehouse):
    base = sqlite3.connect(f"file:{warehouse}/catalog.sqlite?mode=ro", uri=True)
    views = {}
    for (name,) in base.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").fetchall():
        cursor = base.execute(f'SELECT * FROM "{name}"')
        columns = [c[0] for c in cursor.description]
        kept = [i for i, c in enumerate(columns) if c not in DROPPED and not c.endswith("sha256")]
        rows = sorted(([plain(row[i]) for i in kept] for row in cursor), key=order)
        views[name] = {"columns": [columns[i] for i in kept], "rows": rows}
    return views


def write(views, path):
    with gzip.GzipFile(path, "wb", mtime=0) as out:
        out.write(json.dumps(views, indent=0, sort_keys=True).encode())


def read(path):
    with gzip.open(path) as file:
        return json.load(file)


def same(a, b, rtol):
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or abs(a - b) <= rtol * max(abs(a), abs(b)) + 1e-14
    return a == b


def differences(old, new, rtol):
    for name in sorted(set(old) | set(new)):
        if name not in old or name not in new:
            yield f"{name}: only in the {'new' if name in new else 'old'}"
            continue
        a, b = old[name], new[name]
        common = [c for c in a["columns"] if c in b["columns"]]
        for column in sorted(set(a["columns"]) ^ set(b["columns"])):
            yield f"{name}.{column}: only in the {'new' if column in b['columns'] else 'old'}"
        def pick(view):
            places = [view["columns"].index(c) for c in common]
            return sorted(([row[i] for i in places] for row in view["rows"]), key=order)
        x, y = pick(a), pick(b)
        if len(x) != len(y):
            yield f"{name}: {len(x)} rows before, {len(y)} now"
            continue
        wrong = [(r, s, [c for c, p, q in zip(common, r, s) if not same(p, q, rtol)]) for r, s in zip(x, y)]
        wrong = [w for w in wrong if w[2]]
        if wrong:
            old_row, new_row, which = wrong[0]
            first = ", ".join(f"{c}: {old_row[common.index(c)]!r} -> {new_row[common.index(c)]!r}" for c in which[:4])
            yield f"{name}: {len(wrong)} of {len(x)} rows differ; first: {first}"


def compare(old, new, rtol):
    pairs = [(old, new)]
    if os.path.isdir(old):
        names = sorted(set(os.listdir(old)) | set(os.listdir(new)))
        pairs = [(os.path.join(old, n), os.path.join(new, n)) for n in names]
    count = 0
    for a, b in pairs:
        if not os.path.exists(a) or not os.path.exists(b):
            lines = [f"only in the {'new' if os.path.exists(b) else 'old'}"]
        else:
            lines = list(differences(read(a), read(b), rtol))
        for line in lines:
            print(f"{os.path.basename(b)}: {line}")
        count += len(lines)
    print(f"{len(pairs)} dumps compared, {count} differences")
    return count


def warehouse_of(arguments):
    for flag in ("-C", "--warehouse"):
        if flag in arguments:
            return arguments[arguments.index(flag) + 1]
    if os.environ.get("EVOKE_WAREHOUSE"):
        return os.environ["EVOKE_WAREHOUSE"]
    found = [f for f in os.listdir(".") if f.endswith(".evoke")]
    return found[0] if len(found) == 1 else None


def record(arguments):
    status = subprocess.run([os.environ["GOLDEN_EVOKE"], *arguments]).returncode
    warehouse = warehouse_of(arguments)
    if status == 0 and warehouse and {"run", "extract"} & set(arguments) and "--dry-run" not in arguments:
        text = " ".join(a for a in arguments)
        for name in arguments:
            if name.endswith(".yaml") and os.path.exists(name):
                text += open(name).read()
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        words = [os.path.basename(a) for a in arguments if a.endswith(".yaml")] or ["extract"]
        count = 0
        while os.path.exists(target := f"{os.environ['GOLDEN']}/{words[0]}-{digest}-{count}.json.gz"):
            count += 1
        write(dump(warehouse), target)
    return status


if __name__ == "__main__":
    verb, *rest = sys.argv[1:] or [""]
    if verb == "dump" and len(rest) == 2:
        write(dump(rest[0]), rest[1])
    elif verb == "compare" and len(rest) in (2, 4):
        sys.exit(1 if compare(rest[0], rest[1], float(rest[3]) if len(rest) == 4 else 1e-9) else 0)
    elif verb == "record" and rest[:1] == ["--"]:
        sys.exit(record(rest[1:]))
    else:
        sys.exit(__doc__)
