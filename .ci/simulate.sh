#!/usr/bin/env bash
# Plays made-up days twice with the same seeds and compares what came of them: .ci/simulate.sh FROM SEEDS FOLDER
# The folder gets the output of both runs and report.md, which names the command for each failing seed.
# Exit status 1: a promise was broken, or the two runs differ.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { echo 'Usage: .ci/simulate.sh FROM SEEDS FOLDER (two whole numbers, at least two seeds)' >&2; exit 2; }
[ $# -eq 3 ] || usage
from=$1
seeds=$2
folder=$3
[[ $from =~ ^[0-9]{1,15}$ && $seeds =~ ^[0-9]{1,7}$ ]] || usage
[ "$seeds" -ge 2 ] || usage
mkdir -p "$folder"
command="npm run simulate -- --seeds $seeds --from $from"

# The exit status of the simulation is 1 for a broken promise; anything else that is not 0 is a defect of the simulation.
play() {
  local status=0
  npm run --silent simulate -- --seeds "$seeds" --from "$from" --json >"$folder/$1.txt" 2>&1 || status=$?
  [ "$status" -le 1 ]
}

# What must be the same in both runs: everything but the time that they took. Threads end in any order, so keys are sorted.
summary() { tail -n 1 "$folder/$1.txt" | jq -S 'del(.seconds)'; }

report() { printf '%s\n' "$@" >>"$folder/report.md"; }

: >"$folder/report.md"
for run in first second; do
  if ! play "$run" || ! summary "$run" >"$folder/$run.json" || [ ! -s "$folder/$run.json" ]; then
    report "The simulation itself failed: \`$command\`" '' '```' "$(tail -n 20 "$folder/$run.txt")" '```'
    cat "$folder/report.md"
    exit 1
  fi
done

# Each failing history begins with its seed.
failing=$(grep -hoE '^( +0\.0 s  )?seed [0-9]+:' "$folder/first.txt" "$folder/second.txt" | grep -oE '[0-9]+:$' | tr -d : | sort -nu || true)
if [ -n "$failing" ]; then
  report 'A promise was broken. Each command plays one failing day and prints its history:' '' '```'
  for seed in $(head -n 20 <<<"$failing"); do report "npm run simulate -- --seeds 1 --from $seed"; done
  report '```' ''
fi
if ! diff -u --label first --label second "$folder/first.json" "$folder/second.json" >"$folder/difference.txt"; then
  report "Two runs with the same seeds differ, so a failing seed could not be played again. Twice: \`$command --json\`" '' '```diff' \
    "$(head -n 40 "$folder/difference.txt")" '```'
fi
if [ -s "$folder/report.md" ]; then
  cat "$folder/report.md"
  exit 1
fi
printf '%s seeds from %s, each played twice: no promise was broken, and both runs agree.\n' "$seeds" "$from"
