#!/bin/sh
# code-server, whose files were made by code-server-build.sh.
set -eu
version=$(code-server --version | cut -d' ' -f1)
build-report.sh had code-server "$version" "npm"
