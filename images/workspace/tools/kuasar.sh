#!/bin/sh
# Kuasar's sandboxer of microVMs, with its kernel and root file system, as its publisher builds it.
# Usage: kuasar.sh VERSION OUT    OUT stands for the image's root
set -eu
work=$(mktemp -d)
name=kuasar-v$1-linux-amd64
download.sh kuasar "https://github.com/kuasar-io/kuasar/releases/download/v$1/$name.tar.gz" "$work/kuasar.tar.gz"
[ -f "$work/kuasar.tar.gz" ] || exit 0
tar --extract --file "$work/kuasar.tar.gz" --directory "$work" --no-same-owner
install -D -m 0755 "$work/$name/vmm-sandboxer" "$2/usr/local/bin/vmm-sandboxer"
for file in vmlinux.bin kuasar.img; do install -D -m 0644 "$work/$name/$file" "$2/var/lib/kuasar/$file"; done
rm -rf "$work"
"$2/usr/local/bin/vmm-sandboxer" --version >/dev/null
build-report.sh had kuasar "$1" "publisher's file"
