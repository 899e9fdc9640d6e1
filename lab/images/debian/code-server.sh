#!/bin/sh
# code-server on a Node of its own, whatever node the workspace has on PATH.
exec /opt/node/bin/node /opt/code-server/node_modules/code-server/out/node/entry.js "$@"
