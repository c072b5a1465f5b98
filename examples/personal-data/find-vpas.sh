#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Fails if a saved plan, the state or its local backup holds what looks like a
# VPA (name@bank).
# Usage, in the directory of the configuration: sh find-vpas.sh saved.plan
set -eu
if [ $# -ne 1 ]; then
  echo "Usage: sh find-vpas.sh PLAN, such as: sh find-vpas.sh saved.plan" >&2
  exit 2
fi
command -v unzip >/dev/null || { echo "find-vpas.sh needs unzip." >&2; exit 2; }
export LC_ALL=C # a plan holds binary data
vpa='[[:alnum:]._-]{2,}@[[:alpha:]]{2,}'

# A plan is a zip archive: grep finds nothing in the file itself.
unzip -tqq "$1"
plan=$(unzip -p "$1" | tr -d '\0')
state=$("${TERRAFORM:-terraform}" state pull)

status=0
if printf '%s' "$plan" | grep -aEq "$vpa"; then
  echo "The plan holds what looks like a VPA."
  status=1
fi
if printf '%s' "$state" | grep -Eq "$vpa"; then
  echo "The state holds what looks like a VPA."
  status=1
fi
# A local state that is written leaves the one before it in a backup.
name=terraform.tfstate.backup
for backup in "$name" terraform.tfstate.d/*/"$name"; do
  if [ -f "$backup" ] && grep -aEq "$vpa" "$backup"; then
    echo "$backup holds what looks like a VPA."
    echo "Delete it once you need it no more."
    status=1
  fi
done
if [ $status = 0 ]; then
  echo "Neither the plan nor the state holds what looks like a VPA."
fi
exit $status
