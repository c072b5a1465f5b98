#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Plans, and lets the policy decide. Exits with 0 only if the plan is allowed, and
# only then is it in gate.plan, to be applied. Arguments are passed to terraform
# plan; run it in the folder of the configuration.
set -eu

policies=$(dirname "$0")
terraform=${TERRAFORM:-terraform}

umask 077 # plans hold what was read, VPAs included
rm -f gate.plan
trap 'rm -f unchecked.plan unchecked.json' EXIT
trap 'exit 1' HUP INT TERM

# What stands last wins, whatever the arguments say.
"$terraform" plan "$@" -input=false -out=unchecked.plan -detailed-exitcode=false
"$terraform" show -json unchecked.plan >unchecked.json
conftest test --strict --policy "$policies" --data "$policies/settings.json" unchecked.json
mv unchecked.plan gate.plan
echo "The policy allows this plan: $terraform apply gate.plan"
