#!/bin/sh
# How full the volume is that holds the user's files: "3.1/20.0 GiB (16%)".
set -eu
folder=${SPT_FLOW_DISK_PATH:-$HOME}

size='' used=''
# One line per file system follows the heading; -P keeps it on one line.
while read -r _ total taken _; do
    size=$total used=$taken
done <<LINES
$(df -Pk "$folder" 2>/dev/null || true)
LINES
if [ -z "$size" ] || [ "$size" = 0 ]; then
    echo "unknown: no volume at $folder"
    exit 0
fi

tenths() { echo $((($1 * 10 + 524288) / 1048576)); }
have=$(tenths "$used") most=$(tenths "$size")
printf '%d.%d/%d.%d GiB (%d%%)\n' \
    $((have / 10)) $((have % 10)) $((most / 10)) $((most % 10)) $((used * 100 / size))
