#!/bin/sh
# claude-flow, from its npm package, without its optional packages; its short names are in system/aliases.sh.
# Usage: claude-flow.sh LOCK OUT    LOCK is the folder of package.json and package-lock.json, OUT stands for the image's root
set -eu
home=$2/opt/claude-flow
mkdir -p "$home" "$2/usr/local/bin"
cp "$1/package.json" "$1/package-lock.json" "$home/"
cd "$home"
npm ci --ignore-scripts --omit=dev --omit=optional --no-bin-links
find . -name '*.map' -type f -delete
chmod 0755 node_modules/claude-flow/bin/cli.js
ln -sfn /opt/claude-flow/node_modules/claude-flow/bin/cli.js "$2/usr/local/bin/claude-flow"
version=$(node --print "require('./node_modules/claude-flow/package.json').version")
HOME=/tmp/claude-flow node node_modules/claude-flow/bin/cli.js --version >/dev/null
rm -rf /tmp/claude-flow
build-report.sh had claude-flow "$version" "npm, without optional packages"
