"""Medians over rounds and ratios to evoke, from lines of JSON.

usage: table.py LINES [--write SPEED.md --machine TEXT --commands FILE --rounds N]
With --write the part of the file between its two marks is replaced.
"""
import argparse
import collections
import json
import statistics

BEGIN, END = "<!-- table: written by run.sh -->", "<!-- table ends -->"


def median(records, key):
    """Median of `key`, or of `key` scaled up to all of the work where only a part of it was run."""
    return statistics.median(r.get(key + "_all", r[key]) for r in records)


def table(lines):
    rows = collections.defaultdict(list)
    for line in lines:
        if line.startswith("{"):
            record = json.loads(line)
            rows[record["part"], record["peer"]].append(record)
    text = ["| work | program | wall s (least - most) | processor s | wall ratio | processor ratio | peak MB | other cores |",
            "|---|---|---|---|---|---|---|---|"]
    for (part, peer), records in rows.items():
        walls = [r.get("seconds_all", r["seconds"]) for r in records]
        wall, cpu = median(records, "seconds"), median(records, "cpu_seconds")
        other = statistics.median(v for r in records for v in r["other_cores"])
        own = rows.get((part, "evoke"))
        ratios = f"{wall / median(own, 'seconds'):.2f} | {cpu / median(own, 'cpu_seconds'):.2f}" if own else "| "
        peak = median(records, "peak_mb") if all("peak_mb" in r for r in records) else float("nan")
        text.append(f"| {part} | {peer} | {wall:.2f} ({min(walls):.2f} - {max(walls):.2f}) | {cpu:.2f} | {ratios} "
                    f"| {peak:.0f} | {other:.2f} |")
    return text


parser = argparse.ArgumentParser()
parser.add_argument("lines")
parser.add_argument("--write")
parser.add_argument("--machine", default="")
parser.add_argument("--commands")
parser.add_argument("--rounds", type=int, default=0)
options = parser.parse_args()
with open(options.lines) as file:
    text = table(file)
print("\n".join(text))
if options.write:
    commands = collections.defaultdict(list)
    with open(options.commands) as file:
        for line in file:
            part, command = line.rstrip("\n").split(" | ", 1)
            commands[part].append(" ".join(word.rsplit("/", 1)[-1] for word in command.split(" ")))
    block = [BEGIN, f"Machine: {options.machine}. Medians of {options.rounds} turns.", "", *text, ""]
    block += [f"- {part}: " + "; ".join(f"`{c}`" for c in done) for part, done in commands.items()] + [END]
    with open(options.write) as file:
        before, _, rest = file.read().partition(BEGIN)
    after = rest.partition(END)[2] if rest else ""
    with open(options.write, "w") as file:
        file.write(before.rstrip("\n") + "\n\n" + "\n".join(block) + (after or "\n"))
