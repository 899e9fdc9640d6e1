"""The parts of the platform that volumes hang on, as a program for a cluster without nodes: all but Coder's users.

The components, their arguments and their order are those of the program itself.
"""

__all__ = ["Change", "declare_platform"]

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from components.cluster_provider import cluster_provider
from components.coder import Coder
from components.coder_arguments import coder_args
from components.database import Database
from components.database_arguments import database_args, database_dump_args
from components.database_dump import DatabaseDump, DatabaseDumpArgs
from components.namespace import Namespace
from components.platform_namespaces import platform_namespaces
from components.registry import Registry
from components.registry_arguments import registry_args
from components.snapshots_arguments import declare_snapshots
from tests.support.sample_settings import sample_settings


@dataclass(frozen=True)
class Change:
    """One version of the platform: values of settings by key, and what the registry's resource is called.

    `registry_was` is the name that it has as an alias.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    registry: str = "registry"
    registry_was: str = ""


def declare_platform(version: Change, *, kubeconfig_path: str, context: str) -> None:
    """Declare one version of the platform."""
    settings = sample_settings("staging", **version.values)
    provider = cluster_provider(kubeconfig_path=kubeconfig_path, context=context)

    def after(*resources: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(providers=[provider], depends_on=list(resources))

    namespaces = [Namespace(one["namespace"], one, after()) for one in platform_namespaces(settings)]
    aliases: list[pulumi.Alias | str] = [pulumi.Alias(name=version.registry_was)] if version.registry_was else []
    named = pulumi.ResourceOptions.merge(after(*namespaces), pulumi.ResourceOptions(aliases=aliases))
    Registry(version.registry, registry_args(settings.registry), named)
    declare_snapshots(settings, after(*namespaces))
    database = Database("database", database_args(settings.database), after(*namespaces))
    dump_args: DatabaseDumpArgs = {**database_dump_args(settings), "database": database}
    dump = DatabaseDump("database-dump", dump_args, after(*namespaces))
    Coder("coder-server", coder_args(settings), after(*namespaces, database, dump))
