#!/bin/sh
# 1Password's CLI, as its publisher builds it.
# Usage: op.sh VERSION OUT    OUT stands for the image's root
set -eu
work=$(mktemp -d)
download.sh op "https://cache.agilebits.com/dist/1P/op2/pkg/v$1/op_linux_amd64_v$1.zip" "$work/op.zip"
[ -f "$work/op.zip" ] || exit 0
unzip -q "$work/op.zip" op -d "$work"
install -D -m 0755 "$work/op" "$2/usr/local/bin/op"
rm -rf "$work"
"$2/usr/local/bin/op" --version >/dev/null
build-report.sh had op "$1" "publisher's file"
