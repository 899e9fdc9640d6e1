#!/bin/sh
# Extensions of code-server, from .vsix files whose hashes are listed beside them; every user has them, whatever the home.
# Usage: extensions.sh FOLDER
set -eu

folder=$1
installed=${SPT_EXTENSIONS:-/opt/code-server/node_modules/code-server/lib/vscode/extensions}

fail() {
    printf 'Error: %s\n' "$1" >&2
    exit 1
}

install_one() {
    file=$folder/$1.vsix
    if [ ! -f "$file" ]; then
        build-report.sh missing "extension-$1" "no file $1.vsix in the folder of extensions"
        return 0
    fi
    found=$(sha256sum "$file" | cut -d' ' -f1)
    [ "$found" = "$2" ] || fail "$1.vsix has the SHA-256 $found, and extensions.txt says '$2': look at the file, then enter its hash."
    unpacked=$(mktemp -d)
    unzip -q "$file" 'extension/*' -d "$unpacked"
    version=$(jq --raw-output .version "$unpacked/extension/package.json")
    rm -rf "${installed:?}/$1"
    mv "$unpacked/extension" "$installed/$1"
    rm -r "$unpacked"
    chmod -R u=rwX,go=rX "$installed/$1"
    build-report.sh had "extension-$1" "$version" "$1.vsix"
}

listed=
while read -r id hash rest; do
    case $id in '' | '#'*) continue ;; esac
    [ -n "$hash" ] && [ -z "$rest" ] || fail "extensions.txt: 'ID SHA-256' is expected, not '$id $hash $rest'."
    install_one "$id" "$hash"
    listed="$listed $id"
done <"$folder/extensions.txt"

for file in "$folder"/*.vsix; do
    [ -e "$file" ] || continue
    name=${file##*/}
    case " $listed " in
    *" ${name%.vsix} "*) ;;
    *) fail "$name is not listed in extensions.txt: enter its name and SHA-256, or take it away." ;;
    esac
done
