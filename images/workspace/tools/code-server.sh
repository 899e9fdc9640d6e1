#!/bin/sh
# code-server, whose files were made by code-server-build.sh.
set -eu
# The first start says, before it, where it has written its configuration.
export HOME=/mnt/home NODE_DISABLE_COMPILE_CACHE=1
version=$(code-server --version | tail -n 1 | cut -d' ' -f1)
build-report.sh had code-server "$version" "npm"
