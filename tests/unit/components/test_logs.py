import datetime as dt
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from components.logs import LogCollector
from components.logs_arguments import log_collector_args
from components.logs_config import BUFFER_FOLDER, LOG_FOLDERS, LogOutput, build_log_config
from components.logs_manifests import (
    LOG_COLLECTOR,
    build_account,
    build_config_map,
    build_daemon_set,
    build_role,
    build_role_binding,
)
from core.policy_data import read_policy_data
from jobs.event_log import EventLog
from settings import Settings
from sptcoder.api.errors import ApiError
from sptcoder.api.trace import Trace
from tests.support.fluent_bit import collect, complaints, find_fluent_bit
from tests.support.recording import Registered, declare
from tests.support.sample_settings import sample_settings

_NAMESPACES: Final = ("coder", "coder-workspace", "spt-system")
_LOKI: Final = LogOutput(
    kind="loki", host="logs.example.com", port=443, tls=True, path="", has_credentials=True, buffer_bytes=512 * 1024**2
)
_OUTPUTS: Final = [replace(_LOKI, kind=kind) for kind in ("stdout", "forward", "loki", "es", "http")]
_LOGIN: Final = "log-credentials"
_LINES: Final = ("P torn in ", "F two (correlation id ci-7).", 'F {"event": "sudo"}')
_VARIABLES: Final = {"LOG_USERNAME", "LOG_PASSWORD"}


def _config(output: LogOutput = _LOKI) -> dict[str, Any]:
    return build_log_config("staging", _NAMESPACES, output, own_name=LOG_COLLECTOR)


def _settings(**values: str) -> Settings:
    return sample_settings("staging", **values)


def _declare(**values: str) -> dict[str, Registered]:
    args = log_collector_args(_settings(**{"logOutput": "loki", "logHost": "logs.example.com", **values}))
    assert args is not None
    return declare(lambda: LogCollector("logs", args))


def test_manifests(golden: Callable[[str, Any], None]) -> None:
    config = _config()
    golden(
        "log-collector",
        [
            build_account("spt-system"),
            build_role("coder"),
            build_role_binding("coder", "spt-system"),
            build_config_map("spt-system", config),
            build_daemon_set("spt-system", image="x:1", config=config, credentials_secret=_LOGIN),
        ],
    )


@pytest.mark.parametrize("output", _OUTPUTS, ids=lambda output: output.kind)
def test_each_outputs_configuration(output: LogOutput, golden: Callable[[str, Any], None]) -> None:
    config = _config(output)
    assert complaints(config, _VARIABLES) == []
    assert complaints(_config(replace(output, has_credentials=False, tls=False, path="/x")), set()) == []
    golden(f"log-output-{output.kind}", config["pipeline"]["outputs"])


@pytest.mark.parametrize("output", _OUTPUTS, ids=lambda output: output.kind)
def test_the_program_itself_starts_with_it_and_finds_what_is_in_lines(output: LogOutput, tmp_path: Path) -> None:
    """Fluent Bit looks at keys only when it starts; its --dry-run takes any."""
    program = find_fluent_bit()
    if program is None:
        pytest.skip("no fluent-bit on PATH: it can be built from its source only")
    said = collect(program, _config(replace(output, host="127.0.0.1", port=9)), tmp_path, _LINES)
    assert "unknown configuration property" not in said
    assert "initialization failed" not in said
    if output.kind == "stdout":
        records = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        found = [{key: record.get(key) for key in ("log", "event", "correlation_id", "stack")} for record in records]
        assert found == [
            {"log": "torn in two (correlation id ci-7).", "event": None, "correlation_id": "ci-7", "stack": "staging"},
            {"log": '{"event": "sudo"}', "event": "sudo", "correlation_id": None, "stack": "staging"},
        ]


@pytest.mark.parametrize(
    ("section", "number", "changes", "complaint"),
    [
        ("inputs", 0, {"exclude_paths": "x"}, "inputs tail has no key exclude_paths"),
        ("inputs", 0, {"multiline.parser": "crio"}, "the multiline parser crio is not built in"),
        ("inputs", 0, {"tag": "pods.*"}, "nothing reaches kubernetes: no tag is like kube.*"),
        ("filters", 1, {"parser": "corelation"}, "the parser corelation is not defined"),
        ("filters", 0, {"labels": "yes"}, "filters kubernetes: labels is no switch: 'yes'"),
        ("outputs", 0, {"name": "lokki"}, "outputs has no plugin lokki"),
        ("outputs", 0, {"http_user": "${LOG_USER}"}, "the variable LOG_USER is not set"),
    ],
)
def test_the_checker_finds_what_is_wrong(section: str, number: int, changes: dict[str, str], complaint: str) -> None:
    config = _config()
    config["pipeline"][section][number] |= changes
    assert complaint in complaints(config, _VARIABLES)


def test_lines_of_three_namespaces_are_read_and_nobody_elses() -> None:
    (tail,) = _config()["pipeline"]["inputs"]
    patterns = [re.compile(path.replace("*", ".*") + "$") for path in tail["path"].split(",")]
    excluded = re.compile(tail["exclude_path"].replace("*", ".*") + "$")

    def is_read(pod: str, namespace: str) -> bool:
        path = f"{LOG_FOLDERS[0]}/{pod}_{namespace}_main-{'0' * 64}.log"
        return any(pattern.match(path) for pattern in patterns) and not excluded.match(path)

    assert all(is_read("pod-1", namespace) for namespace in _NAMESPACES)
    assert not any(is_read("pod-1", namespace) for namespace in ("kube-system", "default", "my-coder", "coder-x"))
    # What it says of itself, when it cannot send, would be one more line to send.
    assert not is_read(f"{LOG_COLLECTOR}-x7k2p", "spt-system")


def test_the_kubernetes_filter_takes_the_tag_that_the_input_makes() -> None:
    pipeline = _config()["pipeline"]
    tag = pipeline["inputs"][0]["tag"].replace("*", f"{LOG_FOLDERS[0]}/pod.log".strip("/").replace("/", "."))
    assert tag.removeprefix(pipeline["filters"][0]["kube_tag_prefix"]) == "pod.log"


def _found(line: str) -> str | None:
    return _fields(line).get("correlation_id")


def _fields(line: str) -> dict[str, str]:
    """Return what the parsers find; Python spells the names of groups with one letter more."""
    matches = [re.search(parser["regex"].replace("(?<", "(?P<"), line) for parser in _config()["parsers"]]
    return {name: text for match in matches if match for name, text in match.groupdict().items()}


def test_ids_of_the_command_line_are_found_where_its_sentences_put_them() -> None:
    trace = Trace()
    error = ApiError(status=500, method="GET", path="/", message="no", correlation_id=trace.correlation_id)
    assert _found(f"2026-11-22 12:00:00 {error}") == trace.correlation_id


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"level":"error","correlation_id":"ci-run.7_a"}', "ci-run.7_a"),
        ("correlation_id=0af7651916cd43dd8448eb211c80319c  status=500", "0af7651916cd43dd8448eb211c80319c"),
        ("correlation-id: abc", "abc"),
        ("nothing of the kind", None),
        ("correlation", None),
    ],
)
def test_ids_are_found_in_other_programs_lines(line: str, found: str | None) -> None:
    assert _found(line) == found


def test_lines_of_jobs_and_of_sudo_are_found_by_their_event() -> None:
    written = io.StringIO()
    EventLog("reaper", stream=written).write("claim-deleted", correlation_id="ci-7")
    assert _fields(written.getvalue()) == {"event": "claim-deleted", "correlation_id": "ci-7"}
    assert _fields('{"time": "2026-11-22T07:00:00Z", "event": "sudo", "user": "coder"}') == {"event": "sudo"}
    # What somebody ran is inside a string, and cannot pass for the line's own event.
    typed = {"event": "sudo", "command": 'echo {"event": "reboot"}'}
    assert _fields(json.dumps(typed)) == {"event": "sudo"}
    assert _fields('npm says "event": "sudo"') == {}


def test_a_pod_can_neither_hide_its_lines_nor_make_fields_of_the_store() -> None:
    kubernetes = _config()["pipeline"]["filters"][0]
    assert [kubernetes[key] for key in ("k8s-logging.exclude", "k8s-logging.parser", "merge_log")] == ["off"] * 3


def test_no_password_stands_in_the_configuration() -> None:
    made = _declare(logCredentialsSecret=_LOGIN)
    text = made["logs-config"].inputs["data"]["fluent-bit.yaml"]
    assert "${LOG_PASSWORD}" in text
    container = made["logs-daemonset"].inputs["spec"]["template"]["spec"]["containers"][0]
    assert {entry["name"]: entry["valueFrom"]["secretKeyRef"]["name"] for entry in container["env"]} == {
        "LOG_USERNAME": _LOGIN,
        "LOG_PASSWORD": _LOGIN,
    }
    assert "env" not in _declare()["logs-daemonset"].inputs["spec"]["template"]["spec"]["containers"][0]


def test_it_may_look_at_single_pods_of_the_namespaces_it_reads_and_at_nothing_else() -> None:
    made = _declare()
    roles = {name: one for name, one in made.items() if one.type.endswith(":Role")}
    assert {one.inputs["metadata"]["namespace"] for one in roles.values()} == set(_NAMESPACES)
    assert all(
        one.inputs["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}] for one in roles.values()
    )
    assert not [one for one in made.values() if "ClusterRole" in one.type]


def test_it_writes_nothing_on_the_node_but_its_own_folder() -> None:
    pod = _declare()["logs-daemonset"].inputs["spec"]["template"]["spec"]
    container = pod["containers"][0]
    paths = {volume["name"]: volume["hostPath"]["path"] for volume in pod["volumes"] if "hostPath" in volume}
    writable = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    assert set(paths.values()) == {*LOG_FOLDERS, BUFFER_FOLDER}
    assert writable == {BUFFER_FOLDER}
    security = container["securityContext"]
    assert (security["readOnlyRootFilesystem"], security["allowPrivilegeEscalation"]) == (True, False)
    assert security["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_policies_let_it_see_what_it_reads_and_no_more(stack: str) -> None:
    allowed = read_policy_data(stack, today=dt.date(2026, 11, 22)).host_paths[f"DaemonSet spt-system/{LOG_COLLECTOR}"]
    assert set(allowed) == {*LOG_FOLDERS, BUFFER_FOLDER}


def test_a_changed_configuration_renews_the_pods() -> None:
    def checksum(**values: str) -> str:
        template = _declare(**values)["logs-daemonset"].inputs["spec"]["template"]
        return str(template["metadata"]["annotations"]["spt-flow/config-checksum"])

    assert checksum() == checksum()
    assert checksum() != checksum(logPort="3100")


def test_settings_become_arguments() -> None:
    assert log_collector_args(_settings()) is None
    args = log_collector_args(_settings(logOutput="es", logHost="es.example.com", logPath="flow", logBuffer="1Gi"))
    assert args is not None
    assert args["output"] == replace(
        _LOKI, kind="es", host="es.example.com", path="flow", has_credentials=False, buffer_bytes=1024**3
    )
    assert (args["namespace"], args["stack"], tuple(args["sources"])) == ("spt-system", "staging", _NAMESPACES)
