#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Pushes archives of the provider into an OCI registry, from which OpenTofu
# installs it. It needs oras 1.3. Run `oras login` before.
set -eu
if [ $# -lt 3 ]; then
  echo "Usage: sh push.sh REPOSITORY VERSION ARCHIVE..." >&2
  exit 2
fi
repository=$1 version=$2
shift 2
type=application/vnd.opentofu.provider
count=$#
for archive; do
  platform=${archive%.zip} # ..._linux_amd64
  architecture=${platform##*_} platform=${platform%_*}
  digest=$(
    cd "$(dirname "$archive")"
    oras push --format go-template='{{.digest}}' --artifact-type $type-target \
      --artifact-platform "${platform##*_}/$architecture" \
      "$repository" "$(basename "$archive"):archive/zip"
  )
  set -- "$@" "$digest"
done
shift "$count"
oras manifest index create --artifact-type $type "$repository:$version" "$@"
