#!/bin/sh
# Fill WORK/upper with what one layer adds to the file systems below it. Runs in a mount namespace of its own, so that
# nothing stays mounted however it ends.
# Usage: layer.sh WORK LOWER SCRIPT [PACKAGE...]
#   WORK    folder with apt.conf, network.conf, sources.list and keys/; gets upper/
#   LOWER   folders of the layers below, the uppermost first, joined by ':'; empty for the base of all
#   SCRIPT  runs inside, as root and without network: with "prepare" before the packages, with "finish" after them
#   $SPT_BIND is a folder to be seen as /tmp/build inside, $SPT_ARCHIVES keeps packages, $SPT_SUITE is Debian's code name
set -eu
umask 022

work=$1
lower=$2
script=$3
shift 3
root=$work/root
options=index=off,metacopy=off,redirect_dir=off

mount_overlay() {
    mkdir -p "$work/empty" "$work/upper" "$work/scratch" "$root"
    directories="lowerdir=${lower:-$work/empty},upperdir=$work/upper,workdir=$work/scratch"
    # dpkg syncs each file; none of it matters before the layer is whole. Kernels before 5.10 do not know the option.
    mount -t overlay overlay -o "volatile,$options,$directories" "$root" 2>/dev/null ||
        mount -t overlay overlay -o "$options,$directories" "$root"
}

make_base() {
    mmdebstrap --mode=root --variant=minbase --aptopt="$work/network.conf" --keyring="$work/keys" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
        "$SPT_SUITE" "$root" "$work/sources.list"
    find "$root/dev" -mindepth 1 -delete
    # Written from this machine, and no part of the image.
    rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/resolv.conf" "$root/etc/hostname"
    sed -i 's#//[^/@ ]*@#//#' "$root/etc/apt/sources.list.d"/*
}

mount_system() {
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=0755 tmpfs "$root/dev"
    for device in null zero full random urandom tty; do
        : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/shm"
    ln -s /proc/self/fd "$root/dev/fd"
    mount -t tmpfs -o mode=0755 tmpfs "$root/run"
    mkdir "$root/run/lock"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    if [ -n "${SPT_BIND:-}" ]; then
        mkdir "$root/tmp/build"
        mount --bind "$SPT_BIND" "$root/tmp/build"
    fi
}

inside() {
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive chroot "$root" /bin/sh -eu -s "$@" <"$script"
}

install_packages() {
    mkdir -p "$root/var/cache/apt/archives" "$work/cache"
    mount --bind "$SPT_ARCHIVES" "$root/var/cache/apt/archives"
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 0755 "$root/usr/sbin/policy-rc.d"
    # apt of this machine fetches, dpkg of the image unpacks: nothing inside needs the network.
    APT_CONFIG=$work/apt.conf TMPDIR=/tmp LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive apt-get install --yes \
        --no-install-recommends -o "Dir::State::status=$root/var/lib/dpkg/status" \
        -o "Dir::Cache::archives=$root/var/cache/apt/archives" -o "DPkg::Chroot-Directory=$root" "$@"
    rm "$root/usr/sbin/policy-rc.d"
    umount "$root/var/cache/apt/archives"
}

clean() {
    rm -rf "$root/var/lib/apt/lists" "$root/var/cache/apt" "$root/var/cache/debconf"/*-old "$root/var/cache/ldconfig" \
        "$root/var/lib/dpkg"/*-old
    mkdir -p "$root/var/lib/apt/lists/partial" "$root/var/cache/apt/archives/partial"
    find "$root/var/log" -type f -delete
}

mount_overlay
[ -n "$lower" ] || make_base
mount_system
inside prepare
[ $# -eq 0 ] || install_packages "$@"
inside finish
umount --lazy "$root/proc" "$root/dev" "$root/run" "$root/tmp"
clean
umount "$root"
