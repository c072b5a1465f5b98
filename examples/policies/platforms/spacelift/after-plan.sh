#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# The after_plan hook of a Spacelift stack. Writes the plan's JSON to where
# Spacelift adds it to the input of plan policies, with all that looks like a VPA
# replaced.
set -eu

${TERRAFORM:-terraform} show -json spacelift.plan |
  sed 's/[^"\\ ]*@[^"\\ ]*/***/g' >juspay.custom.spacelift.json
