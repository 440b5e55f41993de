#!/usr/bin/env python3
"""Writes what `make demo` printed into the tour of README.md.

    make demo > demo.log 2>&1
    python3 Tests/Fixtures/demo/readme.py demo.log          # --check only compares: exit status 1 where they differ

Every command that README shows and the demo ran gets the demo's output. A table keeps the columns that README shows of it
and goes where README shows none; hashes are cut to twelve digits, paths are relative to the repository, findings of imports
and notes that hold of every run are left out. Commands that the demo did not run are named and left
as they are.
"""
import os
import re
import shlex
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
README = os.path.join(ROOT, "README.md")


def commands(lines):
    """(command as words, first line, first line of the output, line behind it) of every `$ ` line."""
    found = []
    starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, starts[1:] + [len(lines)]):
        behind = start + 1
        while behind < end and (lines[behind - 1].endswith("\\") or lines[behind].startswith("    ")):
            behind += 1
        text = "\n".join(line.rstrip("\\") for line in lines[start:behind])
        words = [" ".join(word.split()) for word in shlex.split(text[2:])]
        found.append((words, start, behind, end))
    return found


def columns(rule):
    """Where the columns of a table stand, by the line of dashes below its header."""
    return [match.span() for match in re.finditer("-+", rule)]


def cut(lines, kept):
    """A table's lines with the kept columns only; numbers stand right, as they stood."""
    spans = columns(lines[1])
    behind = [begin for begin, _ in spans[1:]] + [None]
    cells = [[line[begin:end] for (begin, _), end in zip(spans, behind)] for line in lines]
    names = [cell.strip() for cell in cells[0]]
    wanted = [names.index(name) for name in kept if name in names]
    widths = [spans[i][1] - spans[i][0] for i in wanted]
    return ["  ".join(row[i][:w].ljust(w) for i, w in zip(wanted, widths)).rstrip() for row in cells]


def is_rule(line):
    return re.fullmatch(r"-+(  -+)*", line) is not None


def is_table(lines):
    return len(lines) > 1 and is_rule(lines[1])


def first_table(lines):
    """A table without what is printed behind it."""
    end = next((i - 1 for i in range(2, len(lines)) if is_rule(lines[i])), len(lines))
    return lines[: next((i for i in range(end) if not lines[i].strip()), end)]


def tidied(lines):
    """Without findings, what holds of the demo as a whole, machine and time; hashes and paths cut."""
    text = "\n".join(lines).rstrip().replace(ROOT + "/", "")
    text = re.sub(r"^note E-.*\n  why: .*\n  do: .*\n", "", text, flags=re.M)
    text = re.sub(r"^note: (smallest reachable|recordings are used).*\n", "", text, flags=re.M)
    text = re.sub(r"\b([0-9a-f]{12})[0-9a-f]{52}\b", r"\1...", text)
    return re.sub(r"  \d{4}-\d\d-\d\dT[^\n]*", "", text).split("\n")


def fitted(new, old):
    """New output in the shape of the old one."""
    new = tidied(new)
    if not is_table(new):
        return new
    if is_table(old):
        return cut(first_table(new), old[0].split())
    begins = {line.split()[0] for line in old if line.split()}
    return [line for line in new if line.split() and line.split()[0] in begins]


def main():
    arguments = [word for word in sys.argv[1:] if word != "--check"]
    with open(arguments[0], encoding="utf-8") as file:
        log = file.read().split("\n")
    # A step's heading stands between blank lines.
    log = [line for i, line in enumerate(log) if not re.match(r"\d+\. ", line)]
    ran = [(words, log[behind:end]) for words, _, behind, end in commands(log)]
    with open(README, encoding="utf-8") as file:
        before = file.read()

    def block(match):
        if match.group(1):
            return match.group(0)
        lines = match.group(2).split("\n")[:-1]
        out = lines[: next((i for i, line in enumerate(lines) if line.startswith("$ ")), len(lines))]
        for words, start, behind, end in commands(lines):
            at = next((i for i, (other, _) in enumerate(ran) if other == words), None)
            if at is None:
                print("not in the demo: " + " ".join(words)[:100], file=sys.stderr)
                output = lines[behind:end]
            else:
                # A command that is shown twice has its second output the second time.
                output = fitted(ran.pop(at)[1], lines[behind:end])
            out += lines[start:behind] + output
        return "```\n" + "\n".join(out) + "\n```"

    tour, rest = before.split("\n## Verbs", 1)
    after = re.sub(r"^```(\w*)\n(.*?)^```$", block, tour, flags=re.M | re.S) + "\n## Verbs" + rest
    if "--check" in sys.argv:
        sys.exit(before != after)
    with open(README, "w", encoding="utf-8") as file:
        file.write(after)


main()
