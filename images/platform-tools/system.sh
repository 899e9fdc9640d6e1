#!/bin/sh
# The packages and the user of the image.
# Usage: system.sh POSTGRES_MAJOR
set -eu
major=${1:?the build argument POSTGRES_MAJOR is not set: it is the major version of POSTGRES in versions.py}
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet
apt-get install --quiet --yes --no-install-recommends ca-certificates "postgresql-client-$major" python3 restic
rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig
find /var/log -type f -delete
groupadd --gid 65532 nonroot
useradd --uid 65532 --gid nonroot --home-dir / --no-create-home --shell /usr/sbin/nologin nonroot
