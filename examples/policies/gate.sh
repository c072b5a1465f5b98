#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Plans, and lets the policy decide. Exits with 0 only if the plan is allowed, and
# only then is it in gate.plan, to be applied. Arguments are passed to terraform
# plan; run it in the folder of the configuration.
set -eu

policies=$(dirname "$0")
terraform=${TERRAFORM:-terraform}

# Plans hold what was read, VPAs included: they are written for this user alone,
# where no other gate writes, and do not outlive it.
umask 077
rm -f gate.plan
unchecked=$(mktemp -d ./unchecked.XXXXXX)
trap 'rm -rf "$unchecked"' EXIT
trap 'exit 1' HUP INT QUIT PIPE ALRM TERM

# What stands last wins, whatever the arguments say. Conftest takes settings from
# its own files and from the environment too: those that could make it pass
# anything are given here.
"$terraform" plan "$@" -input=false -out="$unchecked/plan" -detailed-exitcode=false
"$terraform" show -json "$unchecked/plan" >"$unchecked/plan.json"
conftest test --strict --namespace main --all-namespaces=false --no-fail=false --trace=false \
  --policy "$policies" --data "$policies/settings.json" "$unchecked/plan.json"
mv "$unchecked/plan" gate.plan
echo "The policy allows this plan: $terraform apply gate.plan"
