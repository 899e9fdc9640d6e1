#!/bin/sh
# Start supervisord with the Fleet MCP server, then wait for port 9001 and for the server's health.
# Every way it can go wrong ends in one line that names the log, and with a non-zero status.
set -eu
: "${FLEET_FOLDER:?}" "${FLEET_TIMEOUT:?}" "${FLEET_HEALTH:?}" "${FLEET_SUPERVISORD_CONF:?}"
supervisor_url=http://127.0.0.1:9001
state="$HOME/.spt-flow"
conf="$state/supervisord.conf"
server_log="$FLEET_FOLDER/logs/fleet-mcp/server.log"
FLEET_USER="$(id -un)"
export FLEET_USER

fail() {
  echo "Fleet MCP: $1" >&2
  exit 1
}

answers() { # url: is there an HTTP answer of 200?
  if command -v curl >/dev/null 2>&1; then
    curl --silent --fail --output /dev/null --max-time 5 "$1"
  else
    python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$1" >/dev/null 2>&1
  fi
}

wait_for() { # url, what to look at between two tries
  deadline=$(($(date +%s) + FLEET_TIMEOUT))
  until answers "$1"; do
    if [ -n "$2" ] && supervisorctl -c "$conf" status fleet-mcp 2>/dev/null | grep -q -E 'FATAL|STOPPED'; then
      return 2
    fi
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 1
  done
}

command -v supervisord >/dev/null 2>&1 ||
  fail "supervisord is not in the devcontainer's image; install the package 'supervisor' there (see the template's README)."

mkdir -p "$state" "$FLEET_FOLDER/logs/supervisor" "$FLEET_FOLDER/logs/fleet-mcp" ||
  fail "the log folders below $FLEET_FOLDER/logs cannot be made."
printf '%s' "$FLEET_SUPERVISORD_CONF" | base64 -d >"$conf"

# A repository without a Taskfile of its own gets the template's.
if [ -n "${FLEET_TASKFILE_BASE64:-}" ] && [ ! -e "${FLEET_MCP_TASKFILE:-}" ]; then
  printf '%s' "$FLEET_TASKFILE_BASE64" | base64 -d >"$state/Taskfile.yml"
  FLEET_MCP_TASKFILE="$state/Taskfile.yml"
  export FLEET_MCP_TASKFILE
fi
unset FLEET_TASKFILE_BASE64 FLEET_SUPERVISORD_CONF

if answers "$supervisor_url"; then
  supervisorctl -c "$conf" start fleet-mcp >/dev/null 2>&1 || true
else
  supervisord -c "$conf" || fail "supervisord did not start; see $FLEET_FOLDER/logs/supervisor/supervisord.log."
fi
wait_for "$supervisor_url" '' ||
  fail "supervisord does not answer on port 9001 after $FLEET_TIMEOUT s; see $FLEET_FOLDER/logs/supervisor/supervisord.log."

status=0
wait_for "$FLEET_HEALTH" watch || status=$?
case $status in
0) echo "Fleet MCP: the server is healthy." ;;
2) fail "the server stops as soon as it is started; see $server_log." ;;
*) fail "no answer from $FLEET_HEALTH after $FLEET_TIMEOUT s; see $server_log." ;;
esac
