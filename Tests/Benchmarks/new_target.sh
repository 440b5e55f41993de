#!/usr/bin/env bash
# What a second target costs where the layers of the first are there: wall and processor seconds of both runs of a layer
# sweep of a film, and which units there are after each.
#
#   Tests/Benchmarks/new_target.sh RATINGS.csv [DRAWS [FILM [WEIGHTS]]]
#
# RATINGS   time,arousal,valence of the film; DRAWS (1000); FILM and WEIGHTS (those of this repository)
set -euo pipefail
ratings=$(realpath "$1") draws=${2:-1000}
cd "$(dirname "$0")/../.."
film=${3:-Tests/Fixtures/film/bbb_120s_480p.mp4} weights=${4:-Tests/Fixtures/weights/hubert-tiny-speech}
evoke=${EVOKE:-.build/release/evoke}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export EVOKE_WAREHOUSE=$work/w.evoke OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
say() { "$evoke" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
say init "$EVOKE_WAREHOUSE"
say import video "$film" --dataset film --licence 'CC BY 3.0'
say import weights "$weights" --dataset film --licence 'CC BY 4.0'
say import annotations "$ratings" --dataset film --stimulus "$(basename "${film%.*}")" --map time=time \
  --scale=-1:1 --licence simulated --consent open
made() {
  sqlite3 "$EVOKE_WAREHOUSE/catalog.sqlite" \
    "SELECT group_concat(verb || ' ' || n, ', ') FROM (SELECT verb, count(*) n FROM activity WHERE kind = 'unit' GROUP BY verb)"
}
for target in arousal valence; do
  cat >"$work/$target.yaml" <<EOF
study: $target
kind: layer_sweep
datasets: [film]
features:
  - {model: $(basename "$weights"), layers: all, reduce: {pca: 12}}
targets:
  - {annotation: $target}
encoding: {delays_s: "0..5", outer: {folds: 5}, inner: {folds: 4}}
statistics: {null: phase, draws: $draws, correction: [bh]}
seed: 1
EOF
  TIMEFORMAT="$target: %R s wall, %U s processor"
  time say run "$work/$target.yaml" -j "${JOBS:-2}"
  echo "units of all runs so far: $(made)"
done
