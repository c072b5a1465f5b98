#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Builds one CLI from the source that the Go module proxy serves:
#   build.sh PROGRAM VERSION FILE
# The proxy serves no module for most of Terraform's remote-state backends, and none for
# its second client of HCP Terraform. Tests need neither, so they are taken out.
set -eu
program=$1 version=$2 file=$3

case $program in
terraform) module=github.com/hashicorp/terraform package=. ;;
tofu) module=github.com/opentofu/opentofu package=./cmd/tofu ;;
*) echo "build.sh: the program is $program; it must be terraform or tofu" >&2 && exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
case $file in /*) ;; *) file=$PWD/$file ;; esac

cd "$work" # outside any module, or its go.mod would have a say
cp -R "$(go mod download -json "$module@v$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')" source
chmod -R u+w source
cd source

# edit EXPRESSION... runs sed on a file, without -i, which differs between systems.
edit() {
  target=$1
  shift
  sed "$@" "$target" >edited && cat edited >"$target" && rm edited
}

if [ "$program" = terraform ]; then
  removed='azure|consul|cos|gcs|kubernetes|oci|oss|pg|s3'
  edit internal/backend/init/init.go -E \
    -e "/remote-state\/($removed)\"/d" \
    -e '/backend(Azure|Consul|Cos|GCS|Kubernetes|OCI|OSS|Pg|S3)\.New/d'
  edit go.mod -E "/internal\/backend\/remote-state\/($removed)( |$)/d"
  if grep -q go-tfe/v2 internal/cloud/backend.go; then # for policies of queries on HCP Terraform
    edit internal/cloud/backend.go -E \
      -e '/"github.com\/hashicorp\/go-tfe\/v2"/d' \
      -e '/clientV2 +\*tfev2\.Client/d' \
      -e 's/v2Headers := .*/{/' \
      -e '/v2cfg := /,/failed to create go-tfe v2 client/d'
    edit internal/cloud/backend_query.go -E \
      -e '/"github.com\/hashicorp\/go-tfe\/v2\/api\/models"/d' \
      -e '/^func \(b \*Cloud\) createQueryRunV2/,/^}/d' \
      -e 's/if b\.clientV2 == nil/if true/' \
      -e '/b\.createQueryRunV2\(/d'
    edit go.mod '/github.com\/hashicorp\/go-tfe\/v2 /d'
  fi
fi

mkdir -p "$(dirname "$file")"
go build -mod=mod -ldflags "-s -w" -o "$file.new" "$package"
mv "$file.new" "$file"
