#!/bin/bash
# Start PostgreSQL; on an empty volume, make the cluster first.
# $POSTGRES_USER (postgres), $POSTGRES_DB (the user's name), $POSTGRES_PASSWORD, $PGDATA, $POSTGRES_INITDB_ARGS and
# $POSTGRES_HOST_AUTH_METHOD (scram-sha-256) as in the usual image; NAME_FILE instead of NAME reads a file.
# A cluster counts as made when PG_VERSION is in $PGDATA, which comes last: a start killed half-way is made up for.
set -euo pipefail
umask 077

fail() {
    printf 'Error: %s\n' "$1" >&2
    exit 1
}

# Take NAME from the file that NAME_FILE names, if there is one, and out of the environment of what runs later.
from_file() {
    local name=$1 file_name=$1_FILE
    [ -n "${!file_name:-}" ] || return 0
    [ -z "${!name:-}" ] || fail "$name and $file_name are both set; only one of them can count."
    [ -r "${!file_name}" ] || fail "The file ${!file_name}, which $file_name names, cannot be read."
    printf -v "$name" '%s' "$(<"${!file_name}")"
    unset "$file_name"
}

make_cluster() {
    local fresh=$PGDATA/.making found
    local user=${POSTGRES_USER:-postgres} method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    local database=${POSTGRES_DB:-$user}
    if [ ! -e "$fresh/complete" ]; then
        rm -rf "$fresh"
        found=$(find "$PGDATA" -mindepth 1 -maxdepth 1 ! -name lost+found -print -quit)
        [ -z "$found" ] || fail "$PGDATA holds no PostgreSQL cluster, but $found; it must be empty or a cluster."
        [ -n "${POSTGRES_PASSWORD:-}" ] || [ "$method" = trust ] ||
            fail "The new cluster needs a password: set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE."
        mkdir "$fresh"
        local -a options
        read -ra options <<<"${POSTGRES_INITDB_ARGS:-}"
        if [ -n "${POSTGRES_PASSWORD:-}" ]; then
            initdb --pgdata="$fresh/data" --username="$user" --encoding=UTF8 --auth-local=trust --auth-host=trust \
                --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${options[@]}"
        else
            initdb --pgdata="$fresh/data" --username="$user" --encoding=UTF8 --auth-local=trust --auth-host=trust \
                "${options[@]}"
        fi
        printf "\nlisten_addresses = '*'\n" >>"$fresh/data/postgresql.conf"
        printf '\nhost all all all %s\n' "$method" >>"$fresh/data/pg_hba.conf"
        if [ "$database" != postgres ]; then
            printf 'CREATE DATABASE "%s";\n' "${database//\"/\"\"}" |
                postgres --single -D "$fresh/data" -c exit_on_error=on postgres >/dev/null
        fi
        sync "$fresh/data"
        touch "$fresh/complete"
    fi
    # A second time, after being killed in the middle, some are there already.
    find "$fresh/data" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$PGDATA" {} +
    mv "$fresh/data/PG_VERSION" "$PGDATA/PG_VERSION"
    rm -rf "$fresh"
}

case ${1:-} in -*) set -- postgres "$@" ;; esac

if [ "${1:-}" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$PGDATA" /var/run/postgresql
        chown -R postgres:postgres "$PGDATA" /var/run/postgresql
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
    fi
    from_file POSTGRES_USER
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_DB
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA" 2>/dev/null || :
    [ -s "$PGDATA/PG_VERSION" ] || make_cluster
    unset POSTGRES_PASSWORD
fi
exec "$@"
