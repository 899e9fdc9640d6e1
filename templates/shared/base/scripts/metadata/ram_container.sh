#!/bin/sh
# Memory this container holds, without what the kernel could drop at once, of its limit: "1.2/8.0 GiB (15%)".
set -eu
root=${SPT_FLOW_ROOT:-}
cgroup=$root/sys/fs/cgroup

# Value of a key in a file of "key value" lines; nothing when it is not there.
value_of() {
    while read -r key value _; do
        if [ "$key" = "$1" ]; then
            echo "$value"
            return
        fi
    done <"$2"
}

if [ -r "$cgroup/memory.current" ]; then
    read -r used <"$cgroup/memory.current"
    read -r limit <"$cgroup/memory.max"
    droppable=$(value_of inactive_file "$cgroup/memory.stat")
elif [ -r "$cgroup/memory/memory.usage_in_bytes" ]; then
    read -r used <"$cgroup/memory/memory.usage_in_bytes"
    read -r limit <"$cgroup/memory/memory.limit_in_bytes"
    droppable=$(value_of total_inactive_file "$cgroup/memory/memory.stat")
else
    echo "unknown: no memory accounting in $cgroup"
    exit 0
fi

total=$(($(value_of MemTotal: "$root/proc/meminfo") * 1024))
# Without a limit v2 says "max", and v1 a number above all memory there is.
if [ "$limit" = max ] || [ "$limit" -gt "$total" ]; then limit=$total; fi
used=$((used - ${droppable:-0}))
if [ "$used" -lt 0 ]; then used=0; fi

tenths() { echo $((($1 * 10 + 536870912) / 1073741824)); }
have=$(tenths "$used") most=$(tenths "$limit")
printf '%d.%d/%d.%d GiB (%d%%)\n' \
    $((have / 10)) $((have % 10)) $((most / 10)) $((most % 10)) $((used * 100 / limit))
