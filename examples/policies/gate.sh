#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Plans, and evaluates the policy. Exits with 0 only if the plan is allowed, and
# only then is it in gate.plan, to be applied. Takes arguments of terraform plan;
# run it in the initialized directory of the configuration. -help prints the usage,
# and -version the version of the policies.
set -eu

stop() {
  echo "gate.sh: $*" >&2
  exit 1
}

# What the configuration's author writes: the clone, or where there is none, this
# directory. No program that the gate runs may be there.
clone=$(pwd -P)
while [ -n "$clone" ] && [ ! -e "$clone/.git" ]; do clone=${clone%/*}; done
tree=${clone:-$(pwd -P)}

# Reports whether a path is absolute, and neither it nor a link on the way to it is in
# the tree. The second argument has a dot for each link that was followed.
stays_outside() (
  case $1 in /*) ;; *) return 1 ;; esac
  [ ${#2} -lt 40 ] || return 1 # a link to itself
  rest=$1/.
  while [ -n "$rest" ]; do
    parent=${rest%/*}
    real=$(CDPATH='' cd -P "${parent:-/}" 2>/dev/null && pwd) || real=$parent
    case $real/ in "$tree"/*) return 1 ;; esac
    if [ -L "$rest" ]; then
      target=$(command -p readlink "$rest") || return 1
      case $target in /*) ;; *) target=$real/$target ;; esac
      stays_outside "$target" "$2." || return 1
    fi
    rest=$parent
  done
)

remove_plan() { command -p rm -f gate.plan || stop "gate.plan cannot be removed. Remove it."; }

check_program_path() {
  ! stays_outside "$1" "" || return 0
  remove_plan
  stop "$2 has '$1', which is not an absolute path that stays outside of $tree, so the configuration's author may put programs there. Remove it."
}

check_path() (
  set -f
  IFS=:
  directories=$PATH: # without ":", the shell drops an empty last entry, which is the working directory
  for directory in $directories; do check_program_path "$directory" PATH; done
)

check_path
remove_plan # also before -help and -version, which exit with 0
case $* in -help | --help | -h)
  echo "Usage: sh $0 [arguments of terraform plan]

Plans, and evaluates the policy. Exits with 0, and leaves gate.plan, only if the
policy allows the plan. Run it in the initialized directory of the configuration,
and then terraform apply gate.plan.

  Arguments: -var, -var-file, -replace, -destroy, -refresh-only, -refresh, -lock,
  -lock-timeout, -parallelism, -input=false, -no-color, -compact-warnings
  -version   prints the version of the policies

For OpenTofu, set TERRAFORM=tofu. Settings: $(dirname "$0")/settings.json"
  exit
  ;;
esac
policies=$(dirname "$0")
if [ "$*" = -version ] || [ "$*" = --version ]; then
  version=$(sed -n 's/.*"revision": *"\([^"]*\)".*/\1/p' "$policies/.manifest" 2>/dev/null) || version=
  echo "Juspay policies ${version:-of a clone}"
  exit
fi

work=
trap 'rm -rf gate.plan "$work"' EXIT
trap 'exit 1' HUP INT QUIT PIPE ALRM TERM

# The configuration's author may change files while Terraform plans, so the policy
# is read before, and written to a directory of its own after.
missing="Copy it again from where the other policies came from, such as examples/policies of the provider's repository."
policy=$(cat "$policies/juspay.rego") || stop "juspay.rego cannot be read. $missing"
settings=$(cat "$policies/settings.json") || stop "settings.json cannot be read. $missing"
terraform=$(command -v "${TERRAFORM:-terraform}") || stop "${TERRAFORM:-terraform} is not on PATH. Install it, or set TERRAFORM to the path of the CLI."
check_program_path "$terraform" TERRAFORM
opa=$(command -v opa) || stop "opa is not on PATH. Install OPA 0.66 or later."
check_program_path "$opa" PATH

# Plans hold what was read, VPAs included: they are written for this user alone,
# and do not outlive the gate.
umask 077
work=$(mktemp -d)
write_policy() {
  printf '%s\n' "$policy" >"$work/juspay.rego"
  printf '%s\n' "$settings" >"$work/settings.json"
}

# Nothing of the configuration's directory or of the environment reaches OPA.
run_opa() (cd "$work" && env -i PATH="${opa%/*}" JUSPAY_BASE_URL="${JUSPAY_BASE_URL-}" opa "$@")

evaluate() { run_opa eval --fail --format raw --data settings.json "$@"; }

version=$(run_opa version 2>&1) || stop "$opa does not run in an empty environment, as no shim of a version manager does. Put the directory of the program itself first on PATH. It reported: $version"
case $(printf '%s\n' "$version" | sed -n 's/^Version: //p') in
  0.6[6-9].* | 0.[7-9][0-9].* | [1-9]*.*) ;;
  *) stop "this opa is too old, or does not report its version. Install OPA 0.66 or later." ;;
esac

# Prints "reported:" and words, in the order of the query:
# - off:registry_providers and off:active, each if the setting is false
# - base_url if juspay.servers is false, so that any server may be read from
# - base_url if juspay.servers lists JUSPAY_BASE_URL
# - outside if something stands beside the object juspay, where no rule reads it
# - names:N, how many names OPA reads: of a name that stands twice, only the last
settings_query='concat(" ", array.concat(
  ["reported:"], array.concat([sprintf("off:%s", [name]) | name := ["registry_providers", "active"][_]; data.juspay[name] == false],
  array.concat(["base_url" | data.juspay.servers == false],
  array.concat(["base_url" | data.juspay.servers[_] == opa.runtime().env.JUSPAY_BASE_URL],
  array.concat(["outside" | data[name] = _; name != "juspay"],
  [sprintf("names:%d", [count([path | walk(data, [path, _]); is_string(path[count(path) - 1])])])]))))))'
write_policy
reported=$(evaluate "$settings_query") || stop "opa cannot read settings.json. Correct what it reports; the file must be JSON in UTF-8, without a byte order mark."
[ "$reported" != "${reported#reported:}" ] || stop "$opa prints more than the result, as a wrapper does. Put the directory of the program itself first on PATH. It printed: $reported"
is_reported() { case " $reported " in *" $1 "*) ;; *) return 1 ;; esac }
! is_reported outside || stop "settings.json has more than the object juspay, and no rule reads what is outside of it. Move it into the object, or into a file of its own."
names=$(printf '%s\n' "$settings" | tr -d ' \t\r\n' | grep -Eo '"([^"\]|\\.)*":?' | grep -c ':$') || true
is_reported "names:$names" || stop "settings.json has a name twice in one object, of which OPA reads the last. Write each setting once."

value_follows=false destroy=false refresh=true
check_argument() {
  if $value_follows; then value_follows=false && return; fi
  case $1 in
    --*) check_argument "${1#-}" ;;
    -var | -var-file | -replace | -lock-timeout | -parallelism) value_follows=true ;;
    -var=* | -var-file=* | -replace=* | -lock-timeout=* | -parallelism=*) ;;
    -lock | -lock=* | -no-color | -compact-warnings | -refresh-only) ;;
    -destroy) destroy=true ;;
    -refresh | -refresh=true | -input=false) ;;
    -refresh=*) refresh=false ;;
    -target* | -exclude* | -invoke*)
      stop "${1%%=*} leaves accounts unread: the plan shows them as an earlier run stored them. Plan without it." ;;
    *) stop "the argument ${1%%=*} is not one that the gate passes to terraform plan. Plan without it." ;;
  esac
}

# What decides which program runs as the provider, other than init.
check_provider_installation() {
  [ -n "${HOME-}" ] || stop "HOME is not set, so that terraform takes the home directory, and a CLI configuration in it, from the system. Set HOME; or set juspay.registry_providers to false in settings.json."
  [ ! -e terraform.d ] || stop "the directory terraform.d may hold another program under the provider's name. Remove it; or set juspay.registry_providers to false in settings.json."
  for file in "${TF_CLI_CONFIG_FILE-}" "${TERRAFORM_CONFIG-}" "$HOME/.terraformrc" "$HOME/.tofurc" "$HOME"/.terraform.d/*.tfrc* "${APPDATA-}/terraform.rc" "${APPDATA-}/tofu.rc" "${APPDATA-}"/terraform.d/*.tfrc* "${XDG_CONFIG_HOME:-$HOME/.config}"/opentofu/*rc*; do
    if [ -f "$file" ] && grep -Eq 'dev_overrides|provider_installation|[\]' "$file"; then
      stop "$file may replace the provider by another program, with dev_overrides or provider_installation. Remove those; or set juspay.registry_providers to false in settings.json."
    fi
  done
  check_homes
}

# Terraform looks for programs in directories of these, too.
check_homes() (
  set -f
  IFS=:
  for directory in $HOME ${XDG_CONFIG_HOME-} ${XDG_DATA_HOME-} ${XDG_DATA_DIRS-}; do
    stays_outside "$directory" "" || stop "HOME or XDG_* has '$directory', which is not an absolute path that stays outside of $tree, so another program may be there under the provider's name. Set it to a directory outside; or set juspay.registry_providers to false in settings.json."
  done
)

# A provider without hashes may be any program, and one that git tracks is the author's.
# Of the lock file, sed prints what proves nothing:
# - it ignores whitespace at the end of a line
# - it holds the first line of each provider
# - it forgets that line at a hash of the provider
# - at the end of the provider, it prints the line that it still holds
# - it passes over the other lines that terraform init writes
# - it prints every further line
check_provider_programs() {
  [ ! -e .terraform.lock.hcl ] || unproven=$(sed -En -e 's/[[:space:]]*$//' -e '/^provider "[^"]+" \{$/{h;d;}' -e '/^    "(h1|zh):[^"]+",$/{x;s/.*//;x;d;}' -e '/^\}$/{x;/./p;d;}' \
    -e '/^(#.*|  (version|constraints) += "[^"]*"|  hashes += \[|  \]|)$/d' -e p .terraform.lock.hcl)
  [ -z "${unproven-}" ] || stop ".terraform.lock.hcl has no hashes for a provider, which may then be any program, or is not formed as terraform init writes it: $unproven. Remove what it shows, and run terraform init."
  data=${TF_DATA_DIR:-.terraform}
  [ -n "$clone" ] && [ -e "$data" ] || return 0
  stays_outside "$data" "" || { check_untracked "$data" && check_real_untracked "$data"; }
  command -p find "$data/" -type l -path '*/providers/*' >"$work/links" # to a cache of plugins
  while IFS= read -r link; do check_real_untracked "$link"; done <"$work/links"
}

# git shows nothing below a link, such as one in the path of the data directory.
check_real_untracked() {
  real=$(CDPATH='' cd -P "$1" 2>/dev/null && pwd) || return 0
  case $real/ in "$clone"/*) check_untracked "$real" ;; esac
}

# The repository is named, since a directory of the author's may look like another.
check_untracked() {
  tracked=$(git --git-dir="$clone/.git" --work-tree="$clone" -c core.fsmonitor=false ls-files --recurse-submodules -- ":(icase)$1") || stop "git does not list the files that it tracks in $1. Install git, or correct what it reports."
  [ -z "$tracked" ] || stop "git tracks files in $1, so a program of the configuration's author may run as the provider. Run git rm -r --cached $1, and terraform init."
}

check_environment() {
  for name in $(env | sed -n 's/^\(TF_CLI_ARGS[A-Za-z0-9_]*\)=.*/\1/p; s/^\(TF_REATTACH_PROVIDERS\)=.*/\1/p'); do
    stop "$name changes what terraform runs. Unset it, and pass arguments to the gate."
  done
  if [ -n "${JUSPAY_BASE_URL-}" ] && ! is_reported base_url; then
    ignored=" JUSPAY_BASE_URL is ignored: juspay.servers in settings.json does not list it."
    echo "gate.sh:$ignored" >&2
    unset JUSPAY_BASE_URL
  fi
}

ignored=
for argument; do check_argument "$argument"; done
! $destroy || $refresh || stop "-refresh=false with -destroy leaves accounts unread: the plan shows them as an earlier run stored them. Plan without it."
check_environment
is_reported off:registry_providers || check_provider_installation
check_provider_programs

"$terraform" plan "$@" -input=false -out="$work/plan" || stop "denied: terraform plan failed.$ignored"
if ! "$terraform" show -json "$work/plan" >"$work/plan.json" 2>"$work/error"; then
  # Terraform 1.10 to 1.14 crash on conditions of ephemeral resources.
  ! grep -q 'unsupported resource mode' "$work/error" || stop "denied: this version of Terraform cannot show plans in which an ephemeral resource has a condition of its own. Make it a precondition of the payout, or plan with Terraform 1.15 or later."
  stop "denied: terraform show failed: $(cat "$work/error")"
fi
if $destroy && ! grep -q '"actions":\["delete"\]' "$work/plan.json"; then
  stop "denied: there is nothing to destroy."
fi
write_policy

# A plan of Terraform shows no ephemeral resources, nor what conditions refer to; its
# graph does. The strings of a graph are written as those of JSON.
"$terraform" graph -type=plan -plan="$work/plan" >"$work/graph" || stop "denied: terraform graph failed."
{
  echo '{"gate": {"refuses_partial_plans": true, "graph": ['
  node='("([^"\\]|\\.)*")'
  sed -E -n -e "s/^[[:space:]]*$node \[label.*/[\1, \"\"],/p" -e "s/^[[:space:]]*$node -> $node\$/[\1, \3],/p" "$work/graph"
  echo '["", ""]]}}'
} >"$work/gate.json"

evaluate_policy() { evaluate --data juspay.rego --data gate.json --input "$@"; }

# Prints the number of accounts if the plan is allowed, and fails if it is not.
allowed() { evaluate_policy "$1" '[n | data.juspay_policy.allow; n := data.juspay_policy.account_count][0]'; }

# Print the reasons, as the policy groups them, their number, and how many accounts they name.
# A policy without report has deny alone. A denial of an account begins with "ADDRESS: account ID".
lines='lines := array.concat([lines | lines := data.juspay_policy.report], [[line | line := data.juspay_policy.deny[_]]])[0]'
reasons_query='[concat("\n- ", array.concat(["The policy denies this plan:"], lines)) | '$lines'][0]'
summary_query='[sprintf("Denied: %d %s. Accounts: %d, denied: %d. Plan to apply: none.",
  [count(lines), object.get({1: "reason"}, count(lines), "reasons"), data.juspay_policy.account_count,
  count({account | account := regex.find_n("^.*: account [^ ]+", data.juspay_policy.deny[_], 1)[0]})]) | '$lines'][0]'

status=0
accounts=$(allowed plan.json) || status=$?
if [ "$status:$accounts" = 1: ]; then
  evaluate_policy plan.json "$reasons_query" && evaluate_policy plan.json "$summary_query" && exit 1
fi
case $status:$accounts in
  0: | 0:*[!0-9]* | [!0]*) stop "denied: opa cannot evaluate the policy. Correct what it reports, or copy juspay.rego anew." ;;
esac

# A policy that allows anything proves nothing.
must_be_denied() { ! allowed "$1" >/dev/null || stop "denied: the policy allows $2 too. Copy juspay.rego anew."; }
echo '{}' >"$work/empty.json"
must_be_denied empty.json "a plan that is empty"
if [ "$accounts" != 0 ] && ! is_reported off:active; then
  sed 's/"validation_status":"ACTIVE"/"validation_status":"PENDING"/g' "$work/plan.json" >"$work/pending.json"
  must_be_denied pending.json "this plan with accounts that are PENDING"
fi

mv "$work/plan" gate.plan
echo "Allowed. Accounts: $accounts. Plan to apply: $PWD/gate.plan"
trap 'rm -rf "$work"' EXIT
