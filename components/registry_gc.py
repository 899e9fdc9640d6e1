"""The registry's garbage collection: a CronJob that closes and collects, and one that opens what a dead one left."""

__all__ = ["RegistryGc", "RegistryGcArgs"]

from collections.abc import Mapping, Sequence
from typing import TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

from components.job_rights import declare_account, declare_rights
from components.manifest import Manifest
from components.registry_gc_manifests import (
    GC_NAME,
    build_account,
    build_gc_cron_job,
    build_guard_cron_job,
    build_image_role,
    build_role,
    build_role_binding,
)


class RegistryGcArgs(TypedDict):
    """What is collected when, and by what."""

    namespace: str  # no Input: names are made of it
    """Namespace of the registry, and of the pods."""
    image_namespaces: Sequence[str]  # no Input: each gets a role
    """Further namespaces whose pods' images stay."""
    image: pulumi.Input[str]
    """Image whose entrypoint is `python -m jobs`, with the program `registry` in it."""
    schedule: pulumi.Input[str]
    """When it is collected, a cron schedule, UTC."""
    guard_schedule: pulumi.Input[str]
    """When it is looked whether a collection has died, a cron schedule, UTC."""
    deadline_minutes: int
    """How long a collection may take."""
    variables: Mapping[str, pulumi.Input[str]]
    """Settings of the collection, as environment variables."""
    guard_variables: Mapping[str, pulumi.Input[str]]
    """Settings of the guard."""


class RegistryGc(pulumi.ComponentResource):
    """Two CronJobs with an account that may set the registry's replicas, and nothing else that matters."""

    name: pulumi.Output[str]
    """Name of the CronJob that collects."""

    def __init__(self, name: str, args: RegistryGcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:RegistryGc", name, None, opts)
        namespace, child = args["namespace"], pulumi.ResourceOptions(parent=self)
        account = declare_account(name, build_account(namespace), child)
        rights = self._rights(name, namespace, build_role(namespace), account)
        for other in args["image_namespaces"]:
            rights += self._rights(f"{name}-{other}", namespace, build_image_role(other), account)
        after = pulumi.ResourceOptions(parent=self, depends_on=[account, *rights])
        guard = build_guard_cron_job(
            namespace, image=args["image"], schedule=args["guard_schedule"], settings=args["guard_variables"]
        )
        watch = kubernetes.batch.v1.CronJob(
            f"{name}-guard-cronjob", metadata=guard["metadata"], spec=guard["spec"], opts=after
        )
        job = build_gc_cron_job(
            namespace,
            image=args["image"],
            schedule=args["schedule"],
            deadline_seconds=args["deadline_minutes"] * 60,
            settings=args["variables"],
        )
        kubernetes.batch.v1.CronJob(
            f"{name}-cronjob",
            metadata=job["metadata"],
            spec=job["spec"],
            # Nothing closes the registry before there is what opens it.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[watch]),
        )
        self.name = pulumi.Output.from_input(GC_NAME)
        self.register_outputs({"name": self.name})

    def _rights(self, name: str, namespace: str, manifest: Manifest, account: pulumi.Resource) -> list[pulumi.Resource]:
        """Declare a role, and its binding to the account, which lives in `namespace`."""
        binding = build_role_binding(manifest["metadata"]["namespace"], namespace)
        return declare_rights(name, role=manifest, binding=binding, account=account, parent=self)
