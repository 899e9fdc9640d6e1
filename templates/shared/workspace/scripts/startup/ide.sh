# VS Code in the browser, behind the dashboard's button "Open VS Code". It listens inside the pod only.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

start_ide() {
    if [ "${SPT_FLOW_IDE_PORT:-}" = '' ]; then return; fi
    if ! command -v code-server >/dev/null 2>&1; then
        note "Open VS Code: this image has no code-server, so the button leads nowhere. SSH and desktop IDEs work."
        return
    fi
    note "Open VS Code: starting code-server."
    # A crash must not cost the user the editor. The log is in memory, with the workspace's other fleeting files.
    (
        while :; do
            code-server --auth none --bind-addr "127.0.0.1:$SPT_FLOW_IDE_PORT" --disable-telemetry --disable-update-check
            echo "code-server ended; starting it again."
            sleep 2
        done
    ) >"$runtime/code-server.log" 2>&1 </dev/null &
}
