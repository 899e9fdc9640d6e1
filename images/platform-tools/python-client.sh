#!/bin/sh
# See that Python can install packages: images of Python have pip, a bare Debian gets it from its own archive.
set -eu
if python3 -m pip --version >/dev/null 2>&1; then
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet
apt-get install --quiet --yes --no-install-recommends python3 python3-pip
rm -rf /var/lib/apt/lists/*
