#!/usr/bin/env python3
"""Reads an archive as other programs do: `python3 Tests/Clients/archive.py paper.zip [ROOT]`; `make check-clients` runs it.

The root and every hash are computed from the file by the standard library alone, as are the lineage's ends and the tombstones;
the views of the catalog run in the sqlite3 module; roc-validator (PyPI, 0.13; its cache must hold the contexts of RO-Crate 1.1
and 1.2, as `--offline` asks nobody) judges the RO-Crate, and prov (PyPI, 2) the PROV-JSON. Either is skipped, and named, where
it is not there. Exit status 1 with a line for whatever is wrong.
"""
import hashlib
import io
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

PROFILES = ["ro-crate-1.1", "ro-crate-1.2", "workflow-run-crate-0.5"]
# Members in which the date stands, and what stands before it there.
DATED = {"index.html": b"<br>", "ro-crate-metadata.json": b'"datePublished":"'}


def sha256(data):
    return hashlib.sha256(data)


def merkle(leaves):
    """The root of RFC 6962, 2.1."""
    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


def canonical(value):
    """RFC 8785, as far as a manifest needs it: texts, booleans, whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def root(archive, manifest):
    publication = dict(manifest["publication"], date="")
    leaves = [b"manifest.json\n" + sha256(canonical(publication)).hexdigest().encode()]
    for member in manifest["members"]:
        data = archive.read(member["name"])
        if member["name"] in DATED:
            before = DATED[member["name"]]
            data = data.replace(before + manifest["publication"]["date"].encode(), before, 1)
        leaves.append(f"{member['name']}\n{sha256(data).hexdigest()}".encode())
    return merkle(leaves).hex()


def views(catalog):
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        file.write(catalog)
        file.flush()
        connection = sqlite3.connect(f"file:{file.name}?mode=ro", uri=True)
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")]
        for name in names:
            connection.execute(f'SELECT * FROM "{name}"').fetchall()
        connection.close()
    return len(names)


def crate(path):
    """What roc-validator finds against the archive."""
    validator = pathlib.Path(sys.executable).parent / "rocrate-validator"
    if not validator.exists():
        print("skipped: there is no roc-validator beside this Python")
        return
    for profile in PROFILES:
        words = [str(validator), "-y", "validate", "--offline", "--no-paging",
                 "-p", profile, "-l", "required", "-v", str(path)]
        ending = subprocess.run(words, capture_output=True, text=True)
        if ending.returncode:
            yield f"{profile}: {ending.stdout[-3000:]}{ending.stderr[-500:]}"


def lineage(text, catalog_rows):
    """What is open in the lineage: an end that is nowhere, or an artifact of the catalog without an entity."""
    document = json.loads(text)
    for relation in ("used", "wasGeneratedBy"):
        for end in document[relation].values():
            for kind in ("activity", "entity"):
                if end[f"prov:{kind}"] not in document[kind]:
                    yield f"prov.json: {relation} ends at {end[f'prov:{kind}']}, which is nowhere"
    hashes = {entity["evoke:sha256"] for entity in document["entity"].values()}
    for kind, name, sha256 in catalog_rows:
        if sha256 not in hashes:
            yield f"prov.json has no {kind} {name}"


def absent(archive, manifest, connection):
    """Arrays, withheld rows and recipes that are neither there nor declared absent."""
    stones = json.loads(archive.read("tombstones.json"))
    members = {member["name"] for member in manifest["members"]}
    known = {(stone["kind"], stone["name"], stone["sha256"]) for stone in stones}
    for name, file, digest in connection.execute("SELECT name, file, logical_sha256 FROM stored_array"):
        if file not in members and ("array", name, digest) not in known:
            yield f"array {name} is neither there nor declared absent"
    for stone in stones:
        if stone["kind"] in ("rows", "recipe"):
            joined = sha256(b"".join(bytes.fromhex(row) for row in stone["rows"])).hexdigest()
            if joined != stone["sha256"] or stone["rows"] != sorted(stone["rows"]):
                yield f"tombstone {stone['name']} is not over the rows that it names"


def provenance(text):
    """Entities and activities as the package prov reads them, None where it is not there."""
    try:
        from prov.model import ProvActivity, ProvDocument, ProvEntity
    except ImportError:
        print("skipped: this Python has no prov")
        return None

    document = ProvDocument.deserialize(io.StringIO(text), format="json")
    return len(list(document.get_records(ProvEntity))), len(list(document.get_records(ProvActivity)))


def main(path, asked=None):
    faults = []
    with zipfile.ZipFile(path) as archive:
        faults += [f"{info.filename} is compressed" for info in archive.infolist() if info.compress_type]
        manifest = json.loads(archive.read("manifest.json"))
        for member in manifest["members"]:
            if sha256(archive.read(member["name"])).hexdigest() != member["sha256"]:
                faults.append(f"{member['name']} is not what the manifest says")
        found = root(archive, manifest)
        if found != manifest["root"] or asked not in (None, found):
            faults.append(f"the root is {found}, recorded {manifest['root']}, asked for {asked}")
        catalog, text = archive.read("catalog.sqlite"), archive.read("prov.json").decode()
        count = views(catalog)
        with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
            file.write(catalog)
            file.flush()
            connection = sqlite3.connect(f"file:{file.name}?mode=ro", uri=True)
            faults += lineage(text, connection.execute("SELECT kind, name, sha256 FROM artifact").fetchall())
            faults += absent(archive, manifest, connection)
            connection.close()
        found = provenance(text)
        if found is not None and not all(found):
            faults.append("prov.json has no entities or activities")
    faults += crate(path)
    print(f"{path}: {len(manifest['members'])} members, {count} views, {len(faults)} faults")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
