// SPDX-License-Identifier: MPL-2.0

// Package policy tests the policy pack: examples/policies, its rules in examples/policy-rules,
// the gate, and the files of platforms. The tests run in the root of the repository.
package policy

import (
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

func TestMain(m *testing.M) { acctest.MainInRoot(m) }
