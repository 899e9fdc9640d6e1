# shellcheck shell=sh
# The base of the lab's Debian images: nothing beyond what Debian itself needs.
set -eu
if [ "$1" = finish ]; then
    # Each container gets one of its own.
    : >/etc/machine-id
fi
