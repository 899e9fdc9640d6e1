#!/bin/sh
# Claude Code, from its npm package, whose program is one for this system.
# Usage: claude.sh LOCK OUT    LOCK is the folder of package.json and package-lock.json, OUT stands for the image's root
set -eu
work=$(mktemp -d)
cp "$1/package.json" "$1/package-lock.json" "$work/"
cd "$work"
npm ci --ignore-scripts --omit=dev --no-bin-links
package=node_modules/@anthropic-ai/claude-code
# The one script that is run: it puts the program for this system in its place.
node "$package/install.cjs"
version=$(node --print "require('./$package/package.json').version")
install -D -m 0755 "$package/bin/claude.exe" "$2/opt/claude-code/claude"
cd /
rm -rf "$work"
mkdir -p "$2/usr/local/bin"
ln -sfn /opt/claude-code/claude "$2/usr/local/bin/claude"
HOME=/tmp/claude "$2/opt/claude-code/claude" --version >/dev/null
rm -rf /tmp/claude
build-report.sh had claude "$version" "npm"
