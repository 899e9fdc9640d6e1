#!/bin/sh
# Nex, the executor of NATS, from its Go modules; its tags are none that Go knows, so the version is a commit's.
# Usage: nex.sh VERSION OUT    OUT stands for the image's root
set -eu
work=$(mktemp -d)
cd "$work"
export CGO_ENABLED=0 GOTOOLCHAIN=local
# The hashes come from the public checksum database.
go mod init spt-flow/images/nex 2>/dev/null
if ! go get "github.com/synadia-io/nex@v$1" "github.com/synadia-io/nex/cmd/nex@v$1" 2>/dev/null; then
    rm -rf "$work"
    build-report.sh missing nex "the Go proxy does not give github.com/synadia-io/nex v$1"
    exit 0
fi
go build -trimpath -ldflags '-s -w' -o "$2/usr/local/bin/nex" github.com/synadia-io/nex/cmd/nex
rm -rf "$work"
"$2/usr/local/bin/nex" --version >/dev/null
build-report.sh had nex "$1" "Go module github.com/synadia-io/nex"
