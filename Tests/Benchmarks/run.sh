#!/usr/bin/env bash
# Times evoke and what a Python user would run instead, in turns, on the same files with the same threads.
#
#   PEER_SCRIPTS=FOLDER PEERS=FOLDER Tests/Benchmarks/run.sh [ridge] [encoder] [isc]
#
# PEER_SCRIPTS  bench_ridge.py, bench_encoder.py, bench_isc.py, common.py
# PEERS         venv/ (numpy, himalaya, torch, transformers, brainiak, h5py) and data/ (or PEERS_DATA) with ridge.h5,
#               isc_30x68x200hz.h5, w2v2-base-random/ and audio/speech_60s_16k.wav
# ROUNDS (3) turns, THREADS (2), BENCH (.build/release/bench, built when absent)
set -euo pipefail
cd "$(dirname "$0")/../.."

refuse() { echo "run.sh: $1" >&2; exit 2; }
[ -n "${PEER_SCRIPTS:-}" ] || refuse "set PEER_SCRIPTS to the folder of bench_ridge.py, bench_encoder.py and bench_isc.py"
[ -n "${PEERS:-}" ] || refuse "set PEERS to the folder that holds venv/ and data/ of the other programs"
export PEERS PEERS_DATA="${PEERS_DATA:-$PEERS/data}"
python="$PEERS/venv/bin/python"
[ -x "$python" ] || refuse "$python is missing; make the environment of the other programs first"
parts=("$@")
[ $# -gt 0 ] || parts=(ridge encoder isc)
for part in "${parts[@]}"; do
  case $part in
    ridge) input=ridge.h5 ;;
    encoder) input=w2v2-base-random/model.safetensors ;;
    isc) input=isc_30x68x200hz.h5 ;;
    *) refuse "$part is none of ridge, encoder, isc" ;;
  esac
  [ -f "$PEER_SCRIPTS/bench_$part.py" ] || refuse "$PEER_SCRIPTS/bench_$part.py is missing"
  [ -f "$PEERS_DATA/$input" ] || refuse "$PEERS_DATA/$input is missing; generate the inputs first"
done

# A kernel forced on OpenBLAS would slow both sides; each chooses its own.
unset OPENBLAS_CORETYPE
threads=${THREADS:-2}
export THREADS=$threads OPENBLAS_NUM_THREADS=$threads OMP_NUM_THREADS=$threads MKL_NUM_THREADS=$threads
rounds=${ROUNDS:-3}
bench=${BENCH:-.build/release/bench}
[ -x "$bench" ] || swift build -c release --product bench
lines=$(mktemp)
trap 'rm -f "$lines"' EXIT

ours() { RUNS=1 "$bench" "$@" | sed "s/^{/{\"part\": \"$1\", /" | tee -a "$lines"; }
theirs() {
  local part=$1
  shift
  "$python" Tests/Benchmarks/peer.py "$PEER_SCRIPTS/bench_$part.py" "$@" 2>/dev/null |
    sed "s/^{/{\"part\": \"$part\", /" | tee -a "$lines"
}

grep -m1 "model name" /proc/cpuinfo
echo "$(nproc) processors, $threads threads each, load $(cut -d' ' -f1-3 /proc/loadavg), $("$bench" kernel)"
for part in "${parts[@]}"; do
  for ((round = 0; round < rounds; round++)); do
    case $part in
      ridge)
        ours ridge "$PEERS_DATA/ridge.h5"
        theirs ridge --peer himalaya-numpy --f64 --runs 1 --warmup 0
        theirs ridge --peer numpy-eig --f64 --runs 1 --warmup 0
        ;;
      encoder)
        ours encoder "$PEERS_DATA/w2v2-base-random" "$PEERS_DATA/audio/speech_60s_16k.wav" 60
        theirs encoder --model w2v2-base-random --backend chunked --seconds 60 --runs 1 --threads "$threads"
        ;;
      isc)
        ours isc "$PEERS_DATA/isc_30x68x200hz.h5"
        theirs isc --method brainiak --windows 5 --runs 1
        theirs isc --method numpy-gram --runs 1
        ;;
    esac
  done
done
"$python" Tests/Benchmarks/table.py "$lines"
