// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }
