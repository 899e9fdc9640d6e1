#!/bin/sh
# Rust with its target for WebAssembly, and the compiler of C that links its programs.
# Usage: rust.sh SOURCE FOLDER    FOLDER is the file system of the language image
# An official image has all of it in two folders; where there is none, it is the same packages here as there.
set -eu
image=$2
apt-install.sh gcc g++ libc6-dev make pkg-config
if [ -d "$image/usr/local/rustup" ]; then
    cp -a "$image/usr/local/rustup" /usr/local/rustup
    mkdir -p /usr/local/cargo
    cp -a "$image/usr/local/cargo/bin" /usr/local/cargo/bin
    export RUSTUP_HOME=/usr/local/rustup PATH="/usr/local/cargo/bin:$PATH"
else
    apt-install.sh rustc-web cargo-web lld-22
    # The name by which rustc looks for the linker of WebAssembly.
    programs=$(rustc --print sysroot)/lib/rustlib/$(rustc --version --verbose | sed -n 's/^host: //p')/bin
    mkdir -p "$programs"
    ln -sfn /usr/bin/lld-22 "$programs/rust-lld"
    cp -R "$image/opt/rust-wasm/rustlib/." "$(rustc --print sysroot)/lib/rustlib/"
fi
version=$(rustc --version | cut -d' ' -f2)
cargo --version >/dev/null
build-report.sh had rust "$version" "$1"
if ls "$(rustc --print target-libdir --target wasm32-unknown-unknown)"/libstd-*.rlib >/dev/null 2>&1; then
    build-report.sh had rust-wasm "$version" "$1, target wasm32-unknown-unknown"
else
    build-report.sh missing rust-wasm "there is no standard library for wasm32-unknown-unknown"
fi
