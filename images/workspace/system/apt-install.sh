#!/bin/sh
# Install packages of Debian or Ubuntu; lists and archives stay in build caches, not in the layer.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2
apt-get install --yes --quiet=2 --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old
