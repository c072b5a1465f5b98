#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Prints the rules of this directory as one file: examples/policies/juspay.rego.
set -eu

cd "$(dirname "$0")"
cat policy.rego
for subject in settings plan modules accounts providers graph ephemerals \
  payouts checks; do
  sed -e '1,/^import rego\.v1$/d' "$subject.rego"
done
