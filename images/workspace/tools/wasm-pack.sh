#!/bin/sh
# wasm-pack, from its crate.
# Usage: wasm-pack.sh VERSION OUT    OUT stands for the image's root
set -eu
work=$(mktemp -d)
CARGO_TARGET_DIR=$work CARGO_PROFILE_RELEASE_STRIP=symbols \
    cargo install wasm-pack --version "=$1" --locked --no-track --quiet --root "$2/usr/local"
rm -rf "$work"
"$2/usr/local/bin/wasm-pack" --version >/dev/null
build-report.sh had wasm-pack "$1" "crate wasm-pack"
