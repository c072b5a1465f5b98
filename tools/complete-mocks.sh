#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Adds the attributes of the mock of an ACTIVE account to the other mocks that lack them.
# terraform fmt aligns the lines.
set -eu

cd "$(dirname "$0")/../examples"
active=module-tests/mocks/active/account.tfmock.hcl
for file in module-tests/mocks/*/*.hcl module-tests/many/mocks/*/*.hcl module-tests-validation-age/tests/*.hcl; do
  [ "$file" != "$active" ] || continue
  awk '
    NR == FNR { if ($2 == "=" && $1 != "defaults") { order[++count] = $1; line[$1] = $0 } next }
    /^ *(defaults|banh_[a-z]+) = \{$/ { isAccount = 1; isMany = /banh_/; split("", seen) }
    /^ *accounts = \{$/ { isAccount = 0 }
    $2 == "=" { seen[$1] = 1 }
    /^ *\}$/ && isAccount {
      for (i = 1; i <= count; i++) {
        name = order[i]
        if (!(name in seen) && !(isMany && name == "vpa") && !("all_active" in seen)) print line[name]
      }
      isAccount = 0
    }
    { print }
  ' "$active" "$file" >"$file.new"
  mv "$file.new" "$file"
done
