"""What a run is about: a stack, the folder it works in, the backend its state is in, the cluster it may touch."""

__all__ = ["DeployTarget", "builds_image", "check_lab_kubeconfig", "kubeconfig_target", "lab_target"]

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml

import ports
from core.errors import SptFlowError, UsageError
from lab.deploy.image_build import ImageBuild, Target, image_build
from lab.deploy.paths import DeployPaths
from lab.deploy.stack_file import PROJECT, PROJECT_ROOT, StackFile, load_stack_file
from lab.images.platform_tools import platform_tools_reference
from lab.instance import LabInstance
from settings import Settings, engine_texts, load_settings

_LAB_STACK: Final = "dev"


@dataclass(frozen=True)
class DeployTarget:
    """One stack and where it goes; `overlay` holds config values, by short key, that the stack file leaves open.

    `local_state` is the folder of a state kept on this machine, or None when a backend of the user's keeps it;
    `policy_config` is the configuration of the policy pack, the one beside the pack for the stack if None;
    `image_build` is how the lab builds the workspace image, None where it does not, or the user's own Docker would.
    """

    stack: StackFile
    paths: DeployPaths
    backend: str
    local_state: Path | None = None
    passphrase: Path | None = None
    overlay: Mapping[str, object] = field(default_factory=dict)
    policy_config: Path | None = None
    image_build: ImageBuild | None = None

    def check_settings(self) -> None:
        """Raise SettingsError for a setting the program would refuse, before anything is started or made."""
        self.settings()

    def settings(self) -> Settings:
        """Return the settings as the program reads them; raise SettingsError for one it would refuse."""
        overlay = {f"{PROJECT}:{key}": value for key, value in self.overlay.items()}
        return load_settings(self.stack.name, engine_texts({**self.stack.config, **overlay}))


def lab_target(stack: StackFile, instance: LabInstance, image: Target | None = None) -> DeployTarget:
    """Return the target for a stack of the embedded lab: everything private below the lab's folder.

    `image` is the target of the workspace image; the one built before, or else the stack's, if None.
    """
    if stack.cluster != "lab":
        raise UsageError(
            f"The stack '{stack.name}' is for a cluster of your own (cluster: {stack.cluster}), not for the lab.",
            next_command=f"pulumi up -s {stack.name}",
        )
    for key in ("kubeconfigPath", "kubeContext"):
        value = stack.config.get(f"{PROJECT}:{key}")
        if value is not None:
            raise UsageError(
                f"The stack '{stack.name}' is the lab's, but sets {PROJECT}:{key} to {value!r}; "
                f"the lab's own kubeconfig is the only one it may use.",
                next_command=f"pulumi config rm {key} -s {stack.name}",
            )
    paths = DeployPaths(instance.directory)
    build = image_build(
        stack, paths.image_target, registry=f"{instance.registry_address}:{ports.REGISTRY}", target=image
    )
    return DeployTarget(
        stack=stack,
        paths=paths,
        backend=f"file://{paths.state}",
        local_state=paths.state,
        passphrase=paths.passphrase,
        overlay={
            "kubeconfigPath": str(instance.kubeconfig),
            "kubeContext": instance.context,
            "registryClusterIp": str(instance.registry_address),
            "coderClusterIp": str(instance.coder_address),
            "coderAccessUrl": instance.coder_url,
            # Its tag changes with the jobs' code.
            "platformToolsImage": platform_tools_reference(),
            **({} if build is None else build.settings),
        },
        image_build=build,
    )


def builds_image(instance: LabInstance) -> bool:
    """Say whether the lab's stack builds the workspace image."""
    return lab_target(load_stack_file(_LAB_STACK), instance).image_build is not None


def check_lab_kubeconfig(instance: LabInstance) -> None:
    """Refuse a kubeconfig in the lab's folder that does not lead to this lab: `dev` never touches another cluster."""
    expected = instance.api_url
    try:
        content = yaml.safe_load(instance.kubeconfig.read_text(encoding="utf-8"))
        contexts = {entry["name"]: entry["context"]["cluster"] for entry in content["contexts"]}
        servers = {entry["name"]: entry["cluster"]["server"] for entry in content["clusters"]}
        found = servers[contexts[instance.context]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise SptFlowError(
            f"The kubeconfig {instance.kubeconfig} has no usable context '{instance.context}' "
            f"({type(error).__name__}).",
            next_command="make down YES=1 && make up",
        ) from None
    if found != expected:
        raise SptFlowError(
            f"The kubeconfig {instance.kubeconfig} leads to {found}, which is not this lab ({expected}); "
            f"the stack of the lab is never deployed anywhere else.",
            next_command=f"rm {instance.kubeconfig} && make up",
        )


def kubeconfig_target(stack: StackFile) -> DeployTarget:
    """Return the target for a stack on a cluster of the user's, with the backend that the environment names."""
    backend = os.environ.get("PULUMI_BACKEND_URL", "")
    if not backend:
        raise UsageError(
            f"The state of stack '{stack.name}' needs a backend, and PULUMI_BACKEND_URL is not set; "
            f"it takes what `pulumi login` takes, for example file://, s3:// or https:// URLs.",
            next_command=f"PULUMI_BACKEND_URL=... make preview STACK={stack.name}",
        )
    return DeployTarget(stack=stack, paths=DeployPaths(PROJECT_ROOT / ".stacks" / stack.name), backend=backend)
