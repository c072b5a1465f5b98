// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
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

const requirement = `terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}

variable "accounts" {
  type = map(object({
    customer_id         = string
    customer_account_id = string
  }))
}

`

const single = requirement + `data "juspay_customer_account" "vendor" {
  count = length(var.accounts)

  customer_id         = "cst_bench"
  customer_account_id = "banh_${count.index}"
`

const onEach = `
  lifecycle {
    postcondition {
      condition     = self.validation_status == "ACTIVE"
      error_message = "Not ACTIVE."
    }
  }
`

const overSingles = `
output "checked" {
  value = length(data.juspay_customer_account.vendor)

  precondition {
    condition     = alltrue([for account in data.juspay_customer_account.vendor : account.validation_status == "ACTIVE"])
    error_message = "Not ACTIVE."
  }
}
`

const plural = requirement + `data "juspay_customer_accounts" "vendors" {
  accounts = var.accounts
}
`

const groups = requirement + `data "juspay_customer_accounts" "vendors" {
  for_each = { for number, names in chunklist(keys(var.accounts), 1000) :
    number => { for name in names : name => var.accounts[name] }
  }

  accounts = each.value
}
`

const overPlural = `
output "checked" {
  value = length(data.juspay_customer_accounts.vendors.validation_statuses)

  precondition {
    condition     = alltrue([for status in data.juspay_customer_accounts.vendors.validation_statuses : status == "ACTIVE"])
    error_message = "Not ACTIVE."
  }
}
`

func accountID(i int) string { return "banh_" + strconv.Itoa(i) }

// bench is what the measurements share, and what they found.
type bench struct {
	dir    string // with the programs that were built
	cli    string
	server *juspaytest.Server
	taken  map[point][]sample
}

// plan makes one plan, and keeps what it took.
func (b *bench) plan(ctx context.Context, at point, s series) error {
	dir, err := os.MkdirTemp(b.dir, "plan-")
	if err != nil {
		return err
	}
	if err := configure(dir, s.config, at.accounts); err != nil {
		return err
	}
	cli, err := tfcli.New(b.cli, dir, filepath.Join(b.dir, "measured"),
		"JUSPAY_API_KEY="+juspaytest.APIKey, "JUSPAY_BASE_URL="+b.server.URL,
		"MEASURED_PROVIDER="+filepath.Join(b.dir, s.provider, tfcli.ProviderName()))
	if err != nil {
		return err
	}
	b.server.Delay(s.latency)
	b.server.Throttle(s.perSecond)
	refused := b.server.Throttled()
	b.server.TakeRequests()
	opened := b.server.Connections()

	var printed bytes.Buffer
	begun := time.Now()
	if err := cli.Run(ctx, &printed, &printed, "plan", "-no-color", "-input=false", "-out=saved.plan"); err != nil {
		return fmt.Errorf("%s, %d accounts: %w\n%.2000s", at.series, at.accounts, err, &printed)
	}
	took := time.Since(begun).Seconds()

	want := at.accounts
	if s.provider == "floor" {
		want = 0
	}
	if got := len(b.server.Requests()) - (b.server.Throttled() - refused); got != want {
		return fmt.Errorf("%s, %d accounts: %d requests were answered, expected %d", at.series, at.accounts, got, want)
	}
	memory, err := fs.ReadFile(os.DirFS(dir), "provider.memory")
	if err != nil {
		return err
	}
	peak, err := strconv.Atoi(string(memory))
	if err != nil {
		return err
	}
	b.taken[at] = append(b.taken[at], sample{took, peak, b.server.Connections() - opened})
	return os.RemoveAll(dir)
}

func configure(dir, config string, accounts int) error {
	named := map[string]map[string]string{}
	for i := range accounts {
		named[fmt.Sprintf("vendor-%d", i)] = map[string]string{"customer_id": "cst_bench", "customer_account_id": accountID(i)}
	}
	variables, err := json.Marshal(map[string]any{"accounts": named})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "terraform.tfvars.json"), variables, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600)
}

// version is the first line of what the CLI says of itself.
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
