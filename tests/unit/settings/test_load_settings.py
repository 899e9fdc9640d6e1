from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from core.quantity import Quantity
from settings import GROUPS, Settings, SettingsError, load_settings

_KEYS = [to_camel(name) for group in GROUPS for name in group.model_fields]


def _config(**values: str) -> dict[str, str]:
    complete = {
        "kubeContext": "here",
        "nodeCidrs": '["10.0.0.0/16"]',
        "coderAccessUrl": "https://coder.example.com",
        **values,
    }
    return {f"spt-flow:{key}": value for key, value in complete.items()}


def _sentence(values: dict[str, str], stack: str = "staging", secret: tuple[str, ...] = ()) -> tuple[str, str | None]:
    with pytest.raises(SettingsError) as caught:
        load_settings(stack, _config(**values), secret)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
    return caught.value.message, caught.value.next_command


def test_a_minimal_stack_gets_the_defaults() -> None:
    settings = load_settings("staging", _config())
    assert settings.stack == "staging"
    assert settings.cluster.cluster == "kubeconfig"
    assert settings.cluster.node_cidrs == ("10.0.0.0/16",)
    assert settings.registry.registry_storage == Quantity.parse("100Gi")
    assert str(settings.registry.registry_image) == "docker.io/library/registry:3.1.2"
    assert settings.registry.registry_storage_protect is True
    assert str(settings.workspace.workspace_cpu_max) == "8"
    assert str(settings.workspace.workspace_memory_max) == "16Gi"


def test_values_are_read_and_others_namespaces_are_not_looked_at() -> None:
    config = _config(
        registryStorageProtect="false",
        registryStorage="5Gi",
        registryImage="registry.example.com:5000/r:1",
        registryClusterIp="10.98.0.50",
        registryStorageClass="local-path",
        nodeCidrs='["10.99.0.0/16", "2001:db8::/32"]',
        kubeconfigPath="/etc/kubeconfig",
    )
    settings = load_settings("dev", {**config, "kubernetes:whatever": "x", "spt-flowish:x": "y"})
    assert settings.registry.registry_storage_protect is False
    assert settings.registry.registry_image.registry == "registry.example.com:5000"
    assert settings.registry.registry_cluster_ip == "10.98.0.50"
    assert settings.cluster.node_cidrs == ("10.99.0.0/16", "2001:db8::/32")


def test_settings_are_frozen() -> None:
    settings = load_settings("dev", _config())
    with pytest.raises(ValidationError):
        settings.registry.registry_cluster_ip = "10.0.0.1"


def test_an_unknown_key_is_refused_with_the_key_that_was_meant() -> None:
    message, command = _sentence({"registryStorrage": "5Gi"})
    assert message == (
        "Stack 'staging' sets 'spt-flow:registryStorrage', which is no setting; did you mean spt-flow:registryStorage?"
    )
    assert command == "pulumi config rm --stack staging spt-flow:registryStorrage"


def test_an_unknown_key_like_no_other_points_to_the_list() -> None:
    message, _ = _sentence({"zzz": "1"})
    assert message.endswith(f"Pulumi.yaml lists all {len(_KEYS)} settings.")


def test_an_invalid_value_names_stack_key_value_and_what_is_allowed() -> None:
    message, command = _sentence({"registryStorage": "100GB"})
    assert message == (
        "Stack 'staging': the setting spt-flow:registryStorage has the value '100GB'; "
        "a Kubernetes quantity above zero is expected, for example 250m, 2, 512Mi or 100Gi."
    )
    assert command == "pulumi config set --stack staging spt-flow:registryStorage 100Gi"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("cluster", "docker", "'lab' or 'kubeconfig' is expected"),
        ("kubeconfigPath", "kubeconfig", "an absolute path, or one that begins with ~/, is expected"),
        ("kubeconfigPath", "", "an absolute path"),
        ("kubeContext", " x", "one line of printable text"),
        ("kubeContext", "a\nb", "one line of printable text"),
        ("nodeCidrs", "10.0.0.0/16", "a JSON list of networks is expected"),
        ("nodeCidrs", '["10.0.0.1/16"]', "a JSON list of networks is expected"),
        ("nodeCidrs", "[1]", "a JSON list of networks is expected"),
        ("nodeCidrs", "{}", "a JSON list of networks is expected"),
        ("nodeCidrs", "[" * 100_000, "a JSON list of networks is expected"),
        ("registryImage", "Nginx:1", "the repository is not a lower-case path"),
        ("registryImage", "registry", 'never "latest"'),
        ("registryImage", "registry:latest", 'never "latest"'),
        ("registryStorage", "0", "a Kubernetes quantity above zero"),
        ("registryStorage", "-5Gi", "a Kubernetes quantity above zero"),
        ("registryStorage", "", "a Kubernetes quantity above zero"),
        ("registryStorageClass", "Fast_SSD", "the name of a Kubernetes object"),
        ("registryStorageProtect", "yes", '"true" or "false" is expected'),
        ("registryClusterIp", "10.0.0.300", "an IP address is expected"),
        ("registryClusterIp", "10.0.0.0/8", "an IP address is expected"),
    ],
)
def test_each_kind_of_value_says_what_it_allows(key: str, value: str, expected: str) -> None:
    message, command = _sentence({key: value})
    assert f"spt-flow:{key} has the value" in message
    assert expected in message
    assert len(message) < 400
    assert command is not None
    assert command.startswith("pulumi config set --stack staging ")


@pytest.mark.parametrize("key", ["kubeContext", "nodeCidrs", "coderAccessUrl"])
@pytest.mark.parametrize("absent", ["empty", "missing"])
def test_required_settings_are_asked_for(key: str, absent: str) -> None:
    config = _config()
    if absent == "missing":
        del config[f"spt-flow:{key}"]
    else:
        config[f"spt-flow:{key}"] = "[]" if key == "nodeCidrs" else ""
    with pytest.raises(SettingsError) as caught:
        load_settings("prod", config)
    assert caught.value.message.startswith(f"Stack 'prod' has no value for the setting spt-flow:{key}. ")
    expected = {
        "kubeContext": "pulumi config set --stack prod spt-flow:kubeContext staging",
        "nodeCidrs": "pulumi config set --stack prod --path 'spt-flow:nodeCidrs[0]' 10.0.0.0/16",
        "coderAccessUrl": "pulumi config set --stack prod spt-flow:coderAccessUrl https://coder.example.com",
    }
    assert caught.value.next_command == expected[key]


def test_the_labs_stack_without_a_lab_points_to_make_up() -> None:
    _, command = _sentence({"cluster": "lab", "kubeContext": ""}, "dev")
    assert command == "make up"


@pytest.mark.parametrize(
    ("values", "key", "most"),
    [
        ({"registryCpuRequest": "1001m"}, "registryCpuRequest", "1, the value of spt-flow:registryCpuLimit"),
        ({"registryMemoryRequest": "2Gi"}, "registryMemoryRequest", "1Gi, the value of spt-flow:registryMemoryLimit"),
        ({"registryStorage": "1Ti"}, "registryStorage", "500Gi, the value of spt-flow:coderQuotaStorage"),
        ({"workspaceCpuMax": "200"}, "workspaceCpuMax", "160, the value of spt-flow:workspaceQuotaCpu"),
        ({"workspaceMemoryMax": "1Gi"}, "workspaceMemoryDefault", "1Gi, the value of spt-flow:workspaceMemoryMax"),
        ({"workspaceDiskRequest": "5Gi"}, "workspaceDiskRequest", "4Gi, the value of spt-flow:workspaceDiskDefault"),
    ],
)
def test_settings_that_contradict_each_other(values: dict[str, str], key: str, most: str) -> None:
    message, command = _sentence(values)
    assert f"the setting spt-flow:{key} has" in message
    assert f"at most {most}, is allowed." in message
    assert command == f"pulumi config set --stack staging spt-flow:{key} {most.partition(',')[0]}"


def test_a_default_that_contradicts_is_called_a_default() -> None:
    message, _ = _sentence({"workspaceMemoryMax": "1Gi"})
    assert "spt-flow:workspaceMemoryDefault has its default, '4Gi';" in message


def test_equal_amounts_in_different_words_are_fine() -> None:
    load_settings("dev", _config(registryCpuRequest="1000m", registryCpuLimit="1"))


def test_a_secret_value_is_not_repeated() -> None:
    message, command = _sentence({"registryStorage": "hunter2"}, secret=("spt-flow:registryStorage",))
    assert "hunter2" not in f"{message}{command}"
    assert "marked as secret" in message


def test_a_long_value_is_shortened_and_made_printable() -> None:
    message, _ = _sentence({"registryStorage": "\x1b[31m" + "9" * 500})
    assert "\x1b" not in message
    assert len(message) < 300


def test_the_command_is_safe_to_paste() -> None:
    _, command = _sentence({"registryStorage": "x"}, "a; rm -rf ~")
    assert command == "pulumi config set --stack 'a; rm -rf ~' spt-flow:registryStorage 100Gi"


_texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "true", "1", "500m", "1e400", "16Gi", "[]", '["10.0.0.0/8"]', "[[[", "null", "~/x", "nginx:1"]
    ),
)
_configs: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.one_of(
        st.sampled_from([f"spt-flow:{key}" for key in _KEYS]), st.text(max_size=20), st.just("spt-flow:"), st.just("")
    ),
    _texts,
    max_size=12,
)


@given(stack=st.text(max_size=20), config=_configs, complete=st.booleans())
def test_any_config_map_gives_settings_or_a_settings_error(stack: str, config: dict[str, str], complete: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    outcome: Settings | SettingsError
    try:
        outcome = load_settings(stack, {**_config(), **config} if complete else config)
    except SettingsError as error:
        outcome = error
    assert isinstance(outcome, Settings) or outcome.message.isprintable()


def test_the_bound_a_value_exceeds_may_be_secret_too() -> None:
    values = {"registryCpuLimit": "500m", "registryCpuRequest": "600m"}
    message, command = _sentence(values, secret=("spt-flow:registryCpuLimit",))
    assert "at most the value of spt-flow:registryCpuLimit, is allowed" in message
    assert "500m" not in f"{message}{command}"
