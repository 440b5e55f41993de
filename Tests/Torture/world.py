"""One run of `evoke` under attack, and what a warehouse holds afterwards."""
import collections
import ctypes
import dataclasses
import hashlib
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "Fixtures"
LETTERS = "wynutlmcpor"  # as in interpose.c
DURABLE = "wynutlmcp"
STATE = struct.Struct("<4q16q256i64s400s400s")
NOW = 1_790_000_000  # where the wall clock stands still, so that two runs write the same rows
LIBC = ctypes.CDLL(None, use_errno=True)
NEW_MOUNTS, NEW_USER, RECURSIVE_PRIVATE, BIND = 0x00020000, 0x10000000, 0x44000, 0x1000


@dataclasses.dataclass
class Ending:
    """How a command ended, and what the preloaded library saw of it."""
    status: int  # negative: the signal
    output: str
    errors: str
    seconds: float
    timed_out: bool = False
    calls: int = 0
    kinds: dict = dataclasses.field(default_factory=collections.Counter)
    fired: int = 0
    outside: int = 0
    call: str = ""
    place: str = ""
    offence: str = ""
    survivors: int = 0

    @property
    def code(self):
        """The stable code of its error, or nothing."""
        for line in self.errors.splitlines():
            if line.startswith("error E-"):
                return line.split()[1].rstrip(":")
        return ""

    @property
    def last(self):
        """The last lines it wrote on stderr."""
        return " | ".join(self.errors.strip().splitlines()[-3:])[:400]


class World:
    """The program, the preloaded library and a folder for everything that is made."""

    def __init__(self, evoke, folder):
        self.evoke = str(pathlib.Path(evoke).resolve())
        status = os.stat(self.evoke)
        self.program = f"{status.st_size} {status.st_mtime_ns}"
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        # Every command finds its folder mounted here, so that paths are the same in all of them.
        self.here = self.folder / "here"
        self.here.mkdir(exist_ok=True)
        self.shim = str(self.folder / "interpose.so")
        source = HERE / "interpose.c"
        if not os.path.exists(self.shim) or os.path.getmtime(self.shim) < source.stat().st_mtime:
            self.compile(source)
        self.commands = 0

    def compile(self, source):
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-Wno-format-truncation", "-o", self.shim,
             str(source), "-ldl"], check=True)
    def run(self, words, place, *, at=0, act=None, kinds=DURABLE, who="self", root=None, sticky=False, allow=None,
            clock=0, now=NOW, shim=True, timeout=600, memory=None, seconds=None):
        """Runs `evoke` in a folder; `at` and `act` say what meets which of its calls below `root` (the folder)."""
        place = pathlib.Path(place)
        own = place.parent / (place.name + ".own")
        own.mkdir(exist_ok=True)
        tag = f"{os.getpid()}-{time.monotonic_ns()}"
        state, out, err = (own / f"{what}-{tag}" for what in ("state", "out", "err"))
        state.write_bytes(bytes(STATE.size))
        temporary = own / "tmp"
        temporary.mkdir(exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("EVOKE_", "TORTURE_"))}
        environment.update(OPENBLAS_NUM_THREADS="1", TMPDIR=str(temporary), HOME=str(own), LC_ALL="C.UTF-8")
        if shim:
            environment.update(
                LD_PRELOAD=self.shim, TORTURE_STATE=str(state), TORTURE_ROOT=root or str(self.here), TORTURE_KINDS=kinds,
                TORTURE_NOW=str(now))
            if act is not None:
                environment.update(TORTURE_AT=str(at), TORTURE_ACT=str(act), TORTURE_WHO=who)
            if sticky:
                environment["TORTURE_STICKY"] = "1"
            if allow:
                environment["TORTURE_ALLOW"] = ":".join([*map(str, allow), str(own)])
            if clock:
                environment["TORTURE_CLOCK"] = str(clock)
        def limit():
            self.enter(place)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if seconds:
                resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
            if memory:
                resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

        start, timed_out = time.monotonic(), False
        with open(out, "wb") as output, open(err, "wb") as errors:
            process = subprocess.Popen(
                [self.evoke, *map(str, words)], env=environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=errors, start_new_session=True, preexec_fn=limit)
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                timed_out = True
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.commands += 1
        ending = Ending(
            process.returncode, out.read_text(errors="replace"), err.read_text(errors="replace"),
            time.monotonic() - start, timed_out)
        seen = STATE.unpack(state.read_bytes())
        ending.kinds = collections.Counter(dict(zip(LETTERS, seen[4:20])))
        ending.calls, ending.fired, ending.outside = seen[0], seen[1], seen[2]
        ending.call, ending.place, ending.offence = (part.split(b"\0")[0].decode(errors="replace") for part in seen[-3:])
        ending.survivors = self.await_end([pid for pid in seen[20:276] if pid > 0], 0 if timed_out else 15)
        for path in (state, out, err):
            path.unlink()
        return ending

    def enter(self, place):
        """Mounts a folder at `here` for this process alone and goes there; called between fork and exec."""
        user, group = os.geteuid(), os.getegid()
        nice = self.nice()
        if LIBC.unshare(NEW_MOUNTS | (NEW_USER if user else 0)) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        if user:
            for name, text in [("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")]:
                pathlib.Path(f"/proc/self/{name}").write_text(text)
        if LIBC.mount(None, b"/", None, RECURSIVE_PRIVATE, None) != 0 or LIBC.mount(
                str(place).encode(), str(self.here).encode(), None, BIND, None) != 0:
            raise OSError(ctypes.get_errno(), "mount")
        os.chdir(self.here)
        # A session of its own is scheduled on its own: it becomes as nice as this suite is.
        try:
            pathlib.Path("/proc/self/autogroup").write_text(nice)
        except OSError:
            pass

    @staticmethod
    def nice():
        try:
            return pathlib.Path(f"/proc/{os.getppid()}/autogroup").read_text().split()[-1]
        except OSError:
            return "0"

    def await_end(self, pids, seconds):
        """Waits for the other processes of a command; how many had to be killed."""
        end = time.monotonic() + seconds
        while True:
            left = [pid for pid in set(pids) if self.runs(pid)]
            if not left or time.monotonic() > end:
                break
            time.sleep(0.01)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        return len(left)

    def runs(self, pid):
        """Whether a process of this program, and not another that got its number, runs."""
        try:
            if "evoke" not in os.readlink(f"/proc/{pid}/exe"):
                return False
            return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
        except OSError:
            return False


def copy(source, target):
    """A folder as it is; what stood at the new place goes."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(str(target) + ".own", ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


def drop(folder):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(str(folder) + ".own", ignore_errors=True)


def open_catalog(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def holdings(warehouse):
    """What two warehouses have in common that came to hold the same: results, rows and arrays by their hashes.

    When something was done, by what machine and how often it was tried is left out.
    """
    connection = open_catalog(pathlib.Path(warehouse) / "catalog.sqlite")
    try:
        def rows(text):
            return sorted(connection.execute(text).fetchall(), key=repr)
        return {
            "activity": rows("SELECT kind, verb, activity_key, state, rows_sha256 FROM activity WHERE kind <> 'edit'"),
            "unit": rows("SELECT unit_key, state, result_sha256 FROM unit"),
            "array": rows("SELECT name, kind, logical_sha256 FROM stored_array"),
            "run": rows("SELECT run_id, plan_sha256, purpose, is_current, root_sha256 FROM run"),
            "digest": rows(
                "SELECT a.activity_key, d.object, d.row_count, d.sha256 FROM row_digest d JOIN activity a USING (activity_id) "
                "WHERE a.kind <> 'edit'"),
            "consent": rows("SELECT name, consent FROM dataset"),
            "source": rows("SELECT sha256, path FROM source_file"),
            "cohort": rows("SELECT name, subject_sql, stimulus_sql FROM cohort"),
        }
    finally:
        connection.close()


def contents(warehouse):
    """A hash over every row of every table and view of a catalog, or the error that reading them gives."""
    digest = hashlib.sha256()
    try:
        connection = open_catalog(pathlib.Path(warehouse) / "catalog.sqlite")
        connection.text_factory = bytes
        try:
            names = [row[0].decode() for row in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY 1")]
            for name in names:
                digest.update(name.encode())
                for row in sorted(repr(row) for row in connection.execute(f'SELECT * FROM "{name}"')):
                    digest.update(row.encode())
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError, ValueError, OverflowError) as error:
        return f"unreadable: {error}"
    return digest.hexdigest()


def files_below(folder):
    """Each file below a folder with its hash."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and not path.is_symlink():
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def differences(one, other):
    """The first lines in which two holdings differ."""
    found = []
    for name in one:
        if one[name] != other[name]:
            gone = [row for row in one[name] if row not in other[name]]
            new = [row for row in other[name] if row not in one[name]]
            found.append(f"{name}: {len(gone)} missing {gone[:2]}, {len(new)} new {new[:2]}")
    return "; ".join(found)[:600]
