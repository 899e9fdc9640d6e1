//go:build tools

// Package tools names the commands this module is built for, so that their dependencies stay pinned.
package tools

import _ "github.com/prometheus/pushgateway"
