#!/bin/sh
# Rust of Debian's newest packages, for where no image of it can be pulled.
set -eu
apt-install.sh rustc-web cargo-web
rustc --version
