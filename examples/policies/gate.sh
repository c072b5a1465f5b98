#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Plans, and evaluates the policy. Exits with 0 only if the plan is allowed, and
# only then is it in gate.plan, to be applied. Takes arguments of terraform plan;
# run it in the initialized directory of the configuration.
set -eu

terraform=${TERRAFORM:-terraform}
work=
trap 'rm -rf gate.plan "$work"' EXIT
trap 'exit 1' HUP INT QUIT PIPE ALRM TERM
rm -f gate.plan

stop() {
  echo "gate.sh: $*" >&2
  exit 1
}

# The configuration's author may change files while Terraform plans, so the policy
# is read before, and written to a directory of its own after.
policy=$(cat "$(dirname "$0")/juspay.rego")
settings=$(cat "$(dirname "$0")/settings.json")
opa=$(command -v opa) || stop "opa is not on PATH. Install OPA 0.66 or later."
case $opa in
  /*) ;;
  *) stop "PATH has the relative directory of $opa, which the configuration's author may change. Remove it." ;;
esac
case $("$opa" version | sed -n 's/^Version: //p') in
  0.6[6-9].* | 0.[7-9][0-9].* | [1-9]*.*) ;;
  *) stop "this opa is too old, or does not report its version. Install OPA 0.66 or later." ;;
esac

# Whether settings.json holds a text, whatever its whitespace.
has_setting() {
  case $(printf '%s' "$settings" | tr -d '[:space:]') in
    *"$1"*) ;;
    *) return 1 ;;
  esac
}

check_argument() {
  case $1 in
    -var | -var-file | -replace | -lock-timeout | -parallelism) value_follows=true ;;
    -var=* | -var-file=* | -replace=* | -lock-timeout=* | -parallelism=*) ;;
    -lock | -lock=* | -no-color | -compact-warnings | -refresh-only) ;;
    -destroy) destroy=true ;;
    -refresh=true | -input=false) ;;
    -refresh=* | -target* | -exclude* | -invoke* | -minimal-refresh*)
      stop "${1%%=*} leaves accounts unread: the plan shows them as an earlier run stored them. Plan without it." ;;
    *) stop "the argument ${1%%=*} is not one that the gate passes to terraform plan. Plan without it." ;;
  esac
}

check_arguments() {
  value_follows=false
  destroy=false
  for argument; do
    if $value_follows; then
      value_follows=false
    else
      case $argument in
        --*) check_argument "${argument#-}" ;;
        *) check_argument "$argument" ;;
      esac
    fi
  done
}

# What decides which program runs as the provider, other than init and its lock file.
check_provider_installation() {
  [ ! -e terraform.d ] || stop "the directory terraform.d may hold another program under the provider's name. Remove it; or set juspay.registry_providers to false in settings.json."
  for file in "${TF_CLI_CONFIG_FILE-}" "${TERRAFORM_CONFIG-}" "${HOME-}/.terraformrc" "${HOME-}/.tofurc" "${HOME-}"/.terraform.d/*.tfrc* "${XDG_CONFIG_HOME:-${HOME-}/.config}"/opentofu/*rc; do
    if [ -f "$file" ] && grep -Eq 'dev_overrides|provider_installation|\\' "$file"; then
      stop "$file may replace the provider by another program, with dev_overrides or provider_installation. Remove those; or set juspay.registry_providers to false in settings.json."
    fi
  done
}

check_environment() {
  for name in $(env | sed -n 's/^\(TF_CLI_ARGS[A-Za-z0-9_]*\)=.*/\1/p; s/^\(TF_REATTACH_PROVIDERS\)=.*/\1/p'); do
    stop "$name changes what terraform runs. Unset it, and pass arguments to the gate."
  done
  if [ -n "${JUSPAY_BASE_URL-}" ] && ! has_setting '"servers":false' && ! has_setting "\"$JUSPAY_BASE_URL\""; then
    echo "gate.sh: JUSPAY_BASE_URL is ignored: juspay.servers in settings.json does not list it." >&2
    unset JUSPAY_BASE_URL
  fi
}

check_arguments "$@"
check_environment
has_setting '"registry_providers":false' || check_provider_installation

# Plans hold what was read, VPAs included: they are written for this user alone,
# and do not outlive the gate.
umask 077
work=$(mktemp -d)
"$terraform" plan "$@" -input=false -out="$work/plan" || stop "denied: terraform plan failed."
"$terraform" show -json "$work/plan" >"$work/plan.json" || stop "denied: terraform show failed."
if $destroy && ! grep -q '"actions":\["delete"\]' "$work/plan.json"; then
  stop "denied: there is nothing to destroy."
fi
printf '%s\n' "$policy" >"$work/juspay.rego"
printf '%s\n' "$settings" >"$work/settings.json"

# A plan of Terraform shows no ephemeral resources, nor what conditions refer to; its
# graph does. The strings of a graph are written as those of JSON.
"$terraform" graph -type=plan -plan="$work/plan" >"$work/graph" || stop "denied: terraform graph failed."
{
  echo '{"gate": {"refuses_partial_plans": true, "graph": ['
  node='("([^"\\]|\\.)*")'
  sed -E -n -e "s/^[[:space:]]*$node \[label.*/[\1, \"\"],/p" -e "s/^[[:space:]]*$node -> $node\$/[\1, \3],/p" "$work/graph"
  echo '["", ""]]}}'
} >"$work/gate.json"

# Nothing of the configuration's directory or of the environment reaches OPA.
evaluate() (
  cd "$work" &&
    env -i "$opa" eval --fail --format raw --data juspay.rego --data settings.json --data gate.json --input "$1" "$2"
)

# Prints the number of accounts if the plan is allowed, and fails if it is not.
allowed() {
  evaluate "$1" '[n | data.juspay_policy.allow; n := count(data.juspay_policy.accounts)][0]'
}

if ! accounts=$(allowed plan.json); then
  echo "The policy denies this plan:"
  evaluate plan.json 'concat("\n", [line | data.juspay_policy.deny[message]; line := concat(" ", ["-", message])])' || stop "denied: the policy cannot be evaluated."
  accounts=$(evaluate plan.json 'count(data.juspay_policy.accounts)')
  echo "Denied. Accounts: $accounts. Plan to apply: none."
  exit 1
fi

# A policy that allows anything proves nothing.
must_be_denied() {
  ! allowed "$1" >/dev/null || stop "denied: the policy allows $2 too. Copy juspay.rego anew."
}
echo '{}' >"$work/empty.json"
must_be_denied empty.json "a plan that is empty"
if [ "$accounts" != 0 ] && ! has_setting '"active":false'; then
  sed 's/"validation_status":"ACTIVE"/"validation_status":"PENDING"/g' "$work/plan.json" >"$work/pending.json"
  must_be_denied pending.json "this plan with accounts that are PENDING"
fi

mv "$work/plan" gate.plan
trap 'rm -rf "$work"' EXIT
echo "Allowed. Accounts: $accounts. Plan to apply: $PWD/gate.plan"
