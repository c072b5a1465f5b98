#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Runs the acceptance tests, those of all examples included, with each CLI of bin/clis that
# the arguments name, such as terraform-1.5.7. It prints a line for each CLI at the end, and
# fails if a test failed or a CLI is not built.
set -u
dir=$PWD/bin/clis
log=$dir/log
mkdir -p "$log"
status=0
: >"$log/summary"
for cli; do
  if [ ! -x "$dir/$cli" ]; then
    echo "$cli is not built: run make clis" >>"$log/summary"
    status=1
    continue
  fi
  start=$(date +%s)
  result=passed
  TF_ACC=1 TF_ACC_TERRAFORM_PATH=$dir/$cli sh tools/progress.sh "Testing $cli" \
    go test -count=1 -v -timeout=40m -run="${RUN:-^TestAcc[A-Z]}" ./... >"$log/$cli" 2>&1 || result=FAILED status=1
  count() { grep -c -- "^--- $1: " "$log/$cli"; }
  echo "$cli $result: $(count PASS) tests passed, $(count SKIP) skipped, $(count FAIL) failed, in $(($(date +%s) - start)) s" >>"$log/summary"
  tail -n 1 "$log/summary"
  grep -- '^ *--- FAIL: ' "$log/$cli" | sed 's/^/  /'
done
echo
cat "$log/summary"
exit $status
