#!/bin/sh
# Run one command of a build with the surrounding network's own certificates and package registries.
# Usage: with-trust.sh COMMAND [ARGUMENT...]
# They come from a folder, or from a build secret that is a tar of one; neither is part of the image, and what is written
# here goes to a file system in memory that ends with the command. In it, each file only where it is needed:
#   ca.pem       certificates to be trusted, all of them
#   environment  NAME=value lines: addresses of registries and proxies
#   apt.conf     options of apt      cargo.toml  cargo's configuration
#   npmrc        npm's configuration pip.conf    pip's
set -eu

given=${SPT_TRUST_IMAGE:-/mnt/trust}
secret=${SPT_TRUST_SECRET:-/mnt/host-trust}
work=${SPT_TRUST_WORK:-/mnt/work}

if [ -s "$secret" ]; then
    mkdir -p "$work/given"
    tar --extract --file "$secret" --directory "$work/given"
    given=$work/given
fi

# What a program may be told: addresses, never what it runs.
allowed() {
    case $1 in
    GOPROXY | GONOPROXY | GOSUMDB | GONOSUMDB | GOPRIVATE | PIP_INDEX_URL | PIP_EXTRA_INDEX_URL | PIP_TRUSTED_HOST) ;;
    npm_config_registry | CARGO_REGISTRIES_*) ;;
    http_proxy | https_proxy | no_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY) ;;
    *) return 1 ;;
    esac
}

if [ -f "$given/environment" ]; then
    while IFS='=' read -r name value; do
        if allowed "$name"; then export "$name=$value"; fi
    done <"$given/environment"
fi

# Nothing that a package manager keeps for next time belongs into the image.
export HOME="$work/home" NODE_DISABLE_COMPILE_CACHE=1
export CARGO_HOME="$work/cargo" GOFLAGS=-modcacherw GOMODCACHE="$work/go/mod" GOCACHE="$work/go/build"
export npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_NO_CACHE_DIR=1 npm_config_cache="${SPT_NPM_CACHE:-$work/npm}"
mkdir -p "$CARGO_HOME" "$HOME"

: >"$work/apt.conf"
[ ! -f "$given/apt.conf" ] || cat "$given/apt.conf" >>"$work/apt.conf"
if [ -s "$given/ca.pem" ]; then
    bundle=$given/ca.pem
    export SSL_CERT_FILE="$bundle" CURL_CA_BUNDLE="$bundle" REQUESTS_CA_BUNDLE="$bundle" GIT_SSL_CAINFO="$bundle"
    export PIP_CERT="$bundle" NODE_EXTRA_CA_CERTS="$bundle" CARGO_HTTP_CAINFO="$bundle"
    printf 'Acquire::https::CaInfo "%s";\n' "$bundle" >>"$work/apt.conf"
fi
export APT_CONFIG="$work/apt.conf"
[ ! -f "$given/cargo.toml" ] || cp "$given/cargo.toml" "$CARGO_HOME/config.toml"
[ ! -f "$given/npmrc" ] || export npm_config_globalconfig="$given/npmrc"
[ ! -f "$given/pip.conf" ] || export PIP_CONFIG_FILE="$given/pip.conf"

exec "$@"
