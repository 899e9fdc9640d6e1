"""What a user can get wrong, one clear sentence each: no traceback, no change."""

from pathlib import Path

import pytest

from tests.support.checkout import Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout.copy_to(tmp_path / "tree")


def refused(checkout: Checkout, *args: str, code: int, env: dict[str, str] | None = None) -> str:
    done = checkout.lab(*args, env=env)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    assert not (checkout.root / ".lab").exists(), "something was made"
    return " ".join(said.split())


def test_an_unknown_stack(checkout: Checkout) -> None:
    said = refused(checkout, "up", "--stack", "production", code=2)
    assert "The stack 'production' is unknown: the stacks of this project are dev, prod, staging." in said
    assert "make up STACK=dev" in said


def test_an_unknown_option(checkout: Checkout) -> None:
    assert "--stak" in refused(checkout, "up", "--stak", "dev", code=2)


def test_an_unknown_command(checkout: Checkout) -> None:
    assert "upp" in refused(checkout, "upp", code=2)


@pytest.mark.parametrize(
    ("variable", "value"), [("SPT_FLOW_LAB_SLOT", "64"), ("SPT_FLOW_LAB_SLOT", "x"), ("SPT_FLOW_LAB_NAME", "Lab!")]
)
def test_an_impossible_lab(checkout: Checkout, variable: str, value: str) -> None:
    said = refused(checkout, "up", code=2, env={variable: value})
    assert f"{variable} is '{value}': it must be" in said


def test_not_root(checkout: Checkout) -> None:
    for folder in [checkout.root, *checkout.root.parents]:
        if folder.stat().st_uid == 0 and folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(0o755)
    done = checkout.lab("up", prefix=("setpriv", "--reuid", "65534", "--clear-groups"))
    assert done.returncode in (1, 2), done.stderr
    assert "root" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting(checkout: Checkout) -> None:
    checkout.append("Pulumi.dev.yaml", "  spt-flow:registrySise: 5Gi\n")
    said = refused(checkout, "up", code=2)
    assert "registrySise" in said
    assert "Stack 'dev' sets" in said


def test_an_invalid_setting(checkout: Checkout) -> None:
    checkout.append("Pulumi.dev.yaml", "  spt-flow:registryImage: 'not an image!'\n")
    said = refused(checkout, "up", code=2)
    assert "registryImage" in said
    assert "not an image!" in said


def test_a_stack_file_that_is_not_yaml(checkout: Checkout) -> None:
    checkout.append("Pulumi.dev.yaml", "  broken: [\n")
    assert "Pulumi.dev.yaml is not valid YAML" in refused(checkout, "up", code=2)


def test_a_foreign_kubeconfig_for_the_labs_stack(checkout: Checkout) -> None:
    checkout.append("Pulumi.dev.yaml", "  spt-flow:kubeconfigPath: /etc/kubernetes/admin.conf\n")
    said = refused(checkout, "up", code=2)
    assert "'/etc/kubernetes/admin.conf'; the lab's own kubeconfig is the only one it may use" in said


def test_a_stack_of_the_users_without_a_backend(checkout: Checkout) -> None:
    said = refused(checkout, "preview", "--stack", "staging", code=2, env={"PULUMI_BACKEND_URL": ""})
    assert "PULUMI_BACKEND_URL is not set" in said


def test_preview_without_a_lab(checkout: Checkout) -> None:
    said = refused(checkout, "preview", code=1, env={"SPT_FLOW_LAB_NAME": "absent", "SPT_FLOW_LAB_SLOT": "62"})
    assert "The lab is not running" in said
    assert "make up" in said


def test_status_without_a_lab(checkout: Checkout) -> None:
    said = refused(checkout, "status", code=1, env={"SPT_FLOW_LAB_NAME": "absent", "SPT_FLOW_LAB_SLOT": "62"})
    assert "make up" in said


def test_down_without_a_lab_is_no_error(checkout: Checkout) -> None:
    said = refused(checkout, "down", "--yes", code=0, env={"SPT_FLOW_LAB_NAME": "absent", "SPT_FLOW_LAB_SLOT": "62"})
    assert "There is no lab in" in said


def test_down_asks_and_never_guesses_without_a_terminal(checkout: Checkout) -> None:
    lab = checkout.root / ".lab"
    lab.mkdir()
    done = checkout.lab("down")
    assert done.returncode == 2, done.stderr
    assert "no terminal to ask on" in done.stderr
    assert "make down YES=1" in done.stderr
    assert lab.exists()


@pytest.mark.parametrize("command", ["up", "demo", "preview", "status", "down", "toolchain"])
def test_every_command_explains_itself(checkout: Checkout, command: str) -> None:
    done = checkout.lab(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
