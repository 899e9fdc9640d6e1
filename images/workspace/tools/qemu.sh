#!/bin/sh
# QEMU for PCs, and what spt-microvm boots in it: a stock kernel in /boot, unpacked and not installed, and a static busybox.
set -eu
# shellcheck source=/dev/null
. /etc/os-release
machine=$(dpkg --print-architecture)
if [ "$machine" != amd64 ]; then
    build-report.sh missing qemu "the machine type microvm is one of PCs, and this is $machine"
    exit 0
fi
apt-install.sh qemu-system-x86 busybox-static

kernel=
for package in linux-image-cloud-amd64 linux-image-virtual; do
    kernel=$(apt-cache depends "$package" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
    [ -z "$kernel" ] || break
done
if [ -z "$kernel" ]; then
    build-report.sh missing qemu "the archive of $ID $VERSION_ID has no kernel for it"
    exit 0
fi
work=$(mktemp -d)
cd "$work"
apt-get download --quiet=2 -o APT::Sandbox::User=root "$kernel"
dpkg-deb --fsys-tarfile "$kernel"_*.deb | tar --extract --wildcards './boot/vmlinuz-*'
install -D -m 0644 boot/vmlinuz-* -t /boot
cd /
rm -rf "$work"
qemu-system-x86_64 --version >/dev/null
version=$(dpkg-query --show --showformat='${Version}' qemu-system-x86)
build-report.sh had qemu "$version" "package of $ID $VERSION_ID, with the kernel of $kernel"
