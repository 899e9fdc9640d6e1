# shellcheck shell=bash
# shellcheck source=/dev/null
# For interactive bash, at the end of /etc/bash.bashrc.
if [ -r /usr/lib/spt-flow/aliases.sh ]; then . /usr/lib/spt-flow/aliases.sh; fi
if command -v direnv >/dev/null 2>&1; then eval "$(direnv hook bash)"; fi
