# Fresh clones, each in its own folder below the home. What is there already is never touched.
# One of the parts that startup.tf joins: variables are set in other parts.
# shellcheck shell=sh disable=SC2154,SC2034

state=${XDG_STATE_HOME:-$HOME/.local/state}/spt-flow
first_repository=''

clone_repositories() {
    if [ -z "${SPT_FLOW_REPOSITORIES:-}" ]; then
        note "No repository was named."
        return
    fi
    if ! command -v git >/dev/null 2>&1; then return; fi
    branch=${SPT_FLOW_BRANCH:-} taken=' '
    for url in $SPT_FLOW_REPOSITORIES; do
        name=$(folder_of "$url")
        case $taken in
        *" $name "*)
            number=2
            while case $taken in *" $name-$number "*) true ;; *) false ;; esac do number=$((number + 1)); done
            name=$name-$number
            ;;
        esac
        taken="$taken$name "
        if [ -z "$first_repository" ]; then first_repository=$HOME/$name; fi
        clone_repository "$url" "$name" "$branch"
        branch='' # the branch is that of the first repository
    done
}

# The last part of the address, without ".git".
folder_of() {
    path=${1%/}
    path=${path%.git}
    path=${path##*/}
    printf '%s' "${path##*:}"
}

clone_repository() {
    url=$1 name=$2 wanted=$3
    target=$HOME/$name mark=$state/cloning/$name
    if [ -e "$mark" ]; then clear_unfinished "$target" "$mark"; fi
    if [ -e "$target" ] && [ -n "$(ls -A "$target" 2>/dev/null)" ]; then
        note "$name: there already, left as it is."
        return
    fi
    if ! can_be_read "$url"; then return; fi
    note "$name: cloning $url${wanted:+, branch $wanted}"
    mkdir -p "${mark%/*}" && touch "$mark"
    if [ -n "$wanted" ] && ! has_branch "$url" "$wanted"; then
        warn "$url has no branch '$wanted': its default branch is taken."
        wanted=''
    fi
    if shown git clone ${wanted:+--branch "$wanted"} -- "$url" "$target"; then
        rm -f "$mark"
    elif git -C "$target" rev-parse --verify --quiet HEAD >/dev/null 2>&1; then
        rm -f "$mark"
        warn "$name was cloned, but a hook of it failed."
    else
        rm -f "$mark"
        warn "$url could not be cloned; the workspace starts without it. The next start tries again."
    fi
}

# A clone that was killed leaves a repository without any commit checked out. Anything else is somebody's work.
clear_unfinished() {
    if [ -d "$1/.git" ] && ! git -C "$1" rev-parse --verify --quiet HEAD >/dev/null 2>&1 &&
        [ "$(ls -A "$1")" = .git ]; then
        note "${1##*/}: an earlier start did not finish cloning; beginning again."
        rm -rf "$1"
    fi
    rm -f "$2"
}

# Asks before cloning: git's helper of Coder waits for a missing login for ever, and a start must not.
can_be_read() {
    answer=$(remote_git ls-remote --exit-code -- "$1" HEAD 2>&1)
    case $? in
    0) return 0 ;;
    2) return 0 ;; # an empty repository can be cloned
    esac
    printf '%s\n' "$answer" | sed 's/^/   | /'
    warn "$1 cannot be read. If it is private: link your account at ${SPT_FLOW_LINK_URL:-the login of the server}, or lend your credentials, then restart the workspace."
    return 1
}

has_branch() { remote_git ls-remote --exit-code --heads -- "$1" "refs/heads/$2" >/dev/null 2>&1; }

remote_git() { bounded "${SPT_FLOW_REMOTE_SECONDS:-20}" git "$@" </dev/null; }

export GIT_TERMINAL_PROMPT=0
# A host met for the first time is trusted, a host whose key changed is not.
export GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-ssh} -o StrictHostKeyChecking=accept-new"
