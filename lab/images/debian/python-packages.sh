# shellcheck shell=sh
# Compile the Python packages in /tmp/build with the interpreter that will read them; the root is read-only then.
set -eu
if [ "$1" = finish ]; then
    # By content, not by time: the layer's times are zero.
    python3 -m compileall -q --invalidation-mode unchecked-hash /tmp/build
fi
