#!/usr/bin/env python3
"""Runs the lines of README's section on other programs as they stand there, on the demo's warehouse.

    python3 Tests/Clients/check_clients.py [--only NAME]

Each fenced block of python, r or sh in the section runs in one new folder that holds a link to demo.evoke, one after the
other, with this Python and the built evoke first in PATH; one that fails ends it with status 1. A block of R is skipped, and
says so, where Rscript or a package that it loads is not there.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADING = "## Other programs"
SECONDS = 300


def blocks():
    """(name, language, text) of each block: its name is what stands in bold above it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text[text.index("\n" + HEADING + "\n") + 1:].split("\n## ", 1)[0]
    name = None
    for line in re.finditer(r"(?m)^\*\*(?P<name>[^*]+)\*\*|^```(?P<language>python|r|sh)\n(?P<text>.*?)^```$", section, re.S | re.M):
        if line["name"]:
            name = line["name"].rstrip(".")
        else:
            yield name, line["language"], line["text"]


def missing_packages(text):
    """Packages that a block of R loads, or names, and that are not there."""
    names = sorted(set(re.findall(r"library\((\w+)\)|(\w+)::", text)))
    # The generated reader loads what its own head says.
    wanted = {a or b for a, b in names} | ({"RSQLite", "jsonlite", "rhdf5"} if "evoke_reader.R" in text else set())
    check = "for (p in commandArgs(TRUE)) if (!requireNamespace(p, quietly = TRUE)) cat(p, '')"
    found = subprocess.run(["Rscript", "-e", check, *sorted(wanted)], capture_output=True, text=True)
    return found.stdout.split()


def command(language, text):
    """What runs a block; a text where it is skipped."""
    if language == "sh":
        return ["bash", "-euo", "pipefail", "-c", text]
    if language == "python":
        return [sys.executable, "-c", text]
    if not shutil.which("Rscript"):
        return "there is no Rscript (apt-get install r-base-core r-cran-rsqlite r-cran-jsonlite r-bioc-rhdf5)"
    lacking = missing_packages(text)
    if lacking:
        return f"R has no {', '.join(lacking)}"
    return ["Rscript", "-e", text]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", help="blocks whose name holds this")
    only = options.parse_args().only
    warehouse = ROOT / "demo.evoke"
    if not warehouse.is_dir():
        sys.exit("there is no demo.evoke: make demo")
    path = os.pathsep.join([str(ROOT / ".build/release"), os.path.dirname(sys.executable), os.environ["PATH"]])
    counts = {"ok": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(warehouse, os.path.join(folder, "demo.evoke"))
        for name, language, text in blocks():
            if only and only not in name:
                continue
            words = command(language, text)
            if isinstance(words, str):
                counts["skipped"] += 1
                print(f"skipped  {name}: {words}", flush=True)
                continue
            done = subprocess.run(
                words, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=SECONDS)
            outcome = "ok" if done.returncode == 0 and done.stdout.strip() else "failed"
            counts[outcome] += 1
            print(f"{outcome:8} {name}", flush=True)
            if outcome == "failed":
                print(done.stdout + done.stderr or "it printed nothing", flush=True)
    print(", ".join(f"{number} {word}" for word, number in counts.items()))
    if counts["failed"] or not counts["ok"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
