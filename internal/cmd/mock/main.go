// SPDX-License-Identifier: MPL-2.0

// Mock runs a fake Juspay on this machine, for trying configurations by hand.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mock:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("mock", flag.ContinueOnError)
	address := flags.String("address", "127.0.0.1:8787", "loopback address and port to listen on")
	accounts := flags.Int("accounts", 0, "number of accounts to add, of which one is in FAILURE")
	csv := flags.String("csv", "", "file to write these accounts to, for a configuration that reads it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *accounts < 0 {
		return errors.New("-accounts must be zero or more")
	}
	listener, err := listen(ctx, *address)
	if err != nil {
		return err
	}
	server := juspaytest.NewServerOn(listener)
	defer server.Close()
	for _, account := range juspaytest.MockAccounts() {
		server.PutMock(account)
	}
	numbered := juspaytest.NumberedAccounts(*accounts)
	for _, account := range numbered {
		server.Put(account)
	}
	if *csv != "" {
		if *csv, err = filepath.Abs(*csv); err != nil {
			return err
		}
		if err := writeCSV(*csv, numbered); err != nil {
			return err
		}
	}
	describe(out, server.URL, numbered, *csv)
	<-ctx.Done()
	return nil
}

// listen listens on address, which must be a loopback address.
func listen(ctx context.Context, address string) (net.Listener, error) {
	tcp, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, err
	}
	if !tcp.IP.IsLoopback() {
		return nil, errors.New("-address must be a loopback address, such as 127.0.0.1:8787")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", tcp.String())
	if isInUse(err) {
		return nil, fmt.Errorf("something listens at %s already, perhaps another mock: stop that, or choose another port: make mock ADDRESS=127.0.0.1:8788", tcp)
	}
	return listener, err
}

// wsaEADDRINUSE is the error that Windows returns for EADDRINUSE; wsaECONNREFUSED in internal/juspay says
// why it is not syscall.EADDRINUSE.
const wsaEADDRINUSE = syscall.Errno(10048)

// isInUse reports whether something listens at an address already.
func isInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaEADDRINUSE)
}

// writeCSV writes accounts in the form of the guide on many accounts. It replaces no file, since
// the user may have written it. An earlier run may have left one with the same content.
func writeCSV(file string, accounts []juspaytest.Account) error {
	var text strings.Builder
	text.WriteString("name,customer_id,customer_account_id\n")
	for i, account := range accounts {
		fmt.Fprintf(&text, "vendor_%05d,%v,%v\n", i+1, account["customer_id"], account["customer_account_id"])
	}
	existing, err := os.ReadFile(file) //nolint:gosec // the user names it
	if err == nil && string(existing) == text.String() {
		return nil
	}
	if err == nil {
		return fmt.Errorf("%s exists already, with other content: move it away, or set CSV to another file", file)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(file, []byte(text.String()), 0o600)
}

// describe prints how to use the server, and its accounts. csv is the file that lists numbered, or "".
func describe(out io.Writer, url string, numbered []juspaytest.Account, csv string) {
	_, _ = fmt.Fprintf(out, "A fake Juspay is listening on this machine. In another terminal, point the provider at it with\n\n"+
		"  export JUSPAY_BASE_URL=%s\n  export JUSPAY_API_KEY=%s\n\n(and afterwards: unset JUSPAY_BASE_URL JUSPAY_API_KEY). It knows these accounts:\n\n",
		url, juspaytest.APIKey)
	for _, mock := range juspaytest.MockAccounts() {
		_, _ = fmt.Fprintf(out, "  customer_id = %-18q customer_account_id = %-30q %s\n",
			mock.Account["customer_id"], mock.Account["customer_account_id"], strings.ReplaceAll(mock.Shows, "`", ""))
	}
	if n := len(numbered); n > 0 {
		_, _ = fmt.Fprintf(out, "\nand %d accounts from %v of %v on. %v is in FAILURE.\n",
			n, numbered[0]["customer_account_id"], numbered[0]["customer_id"], numbered[n/2]["customer_account_id"])
	}
	if csv != "" {
		_, _ = fmt.Fprintf(out, "\nThe file %s lists those %d accounts.\n", csv, len(numbered))
	}
	_, _ = fmt.Fprintln(out, "\nPress Ctrl-C to stop it.")
}
