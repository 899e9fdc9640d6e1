#!/bin/sh
# wash, the shell of wasmCloud, as its publisher builds it. The crate of that name is of an older line, and 851 crates to
# compile, WebAssembly's optimizing compiler among them: on two processors no step of an image's build.
# Usage: wash.sh VERSION OUT    OUT stands for the image's root
set -eu
file=$(mktemp -d)/wash
download.sh wash "https://github.com/wasmCloud/wasmCloud/releases/download/v$1/wash-x86_64-unknown-linux-musl" "$file"
[ -f "$file" ] || exit 0
install -D -m 0755 "$file" "$2/usr/local/bin/wash"
rm -rf "${file%/*}"
"$2/usr/local/bin/wash" --version >/dev/null
build-report.sh had wash "$1" "publisher's file"
