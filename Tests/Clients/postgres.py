#!/usr/bin/env python3
"""The catalog's tables in PostgreSQL: the SQL of views and reports runs there as it stands, and returns the same rows.

    python3 Tests/Clients/postgres.py [CATALOG] [--only NAME]

Tables of CATALOG are copied into a PostgreSQL of its own, in a temporary folder and without a port; then every view is made
and asked, and every report. Without CATALOG these are the tables of the tests, which have rows for every view, and those of
demo.evoke. Numbers are compared to 12 digits, rows without their order. What PostgreSQL does not run stands in
portable.tsv with the reason, and must not run: the list may only shrink. Where there is no PostgreSQL of version 15 or later
it is skipped, by name.
"""
import argparse
import collections
import os
import pathlib
import pwd
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPES = {"INTEGER": "bigint", "REAL": "double precision", "TEXT": "text", "BLOB": "bytea"}
# What PostgreSQL does not run, with the reason.
BEYOND = {
    line[1]: line[3]
    for line in (text.split("\t") for text in (ROOT / "Tests/Clients/portable.tsv").read_text(encoding="utf-8").splitlines())
    if line[0] == "beyond"}
FIRST_VERSION = 15
PLACES = ["/usr/lib/postgresql/*/bin"]


class Failure(Exception):
    """What PostgreSQL says of a statement."""


def program(name):
    """The path of a program of PostgreSQL; None where there is none. Debian keeps those of the server out of PATH."""
    found = shutil.which(name)
    if found:
        return found
    stored = sorted(path for place in PLACES for path in pathlib.Path("/").glob(place.lstrip("/")))
    return next((str(path / name) for path in reversed(stored) if (path / name).exists()), None)


def version(postgres):
    said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"(\d+)", said)[1])


class Server:
    """A PostgreSQL in a folder; its server refuses to be root."""

    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.user = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        if self.user:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        self.data = os.path.join(folder, "data")

    def __enter__(self):
        self.run("initdb", "-D", self.data, "-U", "evoke", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off -c max_connections=5"
        self.run("pg_ctl", "-D", self.data, "-w", "-l", os.path.join(self.folder, "log"), "-o", options, "start")
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def run(self, name, *words):
        done = subprocess.run(
            [self.programs[name], *words], cwd=self.folder, capture_output=True, text=True, env=self.environment, **self.user)
        if done.returncode:
            sys.exit(f"{name} failed:\n{done.stdout}{done.stderr}")

    @property
    def environment(self):
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGHOST": self.folder, "PGUSER": "evoke", "PGDATABASE": "postgres"}

    def ask(self, sql):
        """The output of a script of psql; raises what the first statement that fails says."""
        done = subprocess.run(
            [self.programs["psql"], "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=sql, capture_output=True, text=True,
            env=self.environment)
        if done.returncode:
            raise Failure(re.sub(r"\s+", " ", re.sub(r"^psql:<stdin>:\d+: ", "", done.stderr)).strip())
        return done.stdout


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def cell(value):
    """A value in the text format of COPY."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    text = repr(value) if isinstance(value, float) else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def spelled(text):
    """A value of COPY's text format as it was."""
    if text == "\\N":
        return None
    return re.sub(r"\\(.)", lambda found: {"t": "\t", "n": "\n", "r": "\r"}.get(found[1], found[1]), text)


def canonical(value):
    """Numbers to 12 digits, whatever type they have; all else as text."""
    if value is None:
        return None
    try:
        return f"{float(value):.12g}"
    except (TypeError, ValueError):
        return str(value)


def copy_tables(catalog, server):
    tables = [name for name, in catalog.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
    for table in tables:
        columns = catalog.execute("SELECT name, type, pk FROM pragma_table_info(?)", [table]).fetchall()
        key = [quoted(name) for name, _, place in sorted(columns, key=lambda column: column[2]) if place]
        names = ", ".join(quoted(name) for name, _, _ in columns)
        script = [
            f"CREATE TABLE {quoted(table)} (" + ", ".join(f"{quoted(name)} {TYPES[kind]}" for name, kind, _ in columns)
            + f", PRIMARY KEY ({', '.join(key)}));", f"COPY {quoted(table)} ({names}) FROM STDIN;"]
        script += ["\t".join(cell(value) for value in row) for row in catalog.execute(f"SELECT {names} FROM {quoted(table)}")]
        server.ask("\n".join(script + ["\\.", ""]))
    return len(tables)


def make_views(catalog, server):
    """Makes all views, those that others are made of first; what PostgreSQL says of those it does not make."""
    waiting = dict(catalog.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view' ORDER BY name"))
    failures = {}
    while waiting:
        made = []
        for name, sql in waiting.items():
            try:
                server.ask(sql + ";\n")
                made.append(name)
            except Failure as failure:
                failures[name] = str(failure)
        if not made:
            break
        waiting = {name: sql for name, sql in waiting.items() if name not in made}
    return {name: failures[name] for name in waiting}


def rows_there(server, sql):
    text = server.ask(f"COPY ({sql}) TO STDOUT;\n")
    return collections.Counter(
        tuple(canonical(spelled(part)) for part in line.split("\t")) for line in text.split("\n")[:-1])


def compare(catalog, server, sql):
    """How many rows a statement has; raises where the two differ."""
    here = collections.Counter(tuple(canonical(value) for value in row) for row in catalog.execute(sql))
    there = rows_there(server, sql)
    if here != there:
        first = next(iter((here - there) or (there - here)))
        raise Failure(f"{(here - there).total()} rows are not PostgreSQL's, {(there - here).total()} not SQLite's, as {first}")
    return here.total()


def questions(catalog):
    """Views and reports, each with a statement that asks it."""
    for name, in catalog.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name"):
        yield name, f"SELECT * FROM {quoted(name)}"
    for path in sorted((ROOT / "queries/reports").glob("*.sql")):
        yield f"reports/{path.stem}", path.read_text(encoding="utf-8")


def rows_of_tests():
    """A catalog with the rows that the tests of views have."""
    catalog = sqlite3.connect(":memory:")
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "schema/migrations").glob("*.sql"))]
    texts += [f"CREATE VIEW {quoted(path.stem)} AS\n{path.read_text(encoding='utf-8')}"
              for path in (ROOT / "queries/views").glob("*.sql")]
    for text in [*texts, (ROOT / "Tests/Fixtures/warehouse/view_rows.sql").read_text(encoding="utf-8")]:
        catalog.executescript(text)
    return catalog


def stored(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def check(catalog, server, only):
    """Asks everything; how many questions failed."""
    print(f"{copy_tables(catalog, server)} tables")
    unmade = make_views(catalog, server)
    failed = 0
    for name, sql in questions(catalog):
        if only and only not in name:
            continue
        try:
            if name in unmade:
                raise Failure(unmade[name])
            outcome, said = "ok", f"{compare(catalog, server, sql)} rows"
        except Failure as failure:
            outcome, said = "failed", str(failure)
        if name in BEYOND:
            outcome, said = ("beyond", BEYOND[name]) if outcome == "failed" else ("failed", "it runs: BEYOND is too long")
        failed += outcome == "failed"
        print(f"{outcome:8} {name}: {said}", flush=True)
    return failed


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("catalog", nargs="?", help="a catalog.sqlite")
    options.add_argument("--only", help="views and reports whose name holds this")
    options = options.parse_args()
    programs = {name: program(name) for name in ["postgres", "initdb", "pg_ctl", "psql"]}
    if not all(programs.values()):
        print("skipped  PostgreSQL: there is no " + ", ".join(name for name in programs if not programs[name])
              + " (apt-get install postgresql)")
        return
    if version(programs["postgres"]) < FIRST_VERSION:
        print(f"skipped  PostgreSQL: it is older than {FIRST_VERSION}")
        return
    demo = ROOT / "demo.evoke/catalog.sqlite"
    given = [stored(options.catalog)] if options.catalog else [rows_of_tests()] + ([stored(demo)] if demo.exists() else [])
    failed = 0
    for catalog in given:
        with tempfile.TemporaryDirectory() as folder, Server(folder, programs) as server:
            failed += check(catalog, server, options.only)
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
