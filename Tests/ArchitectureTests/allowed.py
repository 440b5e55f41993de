#!/usr/bin/env python3
"""Counts in the sources what `allowed.tsv` has a pattern for, and writes the counts into it.

    python3 Tests/ArchitectureTests/allowed.py

Patterns and reasons stay as they stand, also where a file was moved under its own name; a line for a file that has none
left goes. Files that are new in the list are printed: AllowedTests, which reads the same patterns, refuses a line without a
reason.
"""
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "allowed.tsv")


def text(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def code(path):
    """A file without the lines that are comments."""
    return "\n".join(line for line in text(path).split("\n") if not line.lstrip(" ").startswith("//"))


def files(folder, suffix):
    found = []
    for place, _, names in os.walk(os.path.join(ROOT, folder)):
        found += [os.path.relpath(os.path.join(place, name), ROOT) for name in names if name.endswith(suffix)]
    return sorted(found)


def names(folder, suffix, pattern):
    return sorted({name for path in files(folder, suffix) for name in re.findall(pattern, text(path))})


def main():
    with open(LIST, encoding="utf-8") as file:
        lines = file.read().split("\n")
    head = [line for line in lines if line.startswith("#")]
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    patterns = [row for row in rows if row[0] == "pattern"]
    reasons = {(row[1], row[2]): row[4] for row in rows if row[0] == "count"}
    moved = {
        (kind, os.path.basename(path)): reason
        for (kind, path), reason in reasons.items() if not os.path.exists(os.path.join(ROOT, path))}
    words = "|".join(names("Sources/Base/Vocabulary", ".swift", r"(?m)^public enum (\w+)"))
    tables = "|".join(names("schema/migrations", ".sql", r'(?m)^CREATE TABLE "?(\w+_\w+)'))
    sources = files("Sources", ".swift") + files("importers", ".swift")
    counts = []
    for _, kind, pattern, free in patterns:
        expression = re.compile(pattern.replace("{words}", words).replace("{tables}", tables))
        spared = tuple(free.split(","))
        for path in sources:
            if path.startswith(spared):
                continue
            number = len(expression.findall(code(path)))
            if number:
                reason = reasons.get((kind, path)) or moved.get((kind, os.path.basename(path)), "")
                counts.append(["count", kind, path, str(number), reason])
                if not reason:
                    print(f"{path}: `{kind}` has no reason")
    with open(LIST, "w", encoding="utf-8") as file:
        file.write("\n".join(head + ["\t".join(row) for row in patterns + counts]) + "\n")


main()
