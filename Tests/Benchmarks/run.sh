#!/usr/bin/env bash
# Times evoke and what a Python user would run instead, in turns, on the same files with the same threads.
#
#   PEER_SCRIPTS=FOLDER PEERS=FOLDER Tests/Benchmarks/run.sh [CASE...]
#
# CASE          ridge targets sweep encoder encoder_hubert encoder_wavlm encoder_bfloat16 isc eeg lld egemaps separation source visual (all)
# PEER_SCRIPTS  bench_ridge.py, bench_encoder.py, bench_isc.py, bench_filter.py, bench_source.py, bench_lld.py, bench_separation.py, common.py
# PEERS         venv/ (and venv-tf/ for Spleeter) of the other programs, and data/ (or PEERS_DATA) with the inputs
# SWEEP         models and draws of `sweep` that are run ("2 50"); what 39 models and 1,000 draws would take is told
# TARGETS       of `targets` (20000); YTARGETS stands in ridge.h5
# ROUNDS (5) turns, THREADS (2), PEER_SECONDS (900) for one run of another program, BENCH (.build/release/bench)
# SPEED (Tests/Benchmarks/SPEED.md) gets the table when all cases ran, or TABLE=1
#
# A program or an input that is missing is named with the way to get it, and the rest goes on.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { echo "run.sh: $1" >&2; }
cases=(ridge targets sweep encoder encoder_hubert encoder_wavlm encoder_bfloat16 isc eeg lld egemaps separation source visual)
chosen=("$@")
[ $# -gt 0 ] || chosen=("${cases[@]}")
for name in "${chosen[@]}"; do
  [[ " ${cases[*]} " == *" $name "* ]] || { say "$name is none of ${cases[*]}"; exit 64; }
done
export PEERS="${PEERS:-$HOME/.cache/evoke-peers}"
export PEERS_DATA="${PEERS_DATA:-$PEERS/data}"
scripts="${PEER_SCRIPTS:-}"
[ -n "$scripts" ] || say "PEER_SCRIPTS is not set: only evoke is timed"
[ -d "$PEERS_DATA" ] || { say "$PEERS_DATA is missing; set PEERS or PEERS_DATA to where the inputs are"; exit 66; }

# A kernel forced on OpenBLAS would slow both sides; each chooses its own.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
threads=${THREADS:-2}
export THREADS=$threads OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads MKL_NUM_THREADS=$threads
export NUMBA_NUM_THREADS=$threads TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-2}
rounds=${ROUNDS:-5}
bench=${BENCH:-.build/release/bench}
[ -x "$bench" ] || swift build -c release -debug-info-format none --product bench
lines=$(mktemp)
commands=$(mktemp)
trap 'rm -f "$lines" "$commands"' EXIT
part=
declare -A absent

# Lines of parts of the work are left out.
record() { grep -v " only\]" | sed "s/^{/{\"part\": \"$part\", /" | tee -a "$lines"; }

# needs FILE HINT: whether an input is there.
needs() {
  [ -e "$PEERS_DATA/$1" ] && return
  [ -n "${absent[$1]:-}" ] || say "$part: $PEERS_DATA/$1 is missing: $2"
  absent[$1]=1
  return 1
}

ours() {
  [ "$round" -gt 0 ] || echo "$part | bench $*" >>"$commands"
  RUNS=1 "$bench" "$@" | record || say "$part: bench $* failed"
}

# theirs ENVIRONMENT MODULE SCRIPT ARGUMENTS: one run of another program, where its package is installed.
theirs() {
  local python="$PEERS/$1/bin/python" module=$2 script="$scripts/$3" key="$1/$2"
  shift 3
  [ -n "$scripts" ] && [ -z "${absent[$key]:-}" ] || return 0
  if ! [ -f "$script" ]; then
    say "$part: $script is missing"
    absent[$key]=1
  elif ! [ -x "$python" ]; then
    say "$part: $python is missing: python3 -m venv ${python%/bin/python} && ${python%/python}/pip install $module numpy h5py"
    absent[$key]=1
  elif ! "$python" -c "import importlib.util as u, sys; sys.exit(u.find_spec('$module') is None)"; then
    say "$part: $module is not installed: ${python%/python}/pip install $module"
    absent[$key]=1
  else
    [ "$round" -gt 0 ] || echo "$part | ${script##*/} $*" >>"$commands"
    timeout "${PEER_SECONDS:-900}" "$python" Tests/Benchmarks/peer.py "$script" "$@" | record ||
      say "$part: ${script##*/} $* failed"
  fi
}

case_ridge() {
  needs ridge.h5 "gen_neural.py --only ridge" || return 0
  ours ridge "$PEERS_DATA/ridge.h5"
  theirs venv himalaya bench_ridge.py --peer himalaya-numpy --f64 --runs 1 --warmup 0
  theirs venv numpy bench_ridge.py --peer numpy-eig --f64 --runs 1 --warmup 0
}
# A turn takes minutes.
case_targets() {
  needs ridge.h5 "gen_neural.py --only ridge" || return 0
  local targets=${TARGETS:-20000}
  ours ridge "$PEERS_DATA/ridge.h5" "$targets"
  theirs venv himalaya bench_ridge.py --peer himalaya-numpy --f64 --targets "$targets" --runs 1 --warmup 0
  theirs venv numpy bench_ridge.py --peer numpy-eig --f64 --targets "$targets" --runs 1 --warmup 0
}
# Components, nested fits and draws count on both sides, reading the layers on neither.
case_sweep() {
  needs ridge_sweep.h5 "gen_neural.py --sweep" || return 0
  needs ridge.h5 "gen_neural.py --only ridge" || return 0
  local models draws
  read -r models draws <<<"${SWEEP:-2 50}"
  ours sweep "$PEERS_DATA/ridge_sweep.h5" "$PEERS_DATA/ridge.h5" "$models" "$draws"
  if [ -x "$PEERS/venv/bin/python" ]; then
    "$PEERS/venv/bin/python" Tests/Benchmarks/sweep.py "$PEERS_DATA/ridge_sweep.h5" "$PEERS_DATA/ridge.h5" \
      "$models" "$draws" | record
  fi
}
# The same 10 s chunks without context on both sides.
encode() {
  needs "$1/model.safetensors" "make_encoder_reference.py --models $1" || return 0
  needs audio/speech_60s_16k.wav gen_audio.py || return 0
  ours encoder "$PEERS_DATA/$1" "$PEERS_DATA/audio/speech_60s_16k.wav" 60 "$2"
  theirs venv transformers bench_encoder.py --model "$1" --backend chunked --seconds 60 --runs 1 --threads "$threads"
}
case_encoder() { encode w2v2-base-random float32; }
case_encoder_hubert() { encode hubert-base-random float32; }
case_encoder_wavlm() { encode wavlm-base-random float32; }
case_encoder_bfloat16() {
  encode w2v2-base-random bfloat16
  theirs venv transformers bench_encoder.py --model w2v2-base-random --backend chunked --seconds 60 --runs 1 \
    --threads "$threads" --bf16
}
# Reading the file counts on all sides.
case_isc() {
  needs isc_30x68x200hz.h5 "gen_neural.py --only isc" || return 0
  ours isc "$PEERS_DATA/isc_30x68x200hz.h5"
  theirs venv brainiak bench_isc.py --method brainiak --runs 1
  theirs venv numpy bench_isc.py --method numpy-gram --runs 1
  theirs venv numpy bench_isc.py --method numpy-gram-f64 --runs 1
}
# The recording is in memory on all sides.
case_eeg() {
  needs eeg_raw_64x1000hz.h5 "gen_neural.py --only raw" || return 0
  ours eeg "$PEERS_DATA/eeg_raw_64x1000hz.h5"
  theirs venv mne bench_filter.py --peer mne-fir --runs 1
  theirs venv scipy bench_filter.py --peer scipy-sosfiltfilt --runs 1
}
case_lld() {
  needs audio/speech_600s_16k.wav gen_audio.py || return 0
  ours lld "$PEERS_DATA/audio/speech_600s_16k.wav"
  theirs venv librosa bench_lld.py --peer librosa --runs 1
  theirs venv librosa bench_lld.py --peer librosa-nof0 --runs 1
}
case_egemaps() {
  needs audio/speech_600s_16k.wav gen_audio.py || return 0
  ours egemaps "$PEERS_DATA/audio/speech_600s_16k.wav"
  theirs venv opensmile bench_lld.py --peer opensmile-lld --runs 1
}
case_separation() {
  needs audio/mix_30s_44k1.wav gen_audio.py || return 0
  needs spleeter-2stems-random/model.index "bench_separation.py --backend tf --make-fixture" || return 0
  ours separation "$PEERS_DATA/spleeter-2stems-random" "$PEERS_DATA/audio/mix_30s_44k1.wav"
  theirs venv-tf spleeter bench_separation.py --backend tf --runs 1
  theirs venv torch bench_separation.py --backend torch --channels-last --runs 1
}
# Operator, application and label means on all sides.
case_source() {
  needs source.h5 "gen_neural.py --only source" || return 0
  ours source "$PEERS_DATA/source.h5"
  theirs venv mne bench_source.py --peer mne --runs 1
  theirs venv numpy bench_source.py --peer numpy --runs 1
}
# The pictures of the film in this repository; no other program computes these covariates.
case_visual() { ours visual "${FILM:-Tests/Fixtures/film/bbb_120s_480p.mp4}"; }

machine="$(grep -m1 "model name" /proc/cpuinfo | cut -d: -f2 | xargs), $(nproc) processors, $threads threads each"
machine+=", load $(cut -d' ' -f1-3 /proc/loadavg), $("$bench" kernel)"
echo "$machine"
for part in "${chosen[@]}"; do
  for ((round = 0; round < rounds; round++)); do "case_$part"; done
done
write=()
if [ $# -eq 0 ] || [ -n "${TABLE:-}" ]; then
  write=(--write "${SPEED:-Tests/Benchmarks/SPEED.md}" --machine "$machine" --commands "$commands" --rounds "$rounds")
fi
python3 Tests/Benchmarks/table.py "$lines" "${write[@]}"
