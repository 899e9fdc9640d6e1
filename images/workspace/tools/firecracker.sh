#!/bin/sh
# Firecracker and its jailer, as their publisher builds them.
# Usage: firecracker.sh VERSION OUT    OUT stands for the image's root
set -eu
work=$(mktemp -d)
release=https://github.com/firecracker-microvm/firecracker/releases/download
download.sh firecracker "$release/v$1/firecracker-v$1-x86_64.tgz" "$work/firecracker.tgz"
[ -f "$work/firecracker.tgz" ] || exit 0
tar --extract --file "$work/firecracker.tgz" --directory "$work" --no-same-owner
for program in firecracker jailer; do
    install -D -m 0755 "$work/release-v$1-x86_64/$program-v$1-x86_64" "$2/usr/local/bin/$program"
done
rm -rf "$work"
"$2/usr/local/bin/firecracker" --version >/dev/null
build-report.sh had firecracker "$1" "publisher's file"
