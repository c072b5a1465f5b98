#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Runs each test that takes less than a second FLAKES_COUNT times (default 200) with the race
# detector, each time in another order, and once more beside eight busy loops. Prints how
# often each test failed; the directory bin/flakes has the output of each run that failed.
#
#   sh tools/flakes.sh [PACKAGE...]
set -eu

cd "$(dirname "$0")/.."
root=$PWD
count=${FLAKES_COUNT:-200}
logs=$root/bin/flakes
rm -rf "$logs"
mkdir -p "$logs"

loops=
stop_loops() {
  # shellcheck disable=SC2086 # one argument for each process
  [ -z "$loops" ] || kill $loops 2>/dev/null || true
  loops=
}
trap stop_loops EXIT
trap 'exit 1' INT TERM

# run PACKAGE LOG FLAGS... runs its tests in its directory.
run() {
  log=$2
  (cd "$root/$1" && shift 2 && "$binary" -test.timeout=10m -test.v "$@") >"$log" 2>&1
}

# shellcheck disable=SC2046 # one argument for each package
[ $# -gt 0 ] || set -- $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./... | sed "s|^$root/||;s|^$root\$|.|")
for package; do
  package=${package#./}
  name=$(echo "$package" | tr / -)
  binary=$logs/$name.test
  # The race detector makes simulations in virtual time take many times as long.
  go test -c -o "$binary" "./$package"
  log=$logs/$name-first.log
  passed=true
  run "$package" "$log" || passed=false
  # The time of a test has that of its subtests if they run in turn, and lacks it if they are parallel.
  times=$(awk '
    /^ *--- (PASS|FAIL): Test/ { split($3, path, "/"); depth = index($0, "-"); gsub(/[()s]/, "", $NF); sum = total[path[1], depth] += $NF
      if (sum > seconds[path[1]]) seconds[path[1]] = sum; names[path[1]] }
    END { for (test in names) print test, (seconds[test] < 1 ? "quick" : "slow") }
  ' "$log" | sort)
  if $passed; then rm "$log"; fi
  tests=$(echo "$times" | sed -n 's/ quick$//p' | paste -sd'|' -)
  slow=$(echo "$times" | sed -n 's/ slow$//p' | paste -sd' ' -)
  [ -n "$tests" ] || continue
  go test -race -c -o "$binary" "./$package"
  started=$(date +%s)
  i=0
  while [ "$i" -lt "$count" ]; do
    i=$((i + 1))
    log=$logs/$name-$i.log
    if run "$package" "$log" -test.run="^($tests)\$" -test.shuffle="$i"; then rm "$log"; fi
  done
  for _ in 1 2 3 4 5 6 7 8; do
    (while :; do :; done) &
    loops="$loops $!"
  done
  log=$logs/$name-busy.log
  if run "$package" "$log" -test.run="^($tests)\$" -test.shuffle="$count"; then rm "$log"; fi
  stop_loops
  rm "$binary"
  echo "$package: $(echo "$tests" | tr '|' '\n' | wc -l) tests, $count times in $(($(date +%s) - started)) s${slow:+; not the slow $slow}"
done

# A process that died, such as of a data race, has no line of a test that failed.
failed=$(find "$logs" -name '*.log')
[ -n "$failed" ] || { echo "No test failed."; exit 0; }
# shellcheck disable=SC2086 # one argument for each file
grep -h '^ *--- FAIL: \|^panic: \|^WARNING: DATA RACE' $failed | sed 's/ ([0-9.]*s)$//' | sort | uniq -c | sort -rn
echo "The output is in $(echo "$failed" | tr '\n' ' ')"
exit 1
