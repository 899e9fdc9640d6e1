# A plain devcontainer.json in the first repository: its environment, extensions and commands. The image stays ours.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

apply_devcontainer() {
    file=''
    for candidate in .devcontainer/devcontainer.json .devcontainer.json; do
        if [ -n "$first_repository" ] && [ -f "$first_repository/$candidate" ]; then
            file=$first_repository/$candidate
            break
        fi
    done
    if [ -z "$file" ]; then return; fi
    step "devcontainer.json"
    if ! command -v python3 >/dev/null 2>&1; then
        warn "it is not read: this image has no python3."
        return
    fi
    folder=$state/devcontainer
    mkdir -p "$folder"
    if ! shown read_devcontainer "$file" "$first_repository" "$folder"; then
        warn "it is not applied."
        return
    fi
    load_environment "$folder/environment.sh"
    install_extensions "$folder/extensions"
    run_once "$folder/once.sh"
    if [ -s "$folder/start.sh" ]; then run_commands "$folder/start.sh"; fi
}

# For this start and for every shell to come: one guarded line in the files that shells read.
load_environment() {
    if ! [ -s "$1" ]; then return; fi
    # shellcheck disable=SC1090 # written a moment ago by read_devcontainer
    . "$1"
    for profile in .profile .bashrc .zshenv; do
        if ! grep -qsF "$1" "$HOME/$profile"; then
            printf '%s\n' "[ ! -r '$1' ] || . '$1' # spt-flow: devcontainer.json" >>"$HOME/$profile"
        fi
    done
}

install_extensions() {
    if ! [ -s "$1" ]; then return; fi
    if ! command -v code-server >/dev/null 2>&1; then
        note "extensions are left to the desktop IDE: this image has no code-server."
        return
    fi
    # Asking a marketplace takes its time, and nothing here waits for it.
    (while read -r extension; do code-server --install-extension "$extension"; done <"$1") \
        >"$runtime/extensions.log" 2>&1 </dev/null &
    note "extensions are being installed; see $runtime/extensions.log"
}

# Once for each content, so that a changed command runs again.
run_once() {
    if ! [ -s "$1" ]; then return; fi
    mark=$1.done
    if [ -e "$mark" ] && cmp -s "$1" "$mark"; then
        note "its create commands ran at an earlier start."
        return
    fi
    if run_commands "$1"; then cp "$1" "$mark"; fi
}

run_commands() {
    if (cd "$first_repository" && shown bounded "$setup_seconds" sh -e "$1"); then return 0; fi
    warn "a command of devcontainer.json failed."
    return 1
}
