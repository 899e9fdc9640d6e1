"""Dumps of Coder's database: every night by a CronJob, and by a Job before another version of Coder comes."""

__all__ = ["DatabaseDump", "DatabaseDumpArgs", "build_dump_cron_job", "build_upgrade_dump_job"]

from typing import Final, NotRequired, TypeAlias, TypedDict

import pulumi
import pulumi_kubernetes as kubernetes

import ports
from components.database_manifests import DATABASE_NAME, DATABASE_SECRET, PASSWORD_KEY, ROLE, build_volume_claim
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security, pod_security
from core.kubernetes_names import object_labels

DUMP_NAME: Final = "database-dump"
"""Name of the CronJob, and of the app its pods belong to."""

DUMP_CLAIM: Final = "database-dumps"
"""Name of the volume claim that holds the dumps."""

_COMPONENT: Final = "database"
_USER: Final = 65532
_FOLDER: Final = "/dumps"
_SECRET_FOLDER: Final = "/run/secrets/database"  # noqa: S105 - a path
_DUMP_SECONDS: Final = 3600
_RESOURCES: Final = {
    "requests": {"cpu": "50m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
    "limits": {"cpu": "1", "memory": "512Mi", "ephemeral-storage": "256Mi"},
}


_Variables: TypeAlias = dict[str, pulumi.Input[str]]


class DatabaseDumpArgs(TypedDict):
    """What is dumped, and where dumps are kept."""

    namespace: str  # no Input: the database's address is made of it
    """Namespace of the database and of the dumps."""
    image: pulumi.Input[str]
    """Image of the platform's jobs."""
    schedule: pulumi.Input[str]
    """When a dump is made, as a cron schedule in UTC."""
    keep: int
    """How many dumps are kept."""
    storage: pulumi.Input[str]
    """Size of the volume."""
    storage_class: NotRequired[pulumi.Input[str]]
    """StorageClass of the volume; the cluster's default if left out."""
    protect_storage: bool  # no Input: resource options take none
    """Refuse to delete or replace the volume."""
    pushgateway_url: NotRequired[pulumi.Input[str]]
    """Prometheus Pushgateway for the metrics."""
    coder_version: str  # no Input: it is part of a name
    """Version of Coder that is about to be deployed: before each new one there is a dump."""
    database: NotRequired[pulumi.Resource]  # no Input: the jobs wait for it
    """What is dumped, if it has to be there first."""


class DatabaseDump(pulumi.ComponentResource):
    """The dumps' volume, the nightly CronJob, and the dump that goes before a change of Coder's version.

    Whatever deploys Coder depends on the whole component: then the dump is there before the change.
    """

    def __init__(self, name: str, args: DatabaseDumpArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("spt-flow:index:DatabaseDump", name, None, opts)
        namespace, image, keep = args["namespace"], args["image"], args["keep"]
        gateway = args.get("pushgateway_url")
        manifest = build_volume_claim(
            DUMP_CLAIM, namespace, storage=args["storage"], storage_class=args.get("storage_class")
        )
        claim = kubernetes.core.v1.PersistentVolumeClaim(
            f"{name}-pvc",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            opts=pulumi.ResourceOptions(parent=self, protect=args["protect_storage"]),
        )
        # The jobs alone need the database: a volume that is to stay would keep whatever it needs.
        needed = [claim, args["database"]] if "database" in args else [claim]
        after = pulumi.ResourceOptions(parent=self, depends_on=needed)
        manifest = build_dump_cron_job(
            namespace, schedule=args["schedule"], image=image, keep=keep, pushgateway_url=gateway
        )
        kubernetes.batch.v1.CronJob(
            f"{name}-cron-job", metadata=manifest["metadata"], spec=manifest["spec"], opts=after
        )
        manifest = build_upgrade_dump_job(namespace, version=args["coder_version"], image=image, keep=keep)
        kubernetes.batch.v1.Job(
            f"{name}-before-{args['coder_version']}",
            metadata=manifest["metadata"],
            spec=manifest["spec"],
            # A Job cannot be changed. Its successor, of the same name, may start when it is gone.
            opts=pulumi.ResourceOptions.merge(after, pulumi.ResourceOptions(delete_before_replace=True)),
        )
        self.register_outputs({})


def build_dump_cron_job(
    namespace: str,
    *,
    schedule: pulumi.Input[str],
    image: pulumi.Input[str],
    keep: int,
    pushgateway_url: pulumi.Input[str] | None = None,
) -> Manifest:
    """Return the CronJob; a dump that is late because the cluster was down is made up for within six hours."""
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": object_metadata(DUMP_NAME, namespace, _COMPONENT),
        "spec": {
            "schedule": schedule,
            "timeZone": "Etc/UTC",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 6 * 3600,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {"spec": _job_spec(image, _variables(keep, pushgateway_url), ["dump-database"], retries=2)},
        },
    }


def build_upgrade_dump_job(namespace: str, *, version: str, image: pulumi.Input[str], keep: int) -> Manifest:
    """Return the Job that dumps what there is before Coder `version`; a database nobody has used yet is no failure."""
    metadata = object_metadata(f"coder-pre-upgrade-dump-{version.lower()}", namespace, _COMPONENT, part=DUMP_NAME)
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata,
        # What it measures is the nightly dumps' business: a database that nobody has used yet is no failure of theirs.
        "spec": _job_spec(image, _variables(keep, None), ["dump-database", "--unless-empty"], retries=3),
    }


def _job_spec(image: pulumi.Input[str], variables: _Variables, arguments: list[str], *, retries: int) -> Manifest:
    return {
        "backoffLimit": retries,
        "activeDeadlineSeconds": _DUMP_SECONDS,
        "template": {
            "metadata": {"labels": object_labels(DUMP_NAME, _COMPONENT)},
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "securityContext": pod_security(_USER, has_volume=True),
                "containers": [_container(image, variables, arguments)],
                "volumes": [
                    {"name": "dumps", "persistentVolumeClaim": {"claimName": DUMP_CLAIM}},
                    {
                        "name": "secret",
                        "secret": {
                            "secretName": DATABASE_SECRET,
                            "items": [{"key": PASSWORD_KEY, "path": PASSWORD_KEY}],
                            "defaultMode": 0o440,
                        },
                    },
                    {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
                ],
            },
        },
    }


def _variables(keep: int, pushgateway_url: pulumi.Input[str] | None) -> _Variables:
    return {
        "PGHOST": DATABASE_NAME,
        "PGPORT": str(ports.POSTGRES),
        "PGUSER": ROLE,
        "PGDATABASE": ROLE,
        "PGPASSWORD_FILE": f"{_SECRET_FOLDER}/{PASSWORD_KEY}",
        "DUMP_DIRECTORY": _FOLDER,
        "DUMP_KEEP": str(keep),
        **({} if pushgateway_url is None else {"DUMP_PUSHGATEWAY_URL": pushgateway_url}),
    }


def _container(image: pulumi.Input[str], variables: _Variables, arguments: list[str]) -> Manifest:
    return {
        "name": DUMP_NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": arguments,
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "resources": _RESOURCES,
        "securityContext": container_security(),
        "volumeMounts": [
            {"name": "dumps", "mountPath": _FOLDER},
            {"name": "secret", "mountPath": _SECRET_FOLDER, "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - in the container
        ],
    }
