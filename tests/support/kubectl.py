"""kubectl against a lab, for tests: JSON in, JSON out."""

import json
from pathlib import Path
from typing import Any

from core.command import Command, CommandResult


class Kubectl:
    """The real kubectl of the toolchain with one kubeconfig."""

    def __init__(self, binaries: Path, kubeconfig: Path) -> None:
        self._command = Command("kubectl", env={"KUBECONFIG": str(kubeconfig)}, path=[binaries])

    def run(self, *args: str, stdin: str | None = None, check: bool = True, timeout: float = 120) -> CommandResult:
        return self._command.run(*args, stdin=stdin, check=check, timeout=timeout)

    def get(self, *args: str) -> Any:  # noqa: ANN401 - whatever JSON the API server answers
        return json.loads(self.run("get", *args, "-o", "json").stdout)

    def apply(self, *objects: dict[str, Any], check: bool = True) -> CommandResult:
        manifest = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        return self.run("apply", "--server-side", "-f", "-", stdin=manifest, check=check)

    def wait(self, target: str, condition: str, *, namespace: str, seconds: int = 90) -> None:
        self.run("-n", namespace, "wait", target, f"--for={condition}", f"--timeout={seconds}s", timeout=seconds + 10)

    def delete(self, target: str, *, namespace: str) -> None:
        self.run("-n", namespace, "delete", target, "--ignore-not-found", "--grace-period=1", "--wait=true")
