#!/usr/bin/env python3
"""libFuzzer over every hand-written reader of bytes: make fuzz FUZZ_SECONDS=600

    make_fuzz.py [--seconds N] [--jobs J] [--readers REGEX] [--build-only]

The readers are those of `FuzzSeed.all` (Tests/ReaderTests): what reads bytes stands there once. The modules that read are
compiled again with `-sanitize=fuzzer` by the commands of the release build (.build/release.yaml), everything else is linked
as that build left it. A fault (a trap, a hang over 20 s, memory over 2 GB, an error that is no EvokeError) leaves its input
in .build/fuzz/READER; the corpus stays beside it, so that a later call goes on from there: a reader that had its seconds is
not asked again until .build/fuzz/results.json is gone or --seconds are more. That file is written as each reader ends and is for
the table of attacks: torture.py --results .build/fuzz/results.json ... --report Tests/Benchmarks/RESULTS.md
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
OUT = ROOT / ".build/fuzz"
# Where bytes of files are understood; all of them are instrumented.
READERS = ["ByteSource", "Compression", "Containers", "ContentIdentity", "DelimitedText", "FilterFiles", "MATLABFile",
           "NIfTIFile", "NumPyFile", "RecordingFiles", "TensorFiles", "XMLFile", "ZipArchive", "StudyFiles", "Annotations",
           "Leadfields", "Importing"]


def commands():
    """The compiler's words for each module, and the linker's for evoke, of the release build."""
    found, name = {}, None
    for line in (ROOT / ".build/release.yaml").read_text().splitlines():
        match = re.match(r'  "C\.(.+?)-(?:x86_64|aarch64)-[\w-]*release\.(module|exe)":', line)
        if match:
            name = (match[1], match[2])
        elif name and line.startswith("    args: "):
            found[name] = json.loads(line[len("    args: "):])
            name = None
    return found


def compiled(module, words, folder):
    """Compiles one module again, instrumented; its object files."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [shell for shell in words if shell.startswith("@")][0][1:]
    files = [line.strip().strip("'\"") for line in pathlib.Path(sources).read_text().splitlines() if line.strip()]
    objects = folder / f"{module}.o"
    newest = max(pathlib.Path(file).stat().st_mtime for file in files)
    if objects.exists() and objects.stat().st_mtime > newest:
        return objects
    kept, skip = [], 0
    for word in words[1:]:
        if skip:
            skip -= 1
        elif word in ("-emit-module-path", "-output-file-map", "-emit-objc-header-path", "-num-threads"):
            skip = 1
        elif word not in ("-emit-module", "-emit-dependencies", "-emit-objc-header", "-parseable-output",
                          "-serialize-diagnostics", "-warnings-as-errors", "-gnone") and not word.startswith("-j"):
            kept.append(word)
    subprocess.run(
        ["swiftc", *kept, "-num-threads", "0", "-sanitize=fuzzer", "-gline-tables-only", "-o", str(objects)], check=True,
        cwd=ROOT)
    return objects


def target_sources(folder):
    """`ReaderCase` and `FuzzSeed` without their tests."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, end in [("DamagedFileTests", "/// Numbers that look random"), ("FuzzTests", "/// Mutants of small valid inputs")]:
        path = ROOT / f"Tests/ReaderTests/{name}.swift"
        text = path.read_text().split(end)[0].replace("import Testing\n", "")
        # #filePath is that of the tests, from which the fixtures are found.
        text = text.replace("#filePath", f'"{path}"')
        (folder / f"{name}.swift").write_text(text)
        made.append(str(folder / f"{name}.swift"))
    return [*made, str(ROOT / "Tests/Torture/fuzz/FuzzTarget.swift")]


def build(jobs):
    found = commands()
    objects = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path in pool.map(lambda m: compiled(m, found[m, "module"], OUT / "objects"), READERS):
            objects.append(str(path))
    link = found["evoke", "exe"]
    listing = [word for word in link if word.startswith("@")][0][1:]
    others = [line.strip().strip("'\"") for line in pathlib.Path(listing).read_text().splitlines() if line.strip()]
    others = [path for path in others
              if not any(f"/{module}.build/" in path for module in [*READERS, "evoke", "CommandLineTool"])]
    flags = {word for (_, kind), words in found.items() if kind == "module" for word in words
             if word.startswith(("-fmodule-map-file", "-I/usr"))}
    includes = [part for word in sorted(flags) for part in ("-Xcc", word)]
    libraries = [word for word in link if word.startswith(("-l", "-L"))]
    binary = OUT / "fuzz-readers"
    modules = [word for word in found["FilterFiles", "module"] if word.endswith("release/Modules")][0]
    subprocess.run(
        ["swiftc", "-module-name", "FuzzReaders", "-parse-as-library", "-O", "-swift-version", "6", "-package-name", "main",
         "-I", modules, *includes, "-sanitize=fuzzer", "-gline-tables-only", *target_sources(OUT / "sources"), *objects,
         *others, *libraries, "-L", str(pathlib.Path(modules).parent), "-o", str(binary)], check=True, cwd=ROOT)
    return binary


def fuzz(binary, reader, seconds):
    """Fuzzes one reader; executions, and the inputs that it fails on."""
    folder = OUT / re.sub(r"\W+", "-", reader)
    corpus, place = folder / "corpus", folder / "place"
    for path in (corpus, place):
        path.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ, FUZZ_READER=reader, FUZZ_FOLDER=str(place))
    subprocess.run([binary], env=dict(environment, FUZZ_SEEDS=str(corpus)), check=True, stdout=subprocess.DEVNULL)
    log = folder / "log"
    with open(log, "w") as output:
        ending = subprocess.run(
            [binary, f"-max_total_time={seconds}", "-max_len=65536", "-timeout=20", "-rss_limit_mb=2048",
             # Naming what is new takes a second each time.
             "-print_funcs=0", f"-artifact_prefix={folder}/", "-print_final_stats=1", str(corpus)], env=environment, stdout=output,
            stderr=subprocess.STDOUT)
    text = log.read_text(errors="replace")
    match = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
    coverage = re.findall(r"cov: (\d+)", text)
    return int(match[1]) if match else 0, int(coverage[-1]) if coverage else 0, ending.returncode, sorted(
        path.name for path in folder.iterdir() if path.name.startswith(("crash-", "timeout-", "oom-", "leak-")))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--readers", default="")
    parser.add_argument("--build-only", action="store_true")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    binary = build(options.jobs)
    if options.build_only:
        return 0
    names = subprocess.run([binary], env=dict(os.environ, FUZZ_LIST="1"), check=True, capture_output=True, text=True)
    results = OUT / "results.json"
    found = json.loads(results.read_text()) if results.exists() else {"readers": {}, "tables": {"fuzz": {}}}
    spent, table = found["readers"], found["tables"]["fuzz"]
    readers = [name for name in names.stdout.splitlines()
               if re.search(options.readers, name) and spent.get(name, 0) < options.seconds]
    failed = 0

    def left(name):
        return options.seconds - spent.get(name, 0)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        asked = {pool.submit(fuzz, binary, name, left(name)): name for name in readers}
        for done in concurrent.futures.as_completed(asked):
            reader, (count, coverage, status, inputs) = asked[done], done.result()
            failed += status != 0
            counts = table.setdefault(reader, {"executions": 0})
            counts["executions"] += count
            if status:
                counts["faults"] = counts.get("faults", 0) + (len(inputs) or 1)
            print(f"fuzzed {reader}: {count} executions in {left(reader)} s, {coverage} edges"
                  + (f", exit {status}: {', '.join(inputs)}" if status else ""), flush=True)
            if not status:
                spent[reader] = options.seconds
            results.write_text(json.dumps({
                "seed": 0, "seconds": sum(spent.values()), "commands": 0, "readers": spent, "tables": {"fuzz": table},
                "faults": []}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
