"""Which stacks there are, and what a broken stack file says."""

from pathlib import Path

import pytest

from core.errors import UsageError
from lab.deploy.stack_file import PROJECT_ROOT, known_stacks, load_stack_file


def write(folder: Path, name: str, text: str) -> None:
    (folder / f"Pulumi.{name}.yaml").write_text(text, encoding="utf-8")


def test_the_project_has_its_three_stacks() -> None:
    assert known_stacks(PROJECT_ROOT) == ["dev", "prod", "staging"]


def test_an_unknown_stack_names_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, "dev", "config: {}\n")
    write(tmp_path, "prod", "config: {}\n")
    with pytest.raises(UsageError) as caught:
        load_stack_file("production", tmp_path)
    assert caught.value.message == "The stack 'production' is unknown: the stacks of this project are dev, prod."
    assert caught.value.next_command == "make up STACK=dev"


@pytest.mark.parametrize("name", ["../dev", "dev/../dev", "", "dev.yaml"])
def test_a_stack_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    write(tmp_path, "dev", "config: {}\n")
    with pytest.raises(UsageError, match="is unknown"):
        load_stack_file(name, tmp_path)


def test_broken_yaml_names_the_file_and_the_line(tmp_path: Path) -> None:
    write(tmp_path, "dev", "config:\n  a: [1\n  b: 2\n")
    with pytest.raises(UsageError, match=r"^Pulumi\.dev\.yaml is not valid YAML at line 3; it must be a mapping"):
        load_stack_file("dev", tmp_path)


@pytest.mark.parametrize("text", ["- a\n", "config: 3\n", "config: [a]\n"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, "dev", text)
    with pytest.raises(UsageError, match="must be a mapping with a 'config' section"):
        load_stack_file("dev", tmp_path)


def test_the_cluster_is_the_users_unless_the_file_says_lab(tmp_path: Path) -> None:
    write(tmp_path, "a", "config: {}\n")
    write(tmp_path, "b", "config:\n  spt-flow:cluster: lab\n")
    write(tmp_path, "c", "config:\n  spt-flow:cluster: elsewhere\n")
    assert load_stack_file("a", tmp_path).cluster == "kubeconfig"
    assert load_stack_file("b", tmp_path).cluster == "lab"
    with pytest.raises(UsageError, match="'elsewhere'; it must be 'lab' or 'kubeconfig'"):
        _ = load_stack_file("c", tmp_path).cluster
