"""Coder with what it stands on and what leads to it: database, dump, server, entry, users, each in its order."""

__all__ = ["CoderParts", "coder_parts"]

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi

from components.coder import Coder
from components.coder_access import CoderAccess
from components.coder_arguments import coder_access_args, coder_args, entry_args
from components.database import Database
from components.database_arguments import database_args, database_dump_args
from components.database_dump import DatabaseDump, DatabaseDumpArgs
from components.entry_point import EntryPoint
from components.network_flows import CODER, WORKSPACES
from components.onepassword_connect import OnePasswordConnect, connect_args
from components.onepassword_items import OnePasswordItems, item_key, items_args, workspace_items_args
from settings import Settings


@dataclass(frozen=True)
class CoderParts:
    """What others need of Coder: the server, and its users once they can be reached."""

    server: Coder
    access: CoderAccess


def coder_parts(
    settings: Settings,
    *,
    namespace: pulumi.Resource,
    guards: Sequence[pulumi.Resource],
    after: Callable[..., pulumi.ResourceOptions],
) -> CoderParts:
    """Declare them; `after` gives the options of what waits for some resources, `guards` come before any workload."""
    secrets = _secrets(settings, after(*guards))
    existing = item_key(settings.secret_source, "databaseUrl")
    database = Database("database", database_args(settings.database, existing), after(namespace))
    before: list[pulumi.Resource] = [*guards, *secrets, database]
    if database.in_cluster:
        dump: DatabaseDumpArgs = {**database_dump_args(settings), "database": database}
        before.append(DatabaseDump("database-dump", dump, after(*guards)))
    server = Coder("coder-server", coder_args(settings), after(*before))
    entry = entry_args(settings)
    reachable = [server] if entry is None else [server, EntryPoint("coder-entry", entry, after(server))]
    access = CoderAccess("coder-access", coder_access_args(settings, now=time.time()), after(*reachable))
    return CoderParts(server, access)


def _secrets(settings: Settings, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """Declare what secrets come from in the cluster: a Connect server, then items, whose operator may ask it."""
    made: list[pulumi.Resource] = []
    connect = connect_args(settings.secret_source, CODER)
    if connect is not None:
        made.append(OnePasswordConnect("onepassword-connect", connect, opts))
    waiting = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=list(made)))
    items = items_args(settings.secret_source, CODER)
    if items is not None:
        made.append(OnePasswordItems("secret-items", items, waiting))
    of_workspaces = workspace_items_args(settings.secret_source, WORKSPACES)
    if of_workspaces is not None:
        made.append(OnePasswordItems("workspace-secret-items", of_workspaces, waiting))
    return made
