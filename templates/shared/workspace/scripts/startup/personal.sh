# What the user and the repository bring: dotfiles, the repository's setup script, WebAssembly tools.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

apply_dotfiles() {
    if [ -z "${SPT_FLOW_DOTFILES:-}" ]; then return; fi
    step "Dotfiles"
    target=$HOME/dotfiles
    if ! [ -d "$target/.git" ]; then
        if ! command -v git >/dev/null 2>&1; then
            warn "the dotfiles are not cloned: git is missing."
            return
        fi
        clone_repository "$SPT_FLOW_DOTFILES" dotfiles ''
    fi
    if ! [ -d "$target" ]; then return; fi
    for name in install.sh setup.sh bootstrap.sh; do
        if [ -f "$target/$name" ]; then
            note "running $name"
            if ! (cd "$target" && shown script "./$name"); then warn "$name of the dotfiles failed."; fi
            return
        fi
    done
    link_dotfiles "$target"
}

# Without a script the dotfiles themselves are meant. What the home has already stays.
link_dotfiles() {
    for file in "$1"/.[!.]*; do
        case ${file##*/} in .git | .gitignore | .gitmodules | .github | .gitattributes) continue ;; esac
        if [ -e "$file" ] && ! [ -e "$HOME/${file##*/}" ]; then
            ln -s "$file" "$HOME/${file##*/}"
            note "linked ${file##*/}"
        fi
    done
}

run_setup_script() {
    if [ -z "${SPT_FLOW_SETUP_SCRIPT:-}" ] || ! [ -d "$first_repository" ]; then return; fi
    step "Setup script"
    if ! [ -f "$first_repository/$SPT_FLOW_SETUP_SCRIPT" ]; then
        warn "${first_repository##*/} has no $SPT_FLOW_SETUP_SCRIPT: nothing is set up."
        return
    fi
    note "running $SPT_FLOW_SETUP_SCRIPT"
    if ! (cd "$first_repository" && shown script "./$SPT_FLOW_SETUP_SCRIPT"); then
        warn "$SPT_FLOW_SETUP_SCRIPT failed."
    fi
}

# The image brings the tools, or a program that fetches them, or at least a Rust toolchain to add targets to.
install_wasm_tools() {
    if [ "${SPT_FLOW_INSTALL_WASM_TOOLS:-false}" != true ]; then return; fi
    step "WebAssembly tools"
    installer=${SPT_FLOW_WASM_INSTALLER:-/usr/local/share/spt-flow/install-wasm-tools}
    if [ -x "$installer" ]; then
        if ! shown bounded "$setup_seconds" "$installer"; then warn "$installer failed."; fi
    elif command -v rustup >/dev/null 2>&1; then
        if ! shown bounded "$setup_seconds" rustup target add wasm32-unknown-unknown wasm32-wasip1; then
            warn "the WebAssembly targets of Rust could not be added."
        fi
    else
        warn "this image has neither $installer nor rustup: no WebAssembly tools."
        return
    fi
    for tool in wash nex wasmtime; do
        command -v "$tool" >/dev/null 2>&1 || note "$tool is not in this image."
    done
}
