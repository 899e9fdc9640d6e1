"""What a workspace does when it starts: the very script the agent gets, in real shells, with real git repositories."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.patience import wait_for_text, wait_until
from tests.support.rendered_template import Template
from tests.support.startup import Workspace, executable, git, repository

_SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"no {shell}"))
    for shell in ("dash", "bash")
]
_MAX_ARGUMENT = 131_072
"""Bytes of one argument on Linux; the agent hands the script to the shell as one."""


@pytest.fixture(scope="module")
def script(initialised: Callable[[str], Template]) -> str:
    text: str = initialised("spt-flow").render().agent["startup_script"]
    return text


@pytest.fixture(params=_SHELLS)
def workspace(tmp_path: Path, script: str, request: pytest.FixtureRequest) -> Workspace:
    return Workspace(tmp_path, script, request.param)


@pytest.fixture
def project(tmp_path: Path) -> str:
    return repository(tmp_path / "git/project.git", {"README": "hello\n"})


def test_the_script_fits_into_one_argument(script: str) -> None:
    assert script.startswith("#!/bin/sh\n")
    assert len(script.encode()) < _MAX_ARGUMENT / 2


def test_every_repository_is_cloned_into_a_folder_of_its_own(workspace: Workspace, project: str) -> None:
    other = repository(workspace.root / "git/elsewhere/project", {"OTHER": "x\n"})
    said = workspace.start(SPT_FLOW_REPOSITORIES=f"{project} {other}")
    assert (workspace.home / "project/README").read_text() == "hello\n"
    assert (workspace.home / "project-2/OTHER").exists()
    assert "with 0 warnings" in said


def test_the_branch_is_that_of_the_first_repository(workspace: Workspace, project: str) -> None:
    origin = workspace.root / "git/project.git"
    git(origin, "branch", "feature/x")
    other = repository(workspace.root / "git/other", {"A": "a"})
    workspace.start(SPT_FLOW_REPOSITORIES=f"{project} {other}", SPT_FLOW_BRANCH="feature/x")
    assert git(workspace.home / "project", "branch", "--show-current") == "feature/x"
    assert git(workspace.home / "other", "branch", "--show-current") == "main"


def test_a_branch_that_is_not_there_warns_and_gives_the_default_branch(workspace: Workspace, project: str) -> None:
    said = workspace.start(SPT_FLOW_REPOSITORIES=project, SPT_FLOW_BRANCH="nope")
    assert "warning: " + project + " has no branch 'nope': its default branch is taken." in said
    assert (workspace.home / "project/README").exists()


def test_hooks_run_as_the_user_at_the_clone(workspace: Workspace, project: str) -> None:
    hooks = workspace.home / "hooks"
    executable(hooks / "post-checkout", 'id -u > "$HOME/hook-ran"')
    (workspace.home / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n")
    workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert (workspace.home / "hook-ran").read_text().strip() == str(os.getuid())


def test_a_failing_hook_leaves_the_clone_and_warns(workspace: Workspace, project: str) -> None:
    hooks = workspace.home / "hooks"
    executable(hooks / "post-checkout", "exit 7")
    (workspace.home / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n")
    said = workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert "warning: project was cloned, but a hook of it failed." in said
    assert (workspace.home / "project/README").exists()


def test_a_second_start_neither_fetches_nor_touches_local_work(workspace: Workspace, project: str) -> None:
    workspace.start(SPT_FLOW_REPOSITORIES=project)
    clone, origin = workspace.home / "project", workspace.root / "git/project.git"
    (clone / "README").write_text("mine\n")
    git(clone, "checkout", "-qb", "work")
    (origin / "NEW").write_text("new")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "more")
    before = (git(clone, "rev-parse", "HEAD", "origin/main"), (clone / "README").read_text())
    said = workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert "project: there already, left as it is." in said
    assert (git(clone, "rev-parse", "HEAD", "origin/main"), (clone / "README").read_text()) == before


def test_a_folder_with_anything_in_it_is_left_alone(workspace: Workspace, project: str) -> None:
    (workspace.home / "project").mkdir()
    (workspace.home / "project/notes").write_text("mine")
    workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert [path.name for path in (workspace.home / "project").iterdir()] == ["notes"]


def test_an_empty_folder_is_cloned_into(workspace: Workspace, project: str) -> None:
    (workspace.home / "project").mkdir()
    workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert (workspace.home / "project/README").exists()


def test_a_clone_that_was_killed_is_begun_again(workspace: Workspace, project: str) -> None:
    mark = workspace.home / ".local/state/spt-flow/cloning/project"
    mark.parent.mkdir(parents=True)
    mark.touch()
    (workspace.home / "project").mkdir()
    git(workspace.home / "project", "init", "-q")
    said = workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert "did not finish cloning; beginning again" in said
    assert (workspace.home / "project/README").exists()
    assert not mark.exists()


def test_work_after_a_killed_clone_is_kept(workspace: Workspace, project: str) -> None:
    mark = workspace.home / ".local/state/spt-flow/cloning/project"
    mark.parent.mkdir(parents=True)
    mark.touch()
    (workspace.home / "project").mkdir()
    git(workspace.home / "project", "init", "-q")
    (workspace.home / "project/mine").write_text("work")
    workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert (workspace.home / "project/mine").read_text() == "work"


def test_a_repository_that_cannot_be_read_warns_with_the_link(workspace: Workspace) -> None:
    link = "https://coder.example.com/external-auth/primary-github"
    said = workspace.start(SPT_FLOW_REPOSITORIES="file:///nowhere/private.git", SPT_FLOW_LINK_URL=link)
    assert f"link your account at {link}" in said
    assert "with 1 warnings" in said
    assert not (workspace.home / "private").exists()


def test_a_helper_that_waits_for_a_login_does_not_hold_the_start(workspace: Workspace, project: str) -> None:
    real = shutil.which("git")
    workspace.program("git", f'case " $* " in *" ls-remote "*) exec sleep 50 ;; esac\nexec {real} "$@"')
    begun = time.monotonic()
    said = workspace.start(SPT_FLOW_REPOSITORIES=project, SPT_FLOW_REMOTE_SECONDS="1")
    assert time.monotonic() - begun < 30
    assert "cannot be read" in said


def test_without_git_the_workspace_starts_and_says_what_is_missing(workspace: Workspace, project: str) -> None:
    workspace.without("git", "sudo")
    said = workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert "warning: git is not in this image, and there is no right to install it" in said


def test_with_sudo_git_is_installed(workspace: Workspace, project: str) -> None:
    workspace.without("git", "sudo", "apt-get")
    workspace.program("sudo", 'shift\nexec "$@"')
    real = shutil.which("git")
    install = f'case "$*" in *install*) ln -sf {real} "{workspace.programs}/git" ;; esac'
    workspace.program("apt-get", f'echo "apt-get $*"\n{install}')
    said = workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert "== Installing git" in said
    assert (workspace.home / "project/README").exists()


def test_the_preparation_of_an_image_is_waited_for_and_shown(workspace: Workspace, project: str) -> None:
    log, finished = workspace.runtime / "prepare.log", workspace.runtime / "prepare.done"
    log.write_text("installing git\n")
    # It goes on while the script waits for it, which is when it sleeps.
    workspace.program("sleep", f'echo "unpacking git" >>{log}; echo 0 >{finished}; exec {shutil.which("sleep")} "$@"')
    said = workspace.start(SPT_FLOW_REPOSITORIES=project)
    assert said.index("installing git") < said.index("unpacking git") < said.index("== Repositories")


@pytest.mark.parametrize("name", ["install.sh", "setup.sh", "bootstrap.sh"])
def test_dotfiles_are_cloned_to_their_folder_and_installed(workspace: Workspace, name: str) -> None:
    content = '#!/bin/sh\nln -sf "$PWD/zshrc" "$HOME/.zshrc"\necho "$(basename "$0") ran"\n'
    dotfiles = repository(workspace.root / "git/my-dots", {name: content, "zshrc": "alias ll='ls -l'\n"})
    said = workspace.start(SPT_FLOW_DOTFILES=dotfiles)
    assert f"| {name} ran" in said
    assert (workspace.home / "dotfiles/.git").is_dir()
    assert (workspace.home / ".zshrc").read_text() == "alias ll='ls -l'\n"


def test_install_comes_before_setup_and_bootstrap(workspace: Workspace) -> None:
    files = {name: f"#!/bin/sh\necho ran-{name}\n" for name in ("bootstrap.sh", "setup.sh", "install.sh")}
    said = workspace.start(SPT_FLOW_DOTFILES=repository(workspace.root / "git/dots", files))
    assert [line for line in said.splitlines() if "ran-" in line] == ["   | ran-install.sh"]


def test_failing_dotfiles_only_warn(workspace: Workspace, project: str) -> None:
    dotfiles = repository(workspace.root / "git/dots", {"install.sh": "#!/bin/sh\necho no\nexit 3\n"})
    said = workspace.start(SPT_FLOW_DOTFILES=dotfiles, SPT_FLOW_REPOSITORIES=project)
    assert "warning: install.sh of the dotfiles failed." in said


def test_dotfiles_without_a_script_are_linked_over_nothing(workspace: Workspace) -> None:
    (workspace.home / ".bashrc").write_text("mine")
    dotfiles = repository(workspace.root / "git/dots", {".bashrc": "theirs", ".vimrc": "set nu\n", "README": "x"})
    workspace.start(SPT_FLOW_DOTFILES=dotfiles)
    assert (workspace.home / ".vimrc").read_text() == "set nu\n"
    assert (workspace.home / ".bashrc").read_text() == "mine"
    assert not (workspace.home / "README").exists()


def test_the_setup_script_runs_in_the_repository(workspace: Workspace) -> None:
    setup = "#!/bin/sh\npwd > where\n(sleep 30) &\n"
    url = repository(workspace.root / "git/app", {"devpods/setup.sh": setup})
    begun = time.monotonic()
    workspace.start(SPT_FLOW_REPOSITORIES=url, SPT_FLOW_SETUP_SCRIPT="devpods/setup.sh")
    assert time.monotonic() - begun < 20, "what a script leaves running is not waited for"
    assert (workspace.home / "app/where").read_text().strip() == str(workspace.home / "app")


@pytest.mark.parametrize(
    ("body", "warning"),
    [("", "app has no devpods/setup.sh: nothing is set up."), ("#!/bin/sh\nexit 4\n", "devpods/setup.sh failed.")],
)
def test_a_missing_or_failing_setup_script_only_warns(workspace: Workspace, body: str, warning: str) -> None:
    files = {"devpods/setup.sh": body} if body else {"README": "x"}
    url = repository(workspace.root / "git/app", files)
    said = workspace.start(SPT_FLOW_REPOSITORIES=url, SPT_FLOW_SETUP_SCRIPT="devpods/setup.sh")
    assert f"warning: {warning}" in said


def test_webassembly_tools_come_from_the_image_or_from_rustup(workspace: Workspace) -> None:
    assert "WebAssembly" not in workspace.start(SPT_FLOW_INSTALL_WASM_TOOLS="false")
    workspace.without("rustup")
    assert "nor rustup: no WebAssembly tools." in workspace.start(SPT_FLOW_INSTALL_WASM_TOOLS="true")
    workspace.program("rustup", 'echo "rustup $*"')
    said = workspace.start(SPT_FLOW_INSTALL_WASM_TOOLS="true")
    assert "| rustup target add wasm32-unknown-unknown wasm32-wasip1" in said
    assert "wash is not in this image." in said
    executable(workspace.root / "install-wasm-tools", "echo image-installs; exit 1")
    said = workspace.start(SPT_FLOW_INSTALL_WASM_TOOLS="true")
    assert "| image-installs" in said
    assert "install-wasm-tools failed." in said


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("absent", "Nested virtualization: this cluster has none, so there is no /dev/kvm."),
        ("class", "Nested virtualization: not in this workspace class; choose the class kvm to have /dev/kvm."),
        ("off", "Nested virtualization: switched off by the parameter enable_nested_virt."),
    ],
)
def test_one_line_says_why_there_is_no_kvm(workspace: Workspace, state: str, sentence: str) -> None:
    assert workspace.start(SPT_FLOW_NESTED_VIRT=state).count(sentence) == 1


def test_kvm_is_probed_by_opening_it(workspace: Workspace) -> None:
    missing = str(workspace.root / "kvm")
    assert "but /dev/kvm cannot be opened" in workspace.start(SPT_FLOW_NESTED_VIRT="given", SPT_FLOW_KVM=missing)
    (workspace.root / "kvm").touch()
    assert "/dev/kvm is there" in workspace.start(SPT_FLOW_NESTED_VIRT="given", SPT_FLOW_KVM=missing)


@pytest.fixture
def ended(workspace: Workspace) -> Iterator[None]:
    """End what a start left running: it names the test's own folder."""
    yield
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(workspace.script) in command:
                os.kill(int(entry.name), signal.SIGKILL)


@pytest.mark.usefixtures("ended")
def test_code_server_is_started_on_loopback_and_again_after_a_crash(workspace: Workspace) -> None:
    workspace.program("code-server", f'echo "$*" >> {workspace.root}/calls')
    assert "starting code-server" in workspace.start(SPT_FLOW_IDE_PORT="13337")
    calls = workspace.root / "calls"
    wait_until(lambda: calls.exists() and calls.read_text().count("\n") > 1)
    first, second = calls.read_text().splitlines()[:2]
    assert first == second == "--auth none --bind-addr 127.0.0.1:13337 --disable-telemetry --disable-update-check"


def test_an_image_without_code_server_says_so(workspace: Workspace) -> None:
    workspace.without("code-server")
    assert "this image has no code-server" in workspace.start(SPT_FLOW_IDE_PORT="13337")
    assert "code-server" not in workspace.start(SPT_FLOW_IDE_PORT="")


@pytest.mark.usefixtures("ended")
def test_in_the_class_docker_its_daemon_is_started_for_the_user(workspace: Workspace) -> None:
    up = workspace.root / "daemon-is-up"
    workspace.program("sudo", 'test "$1" = -n && shift && exec "$@"')
    workspace.program("dockerd", f'echo "$*" >{workspace.root}/asked; sleep 1; touch {up}; echo listening')
    workspace.program("docker", f"test -e {up}")
    said = workspace.start(SPT_FLOW_DOCKER="true")
    assert "Docker: its daemon answers." in said
    assert "with 0 warnings" in said
    group = subprocess.run(["id", "-gn"], capture_output=True, text=True, check=True).stdout.strip()
    assert (workspace.root / "asked").read_text() == f"--group {group}\n"
    assert (workspace.runtime / "dockerd.log").read_text() == "listening\n"


def test_in_other_classes_no_daemon_is_started(workspace: Workspace) -> None:
    workspace.program("dockerd", f"touch {workspace.root}/asked")
    for given in ({"SPT_FLOW_DOCKER": "false"}, {}):
        assert "Docker:" not in workspace.start(**given)
    assert not (workspace.root / "asked").exists()


def test_a_daemon_that_fails_or_is_missing_only_warns(workspace: Workspace) -> None:
    workspace.program("sudo", "echo 'sudo: a password is required' >&2; exit 1")
    workspace.program("docker", "exit 1")
    workspace.without("dockerd")
    asked = {"SPT_FLOW_DOCKER": "true", "SPT_FLOW_DOCKER_SECONDS": "1", "SPT_FLOW_SBIN": "/none"}
    assert "warning: the class docker was chosen, but this image has no dockerd." in workspace.start(**asked)
    workspace.program("dockerd", "exit 1")
    assert "warning: Docker's daemon does not answer; see " in workspace.start(**asked)
    assert "a password is required" in (workspace.runtime / "dockerd.log").read_text()


def test_the_home_is_filled_from_the_skeleton_without_overwriting(workspace: Workspace) -> None:
    (workspace.root / "skeleton/.profile").write_text("theirs")
    (workspace.root / "skeleton/.zshrc").write_text("theirs")
    # As the workspace image has its library of agents.
    (workspace.root / "skeleton/agents").symlink_to(workspace.root / "skeleton")
    (workspace.home / ".profile").write_text("mine")
    workspace.start()
    assert [(workspace.home / name).read_text() for name in (".profile", ".zshrc")] == ["mine", "theirs"]
    assert (workspace.home / "agents").readlink() == workspace.root / "skeleton"


def test_lent_credentials_stay_in_memory(workspace: Workspace) -> None:
    workspace.start()
    assert (workspace.runtime / "git").stat().st_mode & 0o777 == 0o700
    socket = workspace.runtime / "git/credentials"
    environment = workspace.environment(
        GIT_CONFIG_COUNT="1",
        GIT_CONFIG_KEY_0="credential.helper",
        GIT_CONFIG_VALUE_0=f"cache --socket {socket}",
        GIT_TERMINAL_PROMPT="0",
    )

    def credential(verb: str, text: str) -> str:
        return subprocess.run(
            ["git", "credential", verb],
            input=text,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        ).stdout

    asked = "protocol=https\nhost=git.example.com\n"
    try:
        credential("approve", f"{asked}username=u\npassword=canary-0451\n\n")
        assert "password=canary-0451" in credential("fill", f"{asked}\n")
        files = [path for path in workspace.root.rglob("*") if path.is_file()]
        assert not [path for path in files if b"canary-0451" in path.read_bytes()]
    finally:
        subprocess.run(
            ["git", "credential-cache", "--socket", str(socket), "exit"], env=environment, check=False, timeout=20
        )


def test_a_devcontainer_json_is_honoured_as_far_as_a_ready_image_allows(workspace: Workspace) -> None:
    content = {
        "image": "mcr.example.com/base:1",
        "remoteEnv": {"GREETING": "it's ${containerWorkspaceFolderBasename}"},
        "postCreateCommand": 'echo "created $GREETING" >> created',
        "postStartCommand": ["sh", "-c", "echo started >> started"],
        "customizations": {"vscode": {"extensions": ["golang.go", "-not.this", "bad; rm"]}},
    }
    workspace.program("code-server", f'echo "$*" >> {workspace.root}/calls')
    text = "// ours\n" + json.dumps(content)
    url = repository(workspace.root / "git/app", {".devcontainer/devcontainer.json": text})
    said = workspace.start(SPT_FLOW_REPOSITORIES=url)
    again = workspace.start(SPT_FLOW_REPOSITORIES=url)
    app = workspace.home / "app"
    assert "not used here, the workspace has its own image: image" in said
    assert (app / "created").read_text() == "created it's app\n"
    assert (app / "started").read_text() == "started\n" * 2
    assert "its create commands ran at an earlier start." in again
    shown = subprocess.run(
        ["bash", "-ic", "echo $GREETING"],
        env=workspace.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert shown.stdout == "it's app\n"
    assert (workspace.home / ".bashrc").read_text().count("# spt-flow: devcontainer.json\n") == 1
    assert set(wait_for_text(workspace.root / "calls").splitlines()) == {"--install-extension golang.go"}


def test_a_broken_devcontainer_json_only_warns(workspace: Workspace) -> None:
    url = repository(workspace.root / "git/app", {".devcontainer.json": "{nope"})
    said = workspace.start(SPT_FLOW_REPOSITORIES=url)
    assert "devcontainer.json cannot be read" in said
    assert "warning: it is not applied." in said


def test_without_python_devcontainer_json_is_not_read_and_that_is_said(workspace: Workspace) -> None:
    workspace.without("python3")
    url = repository(workspace.root / "git/app", {".devcontainer.json": "{}"})
    assert "warning: it is not read: this image has no python3." in workspace.start(SPT_FLOW_REPOSITORIES=url)


def test_a_failing_command_of_devcontainer_json_warns_and_runs_again(workspace: Workspace) -> None:
    text = json.dumps({"postCreateCommand": "echo tried >> tried; false"})
    url = repository(workspace.root / "git/app", {".devcontainer.json": text})
    assert "warning: a command of devcontainer.json failed." in workspace.start(SPT_FLOW_REPOSITORIES=url)
    workspace.start(SPT_FLOW_REPOSITORIES=url)
    assert (workspace.home / "app/tried").read_text() == "tried\n" * 2
