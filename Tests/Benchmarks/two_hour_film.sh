#!/usr/bin/env bash
# What a study of a film of two hours takes from its sound to its views: minutes and peak memory of every stage. Two encoders of
# base size, every layer of each, on the original, the voice and the soundtrack; the synchrony of ten viewers in 68 regions; 1,000
# draws; delays, position, folds and families as a study has them that does not name them.
#
#   Tests/Benchmarks/two_hour_film.sh FOLDER [SECONDS [DRAWS]]
#
# FOLDER     takes everything (about 10 GB) and keeps it: a stage that ended is not repeated, and a study that was cut off goes on
# SECONDS    of film (7200); DRAWS (1000)
# JOBS       workers (2), OPENBLAS_NUM_THREADS (1) each; PRECISION of the encoders (float32; bfloat16)
# PARTS=1    extracts each element with each encoder by a command of its own first, by one worker, so that its processor seconds
#            are told apart from the fits'
# TABLE=1    only shows the table of what ended so far
# PYTHON     (python3) with NumPy and h5py; EVOKE (.build/release/evoke); needs sqlite3 and GNU time
set -euo pipefail
here=$(dirname "$(realpath "$0")")
mkdir -p "$1"
work=$(realpath "$1") seconds=${2:-7200} draws=${3:-1000}
jobs=${JOBS:-2}
evoke=${EVOKE:-$here/../../.build/release/evoke}
export EVOKE_WAREHOUSE=$work/film.evoke OPENBLAS_NUM_THREADS=${OPENBLAS_NUM_THREADS:-1}
stages=$work/stages.tsv
touch "$stages"

# timed STAGE COMMAND...: wall, user and system seconds, KB of the largest process and exit status, as a line of stages.tsv.
timed() {
  local stage=$1
  shift
  ! grep -q "^$stage"$'\t.*\t0$' "$stages" || return 0
  /usr/bin/time -q -a -o "$stages" -f "$stage\t%e\t%U\t%S\t%M\t%x" "$@" >"$work/${stage// /_}.txt" 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
}

table() {
  echo '| stage | wall min | processor min | peak MB |'
  echo '|---|---|---|---|'
  awk -F '\t' '{ if (!($1 in wall)) order[++n] = $1; wall[$1] += $2; cpu[$1] += $3 + $4; if ($5 > peak[$1]) peak[$1] = $5 }
    END { for (i = 1; i <= n; i++) { s = order[i]; w += wall[s]; c += cpu[s]; if (peak[s] > p) p = peak[s]
        printf "| %s | %.2f | %.2f | %.0f |\n", s, wall[s] / 60, cpu[s] / 60, peak[s] / 1024 }
      printf "| all | %.2f | %.2f | %.0f |\n", w / 60, c / 60, p / 1024 }' "$stages"
  echo
  echo '| step | units | their wall min | longest s | peak MB |'
  echo '|---|---|---|---|---|'
  sqlite3 -readonly "$EVOKE_WAREHOUSE/catalog.sqlite" "SELECT printf('| %s | %d | %.2f | %.1f | %.0f |', unit.step, count(*),
      sum(attempt.seconds) / 60, max(attempt.seconds), max(attempt.peak_bytes) / 1048576.0)
    FROM attempt JOIN unit USING (unit_key) WHERE attempt.state = 'done' GROUP BY unit.step ORDER BY min(attempt_id)"
}
[ -z "${TABLE:-}" ] || { table; exit; }

"${PYTHON:-python3}" "$here/two_hour_film.py" "$work" "$seconds"
cat >"$work/film.yaml" <<END
study: film
kind: layer_sweep
datasets: [film]
elements: [original, voice, soundtrack]
features:
  - {model: w2v2-base-random, layers: all, reduce: {pca: 12}, precision: ${PRECISION:-float32}}
  - {model: hubert-base-random, layers: all, reduce: {pca: 12}, precision: ${PRECISION:-float32}}
targets:
  - {synchrony: {window_s: 10, step_s: 1}}
preparation: {separation: imported}
encoding: {}
statistics: {draws: $draws}
seed: 1
END
of=(--dataset film --licence simulated --consent open)
timed init "$evoke" init "$EVOKE_WAREHOUSE"
timed 'import audio' "$evoke" import audio "$work/film.wav" "${of[@]}"
timed 'import stems' "$evoke" import stems "$work/film_voice.wav" "$work/film_soundtrack.wav" --stimulus film "${of[@]}"
for model in w2v2 hubert; do
  timed "import weights $model" "$evoke" import weights "$work/$model-base-random" "${of[@]}"
done
timed 'import eeg' "$evoke" import eeg "$work/viewers/{stimulus}.h5" --data source --axes subject,time,region --rate-attr rate_hz \
  --labels subject=subject --labels region=region --units au --onset-s 0 "${of[@]}"
timed plan "$evoke" plan "$work/film.yaml"
if [ -n "${PARTS:-}" ]; then
  for model in w2v2 hubert; do
    for element in original voice soundtrack; do
      separation=()
      [ "$element" = original ] || separation=(--separation imported)
      timed "extract $model $element" "$evoke" extract --dataset film --model "$model-base-random" --element "$element" \
        "${separation[@]}" --precision "${PRECISION:-float32}"
    done
  done
fi
timed run "$evoke" run "$work/film.yaml" -j "$jobs"
for view in layer_sweep encoding_score best_layer; do
  timed "query $view" "$evoke" query "$view" --where study=film --format csv
done
table
