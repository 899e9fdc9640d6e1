"""The program as a whole: what `__main__.py` registers for a stack, and how it refuses."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pulumi
import pulumi.runtime
import pytest

from core.image_lock import ImageLock
from core.kubernetes_names import is_subdomain
from policies.rules.image_digests import IMAGE_DIGESTS
from tests.support.analyzer import PackAnalyzer, StackItem
from tests.support.program import STACKS, configure, own_config, program_of, run_program
from tests.support.recording import Registered

_ROOT: Final = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _own_config() -> Iterator[None]:
    with own_config():
        yield


def _objects(found: Mapping[str, Registered]) -> list[Registered]:
    """Return the objects in clear; a Release keeps its own inside a chart."""
    return [
        entry
        for entry in found.values()
        if entry.type.startswith("kubernetes:") and entry.type != "kubernetes:helm.sh/v3:Release"
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_every_object_has_an_explicit_name_and_the_explicit_provider(stack: str) -> None:
    objects = _objects(program_of(stack))
    assert len(objects) > 20
    for entry in objects:
        assert is_subdomain(entry.inputs["metadata"]["name"]), entry.name
        assert entry.inputs["metadata"]["labels"]["app.kubernetes.io/part-of"] == "spt-flow", entry.name
        assert entry.provider == "cluster", entry.name


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_created_inside_a_namespace_before_its_guards(stack: str) -> None:
    found = program_of(stack)
    guards = {name for name, entry in found.items() if entry.parent == "coder" and entry.type.startswith("kubernetes:")}
    assert {"coder-namespace", "coder-quota", "coder-limits", "coder-default-deny"} <= guards
    for name in (
        "registry-deployment",
        "registry-pvc",
        "workspace-config",
        "database-stateful-set",
        "database-dump-cron-job",
        "coder-server-release",
        "reaper-cronjob",
    ):
        # What a component depends on reaches its children through the component.
        parent = found[name].parent
        direct = found[name].depends_on | (found[parent].depends_on if parent in found else frozenset())
        assert guards <= direct, name


@pytest.mark.parametrize("stack", STACKS)
def test_the_order_is_database_dump_coder_users_templates(stack: str) -> None:
    found = program_of(stack)

    def after(name: str) -> frozenset[str]:
        return found[name].depends_on

    (before,) = [name for name in found if name.startswith("database-dump-before-")]
    assert "database-stateful-set" in after(before) & after("database-dump-cron-job")
    # What is kept keeps what it needs: the dumps' volume must not keep the database running.
    assert "database-stateful-set" not in after("database-dump") | after("database-dump-pvc")
    assert "database-dump-before-2.26.5" in after("coder-server") or stack != "dev"
    assert "coder-server-service" in after("coder-access")
    assert {"coder-access-bot", "coder-access-healthy"} <= after("spt-flow")
    assert "coder-access-reaper" in after("reaper")


def test_with_a_database_of_the_users_nothing_is_dumped(tmp_path: Path) -> None:
    configure(tmp_path, "staging")
    key = "spt-flow:databaseUrl"
    config = {**pulumi.runtime.config.CONFIG.get(), key: "postgres://coder:canary-9b@db.example.com/coder"}
    pulumi.runtime.set_all_config(config, [key])
    found = run_program("staging")
    assert not [name for name in found if name.startswith("database-dump") or name == "database-stateful-set"]
    assert "canary-9b" not in str([entry.inputs for entry in found.values()])


@pytest.mark.parametrize("stack", STACKS)
def test_an_entry_is_there_where_the_stack_has_one(stack: str) -> None:
    found = program_of(stack)
    assert ("coder-entry-gateway" in found) == (stack != "dev")
    if stack != "dev":
        assert "coder-entry-coder" in found["coder-access"].depends_on


@pytest.mark.parametrize("stack", STACKS)
def test_the_policy_pack_has_nothing_to_say(stack: str, tmp_path: Path) -> None:
    # What the lab adds to its stack: images that are made on the machine.
    made = {"platformToolsImage": "localhost/spt-flow/platform-tools:0.1.0"} if stack == "dev" else {}
    configure(tmp_path, stack, **made)
    items = [
        StackItem(entry.type, entry.sent, entry.name, entry.protect, entry.parent)
        for entry in run_program(stack).values()
    ]
    assert PackAnalyzer.of_stack(stack).analyze_everything(items) == []


def test_with_a_lock_every_image_has_its_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class _Full(dict[str, str]):
        def get(self, _key: str, _default: object = None) -> str:
            return "sha256:" + "0123456789abcdef" * 4

    monkeypatch.setattr(ImageLock, "read", lambda _stack: ImageLock(_Full()))
    configure(tmp_path, "prod")
    analyzer = PackAnalyzer([IMAGE_DIGESTS.policy()])
    analyzer.configure(IMAGE_DIGESTS.words.name, "MANDATORY", required=True)
    assert [
        found for each in run_program("prod").values() for found in analyzer.analyze(each.type, each.sent, each.name)
    ] == []


@pytest.mark.parametrize("stack", STACKS)
def test_the_kubeconfig_is_nowhere_but_in_the_provider_as_a_secret(stack: str) -> None:
    found = program_of(stack)
    assert [name for name, entry in found.items() if "canary-77aa" in str(entry.inputs)] == ["cluster"]
    assert found["cluster"].secrets == {"kubeconfig"}


def test_the_settings_of_the_labs_stack_arrive(tmp_path: Path) -> None:
    configure(tmp_path, "dev", registryClusterIp="10.98.0.50", registryStorage="3Gi")
    found = run_program("dev")
    assert not [entry.name for entry in found.values() if entry.protect]
    assert found["registry-pvc"].inputs["spec"]["resources"]["requests"] == {"storage": "3Gi"}
    assert found["registry-pvc"].inputs["spec"]["storageClassName"] == "local-path"
    assert not found["registry-pvc"].protect
    assert found["registry-service"].inputs["spec"]["clusterIP"] == "10.98.0.50"
    (container,) = found["registry-deployment"].inputs["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "localhost/spt-flow/registry:3.1.2"
    assert found["workspace-config"].inputs["data"] == {"registry_url": "registry.coder.svc.cluster.local:5000"}


@pytest.mark.parametrize("stack", ["prod", "staging"])
def test_the_clusters_of_users_protect_every_volume_and_what_volumes_go_with(stack: str) -> None:
    found = program_of(stack)
    claims = {entry.name for entry in found.values() if entry.type.endswith(":PersistentVolumeClaim")}
    assert claims >= {"registry-pvc", "database-pvc", "database-dump-pvc"}
    namespaces = {"coder-namespace", "coder-workspace-namespace"}
    protected = {entry.name for entry in found.values() if entry.protect}
    assert claims | namespaces <= protected
    assert "spt-system-namespace" not in protected
    assert "storageClassName" not in found["registry-pvc"].inputs["spec"]
    assert "clusterIP" not in found["registry-service"].inputs["spec"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"registryStorage": "5GB"}, "Stack 'dev': the setting spt-flow:registryStorage has the value '5GB'; "),
        ({"colour": "red"}, "Stack 'dev' sets 'spt-flow:colour', which is no setting; "),
        ({"kubeContext": "there"}, "has no context 'there'; its contexts are: 'here'."),
        ({"kubeconfigPath": "/nowhere/kubeconfig"}, "The kubeconfig '/nowhere/kubeconfig' cannot be read: "),
    ],
)
def test_a_refusal_is_a_run_error_which_the_engine_shows_without_traceback(
    values: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    configure(tmp_path, "dev", **values)
    with pytest.raises(pulumi.RunError) as caught:
        run_program("dev")
    assert sentence in str(caught.value)
    assert caught.value.__suppress_context__


def test_the_program_is_short() -> None:
    assert len((_ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()) < 80
