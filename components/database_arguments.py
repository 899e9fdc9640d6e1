"""The arguments of the database and its dumps out of the stack's settings."""

__all__ = ["database_args", "database_dump_args", "has_own_database"]

from components.database import DatabaseArgs
from components.database_dump import DatabaseDumpArgs
from components.network_flows import CODER
from components.pushgateway_manifests import pushgateway_url
from components.secret import SecretKey
from settings import DatabaseSettings, Settings


def has_own_database(settings: Settings) -> bool:
    """Say whether the platform runs the database, and so dumps it, or uses one of the user's."""
    named = settings.secret_source.comes_from_item("databaseUrl")
    return not (named or settings.database.database_url.get_secret_value())


def database_args(database: DatabaseSettings, existing: SecretKey | None = None) -> DatabaseArgs:
    """Return the database's arguments; what is empty in the settings is left out here.

    `existing` is where the URL of a database of the user's is, if a Secret that others make has it.
    """
    args: DatabaseArgs = {
        "namespace": CODER,
        "image": str(database.database_image),
        "storage": str(database.database_storage),
        "protect_storage": database.database_storage_protect,
        "resources": {
            "requests": {
                "cpu": str(database.database_cpu_request),
                "memory": str(database.database_memory_request),
                "ephemeral-storage": "64Mi",
            },
            "limits": {
                "cpu": str(database.database_cpu_limit),
                "memory": str(database.database_memory_limit),
                "ephemeral-storage": "1Gi",
            },
        },
    }
    if existing is not None:
        args["existing"] = existing
    elif database.database_url.get_secret_value():
        args["url"] = database.database_url.get_secret_value()
    if database.database_storage_class:
        args["storage_class"] = database.database_storage_class
    return args


def database_dump_args(settings: Settings) -> DatabaseDumpArgs:
    """Return the arguments of the dumps."""
    database = settings.database
    args: DatabaseDumpArgs = {
        "namespace": CODER,
        "image": str(settings.reaper.platform_tools_image),
        "schedule": database.database_dump_schedule,
        "keep": database.database_dump_keep,
        "storage": str(database.database_dump_storage),
        "protect_storage": database.database_storage_protect,
        "coder_version": settings.coder.coder_chart_version,
    }
    if database.database_storage_class:
        args["storage_class"] = database.database_storage_class
    if url := pushgateway_url(settings):
        args["pushgateway_url"] = url
    return args
