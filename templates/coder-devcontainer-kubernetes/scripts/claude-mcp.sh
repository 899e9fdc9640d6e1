#!/bin/sh
# Make Fleet MCP known to Claude Code: remove the entry, then add it, so that a second run changes nothing.
# The entry names the variable that holds the token; the token itself is in no file and no command line.
set -eu
name=fleet-mcp
url=http://127.0.0.1:8000
attempts=3

[ -n "${FLEET_MCP_AUTH_TOKEN:-}" ] || exit 0
PATH="$HOME/.local/bin:$PATH"
command -v claude >/dev/null 2>&1 || {
  echo "Claude Code: the command 'claude' is not there, so $name is not set up." >&2
  exit 0
}

answers() {
  if command -v curl >/dev/null 2>&1; then
    curl --silent --fail --output /dev/null --max-time 5 "$1"
  else
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$1" >/dev/null 2>&1
  fi
}

deadline=$(($(date +%s) + ${FLEET_TIMEOUT:-120}))
until answers "$url/health"; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "Claude Code: $url/health does not answer; the entry is written all the same and works once it does." >&2
    break
  fi
  sleep 1
done

# shellcheck disable=SC2016 # the variable is for Claude Code to expand, at the time it connects
entry='{"type":"http","url":"'$url'/mcp","headers":{"Authorization":"Bearer ${FLEET_MCP_AUTH_TOKEN}"}}'
try=1
while :; do
  claude mcp remove --scope user "$name" >/dev/null 2>&1 || true
  if claude mcp add-json --scope user "$name" "$entry" >/dev/null; then
    echo "Claude Code: $name is set up."
    exit 0
  fi
  [ "$try" -lt "$attempts" ] || break
  try=$((try + 1))
  sleep 2
done
echo "Claude Code: $name could not be set up; run 'claude mcp add-json' by hand (see the template's README)." >&2
exit 1
