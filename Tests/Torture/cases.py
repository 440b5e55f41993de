"""The files that the attacks import, the warehouses they start from, and one case or more of every verb that writes."""
import collections
import dataclasses
import math
import pathlib
import random
import shutil
import struct
import threading
import wave

import world
from world import FIXTURES

STUDY = """\
study: control
kind: covariate_control
datasets: [d]
features:
  - {space: sound}
covariates: {space: sight, at_prediction: zero, penalty: banded}
targets:
  - {annotation: arousal}
  - {annotation: valence}
encoding: {model: ridge, delays_s: "1..2", lambdas: {log10: [-1, 3, 2]}, outer: {leave_one: stimulus}, inner: {folds: 2}}
statistics: {null: phase, draws: 19, family: [target], correction: [max, bh]}
seed: 3
"""
STORY = """\
study: story
kind: isc_report
datasets: [story]
targets:
  - {synchrony: {window_s: 15, step_s: 1.5, method: pairwise}}
  - {synchrony: {window_s: 30, step_s: 1.5, method: leave_one_out}}
statistics: {null: circular_shift, draws: 19, family: [region]}
seed: 3
"""
SIMULATION = """\
simulation: toy
dataset: d
stimuli: [clip0]
seed: 5
annotations:
  raters: 2
  signal_share: 0.9
  lag_s: 2
  targets:
    - {name: driven, set: sound}
responses:
  subjects: 2
  signal_share: 0.9
  lag_s: 2
  targets:
    - {name: temporal, set: sight}
"""


def write_sound(path, samples, rate=16000):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(samples)}h", *(max(-32767, min(32767, round(v))) for v in samples)))


def write_brainvision(folder, name, seed, seconds=20, rate=100, channels=3):
    """A recording whose only marker starts the stimulus."""
    numbers = random.Random(seed)
    values = [[20e0 * math.sin(t * 0.07 * (c + 1)) + numbers.gauss(0, 5) for c in range(channels)]
              for t in range(seconds * rate)]
    (folder / f"{name}.eeg").write_bytes(b"".join(struct.pack(f"<{channels}f", *row) for row in values))
    lines = ["Brain Vision Data Exchange Header File Version 1.0", "", "[Common Infos]", "Codepage=UTF-8",
             f"DataFile={name}.eeg", f"MarkerFile={name}.vmrk", "DataFormat=BINARY", "DataOrientation=MULTIPLEXED",
             f"NumberOfChannels={channels}", f"SamplingInterval={1e6 / rate:.0f}", "", "[Binary Infos]",
             "BinaryFormat=IEEE_FLOAT_32", "", "[Channel Infos]"]
    lines += [f"Ch{c + 1}={label},,1,µV" for c, label in enumerate(["Fz", "Cz", "Pz"][:channels])]
    (folder / f"{name}.vhdr").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / f"{name}.vmrk").write_text("\n".join([
        "Brain Vision Data Exchange Marker File, Version 1.0", "", "[Common Infos]", "Codepage=UTF-8",
        f"DataFile={name}.eeg", "", "[Marker Infos]", "Mk1=New Segment,,1,1,0,20240101000000000000",
        "Mk2=Stimulus,S  1,101,1,0"]) + "\n", encoding="utf-8")


def write_files(folder):
    """Everything that the cases import, small."""
    folder.mkdir(parents=True)
    numbers = random.Random(11)
    for clip in range(3):
        past = [[0.0] * 3]
        features, ratings = ["time,f1,f2,v1"], ["time,arousal,valence"]
        for second in range(150):
            past.append([0.8 * value + numbers.random() - 0.5 for value in past[-1]])
            features.append(f"{second}," + ",".join(f"{value:.5f}" for value in past[-1]))
            early = past[max(len(past) - 3, 0)]
            rating = early[0] + early[1] + 0.3 * (numbers.random() - 0.5)
            ratings.append(f"{second},{rating:.5f},{numbers.random() - 0.5:.5f}")
        (folder / f"features-{clip}.csv").write_text("\n".join(features) + "\n")
        (folder / f"ratings-{clip}.csv").write_text("\n".join(ratings) + "\n")
    (folder / "late.csv").write_text("time,tension\n" + "".join(f"{s},{(s * 7) % 11}\n" for s in range(150)))
    (folder / "late_features.csv").write_text("time,g\n" + "".join(f"{s},{(s * 5) % 13}\n" for s in range(150)))
    (folder / "s1.csv").write_text("time,mood\n" + "".join(f"{s},{(s * 3) % 7}\n" for s in range(150)))
    voice = [6000 * math.sin(0.05 * t) * (t // 4000 % 2) for t in range(3 * 16000)]
    rest = [numbers.gauss(0, 1500) for _ in voice]
    (folder / "stems").mkdir()
    write_sound(folder / "mix.wav", [a + b for a, b in zip(voice, rest)])
    write_sound(folder / "second.wav", [b - a for a, b in zip(voice, rest)])
    write_sound(folder / "stems/mix.voice.wav", voice)
    write_sound(folder / "stems/mix.soundtrack.wav", rest)
    write_brainvision(folder, "ada", 1)
    write_brainvision(folder, "bob", 2)
    shutil.copy(FIXTURES / "media/no_sound.mp4", folder / "film.mp4")
    shutil.copy(FIXTURES / "media/film_index_first.mp4", folder / "sounding.mp4")
    shutil.copy(FIXTURES / "fmri/pieman_4sub.h5", folder / "pieman.h5")
    shutil.copy(FIXTURES / "cochleogram/few.csv", folder / "few.csv")
    shutil.copytree(FIXTURES / "musicnn/tiny-vgg", folder / "weights")
    (folder / "atlas.csv").write_text("index,region,hemisphere\n10,auditory,left\n20,motor,left\n30,other,right\n")
    (folder / "labels.csv").write_text("index,region\n" + "".join(f"{n},r{n}\n" for n in (3, 7, 1001, 2002)))
    (folder / "participants.csv").write_text("subject,age\nada,31\nbob,42\n")
    (folder / "exclusions.csv").write_text("subject,reason\nada,moved\n")
    (folder / "scores.csv").write_text(
        "dataset,feature_set,target_kind,target,r,stimulus_count,software\nd,mine,annotation,joy,.25,3,himalaya\n")
    bids = folder / "bids"
    (bids / "sub-01/eeg").mkdir(parents=True)
    (bids / "dataset_description.json").write_text('{"Name": "toy", "BIDSVersion": "1.8.0"}')
    (bids / "participants.tsv").write_text("participant_id\tage\nsub-01\t31\n")
    (bids / "task-film_eeg.json").write_text(
        '{"TaskName": "film", "SamplingFrequency": 100, "EEGReference": "Cz", "PowerLineFrequency": 50,'
        ' "SoftwareFilters": "n/a"}')
    write_brainvision(bids / "sub-01/eeg", "sub-01_task-film_eeg", 3)
    (bids / "sub-01/eeg/sub-01_task-film_channels.tsv").write_text(
        "name\ttype\tunits\nFz\tEEG\tµV\nCz\tEEG\tµV\nPz\tEEG\tµV\n", encoding="utf-8")
    (bids / "sub-01/eeg/sub-01_task-film_events.tsv").write_text(
        "onset\tduration\ttrial_type\tstim_file\n1.0\t15\tfilm\tfilm.mp4\n")
    (folder / "study.yaml").write_text(STUDY)
    (folder / "story.yaml").write_text(STORY)
    (folder / "simulation.yaml").write_text(SIMULATION)


FMRI = ["import", "fmri", "pieman.h5", "--data", "bold", "--axes", "subject,time,region", "--tr-s", "1.5", "--stimulus",
        "pieman", "--dataset", "story", "--units", "au"]
IMPORTS = (
    [["import", "features", f"features-{clip}.csv", "--space", "sound=f1,f2", "--space", "sight=v1", "--dataset", "d",
      "--stimulus", f"clip{clip}"] for clip in range(3)]
    + [["import", "annotations", f"ratings-{clip}.csv", "--dataset", "d", "--stimulus", f"clip{clip}"]
       for clip in range(3)]
    + [["import", "annotations", "s1.csv", "--dataset", "d", "--stimulus", "clip0", "--subject", "ada"],
       FMRI, ["import", "audio", "mix.wav", "--dataset", "d"]])
RUNS = [["run", "study.yaml", "-j", "1", "--allow-invalid"], ["run", "story.yaml", "-j", "1", "--allow-invalid"]]


@dataclasses.dataclass
class Case:
    """A verb that writes, from which warehouse it starts, and what must be the same afterwards."""
    name: str
    base: str  # bare: no warehouse; empty, imported, studied, pair, torn, damaged, edited
    words: list
    verb: str = ""  # as `covers` counts it
    outputs: tuple = ()  # folders and files that it writes beside the warehouse
    sound: bool = True  # the warehouse verifies before the verb, and whenever it is cut off
    again_may_refuse: bool = False  # a second time there is nothing left to do, which is an error
    first_status: int = 0
    weight: int = 1  # share of the random kills

    @property
    def covers(self):
        return self.verb or " ".join(self.words[:2] if self.words[0] == "import" else self.words[:1])


def all_cases():
    def imports(kind, *words, base="imported", **more):
        return Case("import " + kind, base, ["import", kind, *words], **more)
    return [
        Case("init", "bare", ["init", "w.evoke"]),
        imports("annotations", "late.csv", "--dataset", "d", "--stimulus", "clip0"),
        imports("features", "late_features.csv", "--dataset", "d", "--stimulus", "clip0", "--name", "late"),
        imports("audio", "second.wav", "--dataset", "d"),
        imports("video", "film.mp4", "--dataset", "d"),
        imports("eeg", "{subject}.vhdr", "--dataset", "head", "--name", "eeg", "--onset-s", "0", "--stimulus", "clip",
                "--any-amplitude"),
        Case("import fmri", "empty", FMRI),
        imports("weights", "weights", "--dataset", "d", "--name", "tiny"),
        imports("stems", "stems/mix.voice.wav", "stems/mix.soundtrack.wav", "--dataset", "d", "--stimulus", "mix"),
        imports("participants", "participants.csv", "--dataset", "d"),
        imports("atlas", "atlas.csv", "--name", "regions"),
        imports("exclusions", "exclusions.csv", "--dataset", "d", "--name", "moved"),
        imports("filters", "few.csv", "--name", "mine"),
        imports("scores", "scores.csv"),
        imports("leadfield", "--sphere", "10-20", "--dataset", "head"),
        imports("bids", "bids", "--dataset", "songs"),
        Case("extract", "imported", ["extract", "--set", "lld12", "-j", "1"]),
        Case("cohort define", "imported",
             ["cohort", "define", "some", "--stimuli", "SELECT stimulus_id FROM stimulus WHERE name <> 'clip2'"]),
        Case("run", "imported", RUNS[0], weight=4),
        Case("run -j 2", "imported", [*RUNS[0][:3], "2", "--allow-invalid"], weight=2),
        Case("run isc", "imported", RUNS[1], weight=2),
        Case("retry", "failed", ["retry", "--failed", "study.yaml", "-j", "1"]),
        Case("calibrate", "studied", ["calibrate", "study.yaml", "--runs", "2", "--r", "0.3", "--draws", "19", "-j", "1"]),
        Case("gc", "torn", ["gc"]),
        Case("repair", "damaged", ["repair"], sound=False),
        Case("repair --from", "broken", ["repair", "--from", "copy"], sound=False),
        Case("repair --accept-edit", "edited", ["repair", "--accept-edit", "a reviewer's correction"], sound=False,
             again_may_refuse=True),
        Case("backup", "studied", ["backup", "copy"], outputs=("copy",)),
        Case("merge", "pair", ["merge", "other/w.evoke"], weight=2),
        Case("forget", "studied", ["forget", "ratings-0.csv", "--cascade"], again_may_refuse=True),
        Case("forget --subject", "studied", ["forget", "--subject", "ada", "--everywhere"], again_may_refuse=True),
        Case("query --materialize", "studied", ["query", "encoding_score", "--materialize", "t"]),
        Case("cite", "studied", ["cite", "add", "n", "--sql", "SELECT max(r) FROM encoding_score", "--format", "%.2f"]),
        Case("forget --materialized", "frozen", ["forget", "--materialized", "t"], again_may_refuse=True),
        Case("consent", "studied", ["consent", "d", "none", "--reason", "vote 17"]),
        Case("compare --waive", "piloted", ["compare", "control", "pilot", "--cohort", "d", "--waive", "a pilot"]),
        Case("family define", "studied", ["family", "define", "all", "--where", "covariate_mode = 'audio_only'"]),
        Case("relocate", "moved", ["relocate", "ratings-1.csv", "elsewhere/ratings-1.csv"], again_may_refuse=True),
        Case("simulate", "imported", ["simulate", "simulation.yaml", "-o", "made"], outputs=("made",)),
        Case("export stems", "stems", ["export", "stems", "-o", "out"], outputs=("out",)),
        Case("plot", "studied", ["plot", "synchrony", "pieman", "--where", "window_s=15", "-o", "figure.svg"],
             outputs=("figure.svg",)),
        Case("archive create", "studied",
             ["archive", "create", "paper.zip", "--study", "control", "--title", "T", "--author", "A", "--licence", "CC0-1.0"],
             outputs=("paper.zip",), again_may_refuse=True),
        Case("check alignment", "imported", ["check", "alignment"]),
    ]


# Verbs that only read the warehouse; `query --materialize` has a case all the same. `work` is what `run` starts: it is
# attacked in its cases, of which all processes count calls.
READING = {"claims", "new", "query", "sql", "schema", "status", "explain", "why", "doctor", "verify", "models", "features",
           "plan", "grade"}
STARTED_BY_OTHERS = {"work"}


def listed(world_, words):
    """The names of subcommands that a help page lists."""
    text = world_.run([*words, "--help"], world_.folder, shim=False).output
    names, inside = [], False
    for line in text.splitlines():
        if line.startswith("SUBCOMMANDS"):
            inside = True
        elif inside and line.startswith("  ") and line[2:3].strip():
            names.append(line.split()[0].rstrip(","))
        elif inside and line and not line.startswith(" "):
            inside = False
    return [name for name in names if name != "See"]


def uncovered(world_, cases):
    """Verbs of the program, and kinds of import, that stand neither among the cases nor among those that only read."""
    verbs = set(listed(world_, [])) - READING - STARTED_BY_OTHERS - {"import", "help"}
    kinds = {f"import {kind}" for kind in listed(world_, ["import"])}
    if len(verbs) < 10 or len(kinds) < 10:
        return ["the list of verbs could not be read from the help"]
    have = {case.covers for case in cases}
    return sorted((verbs | kinds) - have)


class Bases:
    """Folders that the cases start from, each with the files and, where it has one, the warehouse w.evoke."""

    def __init__(self, world_):
        self.world = world_
        self.folder = world_.folder / "bases"
        self.folder.mkdir(exist_ok=True)
        self.locks = collections.defaultdict(threading.RLock)

    def path(self, name):
        """The folder, made where there is none of this program (in a folder that is used again)."""
        place, mark = self.folder / name, self.folder / f"{name}.made"
        with self.locks[name]:
            if not (mark.exists() and mark.read_text() == self.world.program):
                world.drop(place)
                getattr(self, "make_" + name)(place)
                mark.write_text(self.world.program)
        return place

    def succeed(self, place, words, **more):
        ending = self.world.run(words, place, **more)
        if ending.status != 0:
            raise SystemExit(f"torture: {' '.join(words)} in {place}: exit {ending.status}: {ending.errors}")
        return ending

    def make_bare(self, place):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_files(place)

    def make_empty(self, place):
        world.copy(self.path("bare"), place)
        self.succeed(place, ["init", "w.evoke"])

    def make_imported(self, place):
        world.copy(self.path("empty"), place)
        for words in IMPORTS:
            self.succeed(place, words)

    def make_studied(self, place):
        world.copy(self.path("imported"), place)
        for words in RUNS:
            self.succeed(place, words)

    def make_piloted(self, place):
        """Beside a study the same one fitted otherwise."""
        world.copy(self.path("studied"), place)
        pilot = STUDY.replace("study: control", "study: pilot").replace("inner: {folds: 2}", "inner: {folds: 3}")
        (place / "pilot.yaml").write_text(pilot)
        self.succeed(place, ["run", "pilot.yaml", "-j", "1", "--allow-invalid"])

    def make_frozen(self, place):
        """A frozen result."""
        world.copy(self.path("studied"), place)
        self.succeed(place, ["query", "encoding_score", "--materialize", "t"])

    def make_pair(self, place):
        """Beside a warehouse another one with results."""
        world.copy(self.path("imported"), place)
        world.copy(self.path("studied"), place / "other")

    def make_stems(self, place):
        world.copy(self.path("imported"), place)
        self.succeed(place, ["import", "weights", FIXTURES / "separation/spleeter-tiny", "--name", "split", "--dataset", "d"])
        self.succeed(place, ["extract", "--set", "lld12", "--element", "voice", "-j", "1"])

    def make_failed(self, place):
        """A worker dies in the middle of a unit."""
        world.copy(self.path("imported"), place)
        calls = self.world.run(RUNS[0], place).calls
        for eighth in (5, 4, 6, 3, 7):
            world.copy(self.path("imported"), place)
            self.world.run(RUNS[0], place, at=calls * eighth // 8, act="before", who="self")
            self.succeed(place, ["status"])
            connection = world.open_catalog(place / "w.evoke/catalog.sqlite")
            states = [row[0] for row in connection.execute("SELECT state FROM unit")]
            connection.close()
            if "failed" in states:
                return
        # A unit whose worker dies is tried again where it may be; then there is none to retry.
        world.copy(self.path("imported"), place)

    def make_torn(self, place):
        """Files that interruptions left: temporary ones, an array without a row, parts, a workers' folder."""
        world.copy(self.path("studied"), place)
        arrays = sorted((place / "w.evoke/arrays").rglob("*.h5"))
        shutil.copy(arrays[0], arrays[0].with_name("ffff" + arrays[0].name[4:]))
        for name in ("catalog.sqlite.sha256.tmp-999999", "arrays/.tmp-999999-1.h5", "partial/x/1.h5",
                     "spool/0123-999998/task.json"):
            path = place / "w.evoke" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"left")

    def damage(self, place, kind):
        connection = world.open_catalog(place / "w.evoke/catalog.sqlite")
        name = connection.execute(
            "SELECT min(file) FROM stored_array a JOIN activity v USING (activity_id) WHERE a.kind = ? AND v.kind = 'unit'",
            [kind]).fetchone()[0]
        connection.close()
        path = place / "w.evoke" / name
        path.chmod(0o644)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0x41
        path.write_bytes(bytes(data))

    def make_damaged(self, place):
        world.copy(self.path("studied"), place)
        for kind in ("prediction", "synchrony"):
            self.damage(place, kind)

    def make_broken(self, place):
        """A damaged catalog, beside a backup of it."""
        world.copy(self.path("studied"), place)
        self.succeed(place, ["backup", "copy"])
        path = place / "w.evoke/catalog.sqlite"
        data = bytearray(path.read_bytes())
        for at in range(8192, len(data), 8192):
            data[at:at + 64] = bytes(64)
        path.write_bytes(bytes(data))

    def make_edited(self, place):
        import sqlite3
        world.copy(self.path("studied"), place)
        connection = sqlite3.connect(place / "w.evoke/catalog.sqlite")
        connection.execute("UPDATE score SET value = value + 0.25 WHERE fit_key = (SELECT min(fit_key) FROM score)")
        connection.commit()
        connection.close()

    def make_moved(self, place):
        world.copy(self.path("studied"), place)
        (place / "elsewhere").mkdir()
        (place / "ratings-1.csv").rename(place / "elsewhere/ratings-1.csv")
