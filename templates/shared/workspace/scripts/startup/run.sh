# The order of a start. Whoever waits for the workspace waits for this to end, so it says how it went.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

begun=$(date +%s)
step "Workspace"
link_coder
offer_credential_cache
tell_nested_virtualization
fill_home
start_ide
start_docker
ensure_tools
step "Repositories"
clone_repositories
apply_devcontainer
apply_dotfiles
run_setup_script
install_wasm_tools
tell_docker
step "Ready after $(($(date +%s) - begun)) s, with $warnings warnings"
exit 0
