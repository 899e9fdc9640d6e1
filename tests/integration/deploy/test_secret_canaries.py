"""Secrets stay where they belong: a deployment with canaries, and a search of everything that it left or said.

Real engine, real API server, real chart and helm, our plugin editions; Connect is a stand-in over real HTTP.
"""

import base64
import gzip
import json
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus

import pulumi
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pulumi import automation as auto

from ci.plan import read_plan
from ci.review_comment import review_comment
from components.cluster_provider import cluster_provider
from components.coder import Coder
from components.coder_arguments import coder_args
from components.database import Database
from components.database_arguments import database_args
from components.namespace import Namespace
from components.network_flows import CODER
from components.onepassword_connect import OnePasswordConnect, connect_args
from components.platform_namespaces import platform_namespaces
from components.secret_source import with_secrets
from core.errors import SptFlowError
from settings import read_settings
from tests.standins.coderd.platform import Platform
from tests.standins.coderd.server import Coderd
from tests.standins.kubelets.kubelets import FAKE, Kubelets
from tests.standins.onepassword_connect.server import ConnectServer, Item, connect_server
from tests.support.apiserver import ApiServer, find_binaries, running_apiserver, running_beside
from tests.support.canaries import found_in, spellings
from tests.support.cli_preview import cli_preview
from tests.support.event_loop import own_event_loop
from tests.support.pulumi_engine import PulumiEngine, find_pulumi

pytestmark = pytest.mark.timeout(300)

_VERSION: Final = "2.26.5"
# Every character that JSON, URLs and base64 spell otherwise.
_AWKWARD: Final = 'ü"\\<&>+/ %=?'
_PARTS: Final = ("connect-token", "credentials", "github", "template-token", "database", "rotated", "push")


@dataclass
class Deployed:
    """What was deployed, and the secrets in it by what they are for."""

    api: ApiServer
    engine: PulumiEngine
    connect: ConnectServer
    canaries: Mapping[str, str]
    logs: Path
    previews: list[str] = field(default_factory=list)


def _program() -> None:
    """Declare it, and show failures as `__main__.py` does."""
    try:
        _declare()
    except SptFlowError as error:
        raise pulumi.RunError(str(error)) from None


def _declare() -> None:
    """Declare what holds secrets, with the program's own components."""
    settings = with_secrets(read_settings())
    provider = cluster_provider(kubeconfig_path=settings.cluster.kubeconfig_path, context=settings.cluster.kube_context)

    def after(*resources: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(providers=[provider], depends_on=list(resources))

    namespaces = [Namespace(one["namespace"], one, after()) for one in platform_namespaces(settings)]
    connect = connect_args(settings.secret_source, CODER)
    assert connect is not None
    before = OnePasswordConnect("onepassword-connect", connect, after(*namespaces))
    database = Database("database", database_args(settings.database), after(*namespaces))
    Coder("coder-server", coder_args(settings), after(before, database))
    pulumi.export(
        "pushPassword", pulumi.Output.secret(settings.workspace_image.workspace_image_push_password.get_secret_value())
    )


def _config(api: ApiServer, coder: str, connect: str) -> dict[str, str]:
    items = {
        "coderGithubClientSecret": "github",
        "coderConnectToken": {"item": "template-token", "field": "keys.token"},
        "databaseUrl": "database",
        "workspaceImagePushPassword": "push",
    }
    return {
        "kubeconfigPath": str(api.kubeconfig),
        "kubeContext": "test",
        "nodeCidrs": '["10.0.0.0/16"]',
        "coderAccessUrl": coder,
        "coderChart": "lab/charts/coder",
        "coderChartVersion": _VERSION,
        "coderImage": f"localhost/spt-flow/coder:{_VERSION}",
        "coderGithubAuth": "true",
        "coderGithubClientId": "Iv1.0",
        "workspaceImagePushUser": "pusher",
        "secretsSource": "connect",
        "secretsVault": "setup",
        "secretsItems": json.dumps(items),
        "connectUrl": connect,
        "connectInstall": "true",
    }


def _items(canaries: Mapping[str, str], github: str) -> list[Item]:
    return [
        Item("setup", "github", fields={"credential": canaries[github]}),
        Item("setup", "template-token", sections={"keys": {"token": canaries["template-token"]}}),
        Item("setup", "database", "DATABASE", {"password": _database_url(canaries)}),
        Item("setup", "push", fields={"credential": canaries["push"]}),
    ]


def _database_url(canaries: Mapping[str, str]) -> str:
    return f"postgres://coder:{canaries['database']}@db.example.com/coder"


def _pulumi(engine: PulumiEngine, *arguments: str, given: str = "") -> str:
    """Run the CLI as a user does, and return what it prints."""
    workspace = engine.stack(lambda: None).workspace
    done = subprocess.run(
        [str(engine.cli), *arguments, "--stack", "test", "--non-interactive"],
        cwd=workspace.work_dir,
        env={**os.environ, "PULUMI_HOME": str(workspace.pulumi_home), **workspace.env_vars},
        input=given,
        text=True,
        check=True,
        capture_output=True,
    )
    return done.stdout


def _write_config(engine: PulumiEngine, config: Mapping[str, str], secret: Mapping[str, str]) -> None:
    """Set the stack's configuration as a user does: secrets by standard input, the rest in the file."""
    for key, value in secret.items():
        _pulumi(engine, "config", "set", "--secret", f"spt-flow:{key}", given=value)
    path = Path(engine.stack(lambda: None).workspace.work_dir) / "Pulumi.test.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["config"].update({f"spt-flow:{key}": value for key, value in config.items()})
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """Yield a stack that failed for a missing item, was then brought up, and got another secret."""
    cli, helm = find_pulumi(), find_binaries(["helm"])
    if cli is None or isinstance(helm, str):
        pytest.skip("needs pulumi and helm: make toolchain")
    canaries = {part: f"canary-{secrets.token_hex(8)}-{part}{_AWKWARD}" for part in _PARTS}
    # It goes into a header, and is plain text, as the real ones are.
    canaries["connect-token"] = canaries["connect-token"].removesuffix(_AWKWARD)
    folder = tmp_path_factory.mktemp("canaries")
    cluster, tokens = folder / "cluster", {canaries["connect-token"]: ["setup"]}
    cluster.mkdir()
    with (
        running_apiserver(cluster) as api,
        Coderd(Platform(version=f"v{_VERSION}")) as coderd,
        connect_server(tokens, []) as connect,
        own_event_loop(),
    ):
        scheduler = running_beside(
            cluster, "kube-scheduler", f"--kubeconfig={api.kubeconfig}", "--leader-elect=false", "--secure-port=0"
        )
        with scheduler, Kubelets(api):
            api.request("POST", "/api/v1/nodes", {"metadata": {"name": "one", "annotations": FAKE}})
            path = os.pathsep.join([str(Path(helm["helm"]).parent), os.environ.get("PATH", os.defpath)])
            engine = PulumiEngine(cli, folder / "engine", environment={"PATH": path})
            credentials = json.dumps({"verifier": canaries["credentials"]})
            secret = {"connectToken": canaries["connect-token"], "connectCredentials": credentials}
            _write_config(engine, _config(api, coderd.url, connect.url), secret)
            yield _bring_up(Deployed(api, engine, connect, canaries, cluster))


def _bring_up(stack: Deployed) -> Deployed:
    with pytest.raises(auto.CommandError) as refused:
        stack.engine.up(_program)
    stack.previews.append(str(refused.value))
    assert "No vault found with name" in str(refused.value)
    assert "Traceback" not in str(refused.value)
    assert "coder" not in {item["metadata"]["name"] for item in stack.api.request("GET", "/api/v1/namespaces")["items"]}
    stack.connect.items[:] = _items(stack.canaries, "github")
    stack.previews.append(json.dumps(cli_preview(stack.engine, _program, "--show-sames")))
    stack.engine.up(_program)
    stack.connect.items[:] = _items(stack.canaries, "rotated")
    stack.previews.append(json.dumps(cli_preview(stack.engine, _program, "--show-sames", "--diff")))
    stack.engine.up(_program)
    return stack


def _wanted(stack: Deployed) -> dict[str, set[bytes]]:
    """Return the spellings of each canary, and of its part that nothing escapes."""
    return {part: spellings(value) | spellings(value.removesuffix(_AWKWARD)) for part, value in stack.canaries.items()}


def _hits(stack: Deployed, content: bytes) -> set[str]:
    return {part for part, wanted in _wanted(stack).items() if found_in(content, wanted)}


def test_nothing_that_the_engine_keeps_or_says_holds_one(stack_files: Mapping[str, bytes], deployed: Deployed) -> None:
    assert {Path(name).suffix for name in stack_files} >= {".json", ".bak"} or "history" in " ".join(stack_files)
    assert {"kube-apiserver.log", "kube-controller-manager.log", "kube-scheduler.log"} <= stack_files.keys()
    for name, content in stack_files.items():
        assert _hits(deployed, content) == set(), name


@pytest.fixture(name="stack_files")
def _stack_files(deployed: Deployed) -> Mapping[str, bytes]:
    files = {str(path): content for path, content in deployed.engine.kept_files()}
    return {
        **files,
        "export": _pulumi(deployed.engine, "stack", "export").encode(),
        "output": _pulumi(deployed.engine, "stack", "output", "--json").encode(),
        "configuration": _pulumi(deployed.engine, "config").encode(),
        "history": _pulumi(deployed.engine, "stack", "history", "--json").encode(),
        **{path.name: path.read_bytes() for path in deployed.logs.glob("*.log")},
        "transcript": deployed.engine.transcript.encode(),
        **{f"preview {number}": text.encode() for number, text in enumerate(deployed.previews)},
    }


def test_the_comment_on_a_pull_request_holds_none(deployed: Deployed, tmp_path: Path) -> None:
    for text in deployed.previews[1:]:
        preview = tmp_path / "preview.json"
        preview.write_text(text, encoding="utf-8")
        comment = review_comment([read_plan(preview)])
        assert "coder-credentials" in comment
        assert _hits(deployed, comment.encode()) == set()


def _objects(api: ApiServer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object of the cluster with the name of its kind: pods, events, ConfigMaps and all."""
    groups = [
        "/api/v1",
        *(f"/apis/{g['preferredVersion']['groupVersion']}" for g in api.request("GET", "/apis")["groups"]),
    ]
    for group in groups:
        for kind in api.request("GET", group)["resources"]:
            if "list" in kind["verbs"]:
                for item in api.request("GET", f"{group}/{kind['name']}")["items"]:
                    yield kind["name"], item


def test_in_the_cluster_they_are_in_secrets_alone(deployed: Deployed) -> None:
    holders: set[tuple[str, str]] = set()
    kinds: set[str] = set()
    for kind, item in _objects(deployed.api):
        kinds.add(kind)
        data = [base64.b64decode(value) for value in item.get("data", {}).values()] if kind == "secrets" else []
        for content in (json.dumps(item).encode(), *data):
            holders |= {(f"{kind}/{item['metadata']['name']}", part) for part in _hits(deployed, content)}
    assert {"pods", "events", "configmaps", "secrets", "deployments"} <= kinds
    # That they are found there shows that they would be elsewhere. helm's own Secrets hold references only.
    assert holders == {
        ("secrets/coder-credentials", "rotated"),
        ("secrets/coder-credentials", "template-token"),
        ("secrets/coder-database", "database"),
        ("secrets/onepassword-connect-credentials", "credentials"),
    }


def test_the_search_finds_one_that_gets_out(deployed: Deployed) -> None:
    """Put each where it must not be, by a program that forgets to hide it."""
    leaking = PulumiEngine(deployed.engine.cli, deployed.engine.folder.parent / "leaking")
    leaking.up(lambda: pulumi.export("leak", dict(deployed.canaries)))
    found = {part for _, content in leaking.kept_files() for part in _hits(deployed, content)}
    assert found == set(_PARTS)


_EDGE = st.binary(max_size=5)
_ENCODERS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    bytes,
    base64.b64encode,
    base64.urlsafe_b64encode,
    gzip.compress,
    lambda raw: base64.b64encode(base64.b64encode(raw)),
    lambda raw: base64.b64encode(gzip.compress(raw)),
)


@given(secret=st.text(min_size=9, max_size=20), before=_EDGE, after=_EDGE, encode=st.sampled_from(_ENCODERS))
def test_a_secret_is_found_at_any_place_in_any_spelling(
    secret: str, before: bytes, after: bytes, encode: Callable[[bytes], bytes]
) -> None:
    wanted = spellings(secret)
    written = [json.dumps(secret), json.dumps(json.dumps(secret)), json.dumps(secret, ensure_ascii=False)]
    for text in (secret, *written, quote(secret), quote(secret, safe=""), quote_plus(secret)):
        assert found_in(encode(before + text.encode() + after), wanted)
