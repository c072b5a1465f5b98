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
  go test -race -c -o "$binary" "./$package"
  run "$package" "$logs/$name-first.log" || echo "$package failed in its first run: see bin/flakes/$name-first.log"
  # The time of a test is without that of its parallel subtests.
  tests=$(awk '
    /^ *--- (PASS|FAIL): Test/ { split($3, path, "/"); gsub(/[()s]/, "", $NF); seconds[path[1]] += $NF }
    END { for (test in seconds) if (seconds[test] < 1) print test }
  ' "$logs/$name-first.log" | paste -sd'|' -)
  [ -n "$tests" ] || continue
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
  echo "$package: $(echo "$tests" | tr '|' '\n' | wc -l) tests, $count times in $(($(date +%s) - started)) s"
done

# A process that died, such as of a data race, has no line of a test that failed.
failed=$(find "$logs" -name '*.log' ! -name '*-first.log')
[ -n "$failed" ] || { echo "No test failed."; exit 0; }
# shellcheck disable=SC2086 # one argument for each file
grep -h '^ *--- FAIL: \|^panic: \|^WARNING: DATA RACE' $failed | sed 's/ ([0-9.]*s)$//' | sort | uniq -c | sort -rn
echo "The output is in $(echo "$failed" | tr '\n' ' ')"
exit 1
