# What a workspace cannot do without. The image should have it; where it does not, the package manager is asked.
# shellcheck shell=sh

missing_tools() {
    for tool in git curl sudo; do
        command -v "$tool" >/dev/null 2>&1 || printf '%s ' "$tool"
    done
}

# $1: what makes a command run as root: nothing, or "sudo -n".
install_tools() {
    as_root=$1
    echo "installing $(missing_tools)(an image that has them starts faster)"
    # Some images have no user that package managers drop to, or no terminal.
    export DEBIAN_FRONTEND=noninteractive
    if command -v apt-get >/dev/null 2>&1; then
        $as_root apt-get -qq update &&
            $as_root apt-get -qq install -y --no-install-recommends git ca-certificates curl openssh-client sudo
    elif command -v apk >/dev/null 2>&1; then
        $as_root apk add --quiet git ca-certificates curl openssh-client sudo
    elif command -v dnf >/dev/null 2>&1; then
        $as_root dnf install -q -y git ca-certificates curl openssh-clients sudo
    elif command -v microdnf >/dev/null 2>&1; then
        $as_root microdnf install -y git ca-certificates curl openssh-clients sudo
    else
        echo "no package manager that is known here: apt-get, apk, dnf, microdnf"
        return 1
    fi
}
