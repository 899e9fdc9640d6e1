# Git and what it needs: there, being installed by the pod's first program, or to be installed by sudo.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

ensure_tools() {
    if [ -e "$runtime/prepare.log" ] && ! [ -e "$runtime/prepare.done" ]; then
        step "Preparing the image"
        follow_preparation
    fi
    if command -v git >/dev/null 2>&1; then return; fi
    if [ -e "$runtime/prepare.log" ]; then
        step "Tools"
        shown cat "$runtime/prepare.log"
        warn "git is not in this image and could not be installed: no repository is cloned."
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        step "Installing git"
        shown install_tools "sudo -n" || warn "git could not be installed: no repository is cloned."
    else
        step "Tools"
        warn "git is not in this image, and there is no right to install it: no repository is cloned."
    fi
}

# Shows the lines of the log as they come, for ten minutes at most.
follow_preparation() {
    lines=0 turns=0
    while :; do
        finished=false
        if [ -e "$runtime/prepare.done" ]; then finished=true; fi
        fresh=$(sed -n "$((lines + 1)),\$p" "$runtime/prepare.log")
        if [ -n "$fresh" ]; then
            printf '%s\n' "$fresh" | sed 's/^/   | /'
            lines=$((lines + $(printf '%s\n' "$fresh" | wc -l)))
        fi
        if $finished; then break; fi
        turns=$((turns + 1))
        if [ "$turns" -gt 1200 ]; then
            warn "the preparation goes on after ten minutes; see $runtime/prepare.log"
            break
        fi
        sleep 0.5
    done
}
