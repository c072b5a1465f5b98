#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Writes the settings of settings.json into the file of each platform.
set -eu

cd "$(dirname "$0")/../policies"
for file in platforms/*/platform.rego; do
  {
    sed '/^settings_json := /q' "$file"
    sed -e 1,2d -e 's/^  //' settings.json | sed -e '$d' | sed -e '$s/$/`/'
    sed '1,/^}`$/d' "$file"
  } >"$file.new"
  mv "$file.new" "$file"
done
