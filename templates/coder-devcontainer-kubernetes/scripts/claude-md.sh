#!/bin/sh
# Write $SYSTEM_PROMPT into the user's memory file for Claude Code, between two marks, replacing what was there before.
# With an empty prompt the part is removed. Text outside the marks is the user's and stays.
set -eu
file="$HOME/.claude/CLAUDE.md"
begin='<!-- begin: system prompt of the workspace -->'
end='<!-- end: system prompt of the workspace -->'

[ -n "${SYSTEM_PROMPT:-}" ] || [ -e "$file" ] || exit 0
mkdir -p "$HOME/.claude"
[ -e "$file" ] || : >"$file"
others="$(awk -v b="$begin" -v e="$end" '$0 == b {skip = 1} !skip {print} $0 == e {skip = 0}' "$file")"
{
  if [ -n "${SYSTEM_PROMPT:-}" ]; then
    printf '%s\n%s\n%s\n' "$begin" "$SYSTEM_PROMPT" "$end"
  fi
  [ -z "$others" ] || printf '%s\n' "$others"
} >"$file.new"
mv "$file.new" "$file"
