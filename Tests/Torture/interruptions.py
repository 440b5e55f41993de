"""SIGKILL and failing calls in the middle of every verb that writes."""
import collections
import dataclasses
import errno
import pathlib
import pickle
import random
import sqlite3
import threading

import world

FULL_DISK = "E-WH-008"
# What an injected error may end a command with: the disk's, the system's or "run again".
STATED = {
    "EIO": {73, 74, 75}, "ENOSPC": {73, 74, 75}, "EDQUOT": {73, 74, 75}, "EMFILE": {69, 73, 74, 75}, "short": set(),
}
COUNTED = {"EIO": "wynutlmcr", "ENOSPC": "wyntlmc", "EDQUOT": "wyntlmc", "EMFILE": "o", "short": "w"}


@dataclasses.dataclass
class Undisturbed:
    """What a case leads to when nothing happens."""
    calls: dict  # of each attack
    before: dict
    holdings: dict
    outputs: dict
    files: list


def outputs(case, place):
    """Hashes of what a case writes beside the warehouse; of a warehouse what it holds."""
    found = {}
    for name in case.outputs:
        path = pathlib.Path(place) / name
        if (path / "catalog.sqlite").exists():
            found[name] = world.holdings(path)
        elif path.is_dir():
            found.update({f"{name}/{inner}": digest for inner, digest in world.files_below(path).items()})
        elif path.exists():
            found.update({name: world.files_below(path.parent)[name]})
    return found


def stored_files(warehouse):
    """Names of the files in a warehouse's folders."""
    return sorted(str(path.relative_to(warehouse)) for folder in ("arrays", "quarantine", "partial", "spool")
                  for path in (pathlib.Path(warehouse) / folder).rglob("*") if path.is_file())


class Interruptions:
    def __init__(self, world_, bases, seed):
        self.world, self.bases, self.seed = world_, bases, seed
        self.folder = world_.folder / "interruptions"
        self.folder.mkdir(exist_ok=True)
        self.lock, self.locks = threading.RLock(), collections.defaultdict(threading.RLock)
        self.attacked = collections.Counter()
        self.store = self.folder / "undisturbed"
        self.known = pickle.loads(self.store.read_bytes()) if self.store.exists() else {}
        if self.known.get("program") != world_.program:
            self.known = {"program": world_.program}

    def undisturbed(self, case):
        with self.locks[case.name]:
            if case.name not in self.known:
                found = self.twice(case)
                with self.lock:
                    self.known[case.name] = found
                    self.store.write_bytes(pickle.dumps(self.known))
            return self.known[case.name]

    def twice(self, case):
        """Runs a case two times: its calls are counted, and what it leads to must be the same."""
        base = self.bases.path(case.base)
        has = (base / "w.evoke/catalog.sqlite").exists() and case.base != "broken"
        found, calls = [], {}
        for root, kinds in [(None, world.LETTERS), ("/", COUNTED["EMFILE"])]:
            place = self.folder / f"plain-{case.name.replace(' ', '_')}"
            world.copy(base, place)
            ending = self.world.run(case.words, place, kinds=kinds, root=root)
            if ending.status != case.first_status:
                raise SystemExit(f"torture: {case.name}: exit {ending.status} where nothing was done to it: {ending.errors}")
            if root:
                calls["EMFILE"] = ending.calls
            else:
                calls = {name: sum(ending.kinds[kind] for kind in counted)
                         for name, counted in [("kill", world.DURABLE), *COUNTED.items()]}
            verified = self.world.run(["verify", "--level", "3"], place)
            if verified.status != 0:
                raise SystemExit(f"torture: {case.name}: verify {verified.status}: {verified.output} {verified.errors}")
            found.append((world.holdings(place / "w.evoke"), outputs(case, place)))
            files = stored_files(place / "w.evoke")
            world.drop(place)
        if found[0][0] != found[1][0]:
            raise SystemExit(f"torture: {case.name} twice: {world.differences(found[0][0], found[1][0])}")
        same = {name: value for name, value in found[0][1].items() if found[1][1].get(name) == value}
        before = world.holdings(base / "w.evoke") if has else {}
        return Undisturbed(calls, before, found[0][0], same, files)

    def attack(self, case, kind, at, act, who="self", sticky=False):
        """One attack and everything that must hold afterwards; (outcome, detail) with outcome "held" where it does."""
        plain = self.undisturbed(case)
        label = f"{case.name.replace(' ', '_').replace('-', '')}-{kind}-{at}-{act}-{who}-{int(sticky)}"
        with self.lock:
            # Two that are drawn alike have a folder each.
            self.attacked[label] += 1
            label += f"-{self.attacked[label]}" if self.attacked[label] > 1 else ""
        place = self.folder / label
        world.copy(self.bases.path(case.base), place)
        kinds = world.DURABLE if kind == "kill" else COUNTED[kind]
        hit = self.world.run(
            case.words, place, at=at, act=act, kinds=kinds, who=who, sticky=sticky,
            root="/" if kind == "EMFILE" else None)
        what = f"{case.name}: {kind} {act} at call {at} ({hit.call} {hit.place}), {who}{', sticky' if sticky else ''}"
        faults = []
        if hit.fired == 0:
            world.drop(place)
            return "not reached", what, hit
        if hit.timed_out:
            faults.append("hang")
        if hit.survivors:
            faults.append(f"{hit.survivors} processes lived on")
        if kind != "kill" or who == "self":
            faults += self.judge_status(case, kind, hit, place, plain)
        if self.is_of_source(kind, hit):
            # A file that cannot be read is set aside by its name; mended, another import brings it.
            faults = [fault for fault in faults if not fault.startswith("misnamed")]
            faults += [fault for fault in self.judge_after(case, place, plain) if not fault.startswith("other rows")]
        else:
            faults += self.judge_after(case, place, plain)
        if not faults:
            world.drop(place)
            return "held", what, hit
        return faults[0].split(":")[0], f"{what}: exit {hit.status} {hit.code}: {'; '.join(faults)} [{hit.last}] in {place}", hit

    def judge_status(self, case, kind, hit, place, plain):
        if kind == "kill":
            # The command itself, or one of its workers.
            return [] if hit.status in (-9, 0, 69, 73, 74, 75, 65) else [f"exit status: {hit.status}"]
        if hit.status < 0:
            return [f"signal: {hit.status}"]
        if hit.status == 70:
            return ["internal: 70"]
        if hit.status == 0:
            # Closing on a full disk may leave the journal of its last call, which connections that only read cannot take in.
            if (place / "w.evoke/catalog.sqlite-journal").exists():
                verified = self.world.run(["verify", "--level", "3"], place)
                if verified.status != 0:
                    return [f"verify: exit {verified.status}: {verified.output[-300:]} {verified.last}"]
            found = world.holdings(place / "w.evoke")
            return [] if found == plain.holdings else [f"0 with other rows: {world.differences(plain.holdings, found)}"]
        return [] if hit.status in STATED[kind] else [f"misnamed: exit {hit.status} {hit.code}"]

    @staticmethod
    def is_of_source(kind, hit):
        """Whether a file to be imported could not be read, and the command said that it was this file."""
        return kind == "EIO" and "read" in hit.call and "/w.evoke" not in hit.place and hit.status in (65, 66)

    def judge_after(self, case, place, plain):
        faults = []
        warehouse = place / "w.evoke"
        if (warehouse / "catalog.sqlite").exists() and case.base not in ("bare", "broken"):
            verified = self.world.run(["verify", "--level", "3"], place)
            if verified.status < 0:
                faults.append(f"signal: verify {verified.status}")
            elif verified.status != 0 and case.sound:
                faults.append(f"verify: exit {verified.status}: {verified.output[-300:]} {verified.last}")
            elif verified.status not in (0, 1):
                faults.append(f"unreadable: verify {verified.status} {verified.last}")
            try:
                found = world.holdings(warehouse)
            except sqlite3.Error as error:
                return [*faults, f"unreadable: {error}"]
            faults += self.lost(case, plain, found)
        again = self.world.run(case.words, place)
        if again.status != case.first_status:
            done = case.again_may_refuse and 0 < again.status < 70
            exists = case.outputs and again.status == 73
            if not (done or exists):
                faults.append(f"again: exit {again.status} {again.last}")
        verified = self.world.run(["verify", "--level", "3"], place)
        if verified.status != 0:
            faults.append(f"verify after again: exit {verified.status}: {verified.output[-300:]} {verified.last}")
            return faults
        found = world.holdings(warehouse)
        if found != plain.holdings:
            faults.append(f"other rows: {world.differences(plain.holdings, found)}")
        # What is taken out must be out, whenever the taking was cut off.
        if case.words[0] == "forget":
            left = [name for name in stored_files(warehouse) if name not in plain.files]
            if left:
                faults.append(f"left behind: {left[:3]}")
        made = outputs(case, place)
        other = [name for name, value in plain.outputs.items() if made.get(name) != value]
        if other:
            faults.append(f"other files: {other[:3]}")
        return faults

    def lost(self, case, plain, found):
        """What the verb keeps when nothing happens must be there whenever it is cut off."""
        for name in ("activity", "array", "source", "cohort"):
            gone = [row for row in plain.before[name] if row in plain.holdings[name] and row not in found[name]]
            if gone:
                return [f"lost: {len(gone)} of {name}, {gone[:2]}"]
        return []


def plan_kills(attacks, cases, most_swept, total, seed):
    """Kills: every call of verbs with few, and random ones, until there are `total`."""
    numbers = random.Random(seed)
    plan, swept = [], 0
    for case in cases:
        calls = attacks.undisturbed(case).calls["kill"]
        if calls <= most_swept:
            for at in range(1, calls + 1):
                plan.append((case, at, "before", "all"))
                plan.append((case, at, "torn", numbers.choice(["self", "all"])))
            plan.append((case, calls, "after", "all"))
    swept = len(plan)
    weighted = [case for case in cases for _ in range(case.weight)]
    for _ in range(total):
        case = numbers.choice(weighted)
        calls = attacks.undisturbed(case).calls["kill"]
        plan.append((case, numbers.randint(1, max(1, calls)), numbers.choice(["before", "after", "torn"]),
                     numbers.choice(["self", "all"])))
    return plan, swept


def plan_errors(attacks, cases, each, seed):
    """For every case and error so many calls, half of them failing once, half from then on."""
    numbers = random.Random(seed + 1)
    plan = []
    for case in cases:
        for kind in STATED:
            calls = attacks.undisturbed(case).calls[kind]
            if not calls:
                continue
            places = range(1, calls + 1)
            for at in sorted(numbers.sample(places, min(each, calls))):
                act = "short" if kind == "short" else str(getattr(errno, kind))
                plan.append((case, kind, at, act, numbers.random() < 0.5))
    return plan


def tally(results):
    return dict(collections.Counter(outcome for outcome, _, _ in results))
