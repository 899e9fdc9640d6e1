#!/bin/sh
# Memory in use on the node, of all it has: "10.1/23.5 GiB (43%)".
set -eu
root=${SPT_FLOW_ROOT:-}

total=0 available=0
while read -r key value _; do
    case $key in
    MemTotal:) total=$value ;;
    MemAvailable:) available=$value ;;
    esac
done <"$root/proc/meminfo"

tenths() { echo $((($1 * 10 + 524288) / 1048576)); }
used=$((total - available))
have=$(tenths "$used") most=$(tenths "$total")
printf '%d.%d/%d.%d GiB (%d%%)\n' \
    $((have / 10)) $((have % 10)) $((most / 10)) $((most % 10)) $((used * 100 / total))
