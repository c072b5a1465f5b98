#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Plans, and evaluates the policy. Exits with 0 only if the plan is allowed, and
# only then is it in gate.plan, to be applied. Arguments are passed to terraform
# plan; run it in the directory of the configuration.
set -eu

policies=$(dirname "$0")
terraform=${TERRAFORM:-terraform}
rm -f gate.plan
settings=$(tr -d '[:space:]' <"$policies/settings.json")

stop() {
  echo "gate.sh: $*" >&2
  exit 1
}

# What came from the environment is split into words as Terraform does it.
arguments() {
  printf '%s\n' "$@"
  printf '%s\n' "${TF_CLI_ARGS-} ${TF_CLI_ARGS_plan-}" | tr -d "\"'\\\\" | tr -s '[:space:]' '\n'
}

# Reads arguments. Such a plan shows accounts as an earlier run stored them.
refuse_partial_plans() {
  while read -r argument; do
    flag=${argument#-}
    case $argument in
      -*) case ${flag#-} in
        refresh=true) ;;
        target* | exclude* | invoke* | minimal-refresh* | refresh=*)
          stop "${argument%%=*} leaves accounts unread. Plan without it, in the arguments and in TF_CLI_ARGS and TF_CLI_ARGS_plan; or set juspay.complete_plan to false in settings.json." ;;
      esac ;;
    esac
  done
}

command -v conftest >/dev/null || stop "conftest is not on PATH. Install Conftest 0.54 or later."
case $(conftest --version | sed -n 's/^OPA: //p') in
  0.6[6-9].* | 0.[7-9][0-9].* | [1-9]*.*) ;;
  *) stop "this conftest is too old, or does not report the version of its OPA. Install Conftest 0.54 or later, which has OPA 0.66." ;;
esac

case $settings in
  *'"complete_plan":false'*) refused=false ;;
  *)
    arguments "$@" | refuse_partial_plans
    refused=true
    ;;
esac

case $settings in
  *'"servers":false'* | *"\"${JUSPAY_BASE_URL-}\""*) ;;
  *)
    [ -z "${JUSPAY_BASE_URL-}" ] || echo "gate.sh: JUSPAY_BASE_URL is ignored: juspay.servers in settings.json does not list it." >&2
    unset JUSPAY_BASE_URL
    ;;
esac

# Plans hold what was read, VPAs included: they are written for this user alone,
# where no other gate writes, and do not outlive it.
umask 077
unchecked=$(mktemp -d ./unchecked.XXXXXX)
trap 'rm -rf "$unchecked"' EXIT
trap 'exit 1' HUP INT QUIT PIPE ALRM TERM

# The last flag wins, whatever the arguments say. Conftest takes settings from its
# own files and from the environment too: those that could make it pass anything
# are given here. gate.json vouches for plans that do not say that they are
# complete, as those of OpenTofu do not.
"$terraform" plan "$@" -input=false -out="$unchecked/plan" -detailed-exitcode=false
"$terraform" show -json "$unchecked/plan" >"$unchecked/plan.json"
echo "{\"gate\": {\"refuses_partial_plans\": $refused}}" >"$unchecked/gate.json"
conftest test --strict --namespace main --all-namespaces=false --no-fail=false --trace=false \
  --policy "$policies" --data "$policies/settings.json" --data "$unchecked/gate.json" "$unchecked/plan.json"
mv "$unchecked/plan" gate.plan
echo "The policy allows this plan: $terraform apply gate.plan"
