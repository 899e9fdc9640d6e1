#!/bin/sh
# This project's own programs: compiled once for the Python that runs them, and asked whether they start.
# Usage: own-programs.sh VERSION
set -eu
/usr/lib/spt-flow/python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/spt-flow
for program in kvm-ok spt-microvm spt-validate; do
    "$program" --help >/dev/null
    build-report.sh had "$program" "$1" spt-flow
done
