"""Run the small stack as `make up` runs the platform: `python run.py '<json>'`, settings as in Run."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from core.errors import InterruptedRunError, SptFlowError
from lab.commands.failure import show_failure
from lab.deploy.paths import DeployPaths
from lab.deploy.run_lock import run_lock
from lab.deploy.service import deploy
from lab.deploy.stack_file import load_stack_file
from lab.deploy.target import DeployTarget
from lab.progress import SilentProgress
from lab.toolchain import ensure_toolchain

PROJECT = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    """What one run of the small stack is given."""

    directory: str
    kubeconfig: str
    context: str
    namespace: str
    image: str
    generation: int
    limits: bool = True
    host_network: bool = False


def target_of(run: Run) -> DeployTarget:
    paths = DeployPaths(Path(run.directory))
    return DeployTarget(
        stack=load_stack_file("dev", PROJECT),
        paths=paths,
        backend=f"file://{paths.state}",
        local_state=paths.state,
        passphrase=paths.passphrase,
        # Of all rules those that its tests are about: a platform's labels and guards are not what it is for.
        policy_config=PROJECT / "policies.json",
        overlay={
            "kubeconfigPath": run.kubeconfig,
            "kubeContext": run.context,
            "namespace": run.namespace,
            "image": run.image,
            "generation": str(run.generation),
            "limits": "true" if run.limits else "false",
            "hostNetwork": "true" if run.host_network else "false",
        },
    )


def main() -> int:
    run = Run(**json.loads(sys.argv[1]))
    # From here on a Ctrl-C is the run's to handle; while Python still imports, there is nothing to leave sound.
    print("started", flush=True)  # noqa: T201 - read by the test
    try:
        with run_lock(DeployPaths(Path(run.directory)).run_lock, purpose="make up"):
            deployment = deploy(target_of(run), ensure_toolchain(SilentProgress()), SilentProgress())
    except SptFlowError as error:
        show_failure(error)
        return error.exit_code
    except KeyboardInterrupt:
        return InterruptedRunError.exit_code
    print(json.dumps(sorted(change.name for change in deployment.events.pending_changes() if deployment.applied)))  # noqa: T201 - read by the test
    return 0


if __name__ == "__main__":
    sys.exit(main())
