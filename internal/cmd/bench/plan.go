// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

const requirementHCL = `terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

locals {
  vendors = csvdecode(file("${path.module}/vendors.csv"))
}

`

const singleHCL = requirementHCL + `data "juspay_customer_account" "vendor" {
  count = length(local.vendors)

  customer_id         = local.vendors[count.index].customer_id
  customer_account_id = local.vendors[count.index].customer_account_id
`

const forEachHCL = requirementHCL + `data "juspay_customer_account" "vendor" {
  for_each = { for v in local.vendors : v.customer_account_id => v.customer_id }

  customer_id         = each.value
  customer_account_id = each.key
}
`

const postconditionHCL = `
  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "Not ACTIVE."
    }
  }
`

const manyHCL = requirementHCL + `data "juspay_customer_accounts" "vendors" {
  customer_ids = { for v in local.vendors : v.customer_account_id => v.customer_id }

  lifecycle {
    postcondition {
      condition     = self.all_active
      error_message = "Not ACTIVE: ${jsonencode(self.not_active)}"
    }
  }
}
`

// manyEphemeralHCL is manyHCL with ephemeral resources, whose values cannot be part of a message.
var manyEphemeralHCL = strings.NewReplacer("data \"", "ephemeral \"", ": ${jsonencode(self.not_active)}", "").Replace(manyHCL)

func accountID(i int) string { return "banh_" + strconv.Itoa(i) }

// bench has the programs and the server that all measurements use, and their samples.
type bench struct {
	dir     string // the directory of the compiled programs
	cli     string
	server  *juspaytest.Server
	samples map[point][]sample
}

// plan makes one plan and records its time and memory.
func (b *bench) plan(ctx context.Context, at point, s planSeries) error {
	dir, err := os.MkdirTemp(b.dir, "plan-")
	if err != nil {
		return err
	}
	if err := configure(dir, s.configuration, at.accounts); err != nil {
		return err
	}
	env := []string{
		"JUSPAY_API_KEY=" + juspaytest.APIKey,
		"JUSPAY_BASE_URL=" + b.server.URL,
		"MEASURED_PROVIDER=" + filepath.Join(b.dir, s.provider, tfcli.ProviderName()),
	}
	if s.readsEach {
		env = append(env, "FLOOR_GET=1")
	}
	cli, err := tfcli.New(b.cli, dir, filepath.Join(b.dir, "measured"), env...)
	if err != nil {
		return err
	}
	b.server.Delay(s.latency)
	b.server.Throttle(s.perSecond)
	throttledBefore := b.server.Throttled()
	b.server.DrainRequests()

	var printed bytes.Buffer
	start := time.Now()
	if err := cli.Run(ctx, &printed, &printed, "plan", "-no-color", "-input=false", "-out=saved.plan"); err != nil {
		return fmt.Errorf("%s, %d accounts: %w\n%.2000s", at.series, at.accounts, err, &printed)
	}
	seconds := time.Since(start).Seconds()

	want := 0
	if s.readsEach {
		want = at.accounts
	}
	if got := len(b.server.Requests()) - b.server.Throttled() + throttledBefore; got != want {
		return fmt.Errorf("%s, %d accounts: %d requests were sent, expected %d", at.series, at.accounts, got, want)
	}
	memory, err := providerMemory(dir)
	if err != nil {
		return err
	}
	b.samples[at] = append(b.samples[at], sample{seconds, memory})
	return os.RemoveAll(dir)
}

// providerMemory returns the peak that the program around the provider wrote to a file.
func providerMemory(dir string) (int, error) {
	memory, err := fs.ReadFile(os.DirFS(dir), "provider.memory")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(memory))
}

func configure(dir, configuration string, accounts int) error {
	var vendors strings.Builder
	vendors.WriteString("customer_id,customer_account_id\n")
	for i := range accounts {
		vendors.WriteString("cst_bench," + accountID(i) + "\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "vendors.csv"), []byte(vendors.String()), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "main.tf"), []byte(configuration), 0o600)
}

// version returns the first line of the CLI's version command.
func (b *bench) version(ctx context.Context) (string, error) {
	cli, err := tfcli.New(b.cli, b.dir, b.dir)
	if err != nil {
		return "", err
	}
	var printed bytes.Buffer
	if err := cli.Run(ctx, &printed, &printed, "version"); err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(printed.String(), "\n")
	return first, nil
}
