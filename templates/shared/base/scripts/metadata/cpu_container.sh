#!/bin/sh
# CPU this container used since the last call, of what its limit grants: "0.48/4.00 cores (12%)".
set -eu
root=${SPT_FLOW_ROOT:-}
state=${SPT_FLOW_STATE:-${TMPDIR:-/tmp}}/.spt-flow-cpu-container
cgroup=$root/sys/fs/cgroup

# Microseconds of CPU time so far: cgroup v2, else v1 under either name of the controller.
used_now() {
    if [ -r "$cgroup/cpu.stat" ]; then
        while read -r key value; do
            if [ "$key" = usage_usec ]; then echo "$value"; fi
        done <"$cgroup/cpu.stat"
        return
    fi
    for folder in cpuacct cpu,cpuacct; do
        if [ -r "$cgroup/$folder/cpuacct.usage" ]; then
            read -r nanoseconds <"$cgroup/$folder/cpuacct.usage"
            echo $((nanoseconds / 1000))
            return
        fi
    done
}

# Hundredths of a core that the limit grants; without a limit, every core of the node.
granted() {
    quota=max period=100000
    if [ -r "$cgroup/cpu.max" ]; then
        read -r quota period <"$cgroup/cpu.max"
    else
        for folder in cpu cpu,cpuacct; do
            if [ -r "$cgroup/$folder/cpu.cfs_quota_us" ]; then
                read -r quota <"$cgroup/$folder/cpu.cfs_quota_us"
                read -r period <"$cgroup/$folder/cpu.cfs_period_us"
                break
            fi
        done
    fi
    case $quota in
    max | -*) echo $(($(grep -c '^cpu[0-9]' "$root/proc/stat") * 100)) ;;
    *) echo $((quota * 100 / period)) ;;
    esac
}

# Hundredths of a second since the machine started; leading zeros would read as octal.
clock_now() {
    read -r uptime _ <"$root/proc/uptime"
    clock=${uptime%.*}${uptime#*.}
    while [ "${clock#0}" != "$clock" ] && [ "${#clock}" -gt 1 ]; do clock=${clock#0}; done
    echo "$clock"
}

used=$(used_now)
if [ -z "$used" ]; then
    echo "unknown: no CPU accounting in $cgroup"
    exit 0
fi
clock=$(clock_now)
before_used='' before_clock=''
if [ -r "$state" ]; then read -r before_used before_clock <"$state" || true; fi
if [ -z "$before_clock" ] || [ "$clock" -le "$before_clock" ] || [ "$used" -lt "$before_used" ]; then
    before_used=$used before_clock=$clock
    sleep "${SPT_FLOW_PAUSE:-1}"
    used=$(used_now) clock=$(clock_now)
fi
echo "$used $clock" >"$state"

elapsed=$((clock - before_clock))
if [ "$elapsed" -le 0 ]; then elapsed=1; fi
cores=$(((used - before_used) / (elapsed * 100)))
limit=$(granted)
printf '%d.%02d/%d.%02d cores (%d%%)\n' \
    $((cores / 100)) $((cores % 100)) $((limit / 100)) $((limit % 100)) $((cores * 100 / limit))
