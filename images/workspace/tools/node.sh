#!/bin/sh
# Node, whose files come from the language image.
# Usage: node.sh SOURCE
set -eu
export HOME=/mnt/home NODE_DISABLE_COMPILE_CACHE=1
for name in npm npx; do
    ln -sf "../lib/node_modules/npm/bin/$name-cli.js" "/usr/local/bin/$name"
done
version=$(node --version)
npm --version >/dev/null
build-report.sh had node "${version#v}" "$1"
