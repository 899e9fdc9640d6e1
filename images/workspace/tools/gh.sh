#!/bin/sh
# GitHub's CLI, from its Go module.
# Usage: gh.sh VERSION MODULE OUT    MODULE is the folder of its go.mod and go.sum, OUT stands for the image's root
set -eu
cd "$2"
CGO_ENABLED=0 GOTOOLCHAIN=local go build -trimpath \
    -ldflags "-s -w -X github.com/cli/cli/v2/internal/build.Version=$1" \
    -o "$3/usr/local/bin/gh" github.com/cli/cli/v2/cmd/gh
"$3/usr/local/bin/gh" --version >/dev/null
build-report.sh had gh "$1" "Go module github.com/cli/cli/v2"
