# Runs each time the workspace starts, as the user. Every step may fail: it then warns, and the workspace starts anyway.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034
set -u

runtime=${SPT_FLOW_RUNTIME:-/run/spt-flow}
warnings=0
end=$(printf '\036')

step() { printf '== %s\n' "$1"; }
note() { printf '   %s\n' "$*"; }
warn() {
    warnings=$((warnings + 1))
    printf '   warning: %s\n' "$*"
}

# Indents what a program says, and returns what the program returned. A daemon it leaves behind is not waited for.
shown() {
    {
        "$@" 2>&1 </dev/null
        printf '\036%d\n' "$?"
    } | {
        while IFS= read -r line; do
            case $line in
            *"$end"*)
                if [ -n "${line%"$end"*}" ]; then printf '   | %s\n' "${line%"$end"*}"; fi
                exit "${line##*"$end"}"
                ;;
            *) printf '   | %s\n' "$line" ;;
            esac
        done
        exit 1
    }
}

# Runs a program for at most so many seconds, where the image can count them.
bounded() {
    seconds=$1
    shift
    if command -v timeout >/dev/null 2>&1; then
        timeout "$seconds" "$@"
    else
        "$@"
    fi
}

# Runs a script by its first line if it is executable, else by the best shell there is.
script() {
    if [ -x "$1" ]; then
        bounded "$setup_seconds" "$1"
    elif command -v bash >/dev/null 2>&1; then
        bounded "$setup_seconds" bash "$1"
    else
        bounded "$setup_seconds" sh "$1"
    fi
}

setup_seconds=$((${SPT_FLOW_SETUP_MINUTES:-30} * 60))
