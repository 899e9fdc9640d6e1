#!/bin/sh
# Install Debian packages without starting their services.
# Usage: apt-install.sh GUARD PACKAGE...   (GUARD: where a policy-rc.d is looked for, /usr/sbin/policy-rc.d)
# A guard of somebody else's is respected; ours carries a mark, so that one left by a killed run is known and removed.
set -eu

guard=$1
shift
mark="# spt-flow: no service starts while packages are installed"

ours() {
    [ -f "$guard" ] && grep -qxF "$mark" "$guard"
}

cleanup() {
    if ours; then rm -f "$guard"; fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

if [ ! -e "$guard" ]; then
    printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$guard"
    chmod 0755 "$guard"
fi

export DEBIAN_FRONTEND=noninteractive
apt-get install -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 "$@"
