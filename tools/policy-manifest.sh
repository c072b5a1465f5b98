#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Writes bin/policies/.manifest, which the release adds to the policies: the version,
# where gate.sh and OPA look for it, and the package that a bundle owns.
set -eu
mkdir -p bin/policies
printf '{"revision": "%s", "roots": ["juspay_policy"]}\n' "${1:?name the version, such as 1.2.3}" >bin/policies/.manifest
