#!/bin/sh
# Docker's client, and its daemon for the workspace class that may start it.
set -eu
# shellcheck source=/dev/null
. /etc/os-release
apt-install.sh docker.io
usermod --append --groups docker coder
version=$(dpkg-query --show --showformat='${Version}' docker.io)
docker --version >/dev/null
build-report.sh had docker "$version" "package of $ID $VERSION_ID"
build-report.sh had dockerd "$version" "package of $ID $VERSION_ID"
