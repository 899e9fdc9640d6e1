"""The image test's stages against a cluster that is told what to answer."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.command import Command, CommandResult
from core.errors import SptFlowError
from lab.image_test.pod import image_pod
from lab.image_test.pod_run import running_pod
from lab.image_test.result import CheckResult, ImageTestResult, StageResult, results_of
from lab.image_test.stages import Place, kvm_stage, pod_stage

DIGEST = "sha256:" + "a" * 64
IMAGE = f"registry.example.com/spt-flow/workspace@{DIGEST}"
WORD = "spt-validate-0123abcd"
SUDO = f"sudo works without a password; the container's log has the command 'echo {WORD}'."
RESOURCE = "devices.example.com/kvm"
_RUNNING = {
    "phase": "Running",
    "containerStatuses": [{"name": "workspace", "state": {"running": {}}, "imageID": IMAGE}],
}


def _quiet(text: str) -> None:
    del text


def _validated(*checks: tuple[str, str, str], code: int | None = None) -> CommandResult:
    found = [{"name": name, "status": status, "message": said, "seconds": 0.5} for name, status, said in checks]
    failed = any(status == "failed" for _, status, _ in checks)
    return CommandResult(int(failed) if code is None else code, json.dumps({"checks": found}), "")


def _climbed(*levels: tuple[str, bool, str], code: int) -> CommandResult:
    found = [
        {"level": level, "reached": reached, "by": by, "message": f"{level} tried"} for level, reached, by in levels
    ]
    return CommandResult(code, json.dumps({"levels": found}), "")


@dataclass(frozen=True)
class Cluster(Command):
    """A kubectl that answers what the test says, and keeps the pods it was told to make."""

    program: str = "kubectl"
    answers: dict[str, CommandResult] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=lambda: _RUNNING)
    log: str = json.dumps({"event": "sudo", "command": f"sudo -n /bin/echo {WORD}"})
    pods: dict[str, Any] = field(default_factory=dict)
    refusal: str = ""
    devices: str = "20"

    def run(
        self, *args: str, stdin: str | None = None, timeout: float | None = None, check: bool = True
    ) -> CommandResult:
        del timeout, check
        words = args[2:] if args[0] == "-n" else args
        if words[0] in {"create", "delete"}:
            return self._change(words, stdin or "")
        if "stop" in self.answers and words[0] == "exec":
            raise KeyboardInterrupt
        told = {
            "get": {"status": self.status, "items": [{"status": {"allocatable": {RESOURCE: self.devices}}}]},
            "logs": f"not JSON\n[]\n{self.log}\n",
        }
        if words[0] == "exec":
            return self.answers[words[words.index("--") + 1]]
        said = told[words[0]]
        return CommandResult(0, said if isinstance(said, str) else json.dumps(said), "")

    def _change(self, words: tuple[str, ...], manifest: str) -> CommandResult:
        if words[0] == "create" and self.refusal:
            return CommandResult(1, "", self.refusal)
        if words[0] == "create":
            self.pods[json.loads(manifest)["metadata"]["name"]] = manifest
        else:
            for name in [name for name in self.pods if name in words]:
                del self.pods[name]
        return CommandResult(0, "", "")


def _place(cluster: Cluster) -> Place:
    return Place(cluster, IMAGE, DIGEST)


def _status(stage: StageResult, name: str) -> CheckResult:
    return next(check for check in stage.checks if check.name == name)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.image_test.stages._LOG_SECONDS", 0)
    monkeypatch.setattr("lab.image_test.pod_run._PAUSE", 0)


def test_a_good_image_passes_and_nothing_is_left() -> None:
    cluster = Cluster(answers={"spt-validate": _validated(("go", "passed", "go works."), ("sudo", "passed", SUDO))})
    stage = pod_stage(_place(cluster), _quiet)
    assert not stage.failed
    assert stage.counts() == "4 passed"
    assert DIGEST in _status(stage, "image").message
    assert WORD in _status(stage, "sudo-log").message
    assert cluster.pods == {}


def test_a_failing_tool_fails_the_stage() -> None:
    answers = {"spt-validate": _validated(("go", "failed", "go is broken."), ("sudo", "passed", SUDO))}
    stage = pod_stage(_place(Cluster(answers=answers)), _quiet)
    assert stage.failed
    assert not ImageTestResult(IMAGE, (stage,), 1).ok


@pytest.mark.parametrize("log", ["", json.dumps({"event": "sudo", "command": "sudo -n /bin/echo another"}), WORD])
def test_a_use_of_sudo_that_the_pods_log_does_not_have_is_a_failure(log: str) -> None:
    cluster = Cluster(answers={"spt-validate": _validated(("sudo", "passed", SUDO))}, log=log)
    check = _status(pod_stage(_place(cluster), _quiet), "sudo-log")
    assert check.status == "failed"
    assert check.message == f"The pod's log does not have the command 'echo {WORD}'."


def test_another_image_than_asked_for_is_a_failure() -> None:
    cluster = Cluster(answers={"spt-validate": _validated(("sudo", "passed", SUDO))})
    stage = pod_stage(Place(cluster, IMAGE, "sha256:" + "b" * 64), _quiet)
    assert _status(stage, "image").status == "failed"


def test_a_reference_without_a_digest_is_not_compared() -> None:
    cluster = Cluster(answers={"spt-validate": _validated(("sudo", "passed", SUDO))})
    assert _status(pod_stage(Place(cluster, "localhost/x:1"), _quiet), "image").status == "skipped"


@pytest.mark.parametrize(
    "answer",
    [
        CommandResult(127, "", "spt-validate: not found"),
        CommandResult(0, "{}", ""),
        CommandResult(0, '{"checks": []}', ""),
        _validated(("go", "passed", "x"), code=1),
        _validated(("go", "failed", "x"), code=0),
    ],
)
def test_an_answer_that_is_none_is_an_error(answer: CommandResult) -> None:
    with pytest.raises(SptFlowError, match="spt-validate ended with exit code"):
        results_of(answer)


def test_what_a_terminal_mixes_in_is_left_out() -> None:
    checks = [{"name": "go", "status": "failed", "message": "x", "seconds": 1}]
    answer = json.dumps({"ok": False, "checks": checks}, indent=2).replace("\n", "\r\n")
    mixed = f'{{"event": "sudo"}}\r\n{answer}\r\ngo: x\r\n'
    assert results_of(CommandResult(1, mixed, "")) == (CheckResult("go", "failed", "x", 1),)


def test_a_refused_pod_is_said() -> None:
    cluster = Cluster(refusal='pods "x" is forbidden:\n violates PodSecurity')
    with pytest.raises(SptFlowError, match=r"The cluster refuses the pod image-test-pod-.*violates PodSecurity"):
        pod_stage(_place(cluster), _quiet)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            {"containerStatuses": [{"state": {"waiting": {"reason": "ErrImagePull", "message": "no such host"}}}]},
            "ErrImagePull. no such host",
        ),
        ({"phase": "Failed", "reason": "UnexpectedAdmissionError", "message": "no device"}, "no device"),
        (
            {
                "phase": "Pending",
                "conditions": [{"status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}],
            },
            "Unschedulable. 0/1 nodes",
        ),
    ],
)
def test_a_pod_that_does_not_run_is_told_why_and_deleted(status: dict[str, Any], said: str) -> None:
    cluster = Cluster(status=status)
    with pytest.raises(SptFlowError, match=said), running_pod(cluster, image_pod("x", IMAGE), _quiet, seconds=0):
        pytest.fail("it cannot run")
    assert cluster.pods == {}


def test_ctrl_c_deletes_the_pod() -> None:
    cluster = Cluster(answers={"stop": CommandResult(0, "", "")})
    with pytest.raises(KeyboardInterrupt):
        pod_stage(_place(cluster), _quiet)
    assert cluster.pods == {}


@pytest.mark.parametrize(("resource", "devices"), [("", "20"), (RESOURCE, "0")])
def test_without_kvm_that_is_said(resource: str, devices: str) -> None:
    stage = kvm_stage(_place(Cluster(devices=devices)), resource, emulate=False, note=_quiet)
    assert [check.status for check in stage.checks] == ["skipped"]


_GUEST = (("device", True, "kvm"), ("vcpu", True, "kvm"), ("guest", True, "kvm"), ("kernel", False, "kvm"))


@pytest.mark.parametrize(
    ("climbed", "qemu", "emulate", "status"),
    [
        (_climbed(*_GUEST[:3], ("kernel", True, "kvm"), code=0), "passed", False, "passed"),
        (_climbed(*_GUEST, ("kernel", True, "emulation"), code=0), "passed", True, "passed"),
        (_climbed(*_GUEST, code=13), "passed", False, "skipped"),
        (_climbed(*_GUEST, ("kernel", False, "emulation"), code=13), "passed", True, "failed"),
        (_climbed(*_GUEST, code=13), "missing", True, "missing"),
        (_climbed(("device", True, "kvm"), ("vcpu", False, "kvm"), code=11), "passed", False, "failed"),
        (_climbed(("device", False, "kvm"), code=10), "passed", False, "failed"),
    ],
)
def test_how_far_it_goes_is_judged(climbed: CommandResult, qemu: str, emulate: bool, status: str) -> None:  # noqa: FBT001 - a column
    answers = {"spt-validate": _validated(("kvm", "passed", "x"), ("qemu", qemu, "x")), "spt-microvm": climbed}
    cluster = Cluster(answers=answers)
    stage = kvm_stage(_place(cluster), RESOURCE, emulate=emulate, note=_quiet)
    assert _status(stage, "hello").status == status
    assert cluster.pods == {}


def test_only_the_pod_for_kvm_asks_for_the_device() -> None:
    plain, given = image_pod("x", IMAGE), image_pod("x", IMAGE, kvm_resource=RESOURCE)
    assert RESOURCE not in json.dumps(plain)
    assert given["spec"]["containers"][0]["resources"]["limits"][RESOURCE] == "1"
    assert given["metadata"]["labels"]["spt-flow.dev/kvm"] == "true"
