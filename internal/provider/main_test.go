// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

func TestMain(m *testing.M) {
	tearDown, err := acctest.Setup()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	tearDown()
	os.Exit(code)
}
