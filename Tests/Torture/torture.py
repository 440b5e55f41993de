#!/usr/bin/env python3
"""The attacks on a built `evoke`: make torture, or

    /usr/bin/python3 Tests/Torture/torture.py [--evoke .build/release/evoke] [--only kills,errors,flips,company,mutants]
        [--seed N] [--kills N] [--errors N] [--flips N] [--mutants N] [--minutes M] [--jobs J] [--report FILE]

Python's standard library and a C compiler are all it takes. interpose.c is preloaded into every process of a command; it
counts the calls that change files (write, fsync, rename, unlink, truncate, link, mkdir, create, chmod), and at the n-th it
kills, fails or cuts short. Evoke itself knows nothing of it.

  world.py          runs a command under attack; what a warehouse holds, by hashes
  cases.py          a case or more of every verb that writes; a verb of `evoke --help` without one ends the suite
  interruptions.py  kills      SIGKILL before, after and in the middle of calls: every one of short verbs, random ones of all
                    errors     EIO, ENOSPC, EDQUOT, EMFILE and short writes, once or from then on
                    Afterwards verify --level 3 reads it and is content, and the same command ends with the same rows.
  flips.py          flips      a bit of the closed catalog, its seal, an array file, a journal left by a death: verify says
                    so, or every row is the same; and no verb that writes makes the damage pass for what was written
  company.py        company    readers and writers at once, stopped holders, clocks that are off
  mutants.py        mutants    crafted files of every format through the command line, with limits on time and memory
  fuzz/make_fuzz.py            libFuzzer over the readers of bytes: make fuzz FUZZ_SECONDS=600

Everything is drawn from --seed; --folder keeps what it starts from for the next call. What fails is printed with the folder that shows it, which stays. The table in
Tests/Benchmarks/RESULTS.md between the markers of `torture` is written by --report, of what was run, never more.
"""
import argparse
import collections
import concurrent.futures
import datetime
import json
import pathlib
import random
import re
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cases as verbs  # noqa: E402
import company  # noqa: E402
import flips  # noqa: E402
import interruptions  # noqa: E402
import mutants  # noqa: E402
import world  # noqa: E402

ROOT = world.HERE.parent.parent
START, END = "<!-- torture: written by make torture -->", "<!-- end of torture -->"
GOOD = {"held", "not reached", "detected", "harmless", "harmless (columns of place or state)"}


def report(path, files):
    """Writes the table between its markers, of the results of one call or several; what was not run is said to be not run."""
    lines = [START, "| attack | on | seed | tried | outcomes |", "|---|---|---|---|---|"]
    groups, totals, minutes, commands = set(), collections.defaultdict(collections.Counter), 0, 0
    for name in files:
        found = json.loads(pathlib.Path(name).read_text())
        minutes, commands = minutes + found["seconds"] / 60, commands + found["commands"]
        for group, rows in found["tables"].items():
            if group == "statuses":
                continue
            groups.add(group)
            for row, counts in sorted(rows.items()):
                totals[group].update(counts)
                lines.append(f"| {group} | {row} | {found['seed'] or ''} | {outcomes(counts)} |")
    for group, counts in totals.items():
        lines.append(f"| **{group}** | all | | {outcomes(counts)} |")
    lines.insert(1, f"{datetime.date.today().isoformat()}: {commands} commands in {minutes:.0f} minutes.\n")
    without = {"kills", "errors", "flips", "company", "mutants", "fuzz"} - groups
    if without:
        lines += ["", f"Not run: {', '.join(sorted(without))}."]
    block = "\n".join([*lines, END])
    text = path.read_text(encoding="utf-8")
    if START in text:
        text = text[:text.index(START)] + block + text[text.index(END) + len(END):]
    else:
        text = text.rstrip("\n") + "\n\n## Attacks\n\n" + block + "\n"
    path.write_text(text, encoding="utf-8")


def outcomes(counts):
    tried = sum(count for outcome, count in counts.items() if outcome != "not reached")
    return f"{tried} | " + ", ".join(f"{outcome} {count}" for outcome, count in sorted(counts.items()))


class Suite:
    def __init__(self, options):
        self.options = options
        self.began = time.monotonic()
        self.world = world.World(options.evoke, options.folder or tempfile.mkdtemp(prefix="evoke-torture-"))
        self.bases = verbs.Bases(self.world)
        self.cases = [case for case in verbs.all_cases() if not options.cases or re.search(options.cases, case.name)]
        self.attacks = interruptions.Interruptions(self.world, self.bases, options.seed)
        self.results = pathlib.Path(options.into) if options.into else self.world.folder / "results.json"
        self.tables = {}
        self.faults = []

    def say(self, text):
        print(f"[{time.monotonic() - self.began:6.0f} s] {text}", flush=True)

    def each(self, group, jobs, attack):
        """Makes attacks until they or the minutes are over; outcomes are counted per row of the table."""
        end = time.monotonic() + self.options.minutes * 60
        rows = collections.defaultdict(collections.Counter)
        told = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            waiting, jobs = set(), iter(jobs)
            while True:
                while len(waiting) < self.options.jobs and time.monotonic() < end:
                    job = next(jobs, None)
                    if job is None:
                        break
                    waiting.add(pool.submit(self.guarded, attack, job))
                if not waiting:
                    break
                done, waiting = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
                if time.monotonic() - told > 60:
                    told = time.monotonic()
                    self.say(f"{group}: {sum(sum(counts.values()) for counts in rows.values())} so far")
                    self.tables[group] = {row: dict(counts) for row, counts in rows.items()}
                    self.write()
                for future in done:
                    for row, outcome, detail, count in future.result():
                        rows[row][outcome] += count
                        if outcome not in GOOD:
                            self.faults.append((group, row, outcome, detail))
                            self.say(f"FAULT {outcome}: {detail}")
        self.tables[group] = {row: dict(counts) for row, counts in rows.items()}
        for row, counts in sorted(rows.items()):
            self.say(f"{group}: {row}: {dict(counts)}")
        self.write()

    def guarded(self, attack, job):
        try:
            return attack(job)
        except (Exception, SystemExit):  # an attack that cannot be judged is none that held
            return [(str(job)[:60], "not judged", f"{job}: {traceback.format_exc()[-900:]}", 1)]

    def write(self):
        """What was found so far, for --report and for whoever stops the suite."""
        path = self.results
        path.write_text(json.dumps({
            "seed": self.options.seed, "seconds": round(time.monotonic() - self.began), "commands": self.world.commands,
            "tables": self.tables, "faults": self.faults}, indent=1))

    def kills(self):
        plan, swept = interruptions.plan_kills(
            self.attacks, self.cases, self.options.swept, self.options.kills, self.options.seed)
        self.say(f"kills: {swept} swept, {len(plan) - swept} random")
        order = list(enumerate(plan))
        random.Random(self.options.seed).shuffle(order)

        def attack(job):
            index, (case, at, act, who) = job
            outcome, detail, _ = self.attacks.attack(case, "kill", at, act, who)
            return [(f"{case.name}, {'swept' if index < swept else 'random'}", outcome, detail, 1)]
        self.each("kills", order, attack)

    def errors(self):
        plan = interruptions.plan_errors(self.attacks, self.cases, self.options.errors, self.options.seed)
        random.Random(self.options.seed).shuffle(plan)
        self.say(f"errors: {len(plan)}")
        self.statuses = collections.Counter()

        def attack(job):
            case, kind, at, act, sticky = job
            outcome, detail, hit = self.attacks.attack(case, kind, at, act, sticky=sticky)
            if hit.fired:
                self.statuses[f"{kind} {hit.status} {hit.code}"] += 1
            return [(kind, outcome, detail, 1)]
        self.each("errors", plan, attack)
        self.tables["statuses"] = {name: {"commands": count} for name, count in sorted(self.statuses.items())}

    def flips(self):
        attacks = flips.Flips(self.world, self.bases, self.attacks, self.options.seed)
        dying = [case for case in self.cases if case.name in ("run", "import annotations", "import fmri", "consent")]
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            list(pool.map(attacks.prepare, range(len(flips.WRITERS))))
            torn = list(pool.map(lambda case: attacks.torn(case, 6, self.options.seed), dying))
        dead = [(case, *state) for case, states in zip(dying, torn) for state in states]
        total = self.options.flips
        jobs = [("catalog", n) for n in range(total * 9 // 20)] + [("catalog header", n) for n in range(total // 20)]
        jobs += [("array", n) for n in range(total * 6 // 20)] + [("seal", n) for n in range(total // 20)]
        journals = total - len(jobs)
        self.say(f"flips: {len(jobs)} closed, {journals if dead else 0} in {len(dead)} journals")
        jobs += [("journal", n) for n in range(journals)] if dead else []
        random.Random(self.options.seed).shuffle(jobs)

        def attack(job):
            region, number = job
            if region != "journal":
                outcome, detail = attacks.closed(region, number)
                return [(region, outcome, detail, 1)]
            case, place, name, _ = dead[number % len(dead)]
            outcome, detail = attacks.journal(case, place, name, number)
            return [(name.replace("catalog.sqlite-", "journal: "), outcome, detail, 1)]
        self.each("flips", jobs, attack)

    def company(self):
        group = company.Company(self.world, self.bases, self.attacks, verbs.all_cases())
        rounds = self.options.rounds
        # Small jobs, drawn by turns: --minutes ends between two of them.
        jobs = [("readers beside a writer", group.readers, (number,)) for number in range(rounds)]
        jobs += [("writers at once", group.writers, (number,)) for number in range(rounds)]
        jobs += [("stopped holders", group.stopped, (number,)) for number in range(2 * rounds)]
        jobs += [("clocks", group.clock, pair) for pair in group.clocked()]
        random.Random(self.options.seed).shuffle(jobs)
        self.say(f"company: {len(jobs)}")
        jobs_ = self.options.jobs
        self.options.jobs = 1

        def attack(job):
            row, method, arguments = job
            return [(row, outcome, detail, 1) for outcome, detail in method(*arguments)]
        self.each("company", jobs, attack)
        self.options.jobs = jobs_

    def mutants(self):
        group = mutants.Mutants(self.world, self.bases, self.options.seed)
        usable = [family for family in mutants.families() if group.is_usable(family)]
        for name, why in group.skipped.items():
            self.faults.append(("mutants", name, "not tried", why))
            self.say(f"NOT TRIED {name}: {why}")
        each = -(-self.options.mutants // len(usable))
        jobs = [(family, number) for family in usable for number in range(-(-each // family.batch))]
        random.Random(self.options.seed).shuffle(jobs)

        def attack(job):
            family, number = job
            count, kept, faults = group.batch(family, number)
            row = f"{family.name} ({family.library})"
            return [(row, "held", "", count - min(count, len(faults)))] + [
                (row, fault.split(": ")[1].split(":")[0], fault, 1) for fault in faults]
        self.each("mutants", jobs, attack)

    def run(self):
        without = verbs.uncovered(self.world, verbs.all_cases())
        if without:
            raise SystemExit(f"torture: verbs that write without a case in cases.py: {', '.join(without)}")
        if {"kills", "errors"} & set(self.options.only.split(",")):
            # Other attacks ask for what they need.
            with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
                list(pool.map(self.attacks.undisturbed, self.cases))
        for name in self.options.only.split(","):
            self.say(f"--- {name}")
            getattr(self, name)()
        if self.options.report:
            report(pathlib.Path(self.options.report), [self.results])
        self.say(f"{self.world.commands} commands, {len(self.faults)} faults; {self.results}")
        return 1 if self.faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evoke", default=str(ROOT / ".build/release/evoke"))
    parser.add_argument("--folder")
    parser.add_argument("--only", default="kills,errors,flips,company,mutants")
    parser.add_argument("--cases", help="regular expression of the cases to attack")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--swept", type=int, default=60, help="verbs with at most so many calls are swept")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--errors", type=int, default=4, help="calls for every case and error")
    parser.add_argument("--flips", type=int, default=2000)
    parser.add_argument("--mutants", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=1e9, help="longest time of each group")
    parser.add_argument("--into", help="file for the results (results.json of the folder); written every minute")
    parser.add_argument("--report", help="file with the table")
    parser.add_argument("--results", nargs="+", help="attack nothing: make the table of these results.json")
    options = parser.parse_args()
    if options.results:
        return report(pathlib.Path(options.report), options.results)
    return Suite(options).run()


if __name__ == "__main__":
    sys.exit(main())
