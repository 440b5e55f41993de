extension ReaderScript {
  /// Standard library; pandas, NumPy with h5py, and xarray where they are there.
  static let python = #"""
    """Reads warehouses of Evoke (made by `evoke export reader`, version @VERSION@, from the schema).

        w = open("study.evoke")                 # a closed warehouse, or an archive: open("paper.zip")
        w.layer_sweep(study="layers", region="heschl")       # a pandas.DataFrame, without pandas a list of dict
        w.array("film/clip/original/lld12@1")   # an xarray.DataArray, without xarray a dict; needs NumPy and h5py
        w.sql("SELECT ...", {"name": 1})

    A condition is a value, None for rows without one, or a list of values. Columns have the types of the schema whatever rows
    there are. Arrays are compared with their hash. `attrs` of frames and arrays name the strictest consent and all licences of
    what they were made of.

    @MEANING@
    """
    import hashlib
    import json
    import pathlib
    import sqlite3
    import struct
    import tempfile
    import zipfile

    _TYPES = json.loads(r'''@TYPES@''')
    _LINEAGE = r'''@LINEAGE@'''
    _WORDS = @WORDS@
    _DTYPES = {"integer": "Int64", "real": "float64", "text": "string", "blob": "object"}


    def open(path):
        """The warehouse in a folder, or an archive, of which what is asked for is unpacked until it is closed."""
        return Warehouse(path)


    class Warehouse:
        def __init__(self, path):
            self.folder = pathlib.Path(path)
            self._members = self._unpacked = None
            if self.folder.is_file():
                self._members = zipfile.ZipFile(self.folder)
                self._unpacked = tempfile.TemporaryDirectory(prefix="evoke-reader-")
                self.folder = pathlib.Path(self._unpacked.name)
            catalog = self._file("catalog.sqlite").resolve(strict=True)
            self.connection = sqlite3.connect(catalog.as_uri() + "?mode=ro", uri=True)
            self.connection.execute("PRAGMA query_only = 1")

        def _file(self, name):
            """A file of the warehouse, where it can be read."""
            if self._members and not (self.folder / name).exists():
                self._members.extract(name, self.folder)
            return self.folder / name

        def close(self):
            self.connection.close()
            if self._members:
                self._members.close()
                self._unpacked.cleanup()

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.close()

        def sql(self, text, parameters=(), types=None):
            """The rows of a statement; `types` maps columns to integer, real, text or blob."""
            cursor = self.connection.execute(text, parameters)
            columns = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
            try:
                import pandas
            except ImportError:
                return [dict(zip(columns, row)) for row in rows]
            frame = pandas.DataFrame(rows, columns=columns)
            return frame.astype({c: _DTYPES[t] for c, t in (types or {}).items() if c in columns})

        def _view(self, name, where):
            unknown = set(where) - set(_TYPES[name])
            if unknown:
                raise KeyError(f"{name} has no {', '.join(sorted(unknown))}; it has {', '.join(_TYPES[name])}")
            clauses, values = [], []
            for column, value in where.items():
                if value is None:
                    clauses.append(f'"{column}" IS NULL')
                else:
                    several = list(value) if isinstance(value, (list, tuple, set)) else [value]
                    clauses.append(f'"{column}" IN ({", ".join("?" * len(several))})')
                    values += several
            text = f'SELECT * FROM "{name}"' + (" WHERE " + " AND ".join(clauses) if clauses else "")
            rows = self.sql(text, values, _TYPES[name])
            if hasattr(rows, "attrs"):
                told = lambda *columns: [x for c in columns if c in rows for x in rows[c].dropna().unique()]
                rows.attrs.update(self.consent(units=told("unit_key"), datasets=told("dataset", "dataset_a", "dataset_b")))
            return rows

        def consent(self, arrays=(), units=(), datasets=()):
            """The strictest word of consent of all that these descend from, and all licences."""
            # What names a dataset and no unit asks all that is in it.
            asked = {"arrays": arrays, "units": units, "datasets": datasets, "whole": [] if len(units) else datasets}
            rows = self.connection.execute(_LINEAGE, {k: json.dumps(list(v)) for k, v in asked.items()}).fetchall()
            words = [row[3] or "@UNSTATED@" for row in rows]
            return {
                "consent": max(words, key=_WORDS.index) if words else _WORDS[0],
                "licences": sorted({row[4] for row in rows if row[4]}),
            }

        def arrays(self, **where):
            """The rows of array_catalog: what is stored under which name."""
            return self._view("array_catalog", where)

        def array(self, name, check=True):
            """A stored array with its axes, NaN where a value is missing; compared with its hash unless check is False."""
            import h5py
            import numpy

            about = self.connection.execute(
                "SELECT array_id, file, path, units, kind, dataset, parameters, logical_sha256 FROM stored_array WHERE name = ?",
                [name]).fetchone()
            if about is None:
                raise KeyError(f"no array is called {name}")
            key, file, path, units, kind, dataset, parameters, sha256 = about
            axes = self.connection.execute(
                "SELECT name, units, labels FROM array_axis WHERE array_id = ? ORDER BY position", [key]).fetchall()
            coordinates = {}
            with h5py.File(self._file(file), "r") as f:
                values = f[path][...]
                for axis, unit, labels in axes:
                    scale = f[path.rsplit("/", 1)[0] + "/" + axis + ("_s" if unit == "s" else "")]
                    coordinates[axis] = [x.decode() for x in scale[...]] if labels else scale[...]
            if check and _hash(numpy, values, axes, coordinates, path) != sha256:
                raise ValueError(f"{name}: {file} is not what was stored; evoke repair makes it again")
            attrs = {"units": units, "kind": kind, "dataset": dataset, "parameters": parameters, "logical_sha256": sha256}
            attrs.update(self.consent(arrays=[name]))
            names = [axis[0] for axis in axes]
            try:
                import xarray
            except ImportError:
                return {"name": name, "values": values, "dims": names, "coords": coordinates, "attrs": attrs}
            array = xarray.DataArray(values, dims=names, coords=coordinates, attrs=attrs, name=name)
            for axis, unit, labels in axes:
                if not labels:
                    array[axis].attrs["units"] = unit
            return array

    @VIEWS@

    def _hash(numpy, values, axes, coordinates, path):
        head = {"axes": [axis[0] for axis in axes], "dtype": "<f4", "path": path, "shape": list(values.shape)}
        text = json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        total = hashlib.sha256(text.encode() + b"\0")
        for axis, unit, labels in axes:
            if labels:
                for label in coordinates[axis]:
                    total.update(label.encode() + b"\0")
            else:
                total.update(numpy.asarray(coordinates[axis], "<f8").tobytes())
        data = numpy.ascontiguousarray(values, "<f4")
        data[numpy.isnan(data)] = struct.unpack("<f", b"\x00\x00\xc0\x7f")[0]
        total.update(data.tobytes())
        return total.hexdigest()

    """#
}
