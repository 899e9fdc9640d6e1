# shellcheck shell=sh
# PostgreSQL from Debian, with the user and the folders of the usual container image.
set -eu
case $1 in
    prepare)
        groupadd --system --gid 999 postgres
        useradd --system --uid 999 --gid postgres --home-dir /var/lib/postgresql --shell /bin/bash postgres
        mkdir -p /etc/postgresql-common /etc/dpkg/dpkg.cfg.d
        # No cluster at build time: the volume holds it.
        echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
        # The compiler for queries is more than half of the package; without it PostgreSQL interprets.
        cat >/etc/dpkg/dpkg.cfg.d/99-no-jit <<'EXCLUDED'
path-exclude=/usr/lib/*/libLLVM*
path-exclude=/usr/lib/llvm-*
path-exclude=/usr/lib/postgresql/*/lib/bitcode/*
path-exclude=/usr/lib/postgresql/*/lib/llvmjit*
EXCLUDED
        ;;
    finish)
        # A key made here would be the same in every container.
        rm -f /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem
        find /etc/ssl/certs -xtype l -delete
        mkdir -p /var/lib/postgresql/data
        chown -R postgres:postgres /var/lib/postgresql
        chmod 0700 /var/lib/postgresql/data
        ;;
esac
