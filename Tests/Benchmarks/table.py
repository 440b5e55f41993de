"""Medians over rounds and ratios to evoke, from lines of JSON."""
import collections
import json
import statistics
import sys

rows = collections.defaultdict(list)
for line in open(sys.argv[1]):
    record = json.loads(line)
    rows[record["part"], record["peer"]].append(record)


def median(records, key):
    """Median of `key`, or of `key` scaled up to all of the work where only a part of it was run."""
    return statistics.median(r.get(key + "_all", r[key]) for r in records)


print("| work | program | wall s (least - most) | processor s | wall ratio | processor ratio | other cores |")
print("|---|---|---|---|---|---|---|")
for (part, peer), records in rows.items():
    own = rows[part, "evoke"]
    walls = [r.get("seconds_all", r["seconds"]) for r in records]
    wall, cpu = median(records, "seconds"), median(records, "cpu_seconds")
    other = statistics.median(v for r in records for v in r["other_cores"])
    print(f"| {part} | {peer} | {wall:.2f} ({min(walls):.2f} - {max(walls):.2f}) | {cpu:.2f} "
          f"| {wall / median(own, 'seconds'):.2f} | {cpu / median(own, 'cpu_seconds'):.2f} | {other:.2f} |")
