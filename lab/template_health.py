"""Whether the workspace templates are on the lab's Coder."""

__all__ = ["template_health"]

from typing import Final

from core.command import Command
from core.errors import SptFlowError
from lab.cluster import PartHealth
from lab.instance import LabInstance
from lab.toolchain import toolchain_bin

_SECONDS: Final = 10
_TEMPLATES: Final = ("coder-devcontainer-kubernetes", "spt-flow", "spt-flow-ci")
# Asked of the database itself: no token of anybody's is needed for it.
_ACTIVE: Final = (
    "SELECT t.name || ' ' || v.name FROM templates t JOIN template_versions v ON v.id = t.active_version_id "
    "WHERE NOT t.deleted ORDER BY 1"
)


def template_health(instance: LabInstance) -> PartHealth:
    """Say whether each template has an active version, and which."""
    kubectl = Command("kubectl", env={"KUBECONFIG": str(instance.kubeconfig)}, path=[toolchain_bin()])
    question = ("psql", "-U", "coder", "-d", "coder", "-tAc", _ACTIVE)
    try:
        lines = kubectl.run("-n", "coder", "exec", "postgres-0", "--", *question, timeout=_SECONDS).stdout.splitlines()
    except SptFlowError:
        return _unhealthy("the database does not answer")
    active = dict(line.split(" ", 1) for line in lines if " " in line)
    missing = [name for name in _TEMPLATES if name not in active]
    if missing:
        return _unhealthy(f"not pushed: {', '.join(missing)}")
    detail = ", ".join(f"{name} {version}" for name, version in active.items())
    return PartHealth(name="templates", healthy=True, detail=detail, next_command=None)


def _unhealthy(detail: str) -> PartHealth:
    return PartHealth(name="templates", healthy=False, detail=detail, next_command="make up")
