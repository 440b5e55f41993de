"""Single bits turned over in a closed catalog, in array files and in the journals that a death left."""
import os
import pathlib
import random
import sqlite3

import world
from cases import RUNS

# Verbs that may not make damage pass for what was written.
WRITERS = [
    ["gc"], ["consent", "d", "none", "--reason", "vote 17"], ["import", "annotations", "late.csv", "--dataset", "d",
                                                               "--stimulus", "clip0"],
    RUNS[0], ["cohort", "define", "some", "--stimuli", "SELECT stimulus_id FROM stimulus WHERE name <> 'clip2'"],
    ["check", "alignment"], ["relocate", "ratings-1.csv", "ratings-1.csv"], ["backup", "copy"],
    ["forget", "s1.csv", "--cascade"], ["extract", "--set", "lld12"],
]


def flip(path, bit):
    """Turns a bit over in place; size and time of writing stay what they were."""
    status = os.stat(path)
    mode = status.st_mode
    os.chmod(path, 0o644)
    with open(path, "r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ (1 << (bit % 8))]))
    os.chmod(path, mode & 0o7777)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def results(warehouse):
    """Every row of every view and table but columns that are left out of hashes, or the error that reading gives."""
    try:
        connection = world.open_catalog(pathlib.Path(warehouse) / "catalog.sqlite")
        connection.text_factory = bytes
        try:
            exempt = {(table.decode(), column.decode()) for table, column in connection.execute(
                "SELECT object, column_name FROM schema_doc WHERE exempt IS NOT NULL")}
            found = {}
            for name, kind in connection.execute(
                "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                name = name.decode()
                columns = [row[1].decode() for row in connection.execute(f'PRAGMA table_info("{name}")')]
                kept = [f'"{column}"' for column in columns if (name, column) not in exempt]
                found[name] = sorted(map(repr, connection.execute(f'SELECT {", ".join(kept)} FROM "{name}"')))
            return found
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError, ValueError, OverflowError) as error:
        return f"unreadable: {error}"


class Flips:
    def __init__(self, world_, bases, attacks, seed):
        self.world, self.bases, self.attacks, self.seed = world_, bases, attacks, seed
        self.folder = world_.folder / "flips"
        self.folder.mkdir(exist_ok=True)
        self.base = bases.path("studied")
        self.plain = (world.contents(self.base / "w.evoke"), results(self.base / "w.evoke"))
        self.after = {}

    def prepare(self, index):
        """What a verb leads to where nothing is damaged."""
        place = self.folder / f"plain-{index}"
        world.copy(self.base, place)
        self.world.run(WRITERS[index], place)
        self.after[index] = world.holdings(place / "w.evoke")
        world.drop(place)

    def closed(self, region, number):
        """A bit of a closed warehouse: found by verify, or the same rows; found still after a verb that writes."""
        numbers = random.Random(f"{self.seed} {region} {number}")
        place = self.folder / f"{region}-{number}"
        world.copy(self.base, place)
        warehouse = place / "w.evoke"
        if region == "array":
            path = numbers.choice(sorted((warehouse / "arrays").rglob("*.h5")))
        elif region == "seal":
            path = warehouse / "catalog.sqlite.sha256"
        else:
            path = warehouse / "catalog.sqlite"
        size = path.stat().st_size * 8
        bit = numbers.randrange(800 if region == "catalog header" else size)
        flip(path, bit)
        what = f"{region} {number}: bit {bit} of {path.relative_to(warehouse)}"
        verified = self.world.run(["verify", "--level", "3"], place)
        if verified.status < 0 or verified.timed_out:
            return "signal", f"{what}: verify {verified.status} {verified.last} in {place}"
        same = self.sameness(warehouse, region)
        if verified.status == 0 and region == "array":
            return "missed", f"{what}: verify says nothing, in {place}"
        if verified.status == 0 and same == "other":
            return "missed", f"{what}: other rows, and verify says nothing, in {place}"
        named = str(path.relative_to(warehouse)) in verified.output + verified.errors or same != "other" or "catalog" in (
            verified.output + verified.errors)
        index = number % len(WRITERS)
        writer = self.world.run(WRITERS[index], place)
        if writer.status < 0 or writer.timed_out:
            return "signal", f"{what}: {' '.join(WRITERS[index])} {writer.status} {writer.last} in {place}"
        if writer.status == 70:
            return "internal", f"{what}: {' '.join(WRITERS[index])} {writer.last} in {place}"
        if verified.status != 0:
            later = self.world.run(["verify", "--level", "3"], place)
            if later.status < 0:
                return "signal", f"{what}: verify after {WRITERS[index][0]} {later.status} in {place}"
            if later.status == 0 and not self.mended(index, warehouse, place):
                return "laundered", f"{what}: by {' '.join(WRITERS[index])} (exit {writer.status}), in {place}"
            outcome = "detected" if named else "detected without its name"
        else:
            later = self.world.run(["verify", "--level", "3"], place)
            if later.status != 0:
                return "found late", f"{what}: only after {' '.join(WRITERS[index])}: {later.last} in {place}"
            outcome = "harmless" if same == "same" else "harmless (columns of place or state)"
        world.drop(place)
        return outcome, what

    def sameness(self, warehouse, region):
        if region == "array":
            return "other"
        contents = world.contents(warehouse)
        if contents == self.plain[0]:
            return "same"
        found = results(warehouse)
        return "exempt" if found == self.plain[1] else "other"

    def mended(self, index, warehouse, place):
        """Whether a verb made what was damaged again, so that all is as it would be without the damage."""
        try:
            return world.holdings(warehouse) == self.after[index]
        except sqlite3.Error:
            return False

    def torn(self, case, count, seed):
        """Folders in which a case was killed while its journal or log held something."""
        numbers = random.Random(f"{seed} {case.name}")
        calls = self.attacks.undisturbed(case).calls["kill"]
        found = []
        for attempt in range(4 * count):
            if len(found) == count:
                break
            # The log is filled before it is taken into the catalog.
            at = numbers.randint(calls // 3, calls)
            place = self.folder / f"dead-{case.name.replace(' ', '_')}-{attempt}"
            world.copy(self.bases.path(case.base), place)
            self.world.run(case.words, place, at=at, act="before", who="all")
            left = [path for path in (place / "w.evoke").glob("catalog.sqlite-*")
                    if path.name.endswith(("-wal", "-journal")) and path.stat().st_size > 512]
            if left:
                found.append((place, left[0].name, at))
            else:
                world.drop(place)
        return found

    def journal(self, case, dead, name, number):
        """A bit of a journal: afterwards the verb ends with the same rows, or somebody says what is wrong."""
        numbers = random.Random(f"{self.seed} journal {case.name} {number} {dead.name}")
        place = self.folder / f"journal-{case.name.replace(' ', '_')}-{number}"
        world.copy(dead, place)
        path = place / "w.evoke" / name
        bit = numbers.randrange(path.stat().st_size * 8)
        flip(path, bit)
        what = f"journal {number}: {case.name}, bit {bit} of {name} of {dead.name}"
        first = self.world.run(["verify", "--level", "3"], place)
        again = self.world.run(case.words, place)
        last = self.world.run(["verify", "--level", "3"], place)
        for ending in (first, again, last):
            if ending.status < 0 or ending.timed_out:
                return "signal", f"{what}: {ending.status} {ending.last} in {place}"
            if ending.status == 70:
                return "internal", f"{what}: {ending.last} in {place}"
        if last.status != 0:
            outcome = "detected"
        else:
            try:
                same = world.holdings(place / "w.evoke") == self.attacks.undisturbed(case).holdings
            except sqlite3.Error as error:
                return "missed", f"{what}: {error} in {place}"
            if not same:
                difference = world.differences(self.attacks.undisturbed(case).holdings, world.holdings(place / "w.evoke"))
                return ("laundered" if first.status != 0 else "missed"), f"{what}: exit {again.status}: {difference} in {place}"
            outcome = "harmless"
        world.drop(place)
        return outcome, what
