# shellcheck shell=sh
# What the platform's jobs run with: Python and the clients of what they look after.
set -eu
if [ "$1" = finish ]; then
    groupadd --gid 65532 nonroot
    useradd --uid 65532 --gid nonroot --home-dir / --no-create-home --shell /usr/sbin/nologin nonroot
fi
