#!/bin/sh
# Write the lock of one npm tool anew, from its package.json: what an installation without optional packages takes, each with
# its hash, and no address of a registry.
# Usage: renew-lock.sh FOLDER [KEEP-OPTIONAL]    KEEP-OPTIONAL for tools whose program is an optional package
set -eu
folder=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$folder/package.json" "$work/"
cd "$work"
if [ "${2:-}" = KEEP-OPTIONAL ]; then
    npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
else
    # npm's own lock names optional packages without a version where no file of theirs is for this system, and then refuses it.
    npm install --ignore-scripts --omit=optional --package-lock=false
    jq --slurpfile manifest package.json '{
        name: "tool", lockfileVersion: 3, requires: true,
        packages: ({"": $manifest[0]} + (.packages | map_values(del(.resolved, .optionalDependencies, .funding, .optional))))
    }' node_modules/.package-lock.json >package-lock.json
fi
cp package-lock.json "$folder/package-lock.json"
