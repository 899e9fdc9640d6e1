"""What checks by the policies take: `make policy` for all stacks, and the pack in a preview of one of them."""

__all__ = ["policy_figures"]

import os
import resource
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure, timed
from core.command import Command
from lab.deploy.engine import Engine, EngineFiles, scrub_environment
from lab.deploy.launchers import write_launchers
from lab.deploy.stack_file import PROJECT_ROOT, known_stacks, load_stack_file
from lab.plugins.installation import install_plugins
from lab.policy_check.throw_away import make_throw_away
from lab.progress import Progress
from lab.toolchain import toolchain_bin
from policies.config_file import CONFIG_FOLDER

_REPEATS: Final = 5
_STACK: Final = "dev"
_CHECK_SECONDS: Final = 8.0
_PACK_SECONDS: Final = 1.0
_WITH_PACK: Final = "--pack"


def policy_figures(progress: Progress) -> list[Figure]:
    """Measure both, by turns where two are compared; nothing is left behind."""
    count = len(known_stacks())
    check = Command("make", env={"NO_COLOR": "1"}, cwd=PROJECT_ROOT)
    with progress.step(f"policy check of {count} stacks, {_REPEATS} times"):
        check.run("policy")  # files warm, a chart's repository asked
        checks = tuple(timed(lambda: check.run("policy")) for _ in range(_REPEATS))
        before = _processor_seconds()
        check.run("policy")
        processor = _processor_seconds() - before
    with progress.step(f"preview with and without the pack, {_REPEATS} times each"):
        _preview_seconds()
        pairs = [(_preview_seconds(), _preview_seconds(_WITH_PACK)) for _ in range(_REPEATS)]
    added = tuple(with_pack - without for without, with_pack in pairs)
    cores = os.cpu_count() or 1
    return [
        Figure(f"`make policy` for {count} stacks", checks, _CHECK_SECONDS),
        Figure(f"processor time of `make policy` for {count} stacks", (processor,), _CHECK_SECONDS * cores),
        Figure(f"what the pack adds to a preview of stack {_STACK}", (statistics.median(added),), _PACK_SECONDS),
    ]


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _preview_seconds(*arguments: str) -> float:
    """Return how long the engine's preview takes in a process of its own, without that process's start."""
    done = Command(sys.executable, cwd=PROJECT_ROOT).run("-m", "benchmarks.policy_figures", *arguments)
    return float(done.stdout.strip().splitlines()[-1])


def _preview(*, with_pack: bool) -> float:
    """Preview the stack as `make preview` does, but without a cluster; return the seconds it took."""
    scrub_environment()
    with tempfile.TemporaryDirectory(prefix="spt-bench-policy-") as name:
        made = make_throw_away(load_stack_file(_STACK), Path(name))
        python = Path(sys.executable)
        install_plugins(made.home, python=python, project=PROJECT_ROOT, official={})
        write_launchers(made.launchers, engine=toolchain_bin() / "pulumi", python=python)
        files = EngineFiles(
            work=made.work,
            home=made.home,
            launchers=made.launchers,
            backend=f"file://{made.state}",
            search_path=(toolchain_bin(), python.parent),
            program=PROJECT_ROOT / "__main__.py",
            stack_exists=True,
            passphrase=made.passphrase,
            policy_pack=PROJECT_ROOT / "policies" if with_pack else None,
            policy_config=CONFIG_FOLDER / f"{_STACK}.json" if with_pack else None,
        )
        return timed(lambda: Engine(_STACK, files).preview())


if __name__ == "__main__":
    seconds = _preview(with_pack=_WITH_PACK in sys.argv)
    sys.stdout.write(f"{seconds:.3f}\n")
    sys.stdout.flush()
    os._exit(0)  # the Pulumi SDK may keep threads alive
