"""The arguments of the registry's garbage collection, out of the stack's settings."""

__all__ = ["declare_registry_gc", "registry_gc_args"]

import json

import pulumi

from components.network_flows import CODER, WORKSPACES
from components.pushgateway_manifests import pushgateway_url
from components.registry_gc import RegistryGc, RegistryGcArgs
from components.registry_gc_manifests import GC_NAME
from components.registry_manifests import REGISTRY_NAME, registry_host
from settings import Settings


def declare_registry_gc(settings: Settings, image: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
    """Collect the registry if the stack's settings say so; `image` is the workspaces'."""
    if settings.registry_gc.registry_gc:
        RegistryGc("registry-gc", registry_gc_args(settings, image), opts)


def registry_gc_args(settings: Settings, image: pulumi.Input[str]) -> RegistryGcArgs:
    """Return the arguments; the images that the settings name stay, and so does `image`."""
    gc = settings.registry_gc
    return {
        "namespace": CODER,
        "image_namespaces": [WORKSPACES],
        "image": str(settings.reaper.platform_tools_image),
        "schedule": gc.registry_gc_schedule,
        "guard_schedule": gc.registry_gc_guard_schedule,
        "deadline_minutes": gc.registry_gc_deadline_minutes,
        "variables": {**_place(), **_rules(settings), "REGISTRY_GC_USED_IMAGES": _used(settings, image)},
        "guard_variables": _place(),
    }


def _place() -> dict[str, pulumi.Input[str]]:
    return {
        "REGISTRY_GC_NAMESPACE": CODER,
        "REGISTRY_GC_DEPLOYMENT": REGISTRY_NAME,
        "REGISTRY_GC_COLLECTOR": GC_NAME,
    }


def _rules(settings: Settings) -> dict[str, pulumi.Input[str]]:
    gc = settings.registry_gc
    variables: dict[str, pulumi.Input[str]] = {
        "REGISTRY_GC_URL": f"http://{registry_host(CODER)}",
        "REGISTRY_GC_IMAGE_NAMESPACES": f"{CODER},{WORKSPACES}",
        "REGISTRY_GC_KEEP_TAGS": str(gc.registry_gc_keep_tags),
        "REGISTRY_GC_KEEP_DAYS": str(gc.registry_gc_keep_days),
        "REGISTRY_GC_PROTECTED": json.dumps(gc.registry_gc_protected),
        "REGISTRY_GC_DRY_RUN": json.dumps(gc.registry_gc_dry_run),
    }
    if hours := settings.deployment.closed_hours_text():
        variables["BUSINESS_HOURS"] = hours
    if url := pushgateway_url(settings):
        variables["REGISTRY_GC_PUSHGATEWAY_URL"] = url
    return variables


def _used(settings: Settings, image: pulumi.Input[str]) -> pulumi.Input[str]:
    host = registry_host(CODER)
    named = [str(each) for each in settings.images() if each.registry == host]
    made = pulumi.Output.from_input(image)
    if isinstance(image, str):
        return json.dumps(sorted({*named, image}))
    return made.apply(lambda found: json.dumps(sorted({*named, found})))
