#!/bin/sh
# Load of the node over the last minute for each of its cores; above 1 work is waiting: "0.26 per core".
set -eu
root=${SPT_FLOW_ROOT:-}

cores=$(grep -c '^cpu[0-9]' "$root/proc/stat")
read -r load _ <"$root/proc/loadavg"
# Hundredths without the point; leading zeros would read as octal.
load=${load%.*}${load#*.}
while [ "${load#0}" != "$load" ] && [ "${#load}" -gt 1 ]; do load=${load#0}; done
scaled=$((load / cores))
printf '%d.%02d per core\n' $((scaled / 100)) $((scaled % 100))
