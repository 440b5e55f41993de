#!/usr/bin/env bash
# What a second target costs where the layers of the first are there: wall and processor seconds of both runs of a layer
# sweep of a film or a sound, and how long the units of each took, step by step.
#
#   Tests/Benchmarks/new_target.sh RATINGS.csv [DRAWS [MEDIUM [WEIGHTS]]]
#
# RATINGS   time,arousal,valence of the medium; DRAWS (1000; 0: no null); MEDIUM (a film or a sound) and WEIGHTS (those of
#           this repository); `made_encoder.py FOLDER 600` makes all three of a sound of 10 minutes and a base-sized encoder
# LAYERS    all, or a list of keys: "[hs.0, hs.6]"; JOBS (2) workers; OPENBLAS_NUM_THREADS (1) each; KEEP=FOLDER: the
#           warehouse stays there
set -euo pipefail
ratings=$(realpath "$1") draws=${2:-1000} medium=${3:+$(realpath "$3")} weights=${4:+$(realpath "$4")}
cd "$(dirname "$0")/../.."
medium=${medium:-Tests/Fixtures/film/bbb_120s_480p.mp4} weights=${weights:-Tests/Fixtures/weights/hubert-tiny-speech}
evoke=${EVOKE:-.build/release/evoke}
work=${KEEP:-$(mktemp -d)}
mkdir -p "$work"
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
export EVOKE_WAREHOUSE=$work/w.evoke OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
say() { "$evoke" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
case $medium in *.wav | *.flac | *.mp3 | *.m4a) verb=audio ;; *) verb=video ;; esac
null="{null: phase, draws: $draws, correction: [bh]}"
[ "$draws" -gt 0 ] || null="{null: none}"
say init "$EVOKE_WAREHOUSE"
say import $verb "$medium" --dataset film --licence 'CC BY 3.0' --consent open
say import weights "$weights" --dataset film --licence 'CC BY 4.0'
name=$(basename "$medium")
say import annotations "$ratings" --dataset film --stimulus "${name%.*}" --map time=time \
  --scale=-1:1 --licence simulated --consent open
ask() { sqlite3 "$EVOKE_WAREHOUSE/catalog.sqlite" "$1"; }
last=0
for target in arousal valence; do
  cat >"$work/$target.yaml" <<END
study: $target
kind: layer_sweep
datasets: [film]
features:
  - {model: $(basename "$weights"), layers: ${LAYERS:-all}, reduce: {pca: 12}}
targets:
  - {annotation: $target}
encoding: {delays_s: "0..5", outer: {folds: 5}, inner: {folds: 4}}
statistics: $null
seed: 1
END
  TIMEFORMAT="$target: %R s wall, %U s + %S s processor"
  time say run "$work/$target.yaml" -j "${JOBS:-2}"
  ask "SELECT '$target: ' || group_concat(what, ', ') FROM (
    SELECT count(*) || ' ' || unit.step || printf(' %.2f s', sum(attempt.seconds)) what
    FROM attempt JOIN unit USING (unit_key) WHERE attempt.attempt_id > $last GROUP BY unit.step)"
  last=$(ask "SELECT max(attempt_id) FROM attempt")
done
