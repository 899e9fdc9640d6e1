#!/bin/sh
# Go, whose files come from the language image.
# Usage: go.sh SOURCE
set -eu
version=$(/usr/local/go/bin/go env GOVERSION)
build-report.sh had go "${version#go}" "$1"
