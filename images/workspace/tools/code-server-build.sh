#!/bin/sh
# Make code-server from its npm package, in the folder given, which holds package.json and package-lock.json.
# Usage: code-server-build.sh FOLDER
# Scripts of packages are not run: what has to be compiled is, with the compiler of this stage.
set -eu

cd "$1"
npm ci --ignore-scripts --omit=dev --no-bin-links
editor=$1/node_modules/code-server/lib/vscode
# The editor's own locks are not in step with what they lock, which `ci` does not take.
for folder in "$editor" "$editor/extensions"; do
    (cd "$folder" && npm install --ignore-scripts --omit=dev --no-bin-links)
done

export npm_config_nodedir=/usr/local npm_config_offline=true JOBS=max
gyp=/usr/local/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js
for module in @vscode/spdlog @vscode/native-watchdog @vscode/deviceid @vscode/fs-copyfile; do
    (cd "$editor/node_modules/$module" && node "$gyp" rebuild --nodedir=/usr/local)
done

# What code-server's own installation script links.
cd "$editor"
ln -sfn node_modules node_modules.asar
ln -sfn code-linux.sh bin/remote-cli/code-server
ln -sfn browser-linux.sh bin/helpers/browser.sh
ln -sfn /usr/local/bin/node "$1/node_modules/code-server/lib/node"

# Programs for other systems, and sources of what is compiled.
rm -rf node_modules/@vscode/windows-* node_modules/@vscode/*/build/Release/obj.target \
    node_modules/@vscode/*/build/Release/.deps node_modules/@parcel/watcher-linux-*-musl \
    node_modules/node-pty/prebuilds/win32-* node_modules/node-pty/prebuilds/darwin-* node_modules/node-pty/third_party
# A vendor's assistant, which needs an account and its servers.
rm -rf node_modules/@github/copilot-sdk-linux* node_modules/@github/copilot-sdk/node_modules/@koromix \
    node_modules/@microsoft/mxc-sdk/bin extensions/copilot
case $(uname -m) in
x86_64) machine=x64 ;;
aarch64) machine=arm64 ;;
*) machine=$(uname -m) ;;
esac
for folder in node_modules/@vscode/ripgrep-universal/bin/*; do
    [ "${folder##*/}" = "linux-$machine" ] || rm -rf "$folder"
done
find . -name '*.map' -type f -delete
