"""`make policy` as people run it: the real engine over the real program, without a cluster and without credentials."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import psutil
import pytest

from lab.toolchain import Toolchain
from tests.support.checkout import Checkout

_CANARY: Final = "canary-9b1f77"
_SEALED: Final = f"v1:{_CANARY}:{_CANARY}"
_STACKS: Final = ("dev", "prod", "staging")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> Checkout:
    """Copy the tree for tests that break it; each puts back what it changed."""
    assert (toolchain.bin / "pulumi").exists()
    return Checkout.copy_to(tmp_path_factory.mktemp("policy") / "tree")


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment with secrets and a cluster in it that nobody may look at."""
    folder.mkdir(exist_ok=True)
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(f"token: {_CANARY}", encoding="utf-8")
    return {
        "TMPDIR": str(folder),
        "KUBECONFIG": str(kubeconfig),
        "PULUMI_CONFIG_PASSPHRASE": _CANARY,
        "PULUMI_ACCESS_TOKEN": _CANARY,
        "PULUMI_BACKEND_URL": f"file://{folder}/{_CANARY}",
        "PULUMI_HOME": f"{folder}/{_CANARY}",
        "AWS_SECRET_ACCESS_KEY": _CANARY,
        "HELM_KUBETOKEN": _CANARY,
    }


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "kubeconfig")


def _checks(said: str) -> dict[str, dict[str, Any]]:
    return {check["stack"]: check for check in json.loads(said)["checks"]}


_JOB = "spec.jobTemplate.spec.template.spec.containers[].env[].value"
# The digest of an image that is still to be built: in templates, on the nodes, and in what is not collected.
_WAITING_FOR_THE_IMAGE = {
    ("Command spt-flow-push", "environment.SPTCODER_PUSH"),
    ("Command spt-flow-ci-push", "environment.SPTCODER_PUSH"),
    ("DaemonSet spt-system/prepull", "spec.template.spec.containers[].image"),
    ("CronJob spt-system/prepull-check", _JOB),
    ("CronJob coder/registry-gc", _JOB),
}


# Port 9 refuses: whoever asked the server would fail.
_FROM_CONNECT: Final = f"""\
  spt-flow:secretsSource: connect
  spt-flow:secretsVault: spt-flow
  spt-flow:secretsItems:
    coderGithubClientId: {{item: coder-github, field: username}}
    coderGithubClientSecret: coder-github
    databaseUrl: {{item: database, field: keys.url}}
  spt-flow:coderGithubAuth: true
  spt-flow:connectUrl: http://127.0.0.1:9
  spt-flow:connectToken:
    secure: {_SEALED}
  spt-flow:workspaceSecretItems: {{claude-code: claude-code}}
"""


def test_every_stack_passes_and_nothing_of_the_users_is_used_or_told(checkout: Checkout, tmp_path: Path) -> None:
    before = (checkout.root / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    of_staging = (checkout.root / "Pulumi.staging.yaml").read_text(encoding="utf-8")
    checkout.append("Pulumi.staging.yaml", _FROM_CONNECT)
    checkout.append("Pulumi.prod.yaml", f"  spt-flow:coderConnectToken:\n    secure: {_SEALED}\n")
    checkout.append("Pulumi.prod.yaml", "  spt-flow:coderConnectHost: https://connect.example.com\n")
    checkout.append("Pulumi.prod.yaml", f"secretsprovider: awskms://{_CANARY}\nencryptedkey: {_CANARY}\n")
    folder = tmp_path / "temporary"
    written = [f"--sarif={tmp_path / 'log.sarif'}", f"--markdown={tmp_path / 'report.md'}"]
    try:
        done = checkout.lab("policy", "--json", *written, env=_environment(folder))
    finally:
        (checkout.root / "Pulumi.prod.yaml").write_text(before, encoding="utf-8")
        (checkout.root / "Pulumi.staging.yaml").write_text(of_staging, encoding="utf-8")
    checks = _checks(done.stdout)
    assert sorted(checks) == sorted(_STACKS)
    for stack, check in checks.items():
        assert check["failure"] is None
        assert not [each for each in check["violations"] if each["level"] == "mandatory"], stack
        waiting = {(each["resource"], re.sub(r"\[\d+\]", "[]", each["waitsFor"])) for each in check["undecided"]}
        assert waiting == (_WAITING_FOR_THE_IMAGE if stack == "dev" else set()), stack
        assert check["resources"] > 50
    assert done.returncode == 0, done.stderr
    reports = [path.read_text(encoding="utf-8") for path in (tmp_path / "log.sarif", tmp_path / "report.md")]
    for text in (done.stdout, done.stderr, *reports):
        assert _CANARY not in text
    assert _left(folder) == []
    assert "### Policies: passed" in reports[1]
    assert [run["automationDetails"]["id"] for run in json.loads(reports[0])["runs"]] == [
        f"policy/{stack}/" for stack in _STACKS
    ]


def test_a_broken_program_is_stopped_with_the_sentence(checkout: Checkout, tmp_path: Path) -> None:
    program = checkout.root / "__main__.py"
    before = program.read_text(encoding="utf-8")
    checkout.edit(
        "__main__.py",
        "    coder = coder_parts(",
        "    from pulumi_kubernetes.core.v1 import Pod\n\n"
        '    Pod("bare", metadata={"name": "bare", "namespace": CODER}, opts=in_coder, spec={"host_network": True,\n'
        '        "containers": [{"name": "main", "image": "busybox", "env": [{"name": "A", "value": "'
        + _CANARY
        + '"}]}]})\n'
        "    coder = coder_parts(",
    )
    try:
        done = checkout.lab("policy", "--stack", "staging", "--json", env=_environment(tmp_path / "temporary"))
        tables = checkout.lab("policy", "--stack", "staging", env=_environment(tmp_path / "temporary"))
    finally:
        program.write_text(before, encoding="utf-8")
    assert (done.returncode, tables.returncode) == (1, 1)
    [check] = _checks(done.stdout).values()
    told = {each["sentence"] for each in check["violations"] if each["resource"] == "Pod coder/bare"}
    assert "The container 'main' of Pod 'coder/bare' must have a cpu limit: it has none." in told
    assert "Violations" in tables.stdout
    assert "Not passed: stack staging." in tables.stdout
    for text in (done.stdout, done.stderr, tables.stdout, tables.stderr):
        assert _CANARY not in text
        assert "Traceback" not in text
    assert _left(tmp_path / "temporary") == []


def test_what_a_chart_renders_is_judged(checkout: Checkout, tmp_path: Path) -> None:
    template = "lab/charts/coder/templates/deployment.yaml"
    before = (checkout.root / template).read_text(encoding="utf-8")
    checkout.edit(template, "      containers:", "      hostNetwork: true\n      containers:")
    try:
        done = checkout.lab("policy", "--stack", "dev", "--json", env=_environment(tmp_path / "temporary"))
    finally:
        (checkout.root / template).write_text(before, encoding="utf-8")
    assert done.returncode == 1, done.stdout
    [check] = _checks(done.stdout).values()
    [broken] = [each for each in check["violations"] if each["rule"] == "workload-forbids-host-namespaces"]
    assert broken["resource"] == "Deployment coder/coder"
    assert broken["origin"] == "rendered by Release 'coder'"
    assert "Deployment 'coder/coder' rendered by Release 'coder'" in broken["sentence"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--stack", "production"), "The stack 'production' is unknown"),
        (("--file", "missing.yaml"), "missing.yaml cannot be read: No such file or directory."),
        (("--file", "-", "--file", "-"), "Standard input can be read once only"),
        (("--file", "a", "--stack", "dev", "--stack", "prod"), "judged by the rules of one stack"),
    ],
)
def test_misuse_is_one_sentence(checkout: Checkout, arguments: tuple[str, ...], words: str) -> None:
    done = checkout.lab("policy", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stdout == ""


def test_a_setting_or_a_configuration_that_cannot_be(checkout: Checkout, tmp_path: Path) -> None:
    for file, old, new, words in (
        ("Pulumi.staging.yaml", "reaperDryRun: true", "reaperDryRun: perhaps", "spt-flow:reaperDryRun"),
        ("policies/config/staging.json", '"all": "mandatory"', '"all": "strict"', "gives 'all' the level \"strict\""),
    ):
        before = (checkout.root / file).read_text(encoding="utf-8")
        checkout.edit(file, old, new)
        try:
            done = checkout.lab("policy", "--stack", "staging", "--json", env=_environment(tmp_path / "temporary"))
        finally:
            (checkout.root / file).write_text(before, encoding="utf-8")
        assert done.returncode == 2
        assert words in _checks(done.stdout)["staging"]["failure"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_process_and_no_file(checkout: Checkout, number: signal.Signals, tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    process = subprocess.Popen(
        [sys.executable, "-m", "lab", "policy"],
        cwd=checkout.root,
        env={**os.environ, **_environment(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        below = _until_an_engine_runs(psutil.Process(process.pid))
        process.send_signal(number)
        said, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, said
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(below, timeout=20)
    assert not alive
    assert _left(folder) == []


def _until_an_engine_runs(process: psutil.Process) -> list[psutil.Process]:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        below = process.children(recursive=True)
        names = [each.name() for each in below if each.is_running()]
        if "pulumi" in names:
            return below
        time.sleep(0.05)
    pytest.fail("no engine was started")
