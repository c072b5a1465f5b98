// SPDX-License-Identifier: MPL-2.0

// Terraform-provider-juspay reads Juspay customer accounts, so that Terraform
// configurations and policies can assert on them.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/juspay/terraform-provider-juspay/internal/provider"
)

// version is set by the linker in releases.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger: print the TF_REATTACH_PROVIDERS to run Terraform with, and serve until stopped")
	flag.Parse()

	// The provider logs with tflog. What net/http logs by itself can quote what
	// a server sent, which Terraform would write into its log.
	log.SetOutput(io.Discard)

	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: provider.Address,
		Debug:   *debug,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
