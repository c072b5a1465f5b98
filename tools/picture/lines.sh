#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Prints what the picture of the demo shows: the data block with the postcondition, and
# the last error that the demo printed.
# Usage: sh lines.sh CONFIGURATION OUTPUT
set -eu
sed -n '/^data "juspay_customer_account" "payee"/,/^}/p' "$1"
printf '\n$ terraform plan -var payee=corner_shop\n'
awk '/╷/ { box = "" } { box = box $0 "\n" } /╵/ { last = box } END { printf "%s", last }' "$2"
