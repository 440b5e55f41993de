"""Readers and writers at the same time, holders that stand still, and clocks that are wrong."""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import world
from cases import RUNS

LATE = ["import", "annotations", "late.csv", "--dataset", "d", "--stimulus", "clip0"]


class Company:
    def __init__(self, world_, bases, attacks, cases):
        self.world, self.bases, self.attacks = world_, bases, attacks
        self.cases = {case.name: case for case in cases}
        self.folder = world_.folder / "company"
        self.folder.mkdir(exist_ok=True)

    def begin(self, words, place):
        """Starts a command and does not wait for it."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EVOKE_")}
        environment.update(
            OPENBLAS_NUM_THREADS="1", TMPDIR=str(place), LD_PRELOAD=self.world.shim, TORTURE_NOW=str(world.NOW))
        return subprocess.Popen(
            [self.world.evoke, *words], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True, text=True, preexec_fn=lambda: self.world.enter(place))

    def await_writer(self, process, place, seconds=20):
        """Until a process holds the writer's lock and has begun its work."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and process.poll() is None:
            lock = place / "w.evoke/writer.lock"
            if lock.exists() and f"pid {process.pid} " in lock.read_text(errors="replace"):
                return True
            time.sleep(0.002)
        return False

    def finish(self, process, what, expected, place):
        _, errors = process.communicate(timeout=600)
        if process.returncode != 0:
            return [("fault", f"{what}: the writer ended with {process.returncode}: {errors.strip()[-300:]}")]
        found = world.holdings(place / "w.evoke")
        if found != expected:
            return [("fault", f"{what}: other rows: {world.differences(expected, found)}")]
        verified = self.world.run(["verify", "--level", "3"], place)
        return [("held", what)] if verified.status == 0 else [("fault", f"{what}: verify: {verified.last}")]

    def readers(self, number):
        """Reading verbs while a run writes: each answers, and the run ends as ever."""
        found = []
        expected = self.attacks.undisturbed(self.cases["run -j 2"]).holdings
        questions = [["status"], ["query", "import_log"], ["sql", "SELECT count(*) FROM unit"], ["verify", "--level", "3"],
                     ["plan", "study.yaml", "--allow-invalid"], ["gc", "--dry-run"], ["why", "ratings-0.csv"], ["features"]]
        place = self.folder / f"readers-{number}"
        world.copy(self.bases.path("imported"), place)
        process = self.begin(self.cases["run -j 2"].words, place)
        self.await_writer(process, place)
        asked = 0
        while process.poll() is None or asked == 0:
            words = questions[(number + asked) % len(questions)]
            ending = self.world.run(words, place, shim=False)
            asked += 1
            ok = ending.status == 0
            found.append(("held" if ok else "fault",
                          f"{words[0]} beside a run: exit {ending.status} {ending.output[-200:]} {ending.last}"))
        found += self.finish(process, "a run with readers", expected, place)
        world.drop(place)
        return found

    def writers(self, number):
        """Two or three writers at once: each waits or is told who writes; in the end all is there."""
        found = []
        place = self.folder / f"writers-{number}"
        world.copy(self.bases.path("imported"), place)
        # Both orders of the two lead to the same.
        processes = [(words, self.begin(words, place)) for words in (RUNS[0], RUNS[1], LATE)]
        for words, process in processes:
            _, errors = process.communicate(timeout=600)
            ok = process.returncode in (0, 75)
            found.append(("held" if ok else "fault",
                          f"{' '.join(words[:2])} beside two writers: {process.returncode}: {errors.strip()[-300:]}"))
        for words in (RUNS[0], RUNS[1], LATE):
            ending = self.world.run(words, place)
            found.append(("held" if ending.status == 0 else "fault", f"{words[0]} afterwards: {ending.last}"))
        verified = self.world.run(["verify", "--level", "3"], place)
        found.append(("held" if verified.status == 0 else "fault", f"verify after three writers: {verified.last}"))
        units = world.holdings(place / "w.evoke")["unit"]
        plain = self.attacks.undisturbed(self.cases["calibrate"]).before["unit"]
        same = set(plain) <= set(units)
        found.append(("held" if same else "fault", f"units after three writers: {len(units)} of {len(plain)}"))
        world.drop(place)
        return found

    def stopped(self, number):
        """A holder that stands still: readers read, writers are told who holds; it goes on, or dies, and nothing is lost."""
        found = []
        expected = self.attacks.undisturbed(self.cases["run"]).holdings
        place = self.folder / f"stopped-{number}"
        world.copy(self.bases.path("imported"), place)
        process = self.begin(RUNS[0], place)
        if not self.await_writer(process, place):
            process.communicate(timeout=600)
            return found
        time.sleep(0.02 * number)
        os.killpg(process.pid, signal.SIGSTOP)
        for words in (["status"], ["query", "import_log"], ["verify", "--level", "2"]):
            ending = self.world.run(words, place, shim=False, timeout=60)
            ok = ending.status == 0
            found.append(("held" if ok else "fault", f"{words[0]} beside a stopped run: {ending.status} {ending.last}"))
        late = self.world.run(LATE, place, shim=False, timeout=120)
        holds = (place / "w.evoke/writer.lock").exists() and process.poll() is None
        ok = late.status == 75 and f"pid {process.pid}" in late.errors
        found.append(("held" if ok or not holds else "fault", f"a writer beside a stopped one: {late.status} {late.last}"))
        if number % 2 == 0:
            os.killpg(process.pid, signal.SIGCONT)
            if late.status == 0:
                process.communicate(timeout=600)
            else:
                found += self.finish(process, "a run that stood still", expected, place)
        else:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate(timeout=600)
            time.sleep(0.2)
            again = self.world.run(RUNS[0], place)
            same = late.status == 0 or world.holdings(place / "w.evoke") == expected
            found.append(("held" if again.status == 0 and same else "fault", f"after a stopped run's death: {again.last}"))
        world.drop(place)
        return found

    @staticmethod
    def without_times(holdings):
        """Holdings without the hashes of rows that say when."""
        kept = dict(holdings, digest=[row for row in holdings["digest"] if row[1] not in ("activity", "run", "execution")])
        kept["activity"] = [row[:4] if row[0] not in ("consent", "withdrawal", "edit") else row[:2] for row in kept["activity"]]
        kept["digest"] = [row for row in kept["digest"] if row[0] in {row[2] for row in kept["activity"] if len(row) > 2}]
        return kept

    def clocked(self):
        """Every case with every shift of the wall clock, in seconds."""
        return [(case, shift) for case in self.cases.values() if case.base not in ("broken", "edited")
                for shift in (-315_360_000, -86_400, 3_155_760_000)]

    def clock(self, case, shift):
        """A case with the wall clock ten years back, a day back or a century on: the same rows."""
        plain = self.attacks.undisturbed(case)
        place = self.folder / "clock"
        world.copy(self.bases.path(case.base), place)
        ending = self.world.run(case.words, place, clock=shift)
        what = f"{case.name} with the clock off by {shift} s"
        if ending.status != case.first_status:
            return [("fault", f"{what}: exit {ending.status} {ending.last}")]
        verified = self.world.run(["verify", "--level", "3"], place)
        same = self.without_times(world.holdings(place / "w.evoke"))
        expected = self.without_times(plain.holdings)
        again = self.world.run(case.words, place)
        done = again.status == case.first_status or (case.again_may_refuse and again.status > 0) or (
            case.outputs and again.status == 73)
        world.drop(place)
        if verified.status != 0 or same != expected or not done:
            return [("fault", f"{what}: verify {verified.status}, again {again.status} {again.last}, "
                              f"{world.differences(expected, same)}")]
        return [("held", what)]
