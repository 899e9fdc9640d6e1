#!/bin/sh
# Make the Python environment in .venv from uv.lock; the Makefile runs this before anything else.
# Usage: sh lab/bootstrap.sh [GROUP...]    dependency groups of pyproject.toml; default: lab dev
# $SPT_FLOW_PYTHON names the interpreter to use, instead of the first one that suits.
# Says one line for each thing done, nothing when there is nothing to do. Safe to interrupt and to repeat.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
requirements=$root/lab/toolchain/uv-requirements.txt
uv_version=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' "$requirements")
case ${XDG_CACHE_HOME:-} in
    /*) cache=$XDG_CACHE_HOME/spt-flow ;;
    *) cache=${HOME:?HOME is not set}/.cache/spt-flow ;;
esac
uv=$cache/uv-$uv_version/bin/uv
environment=$root/.venv
stamp=$environment/.spt-flow-stamp

say() {
    printf '%s\n' "$1"
}

fail() {
    printf 'Error: %s\n' "$1" >&2
    exit 1
}

# What the environment is made from; two files and the groups decide everything else.
inputs() {
    sha256sum <"$root/uv.lock"
    sha256sum <"$root/pyproject.toml"
    "$environment/bin/python" -V 2>&1
}

# The groups asked for, and those that are there already: one target never takes away what another needs.
all_groups() {
    {
        [ -f "$stamp" ] && sed -n 's/^group //p' "$stamp"
        printf '%s\n' "$@"
    } | sort -u
}

is_done() {
    [ -f "$stamp" ] && [ -x "$environment/bin/python" ] || return 1
    [ "$(cat "$stamp")" = "$(inputs && all_groups "$@" | sed 's/^/group /')" ]
}

suits() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1
}

# The distribution's own Python first: others come and go with a version manager.
find_python() {
    # Word splitting is meant: one name given by the user, or the list.
    # shellcheck disable=SC2086
    for candidate in ${SPT_FLOW_PYTHON:-/usr/bin/python3 python3 python3.13 python3.12 python3.11}; do
        if suits "$candidate"; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    return 1
}

install_python() {
    [ "$(id -u)" -eq 0 ] || fail "Python 3.11, 3.12 or 3.13 with its venv module is missing and only root can install it. \
Next: sudo apt-get install python3 python3-venv"
    command -v apt-get >/dev/null 2>&1 || fail "Python 3.11, 3.12 or 3.13 with its venv module is missing, and so is \
apt-get to install it with: bring one and put it on PATH."
    export DEBIAN_FRONTEND=noninteractive
    for attempt in 1 2; do
        if apt-get install -y --no-install-recommends --no-remove -o DPkg::Lock::Timeout=300 \
            python3 python3-venv ca-certificates >"$log" 2>&1; then
            say "Python: installed python3 and python3-venv from Debian."
            return 0
        fi
        # A bare machine has no package lists yet.
        [ "$attempt" -eq 2 ] || apt-get update >/dev/null 2>&1 || :
    done
    fail "apt-get cannot install python3 and python3-venv ($(reason '^E: ')): check /etc/apt/sources.list and, behind a \
proxy, http_proxy and https_proxy."
}

# The last line of the log that says what went wrong, without the credentials an address may carry.
reason() {
    found=$(grep -E "$1" "$log" | tail -n 1)
    [ -n "$found" ] || found=$(grep -v '^[[:space:]]*$' "$log" | tail -n 1)
    printf '%s' "$found" | sed -e 's#://[^/@ ]*@#://#g' -e 's/^[[:space:]]*//' -e 's/^\(E\|ERROR\|error\): *//' -e 's/\.$//'
}

install_uv() {
    fresh=$cache/uv-$uv_version.new.$$
    mkdir -p "$cache"
    "$python" -m venv "$fresh" >"$log" 2>&1 ||
        fail "A Python environment cannot be made in $cache ($(reason 'rror')): check that the folder can be written and \
the disk has room."
    "$fresh/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
        -r "$requirements" >"$log" 2>&1 ||
        fail "uv $uv_version cannot be installed from the Python package index ($(reason '^ERROR: ')): set PIP_INDEX_URL \
to an index that has it, or HTTPS_PROXY and PIP_CERT where the network asks for them."
    rm -rf "$cache/uv-$uv_version"
    mv "$fresh" "$cache/uv-$uv_version"
    say "uv: installed $uv_version."
}

# Where pip has an index of its own, uv must ask there too: the lock's addresses are those of the public one.
index_of_pip() {
    [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ] || return 0
    index=${PIP_INDEX_URL:-}
    [ -n "$index" ] || index=$("$cache/uv-$uv_version/bin/python" -m pip config get global.index-url 2>/dev/null) || index=
    if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
}

sync() {
    set --
    # An environment of unknown making keeps what else is in it.
    [ "$known" = yes ] || set -- --inexact
    if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
        for group in $groups; do set -- "$@" --group "$group"; done
        "$uv" sync --project "$root" --frozen --no-default-groups --python "$python" "$@" >"$log" 2>&1
        return
    fi
    set --
    for group in $groups; do set -- "$@" --group "$group"; done
    "$uv" export --project "$root" --frozen --no-default-groups --no-emit-project --quiet "$@" \
        --output-file "$work/requirements.txt" >"$log" 2>&1 &&
        { "$environment/bin/python" -V >/dev/null 2>&1 ||
            "$uv" venv --clear --python "$python" "$environment" >>"$log" 2>&1; } &&
        "$uv" pip sync --python "$environment/bin/python" --require-hashes "$work/requirements.txt" >>"$log" 2>&1
}

[ $# -gt 0 ] || set -- lab dev
if is_done "$@"; then exit 0; fi
for group in "$@"; do
    grep -q "^$group = \[" "$root/pyproject.toml" || {
        printf "Error: '%s' is no dependency group of pyproject.toml.\n" "$group" >&2
        exit 2
    }
done
groups=$(all_groups "$@")

work=$(mktemp -d)
log=$work/log
fresh=
cleanup() {
    rm -rf "$work"
    if [ -n "$fresh" ]; then rm -rf "$fresh"; fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

python=$(find_python) || {
    install_python
    python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 with its venv module is needed, and Debian's python3 here is another."
}
[ -x "$uv" ] || install_uv

unset VIRTUAL_ENV UV_PROJECT UV_WORKING_DIRECTORY
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT="$environment" UV_NO_PROGRESS=1 UV_SYSTEM_CERTS=true
if [ -z "${SSL_CERT_FILE:-}" ] && [ -n "${PIP_CERT:-}" ]; then export SSL_CERT_FILE="$PIP_CERT"; fi
index_of_pip
if [ -f "$stamp" ]; then known=yes; else known=no; fi
rm -f "$stamp"
sync || fail "The Python packages of uv.lock cannot be installed ($(reason '^ *(error|Caused by|├─▶|╰─▶|×)')): set \
UV_DEFAULT_INDEX to an index that has them, or HTTPS_PROXY and SSL_CERT_FILE where the network asks for them."
{ inputs && printf '%s\n' "$groups" | sed 's/^/group /'; } >"$stamp.new"
mv "$stamp.new" "$stamp"
say "Python environment: .venv holds the packages of uv.lock (groups: $(printf '%s' "$groups" | tr '\n' ' '))."
