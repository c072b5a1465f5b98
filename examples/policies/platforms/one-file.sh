#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Prints the policy for one platform as one file, for platforms that take no more:
#
#   sh policies/platforms/one-file.sh scalr >juspay.rego
set -eu

platforms=$(dirname "$0")
platform=${1-}
if [ ! -f "$platforms/$platform/platform.rego" ]; then
  echo "one-file.sh: \"$platform\" has no platform.rego. Name one of:" \
    "digger, env0, hcp-terraform, scalr, spacelift." >&2
  exit 2
fi

# Spacelift's OPA cannot compile a policy that calls time.now_ns.
clock=
[ "$platform" != spacelift ] || clock='s/time\.now_ns()/data.juspay_now_ns/'

sed -e '/^import data\.juspay_policy$/d' -e 's/juspay_policy\.deny/juspay_deny/' "$platforms/$platform/platform.rego"
sed -e '1,/^import rego\.v1$/d' -e '/^allow if /d' \
  -e 's/^deny contains /juspay_deny contains /' -e "$clock" "$platforms/../juspay.rego"
