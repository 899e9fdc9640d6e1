#!/bin/sh
# Fetch a tool's file from its publisher and hold it to its hash; where that cannot be, report the tool as missing.
# Usage: download.sh TOOL URL FILE
# FILE is there afterwards, or the report says why not. $SPT_DOWNLOADS (downloads.txt beside this script) lists 'SHA-256 URL'.
# $DOWNLOADS is yes, or no for places from which publishers cannot be reached: a build there does not even try.
set -eu

list=${SPT_DOWNLOADS:-$(dirname "$0")/downloads.txt}
tool=$1
url=$2
file=$3

fail() {
    printf 'Error: %s\n' "$1" >&2
    exit 1
}

missing() {
    rm -f "$file"
    build-report.sh missing "$tool" "$1"
    exit 0
}

rm -f "$file"
case ${DOWNLOADS:-} in
yes) ;;
no) missing "it is a file of its publisher, and downloads are switched off (DOWNLOADS=no)" ;;
*) fail "DOWNLOADS is '${DOWNLOADS:-}'; yes or no is expected." ;;
esac
machine=$(dpkg --print-architecture)
[ "$machine" = amd64 ] || missing "a hash is known of its file for amd64 alone, and this is $machine"

wanted=$(awk -v url="$url" '$2 == url { print $1 }' "$list")
[ -n "$wanted" ] || fail "downloads.txt has no hash for $url: fetch it, look at it, and enter its SHA-256."
code=0
curl --fail --silent --show-error --location --proto '=https' --retry 3 --connect-timeout 20 --max-time 600 \
    --output "$file" "$url" 2>/dev/null || code=$?
[ "$code" = 0 ] || missing "its publisher's file cannot be fetched (curl ends with exit code $code)"
found=$(sha256sum "$file" | cut -d' ' -f1)
[ "$found" = "$wanted" ] ||
    fail "$url has the SHA-256 $found, and downloads.txt says $wanted: look at the file, then enter its hash."
