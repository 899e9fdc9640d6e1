import json

import pytest

from settings import Settings, SettingsError, load_settings

_REQUIRED = {"kubeContext": "here", "nodeCidrs": '["10.0.0.0/16"]', "coderAccessUrl": "https://coder.example.com"}
_SECRET = "workspaceImagePushPassword"  # noqa: S105 - the setting's name


def _load(**values: str) -> Settings:
    config = {f"spt-flow:{key}": value for key, value in {**_REQUIRED, **values}.items()}
    return load_settings("staging", config, [f"spt-flow:{_SECRET}"])


def test_by_default_nothing_is_built() -> None:
    assert _load().workspace_image.workspace_image_build == "none"


def test_everything_can_be_set() -> None:
    image = _load(
        workspaceImageBuild="full",
        workspaceImageRequired='["gh", "wasm-pack"]',
        workspaceImageBuildArgs=json.dumps(
            {
                "BASE_IMAGE": "ubuntu:22.04",
                "RUST_IMAGE": "rust-from-debian",
                "TRUST_IMAGE": "scratch",
                "EXTRA": "latest",
            }
        ),
        workspaceImagePush="10.0.0.7:5000",
        workspaceImagePushUser="pusher",
        workspaceImagePushPassword="canary-31bf",
        workspaceAgentsUrl="https://git.example.com/agents.git",
        workspaceAgentsRef="v1",
    ).workspace_image
    assert image.workspace_image_build_args["BASE_IMAGE"] == "ubuntu:22.04"
    assert image.workspace_image_required == ("gh", "wasm-pack")
    assert image.workspace_image_push_password.get_secret_value() == "canary-31bf"
    assert "canary-31bf" not in repr(image)


@pytest.mark.parametrize(
    ("values", "key", "words"),
    [
        ({"workspaceImageBuild": "fat"}, "workspaceImageBuild", "'none', 'slim' or 'full'"),
        ({"workspaceImageRequired": '["a b"]'}, "workspaceImageRequired", "a JSON list of names"),
        ({"workspaceImageBuildArgs": '{"base": "x"}'}, "workspaceImageBuildArgs", "names in capitals"),
        ({"workspaceImageBuildArgs": '{"GO": 1}'}, "workspaceImageBuildArgs", "with texts is expected"),
        ({"workspaceImageBuildArgs": '{"BASE_IMAGE": "ubuntu"}'}, "workspaceImageBuildArgs", "for BASE_IMAGE an image"),
        ({"workspaceImageBuildArgs": '{"GO_IMAGE": "go:latest"}'}, "workspaceImageBuildArgs", "with a fixed tag"),
        ({"workspaceImageBuildArgs": '{"GO_IMAGE": "X//"}'}, "workspaceImageBuildArgs", "for GO_IMAGE an image"),
        ({"workspaceImagePush": "https://registry.example.com"}, "workspaceImagePush", "a host, with a port"),
        ({"workspaceImagePush": "registry"}, "workspaceImagePush", "a host, with a port"),
        ({_SECRET: "x"}, "workspaceImagePushUser", "User that may push"),
        ({"workspaceAgentsUrl": "agents"}, "workspaceAgentsUrl", "a URL is expected"),
        ({"workspaceAgentsUrl": "https://git.example.com/a.git"}, "workspaceAgentsRef", "Tag or commit"),
    ],
)
def test_bad_values_are_one_sentence(values: dict[str, str], key: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(**values)
    assert words in str(caught.value)
    assert f"spt-flow:{key}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.next_command


def test_a_password_in_clear_is_refused() -> None:
    config = {f"spt-flow:{key}": value for key, value in {**_REQUIRED, _SECRET: "canary-8a01"}.items()}
    with pytest.raises(SettingsError, match="must be stored as a secret") as caught:
        load_settings("staging", config)
    assert "canary-8a01" not in str(caught.value)
