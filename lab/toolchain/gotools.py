"""The programs that are built from pinned Go modules."""

__all__ = ["GO_TOOLS", "IMAGE_TOOLS", "LINT_TOOLS", "MODULES", "GoTool"]

from dataclasses import dataclass
from pathlib import Path

import versions

MODULES = Path(__file__).parent / "modules"
"""The committed wrapper modules: a folder a tool, with go.mod, go.sum and the imports that keep them complete."""


@dataclass(frozen=True)
class GoTool:
    """One Go module and the programs it gives.

    `packages` are import paths of main packages, the last element of each names its program; `variables` are string
    variables set when linking, by import path and name.
    """

    name: str
    version: str
    module: str
    packages: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> Path:
        """The wrapper module's folder."""
        return MODULES / self.name

    @property
    def programs(self) -> tuple[str, ...]:
        """File names of the programs."""
        return tuple(self._program(package) for package in self.packages)

    def _program(self, package: str) -> str:
        last = package.rsplit("/", 1)[-1]
        # A main package at the root of a module is called as the tool: "." and "/v2" are no names.
        return self.name if package in {".", self.module} else last

    @property
    def title(self) -> str:
        """How the tool's step is called."""
        return f"Build {self.name} {self.version}"

    @property
    def link_flags(self) -> str:
        """Value of go's -ldflags: no symbol tables, and the version the programs print."""
        return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in self.variables)])


_KUBERNETES_MINOR = versions.KUBERNETES.split(".")[1]
_COMPONENTS = (
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
    "kubectl",
)

PAUSE_VERSION = "1.0.0"
"""Version of our own pause program; to be raised with every change of it."""

GO_TOOLS: tuple[GoTool, ...] = (
    # Small downloads first: the processors are busy while the large ones come in.
    GoTool(
        name="pause",
        version=PAUSE_VERSION,
        module="spt-flow/toolchain/pause",
        packages=(".",),
        variables=(("main.version", PAUSE_VERSION),),
    ),
    GoTool(
        name="registry",
        version=versions.REGISTRY,
        module="github.com/distribution/distribution/v3",
        packages=(".",),
        variables=(("github.com/distribution/distribution/v3/version.version", f"v{versions.REGISTRY}"),),
    ),
    GoTool(
        name="kubernetes",
        version=versions.KUBERNETES,
        module="k8s.io/kubernetes",
        packages=tuple(f"k8s.io/kubernetes/cmd/{component}" for component in _COMPONENTS),
        variables=(
            ("k8s.io/component-base/version.gitVersion", f"v{versions.KUBERNETES}"),
            ("k8s.io/component-base/version.gitMajor", "1"),
            ("k8s.io/component-base/version.gitMinor", _KUBERNETES_MINOR),
        ),
    ),
    GoTool(
        name="pulumi",
        version=versions.PULUMI,
        module="github.com/pulumi/pulumi/pkg/v3",
        packages=("github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",),
        variables=(("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", f"v{versions.PULUMI}"),),
    ),
    GoTool(
        name="coredns",
        version=versions.COREDNS,
        module="github.com/coredns/coredns",
        packages=(".",),
    ),
    GoTool(
        name="helm",
        version=versions.HELM,
        module="helm.sh/helm/v3",
        packages=("helm.sh/helm/v3/cmd/helm",),
        variables=(("helm.sh/helm/v3/internal/version.version", f"v{versions.HELM}"),),
    ),
    GoTool(
        name="local-path-provisioner",
        version=versions.LOCAL_PATH_PROVISIONER,
        module="github.com/rancher/local-path-provisioner",
        packages=("github.com/rancher/local-path-provisioner",),
        variables=(("main.VERSION", f"v{versions.LOCAL_PATH_PROVISIONER}"),),
    ),
    GoTool(
        name="pushgateway",
        version=versions.PUSHGATEWAY,
        module="github.com/prometheus/pushgateway",
        packages=("github.com/prometheus/pushgateway",),
        variables=(("github.com/prometheus/common/version.Version", versions.PUSHGATEWAY),),
    ),
    GoTool(
        name="coder",
        version=versions.CODER_LAB,
        module="github.com/coder/coder/v2",
        packages=("github.com/coder/coder/v2/cmd/coder",),
        variables=(("github.com/coder/coder/v2/buildinfo.tag", versions.CODER_LAB),),
    ),
    GoTool(
        name="terraform-provider-coder",
        version=versions.TERRAFORM_PROVIDER_CODER,
        module="github.com/coder/terraform-provider-coder/v2",
        packages=("github.com/coder/terraform-provider-coder/v2",),
    ),
    GoTool(
        name="terraform-provider-kubectl",
        version=versions.TERRAFORM_PROVIDER_KUBECTL,
        module="github.com/gavinbunney/terraform-provider-kubectl",
        packages=("github.com/gavinbunney/terraform-provider-kubectl",),
    ),
    GoTool(
        name="terraform",
        version=versions.TERRAFORM,
        module="github.com/hashicorp/terraform",
        packages=("github.com/hashicorp/terraform",),
        # A release, not a development build: its version has no suffix.
        variables=(("github.com/hashicorp/terraform/version.dev", "no"),),
    ),
    GoTool(
        name="envbuilder",
        version=versions.ENVBUILDER,
        module="github.com/coder/envbuilder",
        packages=("github.com/coder/envbuilder/cmd/envbuilder",),
        variables=(("github.com/coder/envbuilder/buildinfo.tag", versions.ENVBUILDER),),
    ),
)

LINT_TOOLS: tuple[GoTool, ...] = (
    GoTool(
        name="actionlint",
        version=versions.ACTIONLINT,
        module="github.com/rhysd/actionlint",
        packages=("github.com/rhysd/actionlint/cmd/actionlint",),
    ),
    *(tool for tool in GO_TOOLS if tool.name == "terraform"),
)
"""What `make lint` needs; no lab runs the first of them."""

IMAGE_TOOLS: tuple[GoTool, ...] = (
    GoTool(
        name="syft",
        version=versions.SYFT,
        module="github.com/anchore/syft",
        packages=("github.com/anchore/syft/cmd/syft",),
        variables=(("main.version", versions.SYFT),),
    ),
    GoTool(
        name="grype",
        version=versions.GRYPE,
        module="github.com/anchore/grype",
        packages=("github.com/anchore/grype/cmd/grype",),
        variables=(("main.version", versions.GRYPE),),
    ),
    GoTool(
        name="cosign",
        version=versions.COSIGN,
        module="github.com/sigstore/cosign/v3",
        packages=("github.com/sigstore/cosign/v3/cmd/cosign",),
        variables=(("sigs.k8s.io/release-utils/version.gitVersion", f"v{versions.COSIGN}"),),
    ),
)
"""What lists, judges and signs what is in an image; `make image-tools` builds them, and no lab runs them."""
