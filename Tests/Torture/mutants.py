"""Crafted files through the command line: a value or an error that names the file, within limits, and nothing outside."""
import dataclasses
import gzip
import pathlib
import random
import shutil
import signal

import world
from world import FIXTURES

KNOWN = {0, 1, 64, 65, 66, 69, 73, 74, 75, 77, 78}
MOST_SECONDS = 20
MOST_MEMORY = 4 << 30
WORDS = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF,
         0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF, 0x7FF0000000000000, 0x7FF8000000000001]
TEXTS = [b"-9223372036854775808", b"9223372036854775807", b"99999999999999999999", b"1e300", b"-1e300", b"1e-300", b"nan",
         b"0", b"-1", b"[[[[[[[[", b"((((((((", b"<a><a><a>", b'{"a":', b"\x1b[2J", b"../../x", b"/dev/zero", b"\0", b",,,,",
         b"\n\n", b"*a"]


def mutant(numbers, data, head):
    """One to four changes, two of three among the first bytes, as Tests/ReaderTests/Mutator.swift makes them."""
    data = bytearray(data)
    for _ in range(numbers.randint(1, 4)):
        end = len(data) if numbers.randrange(3) == 0 else min(head, len(data))
        if not end:
            data.append(numbers.randrange(256))
            continue
        at, kind = numbers.randrange(end), numbers.randrange(9)
        if kind == 0:
            data[at] ^= 1 << numbers.randrange(8)
        elif kind == 1:
            data[at] = numbers.randrange(256)
        elif kind in (2, 3):
            width = 1 << numbers.randrange(4)
            word = (numbers.choice(WORDS) & ((1 << 8 * width) - 1)).to_bytes(width, numbers.choice(["little", "big"]))
            data[at:at + width] = word[:len(data) - at]
        elif kind == 4:
            del data[at:at + numbers.randint(1, 64)]
        elif kind == 5:
            place = numbers.randrange(len(data))
            data[place:place] = data[at:at + numbers.randint(1, 256)]
        elif kind == 6:
            data[at:at] = numbers.choice(TEXTS)
        elif kind == 7:
            start = next((i for i in range(at, len(data)) if 48 <= data[i] <= 57), None)
            if start is not None:
                stop = start
                while stop < len(data) and 48 <= data[stop] <= 57:
                    stop += 1
                data[start:stop] = numbers.choice(TEXTS[:9])
        else:
            data[at:at] = bytes(data[at:at + numbers.randint(1, 8)]) * (1 << numbers.randrange(13))
    return bytes(data[:1 << 20])


@dataclasses.dataclass
class Family:
    """Files of one format, how they are named beside each other, and the command that reads them all."""
    name: str
    library: str
    fixture: str
    words: list  # FILES stands for the names
    pattern: str = ""  # of a name, with a number; else the fixture's ending
    head: int = 1024
    batch: int = 10
    companions: tuple = ()  # copied beside the files
    folder: bool = False  # each mutant stands in a copy of the fixture's folder


def families():
    audio = ["import", "audio", "FILES", "--dataset", "d"]
    video = ["import", "video", "FILES", "--dataset", "d"]

    def eeg(ending, *more):
        return ["import", "eeg", "{subject}" + ending, "--dataset", "e", "--stimulus", "clip", "--onset-s", "0",
                "--any-amplitude", *more]
    found = [Family(f"sound {ending}", library, f"media/pings.{ending}", audio) for ending, library in [
        ("flac", "libsndfile"), ("m4a", "FFmpeg"), ("ogg", "libsndfile or FFmpeg"), ("mp3", "FFmpeg"), ("ts", "FFmpeg"),
        ("webm", "FFmpeg")]]
    found += [
        Family("sound wav", "libsndfile", "media/short.wav", audio),
        Family("film mp4", "FFmpeg", "media/sound_ends_early.mp4", video, head=4096),
        Family("film mp4, index first", "FFmpeg", "media/film_index_first.mp4", video, head=4096),
        Family("sound mkv", "FFmpeg", "media/two_languages.mkv", audio, head=2048),
        Family("film ts", "FFmpeg", "media/sound_begins_late.ts", video),
        Family("EEGLAB 7.3", "HDF5", "recording-formats/root.set", eeg(".set"), head=8192),
        Family("EEGLAB 5", "own, MATLAB 5", "recording-formats/inside.set", eeg(".set")),
        Family("MNE", "HDF5", "recording-formats/mne_epochs.h5", eeg(".h5"), head=8192),
        Family("NWB", "HDF5", "recordings/stamps.nwb", eeg(".nwb"), head=8192),
        Family("NWB, two series", "HDF5", "recordings/two.nwb", eeg(".nwb", "--data", "acquisition/film"), head=8192),
        Family("EDF", "own", "recordings/plain.edf", eeg(".edf")),
        Family("EDF+", "own", "recording-formats/pyedflib.edf", eeg(".edf")),
        Family("BDF", "own", "recording-formats/status.bdf", eeg(".bdf")),
        Family("responses in HDF5", "HDF5", "fmri/pieman_4sub.h5",
               ["import", "fmri", "{run}.h5", "--data", "bold", "--axes", "subject,time,region", "--tr-s", "1.5",
                "--stimulus", "pieman", "--dataset", "s", "--units", "au"], head=4096),
        Family("NIfTI, compressed", "libdeflate", "haemodynamics/atlas.nii.gz",
               ["import", "atlas", "labels.csv", "--image", "FILES", "--name", "toy"], head=200, batch=1),
        Family("NIfTI", "own", "haemodynamics/atlas.nii.gz",
               ["import", "atlas", "labels.csv", "--image", "FILES", "--name", "toy"], "m{}.nii", head=360, batch=1),
        Family("Keras weights", "HDF5", "openl3/tiny.h5", ["import", "weights", "FILES"], head=8192, batch=1),
        Family("PyTorch weights", "own", "encoders/w2v2-tiny-pytorch/pytorch_model.bin", ["import", "weights", "FILES"],
               batch=1, folder=True, head=2048),
        Family("weights' configuration", "own, JSON", "encoders/w2v2-tiny-random/config.json",
               ["import", "weights", "FILES"], batch=1, folder=True, head=2000),
        Family("musicnn checkpoint", "own, TensorFlow", "musicnn/tiny-vgg/.index", ["import", "weights", "FILES"], batch=1,
               folder=True),
        Family("filters in MATLAB 7.3", "HDF5", "cochleogram/few_v73.mat", ["import", "filters", "FILES", "--name", "m"],
               batch=1, head=4096),
        Family("filters in HDF5", "HDF5", "cochleogram/few_rows.h5", ["import", "filters", "FILES", "--name", "m"],
               batch=1, head=4096),
        Family("filters in MATLAB 5", "own", "cochleogram/few.mat", ["import", "filters", "FILES", "--name", "m"], batch=1),
        Family("leadfield in HDF5", "HDF5", "source/own.h5",
               ["import", "leadfield", "FILES", "--bad", "drop", "--name", "l", "--dataset", "e"], batch=1, head=8192),
        Family("TextGrid", "own", "", ["import", "annotations", "FILES", "--dataset", "d"], "film{}.TextGrid"),
        Family("ELAN", "libxml2", "", ["import", "annotations", "FILES", "--dataset", "d"], "film{}.eaf"),
        Family("table", "own", "", ["import", "annotations", "FILES", "--dataset", "d"], "film{}.csv"),
        Family("study", "YAML", "", ["plan", "FILES"], "study{}.yaml", batch=1),
        Family("simulation", "YAML", "", ["simulate", "FILES", "-o", "w.evoke/made"], "simulation{}.yaml", batch=1),
        Family("BIDS sidecar", "own, JSON", "", ["import", "bids", "FILES", "--dataset", "songs"], batch=1),
    ]
    return found


TEXTGRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 4
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "speech"
        xmin = 0
        xmax = 4
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = "a"
        intervals [2]:
            xmin = 1.5
            xmax = 4
            text = ""
"""
ELAN = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="milliseconds"/><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/>
<TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="3000"/></TIME_ORDER><TIER TIER_ID="a" LINGUISTIC_TYPE_REF="x"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>1</ANNOTATION_VALUE>
</ALIGNABLE_ANNOTATION></ANNOTATION></TIER><LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="x"/></ANNOTATION_DOCUMENT>
"""


class Mutants:
    def __init__(self, world_, bases, seed):
        self.world, self.bases, self.seed = world_, bases, seed
        self.folder = world_.folder / "mutants"
        self.folder.mkdir(exist_ok=True)
        self.skipped = {}

    def original(self, family):
        if family.name == "NIfTI":
            return gzip.decompress((FIXTURES / family.fixture).read_bytes())
        if family.fixture:
            return (FIXTURES / family.fixture).read_bytes()
        bare = self.bases.path("bare")
        return {
            "TextGrid": lambda: TEXTGRID.encode(), "ELAN": lambda: ELAN.encode(),
            "table": lambda: (bare / "late.csv").read_bytes()[:400],
            "study": lambda: (bare / "study.yaml").read_bytes(),
            "simulation": lambda: (bare / "simulation.yaml").read_bytes(),
            "BIDS sidecar": lambda: (bare / "bids/task-film_eeg.json").read_bytes(),
        }[family.name]()

    def place(self, family, batch):
        place = self.folder / f"{family.name.replace(' ', '_').replace(',', '')}-{batch}"
        base = "imported" if family.words[0] in ("plan", "simulate") else "empty"
        world.copy(self.bases.path(base), place)
        for path in place.iterdir():
            if path.is_dir() and path.name not in ("w.evoke", "bids"):
                shutil.rmtree(path)
            elif path.is_file() and path.name != "labels.csv":
                path.unlink()
        return place

    def write(self, family, place, number, data):
        """Puts a mutant where its command finds it; the name that the command is given."""
        source = FIXTURES / family.fixture
        if family.folder:
            folder = place / f"m{number}"
            shutil.copytree(source.parent, folder)
            (folder / source.name).chmod(0o644)
            (folder / source.name).write_bytes(data)
            return folder.name
        if family.name == "BIDS sidecar":
            (place / "bids/task-film_eeg.json").write_bytes(data)
            return "bids"
        name = family.pattern.format(number) if family.pattern else f"m{number}{''.join(source.suffixes)}"
        (place / name).write_bytes(data)
        return name

    def command(self, family, place, names):
        words = [word for part in family.words for word in (names if part == "FILES" else [part])]
        return self.world.run(
            words, place, kinds="-", allow=[self.world.here / "w.evoke"], seconds=MOST_SECONDS, timeout=30 * MOST_SECONDS, memory=MOST_MEMORY)

    def is_usable(self, family):
        """The file itself is taken; else nothing would be tried."""
        place = self.place(family, "whole")
        name = self.write(family, place, 0, self.original(family))
        ending = self.command(family, place, [name])
        world.drop(place)
        if ending.status != 0:
            self.skipped[family.name] = f"exit {ending.status}: {ending.last}"
        return ending.status == 0

    def batch(self, family, number):
        """So many mutants as one command takes; what each did wrong, by its bytes' place."""
        numbers = random.Random(f"{self.seed} {family.name} {number}")
        data = self.original(family)
        place = self.place(family, number)
        made = [mutant(numbers, data, family.head) for _ in range(family.batch)]
        names = [self.write(family, place, index, bytes_) for index, bytes_ in enumerate(made)]
        before = world.files_below(place)
        ending = self.command(family, place, names)
        faults = self.judge(family, ending, place, before)
        kept = 0
        if ending.status == 0 or ending.status == 65:
            kept = 1
            verified = self.world.run(["verify", "--level", "2"], place)
            if verified.status != 0:
                faults.append(f"verify afterwards: {verified.status} {verified.last}")
        if not faults:
            world.drop(place)
            return len(made), kept, []
        return len(made), kept, [f"{family.name}, batch {number} of seed {self.seed}: {fault} in {place}" for fault in faults]

    def judge(self, family, ending, place, before):
        faults = []
        # Seconds of the processor, since others may use it too; one that waits for ever is told by the clock.
        if ending.timed_out or ending.status in (-signal.SIGXCPU, -signal.SIGKILL):
            faults.append(f"hang: one process takes over {MOST_SECONDS} s")
        elif ending.status not in KNOWN:
            faults.append(f"{'signal' if ending.status < 0 else 'internal'}: {ending.status} {ending.last}")
        if ending.outside:
            faults.append(f"outside: {ending.outside} calls, {ending.offence}")
        after = world.files_below(place)
        changed = sorted(name for name in set(before) | set(after)
                         if not name.startswith("w.evoke/") and before.get(name) != after.get(name))
        if changed:
            faults.append(f"outside: {changed[:3]}")
        if ending.survivors:
            faults.append(f"{ending.survivors} processes lived on")
        return faults
