#!/bin/sh
# Rust's standard library for WebAssembly: by rustup where it is there, else compiled from Debian's sources of it.
# Usage: rust-wasm.sh FOLDER    gets rustlib/<target> of what was compiled, and nothing where rustup has added it in place
# WASI's needs a C library that no Debian package of Rust brings along: only rustup has it.
set -eu
folder=$1
mkdir -p "$folder/rustlib"

if command -v rustup >/dev/null; then
    rustup target add wasm32-unknown-unknown wasm32-wasip1
    exit 0
fi

work=$(mktemp -d)
cd "$work"
apt-get update --quiet=2
apt-get download --quiet=2 -o APT::Sandbox::User=root "rust-web-src=$(dpkg-query --show --showformat='${Version}' rustc-web)"
dpkg-deb --fsys-tarfile rust-web-src_*.deb | tar --extract --strip-components=4 --wildcards './usr/src/rustc-*/library/*'
cd library
# What it needs comes from crates.io, as its own lock says: of that, Debian's sources have a part.
rm -rf vendor
# As Rust's own build does: unstable features allowed, and marked as such for whoever uses the library.
RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=spt-flow CARGO_TARGET_DIR="$work/target" \
    RUSTFLAGS='-Zforce-unstable-if-unmarked -Cembed-bitcode=yes' \
    cargo build --release --quiet --target wasm32-unknown-unknown --manifest-path sysroot/Cargo.toml
mkdir -p "$folder/rustlib/wasm32-unknown-unknown/lib"
cp "$work/target/wasm32-unknown-unknown/release/deps"/*.rlib "$folder/rustlib/wasm32-unknown-unknown/lib/"
cd /
rm -rf "$work"
