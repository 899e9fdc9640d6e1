#!/bin/sh
# Swap in use on the node: "0.3/2.0 GiB (15%)", or that there is none.
set -eu
root=${SPT_FLOW_ROOT:-}

total=0 free=0
while read -r key value _; do
    case $key in
    SwapTotal:) total=$value ;;
    SwapFree:) free=$value ;;
    esac
done <"$root/proc/meminfo"
if [ "$total" = 0 ]; then
    echo none
    exit 0
fi

tenths() { echo $((($1 * 10 + 524288) / 1048576)); }
used=$((total - free))
have=$(tenths "$used") most=$(tenths "$total")
printf '%d.%d/%d.%d GiB (%d%%)\n' \
    $((have / 10)) $((have % 10)) $((most / 10)) $((most % 10)) $((used * 100 / total))
