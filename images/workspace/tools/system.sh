#!/bin/sh
# What came as packages of the system: said once for each.
set -eu
# shellcheck source=/dev/null
. /etc/os-release
for package in bash direnv git gnupg jq make openssh-client sudo supervisor tmux zsh; do
    version=$(dpkg-query --show --showformat='${Version}' "$package")
    tool=$package
    case $package in
    gnupg) tool=gpg ;;
    openssh-client) tool=ssh ;;
    esac
    build-report.sh had "$tool" "$version" "package of $ID $VERSION_ID"
done
