#!/bin/sh
# Python 3.11 or newer, with venv: the system's where that is new enough, else the build of it that uv knows by its hash.
# Usage: python.sh VERSION REQUIREMENTS    the version to take where the system's is too old; uv's pinned requirement
set -eu
# shellcheck source=/dev/null
. /etc/os-release
mkdir -p /usr/lib/spt-flow

if /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    version=$(/usr/bin/python3 -c 'import platform; print(platform.python_version())')
    source="package of $ID $VERSION_ID"
    ln -sfn /usr/bin/python3 /usr/lib/spt-flow/python3
else
    python3 -m venv /tmp/uv
    /tmp/uv/bin/pip install --quiet --only-binary :all: --require-hashes --no-deps --requirement "$2"
    if ! UV_NATIVE_TLS=1 UV_PYTHON_INSTALL_DIR=/opt/python /tmp/uv/bin/uv python install --no-bin "$1"; then
        rm -rf /tmp/uv /opt/python
        build-report.sh missing python "the system's is older than 3.11, and the build of $1 that uv knows cannot be fetched"
        ln -sfn /usr/bin/python3 /usr/lib/spt-flow/python3
        exit 0
    fi
    rm -rf /tmp/uv
    for program in /opt/python/cpython-"$1"-*/bin/python3*; do ln -sf "$program" /usr/local/bin/; done
    ln -sfn /usr/local/bin/python3 /usr/lib/spt-flow/python3
    version=$1
    source="python-build-standalone by uv"
fi
/usr/lib/spt-flow/python3 -m venv /tmp/trial
rm -rf /tmp/trial
build-report.sh had python "$version" "$source"
