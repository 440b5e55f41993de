#!/usr/bin/env bash
# The whole way on real input: a film, its annotations, trained weights and recordings into one warehouse, analyses out of it,
# and at the end the planted truth beside what was recovered. Called by `make demo`; takes nothing from the network.
set -euo pipefail
cd "$(dirname "$0")/../../.."
PATH="$PWD/.build/release:$PATH"
export EVOKE_WAREHOUSE=demo.evoke OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
fixtures=Tests/Fixtures
studies=$fixtures/demo
work=.build/demo
jobs=$(nproc)
start=$SECONDS

bold='' plain='' terminal=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\033[1m' plain=$'\033[0m'; fi
if [ -t 2 ]; then terminal=yes; fi

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# Shows a command as it would be typed, then runs it. Off a terminal the line per unit is left out.
run() {
  local word shown='$ evoke'
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=,@%+-]*) shown+=" '${word//\'/\'\\\'\'}'" ;;
      *) shown+=" $word" ;;
    esac
  done
  printf '%s\n' "$shown"
  if [ "$terminal" ]; then evoke "$@"; else evoke "$@" 2>&1 | sed '/^\[[0-9]*\/[0-9]*\] done/d'; fi
}

rm -rf "$EVOKE_WAREHOUSE" "$work"
mkdir -p "$work"

say '1. A warehouse: a folder with an SQLite catalog and HDF5 arrays.'
run init "$EVOKE_WAREHOUSE"

say '2. Forrest Gump second by second (studyforrest, CC0): sound and picture as features, the emotions on screen as annotations.'
table=$fixtures/affect/studyforrest_av_1hz_runs_1_6.csv
run import features "$table" --dataset studyforrest --licence CC0-1.0 --stimulus forrest_gump --run run \
  --map time=t_s --space sound=rms,lrdiff,music --space picture=brmean,norm_diff
run import annotations "$table" --dataset studyforrest --licence CC0-1.0 --stimulus forrest_gump --run run \
  --map time=t_s,arousal=arousal_sum,valence_pos=valence_pos_sum,valence_neg=valence_neg_sum

say '3. A film, and a small trained speech encoder.'
run import video $fixtures/film/bbb_120s_480p.mp4 --dataset film \
  --licence 'CC BY 3.0, (c) 2008 Blender Foundation, www.bigbuckbunny.org'
run import weights $fixtures/weights/hubert-tiny-speech --dataset film --licence 'CC BY 4.0'

say '4. Features per second: every layer of the encoder, twelve descriptors of the sound, twelve of the picture.'
run extract --dataset film --model hubert-tiny-speech -j "$jobs"
run extract --dataset film --set lld12 -j "$jobs"
run extract --dataset film --set vis12 -j "$jobs"

say '5. Simulated viewers and raters of the film: ordinary files, and the truth beside them.'
run simulate $studies/viewers.yaml -o $work/viewers
run import annotations $work/viewers/annotations/*.csv --dataset film --raters wide --stimulus stimulus --scale=-1:1 \
  --licence 'simulated' --consent open
run import fmri "$work/viewers/responses/{stimulus}.h5" --data bold --axes subject,time,region --rate-attr rate_hz \
  --labels subject=subject --labels region=region --units au --onset-s 0 --dataset film --licence simulated
run import eeg "$work/viewers/synchrony/{stimulus}.h5" --data source --axes subject,time,region --rate-attr rate_hz \
  --labels subject=subject --labels region=region --units au --onset-s 0 --dataset film --licence simulated
run cohort define first-six \
  --subjects "SELECT DISTINCT dataset, subject FROM array_catalog WHERE dataset = 'film' AND subject <= 'sub-06'"

say '6. Real listeners of a story (Pie Man, MIT).'
run import fmri $fixtures/fmri/pieman_4sub.h5 --data bold --axes subject,time,region --tr-s 1.5 \
  --units au --stimulus pieman --onset-s 0 --dataset pieman --licence MIT

say '7. What is to be computed, and why.'
run plan $studies/forrest.yaml

say '8. Does the sound explain the emotions on screen beyond the picture?'
run run $studies/forrest.yaml -j "$jobs"
run query covariate_control --where study=forrest --digits 3 \
  --columns target,r_audio_only,r_visual_only,r_joint,r_zeroed_banded,unique_r2,p_unique,q_unique,leak_alarm,valid

say '9. Which layer follows the raters, the responses and the synchrony?'
run run $studies/layers.yaml -j "$jobs"
run query layer_sweep --where study=layers --where target=arousal --digits 3 --order depth \
  --columns feature_set,layer_key,r,low,high,p,p_max,is_peak,peak_share,valid
run query layer_contrast --where study=layers --where target_kind=annotation --digits 3 \
  --columns target,contrast,difference,low,high,p,q_bh,valid
sql="SELECT layer_key, round(r, 3) AS r, round(p_max, 3) AS p_max, is_peak, peak_share, valid FROM layer_sweep
    WHERE study = 'layers' AND region = 'heschl' AND target_kind = 'response' AND layer_key LIKE 'hs%' ORDER BY depth"
printf '$ sqlite3 -header -column %s/catalog.sqlite "%s"\n' "$EVOKE_WAREHOUSE" "$sql"
sqlite3 -header -column "$EVOKE_WAREHOUSE/catalog.sqlite" "$sql"
run plot layer_sweep --where study=layers --where target_kind=response -o $work/layers.svg

say '10. Over viewers, beyond the picture, and between subjects.'
run run $studies/viewers_each.yaml -j "$jobs"
run query group_score --where study=viewers-each --where test=group_phase --digits 3 --columns layer_key,region,subject_count,mean,low,high,p,p_max,valid
run run $studies/beyond_picture.yaml -j "$jobs"
run query covariate_control --where study=beyond-picture --digits 3 \
  --columns target,r_audio_only,r_visual_only,r_joint,r_zeroed_banded,unique_r2,p_unique,leak_alarm,valid
run run $studies/synchrony.yaml -j "$jobs"
run query synchrony_summary --where null_kind=phase --digits 3 \
  --columns dataset,region,subject_count,mean_isc,static_isc,p,q_bh,valid

run sql -f $studies/moments.sql

say '11. A second run computes nothing.'
run run $studies/layers.yaml -j "$jobs"

say '12. Where a number comes from, and whether everything is still what it was.'
run sql "SELECT kind, count(*) AS arrays, sum(bytes) AS bytes FROM array_catalog GROUP BY kind ORDER BY kind"
run why film/bbb_120s_480p/original/hubert-tiny-speech/hs.5@1
run why bbb_120s_480p.mp4 --down
run cite add heschl --format 'r = %.2f' \
  --sql "SELECT r FROM layer_sweep WHERE study = 'layers' AND target_kind = 'response' AND region = 'heschl' AND is_peak = 1"
run cite heschl
run cite --check
run verify --level 3
for view in encoding_score fold_score_detail group_score layer_sweep layer_contrast covariate_control synchrony_summary \
  alignment_audit array_catalog unit_status lineage environment_of_run import_log; do
  count=$(sqlite3 "$EVOKE_WAREHOUSE/catalog.sqlite" "SELECT count(*) FROM $view")
  printf '%-20s %6d rows\n' "$view" "$count"
  [ "$count" -gt 0 ] || { echo "view $view has no rows" >&2; exit 1; }
done

say '13. The truth beside what was recovered.'
run grade $work/viewers/truth.json --study layers --digits 3

say '14. One file that proves it, checked alone in an empty folder.'
run consent film open --reason 'a free film, and simulated viewers'
run archive create $work/layers.zip --study layers --title 'Layers that follow viewers' \
  --author 'Ada Lovelace <0000-0002-1825-0097>' --licence CC-BY-4.0 --include sources
empty=$(mktemp -d)
mv $work/layers.zip "$empty"
(cd "$empty" && unset EVOKE_WAREHOUSE && run archive verify layers.zip --level 5 -j "$jobs")
mv "$empty/layers.zip" $work
rmdir "$empty"
[ ! -e "$EVOKE_WAREHOUSE/catalog.sqlite-wal" ] || { echo 'the warehouse is not closed' >&2; exit 1; }
printf '\nThe warehouse is demo.evoke (any sqlite3 opens demo.evoke/catalog.sqlite), the figure %s/layers.svg; %d s.\n' \
  "$work" $((SECONDS - start))
