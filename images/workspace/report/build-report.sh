#!/bin/sh
# Say what became of one tool; a line of its own for each, in $SPT_REPORT (/usr/share/spt-flow/report.d).
# Usage: build-report.sh had TOOL VERSION SOURCE
#        build-report.sh missing TOOL REASON
# TOOL is a name of lower-case letters, digits, '.', '+' and '-'. The later of two words about one tool counts.
set -eu

folder=${SPT_REPORT:-/usr/share/spt-flow/report.d}

fail() {
    printf 'Error: build-report.sh: %s\n' "$1" >&2
    exit 2
}

# One line of plain text as a JSON string.
quoted() {
    printf '%s' "$1" | tr '\n\t' '  ' | tr -d '\000-\037\177' | sed 's/[\\"]/\\&/g; s/^/"/; s/$/"/'
}

[ $# -ge 2 ] || fail "'had TOOL VERSION SOURCE' or 'missing TOOL REASON' is expected, not '$*'."
verb=$1
tool=$2
case $tool in
'' | *[!a-z0-9.+-]*) fail "'$tool' is no name of a tool: lower-case letters, digits, '.', '+' and '-' are." ;;
esac
case $verb:$# in
had:4)
    [ -n "$3" ] && [ -n "$4" ] || fail "version and source of '$tool' are empty."
    line=$(printf '{"tool": "%s", "version": %s, "source": %s}' "$tool" "$(quoted "$3")" "$(quoted "$4")")
    ;;
missing:3)
    [ -n "$3" ] || fail "the reason why '$tool' is missing is empty."
    line=$(printf '{"tool": "%s", "missing": %s}' "$tool" "$(quoted "$3")")
    ;;
*) fail "'had TOOL VERSION SOURCE' or 'missing TOOL REASON' is expected, not '$*'." ;;
esac
mkdir -p "$folder"
printf '%s\n' "$line" >"$folder/$tool.json"
