"""The devcontainer template under the real Terraform and the real Coder provider; only the cluster is left out."""

import base64
import copy
import hashlib
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import SptFlowError
from tests.conftest import Golden
from tests.support.pack_verdict import broken_rules
from tests.support.rendered_template import TEMPLATES, RenderError, Rendering, Template, terraform_settings

NAME = "coder-devcontainer-kubernetes"
TEMPLATE = TEMPLATES / NAME
VARIANTS = TEMPLATE / "variants"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
TYPES = {
    "PersistentVolumeClaim": "kubernetes:core/v1:PersistentVolumeClaim",
    "Secret": "kubernetes:core/v1:Secret",
    "Deployment": "kubernetes:apps/v1:Deployment",
}
LABELS = {
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/part-of",
    "com.coder.resource",
    "com.coder.workspace.id",
    "com.coder.workspace.name",
    "com.coder.user.id",
    "com.coder.user.username",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    try:
        settings = terraform_settings()
    except SptFlowError as missing:
        pytest.skip(f"needs Terraform and its providers, which `make test` builds: {missing}")
    return Template.initialised(NAME, tmp_path_factory.mktemp("devcontainer"), settings, {"external_auth_id": ""})


@pytest.fixture(scope="module")
def rendered(template: Template) -> Rendering:
    return template.render(variables={"claude_secret": "claude-code/credential"})


def _objects(rendered: Rendering) -> dict[str, Any]:
    return {body["kind"]: body for body in rendered.manifests.values()}


def test_the_template_is_formatted_and_valid(template: Template) -> None:
    template.terraform("fmt", "-check", "-recursive", str(TEMPLATE))
    assert "The configuration is valid" in template.terraform("validate", "-no-color")


def test_the_templates_own_tests_pass(template: Template) -> None:
    said = template.terraform("test", "-no-color", "-filter=tests/workspace.tftest.hcl")
    assert re.search(r"Success! [1-9]\d* passed, 0 failed", said)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("cpu", "9", "It must be from 1 to 8 cores; 9 was given."),
        ("cpu", "many", "many"),
        ("memory", "17", "It must be from 1 to 16 GiB; 17 was given."),
        ("workspaces_volume_size", "101", "It must be from 1 to 100 GiB; 101 was given."),
        ("repo_url", "https://git.example.com/setup.git#main", "the branch has a field of its own"),
        ("git_branch", "--upload-pack=x", "beginning with a letter or digit"),
        ("devcontainer_builder", "ghcr.io/coder/envbuilder", "Give an image with its tag or digest"),
    ],
)
def test_a_bad_parameter_is_refused_with_what_is_allowed(
    template: Template, name: str, value: str, expected: str
) -> None:
    chosen = {f"CODER_PARAMETER_{hashlib.sha256(name.encode()).hexdigest()}": value}
    with pytest.raises(RenderError) as refused:
        template.terraform("plan", "-input=false", f"-target=data.coder_parameter.{name}", environment=chosen)
    assert expected in " ".join(COLOURS.sub("", str(refused.value)).replace("│", " ").split())


def test_every_object_carries_the_labels_the_annotation_and_a_name_by_id(rendered: Rendering) -> None:
    found = _objects(rendered)
    identity = rendered.resources["data.coder_workspace.me"]["id"]
    assert {kind: document["metadata"]["name"] for kind, document in found.items()} == {
        "PersistentVolumeClaim": f"coder-{identity}-workspaces",
        "Secret": f"coder-{identity}-environment",
        "Deployment": f"coder-{identity}",
    }
    for document in [*found.values(), found["Deployment"]["spec"]["template"]]:
        assert set(document["metadata"]["labels"]) == LABELS
        assert set(document["metadata"]["annotations"]) >= {"com.coder.user.email"}
    assert all(document["metadata"]["namespace"] == "coder-workspace" for document in found.values())


@pytest.mark.parametrize("preset", ["coder", "operator", "researcher"])
def test_the_policies_let_every_preset_pass_at_its_largest(template: Template, preset: str) -> None:
    prompt = (TEMPLATE / "prompts" / f"{preset}.md").read_text()
    found = template.render(parameters={"system_prompt": prompt, "cpu": "8", "memory": "16"})
    for body in found.manifests.values():
        assert broken_rules(TYPES[body["kind"]], body) == []
    assert base64.b64encode(prompt.encode()).decode() in found.agent["startup_script"]


def test_the_manifests_are_those_of_the_golden_file(rendered: Rendering, golden: Golden) -> None:
    found = copy.deepcopy(_objects(rendered))
    secret, deployment = found["Secret"], found["Deployment"]
    secret["data"] = {name: base64.b64decode(value).decode() for name, value in secret["data"].items()}
    assert len(secret["data"]["CODER_AGENT_TOKEN"]) == 36
    secret["data"]["CODER_AGENT_TOKEN"] = "<token>"  # noqa: S105 - in place of one
    annotations = deployment["spec"]["template"]["metadata"]["annotations"]
    assert re.fullmatch("[0-9a-f]{64}", annotations["spt-flow/environment-checksum"])
    annotations["spt-flow/environment-checksum"] = "<checksum>"
    annotations["com.coder.agent.id"] = "<agent>"
    golden("templates/devcontainer", [found[kind] for kind in ("PersistentVolumeClaim", "Secret", "Deployment")])


def test_the_selector_is_unique_and_meets_its_pod(rendered: Rendering) -> None:
    spec = _objects(rendered)["Deployment"]["spec"]
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    assert "com.coder.workspace.id" in spec["selector"]["matchLabels"]


def test_the_pod_passes_the_baseline_level_and_has_no_way_to_the_cluster(rendered: Rendering) -> None:
    pod = _objects(rendered)["Deployment"]["spec"]["template"]["spec"]
    baseline = {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    }  # fmt: skip
    for container in pod["initContainers"] + pod["containers"]:
        capabilities = container["securityContext"]["capabilities"]
        assert capabilities["drop"] == ["ALL"]
        assert set(capabilities.get("add", [])) <= baseline
        assert "privileged" not in container["securityContext"]
        assert container["resources"]["limits"].keys() == container["resources"]["requests"].keys()
    assert all({"hostPath"}.isdisjoint(volume) for volume in pod["volumes"])
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()


def test_no_secret_stands_in_the_pod(rendered: Rendering) -> None:
    found = _objects(rendered)
    token = rendered.resources["coder_agent.main"]["token"]
    assert base64.b64decode(found["Secret"]["data"]["CODER_AGENT_TOKEN"]).decode() == token
    assert token not in rendered.resources["kubectl_manifest.deployment[0]"]["yaml_body"]
    assert token not in str(rendered.resources["coder_agent.main"]["startup_script"])
    fleet = rendered.resources['coder_env.fleet["FLEET_MCP_AUTH_TOKEN"]']["value"]
    assert fleet not in str(rendered.resources["coder_agent.main"]["startup_script"])


def test_each_credential_is_read_from_its_secret_by_the_pod(template: Template) -> None:
    named = {"claude_secret": "claude-code/credential", "perplexity_secret": "perplexity/key", "secrets_optional": True}
    found = template.render(variables={**named, "home_assistant_secret": "haos-api/password"})
    assert found.pod_spec["containers"][0]["env"] == [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key, "optional": True}}}
        for name, secret, key in (
            ("CLAUDE_CODE_OAUTH_TOKEN", "claude-code", "credential"),
            ("HA_TOKEN", "haos-api", "password"),
            ("PERPLEXITY_API_KEY", "perplexity", "key"),
        )
    ]


def test_a_connected_account_gives_the_clone_and_gh_its_token(template: Template) -> None:
    # Coder's provider reads the token from a variable that the server sets for a connected account.
    connected = {**template.environment, "CODER_EXTERNAL_AUTH_ACCESS_TOKEN_primary-github": "gho_canary"}
    rendered = replace(template, environment=connected).render(variables={"external_auth_id": "primary-github"})
    data = _objects(rendered)["Secret"]["data"]
    given = {name: base64.b64decode(data[f"ENVBUILDER_GIT_{name}"]).decode() for name in ("USERNAME", "PASSWORD")}
    assert given == {"USERNAME": "oauth2", "PASSWORD": "gho_canary"}
    assert rendered.resources["coder_env.gh_token[0]"]["value"] == "gho_canary"
    assert "gho_canary" not in str(_objects(rendered)["Deployment"])


def test_seven_figures_are_measured_every_ten_to_sixty_seconds(rendered: Rendering) -> None:
    metadata = rendered.resources["coder_agent.main"]["metadata"]
    assert len(metadata) == 7
    assert all(10 <= figure["interval"] <= 60 for figure in metadata)
    assert rendered.resources["coder_agent.main"]["env"]["SPT_FLOW_DISK_PATH"] == "/workspaces"


def test_image_repository_and_cache_are_shown(rendered: Rendering) -> None:
    items = {item["key"]: item["value"] for item in rendered.resources["coder_metadata.container_info[0]"]["item"]}
    assert items == {
        "workspace image": "ghcr.io/coder/envbuilder:1.3.0",
        "git url": "https://git.example.com/setup.git#refs/heads/main",
        "cache repo": "registry.coder.svc.cluster.local:5000/coder-cache",
    }


def test_what_users_see_has_a_description_and_an_icon(rendered: Rendering) -> None:
    seen = {
        address: values
        for address, values in rendered.resources.items()
        if re.match(r"data\.coder_(parameter|work.*preset)", address)
    }
    assert len(seen) == 11
    assert [address for address, values in seen.items() if not values["description"] or not values["icon"]] == []


def test_a_hostile_branch_or_name_cannot_change_the_manifest(template: Template) -> None:
    found = _objects(template.render(variables={"image_pull_secret": 'x"\n      hostNetwork: true #'}))
    assert "hostNetwork" not in found["Deployment"]["spec"]["template"]["spec"]


def test_another_branch_is_built_when_it_is_asked_for(template: Template) -> None:
    found = _objects(template.render(parameters={"git_branch": "feature/x", "cpu": "3"}))
    url = base64.b64decode(found["Secret"]["data"]["ENVBUILDER_GIT_URL"]).decode()
    assert url == "https://git.example.com/setup.git#refs/heads/feature/x"
    assert found["Deployment"]["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["cpu"] == "3"


def test_a_missing_credential_is_one_line_of_the_start_script(rendered: Rendering, tmp_path: Path) -> None:
    """The whole start script runs: the credential is missing, supervisord too, and it ends well all the same."""
    script = rendered.resources["coder_agent.main"]["startup_script"]
    done = subprocess.run(
        ["/bin/sh", "-c", script], env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    lines = done.stderr.splitlines()
    assert lines[0].startswith("CLAUDE_CODE_OAUTH_TOKEN is not set: its Secret has no such key")
    assert done.returncode == 0
    assert "You are a software developer" in (tmp_path / ".claude" / "CLAUDE.md").read_text()


def test_commits_carry_the_users_name_and_address(rendered: Rendering) -> None:
    environment = rendered.agent["env"]
    for role in ("AUTHOR", "COMMITTER"):
        assert environment[f"GIT_{role}_NAME"] == "Alice Example"
        assert environment[f"GIT_{role}_EMAIL"] == "alice@example.com"


@pytest.mark.parametrize(
    ("file", "sections"),
    [
        ("README.md", ["Prerequisites", "Use", "Parameters", "What persists", "Modules", "Troubleshooting"]),
        ("CLAUDE.md", ["Rules", "Development", "Commands"]),
        ("AGENTS.md", ["Overview", "Files", "Integration points"]),
    ],
)
def test_the_notes_for_authors_have_their_sections(file: str, sections: list[str]) -> None:
    text = (TEMPLATE / file).read_text()
    assert [section for section in sections if f"\n## {section}\n" not in text] == []


def test_the_guides_are_there() -> None:
    docs = TEMPLATES.parent / "docs"
    for name, words in {
        "migrate-devcontainer.md": ("Parameters", "docker volume", "tar -C /workspaces"),
        "github-auth.md": ("primary-github", "SSH keys instead"),
        "state-drift.md": ("coder state pull", "terraform plan"),
    }.items():
        text = (docs / name).read_text()
        assert [word for word in words if word not in text] == []


def test_every_module_of_the_variants_is_pinned_exactly() -> None:
    pins = [
        pin
        for file in VARIANTS.rglob("*.tf")
        for pin in re.findall(r'registry\.coder\.com.*\n\s+version\s+= "(.*)"', file.read_text())
    ]
    assert len(pins) == 6
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", pin) for pin in pins)


def test_the_readme_names_each_module_and_its_version() -> None:
    readme = (TEMPLATE / "README.md").read_text()
    for file in VARIANTS.rglob("*.tf"):
        for name, pin in re.findall(
            r'registry\.coder\.com/coder/([\w-]+)/coder"\n\s+version\s+= "(.*)"', file.read_text()
        ):
            assert re.search(rf"\| {name}\b[^|]*\|.*\b{re.escape(pin)}\b", readme), (name, pin)
