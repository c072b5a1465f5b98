#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Builds the provider from a clone of its repository into the directory in which
# terraform init and tofu init look for providers before a registry. On
# Windows, run it in Git Bash.
set -eu
if [ $# -ne 2 ]; then
  echo "Usage: sh install.sh CLONE VERSION, such as: sh install.sh . 0.1.0" >&2
  exit 2
fi
clone=$1 version=$2
number='(0|[1-9][0-9]*)'
pre_release='(-[0-9A-Za-z]+([.-][0-9A-Za-z]+)*)?'
form="$number[.]$number[.]$number$pre_release"
printf %s "$version" | tr '\n' , | grep -Eqx "$form" || {
  echo "\"$version\" is not a version that Terraform finds." \
    "Write three numbers, such as 0.1.0 or 0.2.0-beta1." >&2
  exit 2
}
[ -f "$clone/examples/install/install.sh" ] || {
  echo "\"$clone\" is not a clone of the provider's repository." \
    "Write its directory, such as ~/terraform-provider-juspay." >&2
  exit 2
}
# No workspace above the clone, and no flag of the environment, adds other code.
export GOWORK=off GOFLAGS=
case $(go env GOOS) in
windows) plugins=${PLUGINS:-$APPDATA/terraform.d/plugins} ;;
*) plugins=${PLUGINS:-$HOME/.terraform.d/plugins} ;;
esac
terraform=$plugins/registry.terraform.io/juspay/juspay
tofu=$plugins/registry.opentofu.org/juspay/juspay
directory=$version/$(go env GOOS)_$(go env GOARCH)
mkdir -p "$terraform/$directory" "$tofu/$directory"
terraform=$(cd "$terraform" && pwd) tofu=$(cd "$tofu" && pwd)
program=$directory/terraform-provider-juspay_v$version$(go env GOEXE)
cd "$clone"
# The same sources, Go and platform give the same checksum in every directory.
export CGO_ENABLED=0
name="juspay/juspay $version"
sh tools/progress.sh \
  "Building $name, which takes about a minute the first time" \
  go build -trimpath -buildvcs=false -ldflags "-X main.version=$version" \
  -o "$terraform/$program" .
cp "$terraform/$program" "$tofu/$program"
echo "Installed $name in $plugins."
for other in "$terraform"/*; do
  [ "$other" != "$terraform/$version" ] || continue
  echo "terraform init takes the highest version. To remove ${other##*/}:"
  echo "  rm -r \"$other\" \"$tofu/${other##*/}\""
done
echo "It hides every release of a registry. To uninstall it:"
echo "  rm -r \"$terraform\" \"$tofu\""
