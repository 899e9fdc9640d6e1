"""What Fluent Bit is told, in its YAML form: which files it reads, what it adds to a line, and where lines go.

Names and meanings of the keys: https://docs.fluentbit.io/manual/4.2/.
"""

__all__ = ["BUFFER_FOLDER", "LOG_FOLDERS", "LogOutput", "build_log_config"]

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import ports
from components.manifest import Manifest

LOG_FOLDERS: Final = ("/var/log/containers", "/var/log/pods")
"""Where containerd's and CRI-O's nodes have the logs: links, and the files they lead to."""

BUFFER_FOLDER: Final = "/var/lib/spt-flow/log-collector"
"""Where the collector remembers, on the node, how far it has read, and keeps what it could not send yet."""

_TAG: Final = "kube"
# An id as sptcoder makes and sends it: "(correlation id 4bf9...)", "correlation_id=...", '"correlation_id": "..."'.
_CORRELATION: Final = r'correlation[ _-]id["=: ]+(?<correlation_id>[A-Za-z0-9._-]{1,64})'
# What a line of the platform's own is about: jobs and the workspaces' sudo write JSON with it.
_EVENT: Final = r'^\{.*?"event": ?"(?<event>[a-z][a-z0-9-]{0,60})"'
_USER: Final = "${LOG_USERNAME}"
_PASSWORD: Final = "${LOG_PASSWORD}"  # noqa: S105 - the name of a variable
_PATHS: Final = {"loki": "/loki/api/v1/push", "http": "/", "es": "spt-flow"}


@dataclass(frozen=True)
class LogOutput:
    """Where lines go; `path` is empty for the usual one, `buffer_bytes` what may wait for the host on a node."""

    kind: Literal["stdout", "forward", "loki", "es", "http"]
    host: str
    port: int
    tls: bool
    path: str
    has_credentials: bool
    buffer_bytes: int


def build_log_config(stack: str, namespaces: Sequence[str], output: LogOutput, *, own_name: str) -> Manifest:
    """Return the configuration for the logs of these namespaces, but for those of the pods called `own_name`."""
    return {
        "service": {
            "flush": 5,
            "grace": 20,
            "log_level": "warn",
            "http_server": "on",
            "http_listen": "0.0.0.0",  # noqa: S104 - in a pod: the kubelet probes it
            "http_port": ports.LOG_COLLECTOR,
            "health_check": "on",
            "hc_errors_count": 50,
            "hc_retry_failure_count": 100,
            "hc_period": 300,
            "storage.path": f"{BUFFER_FOLDER}/buffer",
            "storage.max_chunks_up": 32,
            "storage.backlog.mem_limit": "16M",
        },
        "parsers": [
            {"name": name, "format": "regex", "regex": regex}
            for name, regex in (("correlation", _CORRELATION), ("event", _EVENT))
        ],
        "pipeline": {
            "inputs": [_input(namespaces, own_name)],
            "filters": _filters(stack),
            "outputs": [_output(output)],
        },
    }


def _input(namespaces: Sequence[str], own_name: str) -> Manifest:
    """Return what reads the files; their names are <pod>_<namespace>_<container>-<id>.log."""
    folder = LOG_FOLDERS[0]
    return {
        "name": "tail",
        "tag": f"{_TAG}.*",
        "path": ",".join(f"{folder}/*_{namespace}_*.log" for namespace in namespaces),
        "exclude_path": f"{folder}/{own_name}-*.log",
        # The runtime cuts long lines into parts; "cri" puts them together again.
        "multiline.parser": "cri",
        "db": f"{BUFFER_FOLDER}/positions.db",
        # What a pod said before the collector came is read, too: none of the first lines is lost.
        "read_from_head": "true",
        "refresh_interval": 10,
        "rotate_wait": 30,
        "skip_long_lines": "on",
        "buffer_max_size": "256k",
        "storage.type": "filesystem",
    }


def _filters(stack: str) -> list[Manifest]:
    match = f"{_TAG}.*"
    return [
        {
            "name": "kubernetes",
            "match": match,
            "kube_url": "https://kubernetes.default.svc:443",
            # Coder's pods have long specifications.
            "buffer_size": "256k",
            "kube_tag_prefix": f"{_TAG}.{LOG_FOLDERS[0].strip('/').replace('/', '.')}.",
            "labels": "on",
            "annotations": "off",
            # Lines of workspaces are whatever people print: their JSON must not become fields of the store.
            "merge_log": "off",
            # A pod must not be able to take its own lines, those of sudo among them, out of the log.
            "k8s-logging.exclude": "off",
            "k8s-logging.parser": "off",
        },
        *(_found(match, parser) for parser in ("correlation", "event")),
        {"name": "modify", "match": match, "set": f"stack {stack}"},
    ]


def _found(match: str, parser: str) -> Manifest:
    """Return the filter that adds what a parser finds in a line; one in which it finds nothing stays as it is."""
    return {
        "name": "parser",
        "match": match,
        "key_name": "log",
        "parser": parser,
        "preserve_key": "on",
        "reserve_data": "on",
    }


def _output(output: LogOutput) -> Manifest:
    common: Manifest = {"name": output.kind, "match": f"{_TAG}.*"}
    if output.kind == "stdout":
        return {**common, "format": "json_lines", "json_date_format": "iso8601"}
    return {
        **common,
        "host": output.host,
        "port": output.port,
        "tls": "on" if output.tls else "off",
        **({"tls.verify": "on"} if output.tls else {}),
        # However long the host is away: what bounds the wait is the disk.
        "retry_limit": "no_limits",
        "storage.total_limit_size": output.buffer_bytes,
        **_details(output),
    }


def _details(output: LogOutput) -> Manifest:
    path = output.path or _PATHS.get(output.kind, "")
    login = {"http_user": _USER, "http_passwd": _PASSWORD} if output.has_credentials else {}
    if output.kind == "forward":
        return {"require_ack_response": "true", **({"shared_key": _PASSWORD} if output.has_credentials else {})}
    if output.kind == "loki":
        return {
            "uri": path,
            # Few values each: every combination of labels is a stream of its own. Pod and id stay in the line.
            "labels": "job=spt-flow,stack=$stack,namespace=$kubernetes['namespace_name'],"
            "container=$kubernetes['container_name']",
            "line_format": "json",
            **login,
        }
    if output.kind == "es":
        return {
            "logstash_format": "on",
            "logstash_prefix": path,
            "suppress_type_name": "on",
            # Labels have dots and slashes in their names.
            "replace_dots": "on",
            "generate_id": "on",
            **login,
        }
    return {"uri": path, "format": "json_lines", "json_date_format": "iso8601", "compress": "gzip", **login}
