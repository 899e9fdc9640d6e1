"""The reaper's manifests, built from plain values."""

__all__ = [
    "REAPER_NAME",
    "TOKEN_SECRET",
    "build_cron_job",
    "build_role",
    "build_role_binding",
    "build_service_account",
    "build_token_secret",
]

from collections.abc import Mapping
from typing import Final

import pulumi

from components import job_rights
from components.manifest import Manifest, object_metadata
from components.restricted_pod import container_security, pod_security
from components.scheduled_job import build_scheduled_job
from components.secret import build_secret

REAPER_NAME: Final = "reaper"
"""Name of the CronJob, its account, role and pods."""

TOKEN_SECRET: Final = "reaper-token"  # noqa: S105 - the name of a Secret, not one
"""Name of the Secret that holds the session token."""

_TOKEN_KEY: Final = "token"  # noqa: S105 - a key in a Secret, not one
_TOKEN_FOLDER: Final = "/var/run/secrets/spt-flow/coder"  # noqa: S105 - a folder
_ROLE: Final = "reaper"
_USER: Final = 65532
_WAIT_SECONDS: Final = 120
_DEADLINE_SECONDS: Final = 600
_RESOURCES: Final = {
    "requests": {"cpu": "50m", "memory": "96Mi", "ephemeral-storage": "16Mi"},
    "limits": {"cpu": "500m", "memory": "256Mi", "ephemeral-storage": "64Mi"},
}


def build_service_account(namespace: str) -> Manifest:
    """Return the account of the reaper's pods; only they mount its token."""
    return job_rights.build_account(REAPER_NAME, namespace, _ROLE)


def build_role(workspace_namespace: str) -> Manifest:
    """Return the role: volume claims of the workspaces' namespace, and nothing else anywhere."""
    rule = {
        "apiGroups": [""],
        "resources": ["persistentvolumeclaims"],
        "verbs": ["get", "list", "patch", "delete"],
    }
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": object_metadata(REAPER_NAME, workspace_namespace, _ROLE),
        "rules": [rule],
    }


def build_role_binding(namespace: str, workspace_namespace: str) -> Manifest:
    """Return the binding of the role to the account, which lives in `namespace`."""
    return job_rights.build_role_binding(REAPER_NAME, workspace_namespace, _ROLE, account_namespace=namespace)


def build_token_secret(namespace: str, token: pulumi.Input[str]) -> Manifest:
    """Return the Secret; `token` is the session token in base64."""
    return build_secret(TOKEN_SECRET, namespace, _ROLE, part=REAPER_NAME, data={_TOKEN_KEY: token})


def build_cron_job(
    namespace: str, *, image: pulumi.Input[str], schedule: pulumi.Input[str], settings: Mapping[str, pulumi.Input[str]]
) -> Manifest:
    """Return the CronJob; `settings` are the environment variables of the job."""
    return build_scheduled_job(
        REAPER_NAME,
        namespace,
        _ROLE,
        schedule=schedule,
        deadline_seconds=_DEADLINE_SECONDS,
        pod=_pod_spec(image, settings),
    )


def _pod_spec(image: pulumi.Input[str], settings: Mapping[str, pulumi.Input[str]]) -> Manifest:
    return {
        "restartPolicy": "Never",
        "serviceAccountName": REAPER_NAME,
        "automountServiceAccountToken": True,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 5,
        "securityContext": pod_security(_USER, has_volume=False),
        "containers": [_container(image, settings)],
        "volumes": [
            {"name": "token", "secret": {"secretName": TOKEN_SECRET, "defaultMode": 0o440}},
        ],
    }


def _container(image: pulumi.Input[str], settings: Mapping[str, pulumi.Input[str]]) -> Manifest:
    variables = {
        **settings,
        "CODER_SESSION_TOKEN_FILE": f"{_TOKEN_FOLDER}/{_TOKEN_KEY}",
        "REAPER_WAIT_SECONDS": str(_WAIT_SECONDS),
    }
    return {
        "name": REAPER_NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["reaper"],
        "env": [{"name": name, "value": variables[name]} for name in sorted(variables)],
        "resources": {kind: dict(amounts) for kind, amounts in _RESOURCES.items()},
        "securityContext": container_security(),
        "volumeMounts": [{"name": "token", "mountPath": _TOKEN_FOLDER, "readOnly": True}],
    }
