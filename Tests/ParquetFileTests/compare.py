#!/usr/bin/env python3
"""Compares what ParquetFile writes with what pyarrow, polars and DuckDB read of it, over seeded random tables.

    pip install pyarrow polars duckdb
    python3 compare.py make FOLDER
    EVOKE_PARQUET_CASES=FOLDER swift test -c release --filter ParquetFileTests
    python3 compare.py check FOLDER

`make` writes tables as text: a line of column kinds, then a line per row of cells (`-`, `i:` decimal, `r:` and the bits in
hexadecimal, `t:` and `b:` the bytes in hexadecimal). The tests write each as FOLDER/NAME.parquet.
"""
import math
import pathlib
import random
import struct
import sys

INTEGERS = [0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1, 255, 256]
REALS = [0.0, -0.0, 1.5, -1e308, 5e-324, math.inf, -math.inf, math.nan, 0.1]
TEXTS = ["", "a", "NULL", "NaN", "ä", "a\u0308", "e\u0301", "é", "日本語", "😀" * 40, "a\0b", "\0", "line\nline", "x" * 3000]


def value(kind, draw, few):
    if draw.random() < 0.2:
        return None
    if kind == "i":
        return draw.choice(INTEGERS) if few or draw.random() < 0.2 else draw.getrandbits(64) - 2**63
    if kind == "r":
        if few or draw.random() < 0.2:
            return draw.choice(REALS)
        return draw.gauss(0, 1)
    if kind == "t":
        return draw.choice(TEXTS) if few else draw.choice(TEXTS[:12]) + str(draw.getrandbits(40))
    return draw.choice([b"", b"\0", b"\xff\xfe"]) if few else draw.randbytes(draw.randrange(20))


def table(seed):
    draw = random.Random(seed)
    kinds = [draw.choice("irtb") for _ in range(draw.randrange(1, 12))]
    count = {0: 0, 1: 1, 2: 100_000, 3: 65_536, 4: 65_537}.get(seed, draw.choice([1, 2, 7, 8, 9, 63, 64, 500, 3000, 20_000]))
    if count > 50_000:
        kinds = list("irtb")
    modes = [draw.choice(["few", "many", "null", "runs"]) for _ in kinds]
    columns = []
    for kind, mode in zip(kinds, modes):
        if mode == "null":
            columns.append([None] * count)
        elif mode == "runs":
            column = []
            while len(column) < count:
                column += [value(kind, draw, True)] * draw.randrange(1, 40)
            columns.append(column[:count])
        else:
            columns.append([value(kind, draw, mode == "few") for _ in range(count)])
    return kinds, list(zip(*columns)) if count else []


def cell(kind, item):
    if item is None:
        return "-"
    if kind == "i":
        return f"i:{item}"
    if kind == "r":
        return f"r:{struct.unpack('<Q', struct.pack('<d', item))[0]:x}"
    return f"{kind}:{(item.encode() if kind == 't' else item).hex()}"


def exact(item):
    return struct.pack("<d", item) if isinstance(item, float) else item


def same(name, reader, found, expected):
    found = [[exact(i) for i in column] for column in found]
    assert found == expected, f"{name}: {reader} reads something else"


def check(folder, seed, con):
    import polars
    import pyarrow
    import pyarrow.parquet

    name = folder / f"{seed}.parquet"
    kinds, rows = table(seed)
    expected = [[exact(row[i]) for row in rows] for i in range(len(kinds))]
    read = pyarrow.parquet.read_table(name)
    arrow = {"i": pyarrow.int64(), "r": pyarrow.float64(), "t": pyarrow.string(), "b": pyarrow.binary()}
    assert read.schema.types == [arrow[k] for k in kinds], read.schema
    same(name, "pyarrow", [c.to_pylist() for c in read.columns], expected)
    file = pyarrow.parquet.ParquetFile(name)
    for group in range(file.metadata.num_row_groups):
        for i in range(len(kinds)):
            chunk = file.metadata.row_group(group).column(i)
            assert chunk.metadata == {b"unit": b"s"}, chunk.metadata
            part = [c[i] for c in rows[group * 65_536:(group + 1) * 65_536]]
            assert chunk.statistics.null_count == part.count(None)
            if chunk.statistics.has_min_max:
                values = [v for v in part if v is not None]
                assert not any(v != v for v in values)
                if kinds[i] != "t":
                    assert chunk.statistics.min == min(values) and chunk.statistics.max == max(values)
    own = polars.read_parquet(name)
    types = {"i": polars.Int64, "r": polars.Float64, "t": polars.String, "b": polars.Binary}
    assert own.dtypes == [types[k] for k in kinds], own.dtypes
    same(name, "polars", [own[c].to_list() for c in own.columns], expected)
    answer = con.execute(f"SELECT * FROM read_parquet('{name}')")
    assert [d[1] for d in answer.description] == [{"i": "BIGINT", "r": "DOUBLE", "t": "VARCHAR", "b": "BLOB"}[k] for k in kinds]
    found = answer.fetchall()
    same(name, "DuckDB", [[row[i] for row in found] for i in range(len(kinds))], expected)
    # Bounds leave no row out.
    for i, kind in enumerate(kinds):
        values = [row[i] for row in rows if row[i] is not None and row[i] == row[i]]
        if kind in "ir" and values:
            for bound in (min(values), max(values)):
                count = con.execute(f"SELECT count(*) FROM read_parquet('{name}') WHERE c{i} = ?", [bound]).fetchone()[0]
                assert count == values.count(bound), (name, i, bound, count)


def main():
    word, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(200)
    if word == "make":
        for seed in seeds:
            kinds, rows = table(seed)
            lines = [" ".join(kinds)] + [" ".join(cell(k, i) for k, i in zip(kinds, row)) for row in rows]
            (folder / f"{seed}.cells").write_text("\n".join(lines) + "\n")
        return
    import duckdb

    con = duckdb.connect()
    for seed in seeds:
        check(folder, seed, con)
    print(f"{len(seeds)} tables: pyarrow, polars and DuckDB read what was written")


main()
