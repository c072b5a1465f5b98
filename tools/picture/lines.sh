#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Prints what the picture of the demo shows: five lines of the configuration, and the
# last error that the demo printed.
# Usage: sh lines.sh CONFIGURATION OUTPUT
set -eu
sed -n -e 's/^  status = /status = /p' -e '/precondition {/,/}$/s/^    //p' "$1"
printf '\n$ terraform plan -var payee=corner_shop\n'
awk '/╷/ { box = "" } { box = box $0 "\n" } /╵/ { last = box } END { printf "%s", last }' "$2"
