# shellcheck shell=sh
# Compile code-server's native modules against this Debian; /tmp/build holds the tree, and node with its headers.
set -eu
if [ "$1" = finish ]; then
    export PATH="/tmp/build/node/bin:$PATH" npm_config_nodedir=/tmp/build/node npm_config_offline=true JOBS=max
    cd /tmp/build/code-server/node_modules/code-server/lib/vscode
    gyp=/tmp/build/node/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js
    for module in @vscode/spdlog @vscode/native-watchdog @vscode/deviceid @vscode/fs-copyfile; do
        (cd "node_modules/$module" && node "$gyp" rebuild --nodedir=/tmp/build/node)
    done
fi
