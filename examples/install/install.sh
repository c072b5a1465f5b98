#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Builds the provider from a clone of its repository into a directory in which
# terraform init looks for providers before it looks in the registry.
# Usage: sh install.sh CLONE VERSION, such as: sh install.sh terraform-provider-juspay 0.1.0
set -eu
clone=$1 version=$2
registry=${REGISTRY:-registry.terraform.io} # for OpenTofu: registry.opentofu.org
plugins=${PLUGINS:-$HOME/.terraform.d/plugins}
target=$plugins/$registry/juspay/juspay/$version/$(go env GOOS)_$(go env GOARCH)
mkdir -p "$target"
target=$(cd "$target" && pwd)
cd "$clone"
go build -ldflags "-X main.version=$version" -o "$target/terraform-provider-juspay_v$version" .
