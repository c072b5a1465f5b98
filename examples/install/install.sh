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
# No workspace above the clone, and no flag of the environment, adds other code.
export GOWORK=off GOFLAGS=
case $(go env GOOS) in
windows) plugins=${PLUGINS:-$APPDATA/terraform.d/plugins} ;;
*) plugins=${PLUGINS:-$HOME/.terraform.d/plugins} ;;
esac
suffix=juspay/juspay/$version/$(go env GOOS)_$(go env GOARCH)
terraform=$plugins/registry.terraform.io/$suffix
tofu=$plugins/registry.opentofu.org/$suffix
mkdir -p "$terraform" "$tofu"
terraform=$(cd "$terraform" && pwd) tofu=$(cd "$tofu" && pwd)
program=terraform-provider-juspay_v$version$(go env GOEXE)
cd "$clone"
# The same sources, Go and platform give the same checksum in every directory.
CGO_ENABLED=0 go build -trimpath -buildvcs=false \
  -ldflags "-X main.version=$version" -o "$terraform/$program" .
cp "$terraform/$program" "$tofu/$program"
echo "Installed juspay/juspay $version in $plugins"
