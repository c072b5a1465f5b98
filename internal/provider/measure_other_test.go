// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package provider

// Memory is measured, and processes are signalled, on Unix alone.
const measuredProvider = "MEASURED_PROVIDER"

func measure(string) int { return 1 }

func prepareMeasuring() error { return nil }
