# shellcheck shell=sh
# A developer's machine: user coder with sudo, and the shells' completion of what is there.
set -eu
if [ "$1" = finish ]; then
    groupadd --gid 1000 coder
    useradd --uid 1000 --gid coder --create-home --shell /bin/bash coder
    # A home on a volume of its own is filled by the template; this one is for containers without.
    touch /home/coder/.zshrc
    chown coder:coder /home/coder/.zshrc
    echo 'coder ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/coder
    chmod 0440 /etc/sudoers.d/coder
    visudo --check --quiet
fi
