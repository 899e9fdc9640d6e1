#!/bin/sh
# This project's own files: programs compiled once for the Python that runs them, the new home, what bash reads.
# Usage: own-files.sh VERSION
set -eu
/usr/lib/spt-flow/python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/spt-flow
for program in kvm-ok spt-microvm spt-validate; do
    "$program" --help >/dev/null
    build-report.sh had "$program" "$1" spt-flow
done

# A home on a volume of its own is filled by the template; this one is for containers without.
cp -R --no-target-directory /etc/skel /home/coder
chown -R 1000:1000 /home/coder
grep -q spt-flow /etc/bash.bashrc || echo '. /usr/lib/spt-flow/bash-interactive.sh' >>/etc/bash.bashrc
