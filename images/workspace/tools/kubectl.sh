#!/bin/sh
# kubectl, from Kubernetes' Go module.
# Usage: kubectl.sh VERSION MODULE OUT    MODULE is the folder of its go.mod and go.sum, OUT stands for the image's root
set -eu
minor=${1#*.}
minor=${minor%%.*}
info=k8s.io/component-base/version
cd "$2"
CGO_ENABLED=0 GOTOOLCHAIN=local go build -trimpath \
    -ldflags "-s -w -X $info.gitVersion=v$1 -X $info.gitMajor=${1%%.*} -X $info.gitMinor=$minor" \
    -o "$3/usr/local/bin/kubectl" k8s.io/kubernetes/cmd/kubectl
"$3/usr/local/bin/kubectl" version --client >/dev/null
build-report.sh had kubectl "$1" "Go module k8s.io/kubernetes"
