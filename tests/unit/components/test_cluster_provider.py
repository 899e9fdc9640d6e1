from pathlib import Path

import pytest

from components.cluster_provider import cluster_provider, read_kubeconfig
from core.errors import UsageError
from tests.support.recording import declare

_KUBECONFIG = """\
apiVersion: v1
kind: Config
contexts:
- name: lab
  context: {cluster: lab, user: admin}
- name: other
  context: {cluster: other, user: admin}
users:
- name: admin
  user: {token: canary-8d1f}
"""


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(_KUBECONFIG, encoding="utf-8")
    return path


def test_the_kubeconfig_is_a_secret_and_the_context_explicit(kubeconfig: Path) -> None:
    provider = declare(lambda: cluster_provider(kubeconfig_path=str(kubeconfig), context="lab"))["cluster"]
    assert provider.type == "pulumi:providers:kubernetes"
    assert provider.inputs == {
        "kubeconfig": _KUBECONFIG,
        "context": "lab",
        "enableConfigMapMutable": "true",
        "enableSecretMutable": "true",
    }
    assert "kubeconfig" in provider.secrets


def test_the_home_directory_may_be_abbreviated(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(kubeconfig.parent))
    assert read_kubeconfig("~/kubeconfig", "other") == _KUBECONFIG


def test_an_unknown_context_is_told_with_the_known_ones(kubeconfig: Path) -> None:
    with pytest.raises(UsageError, match="has no context 'prod'; its contexts are: 'lab', 'other'") as caught:
        read_kubeconfig(str(kubeconfig), "prod")
    assert "canary" not in str(caught.value)


def test_a_kubeconfig_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file or directory"):
        read_kubeconfig(str(tmp_path / "none"), "lab")
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        read_kubeconfig(str(tmp_path), "lab")


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"[1]", b"contexts: 5", b"contexts: {}", b"a: [", b"\xff\xfe\x00", b"a: !!python/name:os.system"],
)
def test_a_kubeconfig_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kubeconfig"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not YAML with a list of contexts"):
        read_kubeconfig(str(path), "lab")
