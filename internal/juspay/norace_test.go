// SPDX-License-Identifier: MPL-2.0

//go:build !race

package juspay

const raceEnabled = false
