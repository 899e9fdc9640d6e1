#!/bin/sh
# How busy the node's processors were since the last call, whoever used them: "34%".
set -eu
root=${SPT_FLOW_ROOT:-}
state=${SPT_FLOW_STATE:-${TMPDIR:-/tmp}}/.spt-flow-cpu-host

# "<all ticks> <idle ticks>" since the machine started; waiting for a disk is idle.
ticks_now() {
    read -r _ user nice system idle waiting irq softirq stolen _ <"$root/proc/stat"
    idle=$((idle + waiting))
    echo "$((user + nice + system + idle + irq + softirq + stolen)) $idle"
}

now=$(ticks_now)
before=''
if [ -r "$state" ]; then read -r before <"$state" || true; fi
if [ -z "$before" ] || [ "${now% *}" -le "${before% *}" ]; then
    before=$now
    sleep "${SPT_FLOW_PAUSE:-1}"
    now=$(ticks_now)
fi
echo "$now" >"$state"

all=$((${now% *} - ${before% *}))
idle=$((${now#* } - ${before#* }))
if [ "$all" -le 0 ]; then all=1 idle=1; fi
printf '%d%%\n' $(((all - idle) * 100 / all))
