# Where the workspace runs: its home, the memory-only place for lent credentials, what the node offers.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

# The volume hides the image's own home; what a new user would get comes from the skeleton. Nothing is overwritten.
fill_home() {
    skeleton=${SPT_FLOW_SKELETON:-/etc/skel}
    for file in "$skeleton"/.[!.]* "$skeleton"/*; do
        if [ -e "$file" ] && ! [ -e "$HOME/${file##*/}" ]; then cp -R "$file" "$HOME/" || true; fi
    done
}

# git's credential cache keeps what a client lends in memory and answers on a socket; the folder is on no disk.
offer_credential_cache() {
    if ! { mkdir -p "$runtime/git" && chmod 700 "$runtime/git"; }; then
        warn "credentials cannot be lent: $runtime/git cannot be made."
    fi
}

# `coder` is the agent's own program; with it `coder external-auth access-token` and others work.
link_coder() {
    if [ -n "${CODER_SCRIPT_BIN_DIR:-}" ] && [ -x "${SPT_FLOW_AGENT:-/opt/spt-flow/bin/coder}" ]; then
        ln -sf "${SPT_FLOW_AGENT:-/opt/spt-flow/bin/coder}" "$CODER_SCRIPT_BIN_DIR/coder"
    fi
}

tell_nested_virtualization() {
    case ${SPT_FLOW_NESTED_VIRT:-off} in
    given)
        if [ -r "${SPT_FLOW_KVM:-/dev/kvm}" ] && [ -w "${SPT_FLOW_KVM:-/dev/kvm}" ]; then
            note "Nested virtualization: /dev/kvm is there and may be opened."
        else
            warn "nested virtualization was asked for, but /dev/kvm cannot be opened by $(id -un 2>/dev/null || id -u)."
        fi
        ;;
    absent) note "Nested virtualization: this cluster has none, so there is no /dev/kvm." ;;
    class) note "Nested virtualization: not in this workspace class; choose the class kvm to have /dev/kvm." ;;
    *) note "Nested virtualization: switched off by the parameter enable_nested_virt." ;;
    esac
}
