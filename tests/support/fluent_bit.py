"""A reader of Fluent Bit's configuration, by its manual's tables (4.2): what a start would refuse, or silently ignore.

The program itself cannot be had everywhere; where it is on PATH, it runs, too.
"""

__all__ = ["collect", "complaints", "find_fluent_bit"]

import fnmatch
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from components.logs_config import BUFFER_FOLDER, LOG_FOLDERS

# Of each plugin: keys it must have, and keys it may have.
_INPUTS: Final = {
    "tail": (
        {"tag", "path"},
        {"exclude_path", "multiline.parser", "parser", "db", "read_from_head", "refresh_interval", "rotate_wait"}
        | {"skip_long_lines", "buffer_max_size", "storage.type", "mem_buf_limit"},
    )
}
_FILTERS: Final = {
    "kubernetes": (
        {"match"},
        {"kube_url", "kube_ca_file", "kube_token_file", "kube_tag_prefix", "labels", "annotations", "merge_log"}
        | {"k8s-logging.exclude", "k8s-logging.parser", "buffer_size"},
    ),
    "parser": ({"match", "key_name", "parser"}, {"preserve_key", "reserve_data"}),
    "modify": ({"match"}, {"set", "add", "remove", "rename"}),
}
_SENDING: Final = {"tls", "tls.verify", "retry_limit", "storage.total_limit_size"}
_LOGIN: Final = {"http_user", "http_passwd"}
_OUTPUTS: Final = {
    "stdout": ({"match"}, {"format", "json_date_format"}),
    "forward": ({"match", "host", "port"}, _SENDING | {"shared_key", "require_ack_response"}),
    "loki": ({"match", "host", "port"}, _SENDING | _LOGIN | {"uri", "labels", "line_format"}),
    "es": (
        {"match", "host", "port"},
        _SENDING
        | _LOGIN
        | {"logstash_format", "logstash_prefix", "suppress_type_name", "replace_dots", "generate_id", "index"},
    ),
    "http": ({"match", "host", "port"}, _SENDING | _LOGIN | {"uri", "format", "json_date_format", "compress"}),
}
_SERVICE: Final = (
    {"flush"},
    {"grace", "log_level", "http_server", "http_listen", "http_port", "health_check", "hc_errors_count"}
    | {"hc_retry_failure_count", "hc_period", "storage.path", "storage.max_chunks_up", "storage.backlog.mem_limit"},
)
_BUILT_IN_MULTILINE: Final = {"cri", "docker", "go", "java", "python", "ruby"}
_SWITCHES: Final = {"on", "off", "true", "false"}
_SWITCHED: Final = {"http_server", "health_check", "read_from_head", "skip_long_lines", "labels", "annotations"} | {
    *("merge_log", "k8s-logging.exclude", "k8s-logging.parser", "preserve_key", "reserve_data", "tls", "tls.verify"),
    *("require_ack_response", "logstash_format", "suppress_type_name", "replace_dots", "generate_id"),
}
_RUN_SECONDS: Final = 4.0
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")


def find_fluent_bit() -> Path | None:
    """Return the program, or None where there is none."""
    found = shutil.which("fluent-bit")
    return Path(found) if found is not None else None


def collect(program: Path, config: Mapping[str, Any], folder: Path, lines: Sequence[str]) -> str:
    """Run the program for some seconds on a file of a workspace's pod, and return all it says.

    `lines` are as the runtime writes them, without time and stream: P or F for a part or a whole, and the text.
    """
    logs, state = folder / "containers", folder / "state"
    for each in (logs, state):
        each.mkdir()
    text = "".join(f"2026-11-22T07:00:00.000000000Z stdout {line}\n" for line in lines)
    (logs / f"pod_coder-workspace_dev-{'0' * 64}.log").write_text(text, encoding="utf-8")
    written = yaml.safe_dump(dict(config), sort_keys=False, width=10_000)
    for old, new in ((LOG_FOLDERS[0], str(logs)), (BUFFER_FOLDER, str(state)), ("flush: 5", "flush: 1")):
        written = written.replace(old, new)
    written = re.sub(r"http_server: '?on'?", "http_server: 'off'", written).replace(
        "log_level: warn", "log_level: info"
    )
    file = folder / "fluent-bit.yaml"
    file.write_text(written, encoding="utf-8")
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", str(program), "--config", str(file)],
            env={"LOG_USERNAME": "x", "LOG_PASSWORD": "x"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        time.sleep(_RUN_SECONDS)
        process.terminate()
        try:
            process.wait(_RUN_SECONDS)
        except subprocess.TimeoutExpired:
            # It waits for a host that does not answer.
            process.kill()
            process.wait()
    return (folder / "said").read_text(encoding="utf-8", errors="replace")


def complaints(config: Mapping[str, Any], variables: set[str]) -> list[str]:
    """Return what is wrong with a configuration whose program gets these environment variables."""
    return list(_complaints(config, variables))


def _complaints(config: Mapping[str, Any], variables: set[str]) -> Iterator[str]:
    pipeline = config.get("pipeline", {})
    yield from _keys("configuration", config, {"service", "pipeline"}, {"parsers", "env"})
    yield from _keys("pipeline", pipeline, {"inputs", "outputs"}, {"filters"})
    yield from _keys("service", config.get("service", {}), *_SERVICE)
    for section, known in (("inputs", _INPUTS), ("filters", _FILTERS), ("outputs", _OUTPUTS)):
        for plugin in pipeline.get(section, ()):
            yield from _plugin(section, plugin, known)
    yield from _parsers(config)
    yield from _routes(pipeline)
    used = set(_VARIABLE.findall(str(config)))
    yield from (f"the variable {name} is not set" for name in sorted(used - variables))
    if config.get("service", {}).get("storage.path") is None and "'filesystem'" in str(pipeline):
        yield "an input keeps its lines in files, and there is no storage.path"


def _plugin(section: str, plugin: Mapping[str, Any], known: Mapping[str, tuple[set[str], set[str]]]) -> Iterator[str]:
    name = str(plugin.get("name"))
    if name not in known:
        yield f"{section} has no plugin {name}"
        return
    needed, more = known[name]
    yield from _keys(f"{section} {name}", plugin, needed | {"name"}, more)
    # An output may have the key, too, and mean a list by it.
    for key in (_SWITCHED - ({"labels"} if section == "outputs" else set())) & plugin.keys():
        if plugin[key] not in _SWITCHES:
            yield f"{section} {name}: {key} is no switch: {plugin[key]!r}"


def _keys(where: str, found: Mapping[str, Any], needed: set[str], more: set[str]) -> Iterator[str]:
    yield from (f"{where} lacks {key}" for key in sorted(needed - found.keys()))
    yield from (f"{where} has no key {key}" for key in sorted(found.keys() - needed - more))


def _parsers(config: Mapping[str, Any]) -> Iterator[str]:
    defined = {parser["name"] for parser in config.get("parsers", ())}
    plugins = [*config["pipeline"].get("inputs", ()), *config["pipeline"].get("filters", ())]
    for plugin in plugins:
        if "parser" in plugin and plugin["parser"] not in defined:
            yield f"the parser {plugin['parser']} is not defined"
        for name in plugin.get("multiline.parser", "cri").split(","):
            if name.strip() not in _BUILT_IN_MULTILINE:
                yield f"the multiline parser {name} is not built in"
    for parser in config.get("parsers", ()):
        if parser.get("format") == "regex" and "(?<" not in parser.get("regex", ""):
            yield f"the parser {parser['name']} names no field"


def _routes(pipeline: Mapping[str, Any]) -> Iterator[str]:
    tags = [plugin["tag"].replace("*", "a.file") for plugin in pipeline["inputs"]]
    for plugin in [*pipeline.get("filters", ()), *pipeline["outputs"]]:
        if not any(fnmatch.fnmatchcase(tag, plugin.get("match", "")) for tag in tags):
            yield f"nothing reaches {plugin['name']}: no tag is like {plugin.get('match')}"
    for tag in tags:
        if not any(fnmatch.fnmatchcase(tag, plugin.get("match", "")) for plugin in pipeline["outputs"]):
            yield f"nothing takes what is tagged {tag}"
