#!/bin/sh
# The library of agents that AGENTS_URL names; no part of this project, and nobody's default.
# Usage: agents.sh URL REF OUT    OUT stands for the image's root; with an empty URL nothing is asked for, and nothing said
set -eu
url=$1
ref=$2
target=$3/usr/share/spt-flow/agents
mkdir -p "$3"
[ -n "$url" ] || exit 0
if [ -z "$ref" ]; then
    printf 'Error: AGENTS_URL is set and AGENTS_REF is not: a tag or a commit is expected, so that a build can be repeated.\n' >&2
    exit 1
fi
rm -rf "$target"
mkdir -p "$target"
cd "$target"
git init --quiet
if ! GIT_TERMINAL_PROMPT=0 git fetch --quiet --depth 1 "$url" "$ref" 2>/dev/null; then
    rm -rf "$target"
    build-report.sh missing agents "the ref '$ref' of the repository AGENTS_URL names cannot be fetched"
    exit 0
fi
git checkout --quiet FETCH_HEAD
commit=$(git rev-parse HEAD)
# An address may hold a password, and git keeps it.
rm -rf .git
# A new home has it as ~/agents, always that of the image it runs on.
mkdir -p "$3/etc/skel"
ln -sfn /usr/share/spt-flow/agents "$3/etc/skel/agents"
build-report.sh had agents "$commit" "AGENTS_URL"
