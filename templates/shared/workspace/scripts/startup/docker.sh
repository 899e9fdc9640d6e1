# Docker's daemon, in the class whose runtime lets one work without privileges. Elsewhere there is but the client.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

docker_begun=false

start_docker() {
    if [ "${SPT_FLOW_DOCKER:-false}" != true ]; then return; fi
    if ! (PATH=$PATH:${SPT_FLOW_SBIN:-/usr/sbin} && command -v dockerd) >/dev/null 2>&1; then
        warn "the class docker was chosen, but this image has no dockerd."
        return
    fi
    # Whoever starts it may use it: a membership in the group docker would count from the next login on.
    # shellcheck disable=SC2024 # the log is this user's, in a folder of this user
    sudo -n dockerd --group "$(id -gn)" >"$runtime/dockerd.log" 2>&1 </dev/null &
    docker_begun=true
}

# At the end of the start: by then it has had all the time that the rest took.
tell_docker() {
    if ! $docker_begun; then return; fi
    turns=0
    until docker version >/dev/null 2>&1; do
        turns=$((turns + 1))
        if [ "$turns" -gt "$((${SPT_FLOW_DOCKER_SECONDS:-20} * 2))" ]; then
            warn "Docker's daemon does not answer; see $runtime/dockerd.log."
            return
        fi
        sleep 0.5
    done
    note "Docker: its daemon answers."
}
