#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Runs a command, and prints what is being done at its start and every 15 seconds.
# Usage: sh tools/progress.sh TEXT COMMAND ARGUMENTS...
set -eu
text=$1
shift
echo "$text"
"$@" &
command=$!
trap 'kill "$command" 2>/dev/null; exit 1' HUP INT TERM
seconds=0
while kill -0 "$command" 2>/dev/null; do
  sleep 1
  seconds=$((seconds + 1))
  [ $((seconds % 15)) -ne 0 ] || echo "$text ($seconds seconds so far)"
done
wait "$command"
