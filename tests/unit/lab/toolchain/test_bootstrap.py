"""The bootstrap script in a tree of its own, with stand-ins for uv, apt-get and id where the real ones would act."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PYTHON = shutil.which("python3", path="/usr/bin:/usr/local/bin") or "python3"
UV_STAND_IN = f"""#!/bin/sh
echo "$*" >>"$STAND_IN_LOG"
if [ -n "${{STAND_IN_FAILURE:-}}" ]; then
    printf 'error: Failed to fetch: https://user:secret@index.example/simple/\\n' >&2
    exit 2
fi
case $1 in sync | venv) ;; *) exit 0 ;; esac
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf {PYTHON} "$UV_PROJECT_ENVIRONMENT/bin/python"
"""
APT_STAND_IN = """#!/bin/sh
echo "apt-get $*" >>"$STAND_IN_LOG"
[ "$1" = update ] && { touch "$STAND_IN_LISTS"; exit 0; }
if [ ! -e "$STAND_IN_LISTS" ] || [ -n "${STAND_IN_FAILURE:-}" ]; then
    echo "E: Unable to locate package python3-venv"
    exit 100
fi
printf '#!/bin/sh\\nexec %s "$@"\\n' "$STAND_IN_PYTHON" >"$(dirname "$0")/new-python"
chmod +x "$(dirname "$0")/new-python"
"""


class Tree:
    """A checkout with the script, a cache with a stand-in uv, and a PATH of stand-ins before the system's."""

    def __init__(self, root: Path) -> None:
        self.root = root / "checkout"
        self.programs = root / "programs"
        self.log_file = root / "log"
        self.cache = root / "cache" / "spt-flow"
        (self.root / "lab" / "toolchain").mkdir(parents=True)
        self.programs.mkdir()
        for name in ("lab/bootstrap.sh", "lab/toolchain/uv-requirements.txt"):
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "uv.lock").write_text("version = 1\n")
        (self.root / "pyproject.toml").write_text('[dependency-groups]\nlab = []\ndev = ["pytest"]\ndocs = []\n')
        requirement = (ROOT / "lab/toolchain/uv-requirements.txt").read_text().split("uv==")[1].split()[0]
        self.uv = self.cache / f"uv-{requirement}" / "bin" / "uv"
        self.program(self.uv, UV_STAND_IN)
        # pip of uv's environment: no index of its own.
        self.program(self.uv.with_name("python"), "#!/bin/sh\nexit 1\n")
        self.environment = {
            "HOME": str(root),
            "XDG_CACHE_HOME": str(self.cache.parent),
            "PATH": f"{self.programs}:/usr/bin:/bin:/usr/sbin:/sbin",
            "STAND_IN_LOG": str(self.log_file),
            "STAND_IN_LISTS": str(root / "lists"),
            "STAND_IN_PYTHON": PYTHON,
            "SPT_FLOW_PYTHON": PYTHON,
        }

    def program(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run(self, *groups: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "lab/bootstrap.sh", *groups],
            cwd=self.root,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def log(self) -> list[str]:
        return self.log_file.read_text().splitlines() if self.log_file.exists() else []

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / ".spt-flow-stamp"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_the_first_run_says_one_line_and_the_second_nothing(tree: Tree) -> None:
    first = tree.run()
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "Python environment: .venv holds the packages of uv.lock (groups: dev lab).\n"
    assert "--frozen" in tree.log()[0]
    assert tree.log()[0].endswith("--group dev --group lab")
    seconds = []
    for _ in range(3):
        started = time.monotonic()
        again = tree.run()
        seconds.append(time.monotonic() - started)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert len(tree.log()) == 1
    assert min(seconds) < 0.5, "it is part of each make"


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_a_changed_input_is_synchronised(tree: Tree, name: str) -> None:
    tree.run()
    with (tree.root / name).open("a") as file:
        file.write("# changed\n")
    assert tree.run().returncode == 0
    assert len(tree.log()) == 2


def test_a_removed_environment_is_made_again(tree: Tree) -> None:
    tree.run()
    (tree.root / ".venv" / "bin" / "python").unlink()
    assert tree.run().stdout != ""


def test_groups_add_up_and_a_smaller_wish_changes_nothing(tree: Tree) -> None:
    tree.run("lab")
    tree.run("dev")
    assert tree.log()[1].endswith("--group dev --group lab")
    tree.run("lab")
    assert len(tree.log()) == 2


def test_an_environment_of_unknown_making_keeps_its_packages(tree: Tree) -> None:
    tree.run("lab")
    tree.run("dev")
    assert "--inexact" in tree.log()[0]
    assert "--inexact" not in tree.log()[1]


def test_an_unknown_group_is_refused_before_anything_happens(tree: Tree) -> None:
    done = tree.run("lba")
    assert done.returncode == 2
    assert done.stderr == "Error: 'lba' is no dependency group of pyproject.toml.\n"
    assert tree.log() == []


def test_an_unreachable_index_is_one_sentence_without_credentials(tree: Tree) -> None:
    done = tree.run(STAND_IN_FAILURE="1")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Error: The Python packages of uv.lock cannot be installed (Failed to fetch: https://index"
    )
    assert "set UV_DEFAULT_INDEX" in done.stderr
    assert "secret" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert not tree.stamp.exists()


def test_an_index_of_pip_is_used_by_uv_with_the_hashes_of_the_lock(tree: Tree) -> None:
    assert tree.run(PIP_INDEX_URL="https://index.example/simple").returncode == 0
    verbs = [" ".join(line.split()[:2]) for line in tree.log()]
    assert verbs == ["export --project", "venv --clear", "pip sync"]
    assert "--require-hashes" in tree.log()[2]


def test_uv_that_cannot_be_installed_is_one_sentence_and_leaves_nothing(tree: Tree) -> None:
    shutil.rmtree(tree.uv.parents[1])
    done = tree.run(PIP_INDEX_URL="http://user:secret@127.0.0.1:9/simple", PIP_RETRIES="0", PIP_CONFIG_FILE="/dev/null")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: uv ")
    assert "set PIP_INDEX_URL" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tree.cache.iterdir()) == []


def test_a_missing_python_is_installed_by_root_after_reading_the_package_lists(tree: Tree) -> None:
    tree.program(tree.programs / "apt-get", APT_STAND_IN)
    tree.program(tree.programs / "id", "#!/bin/sh\necho 0\n")
    done = tree.run(SPT_FLOW_PYTHON="new-python")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Python: installed python3 and python3-venv from Debian.\n")
    assert [line.split()[1] for line in tree.log()[:3]] == ["install", "update", "install"]


def test_python_that_apt_cannot_bring_is_one_sentence(tree: Tree) -> None:
    tree.program(tree.programs / "apt-get", APT_STAND_IN)
    tree.program(tree.programs / "id", "#!/bin/sh\necho 0\n")
    done = tree.run(SPT_FLOW_PYTHON="new-python", STAND_IN_FAILURE="1")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "Error: apt-get cannot install python3 and python3-venv (Unable to locate package python3-venv): check"
    )


def test_a_missing_python_is_only_named_to_somebody_who_is_not_root(tree: Tree) -> None:
    tree.program(tree.programs / "apt-get", APT_STAND_IN)
    tree.program(tree.programs / "id", "#!/bin/sh\necho 1000\n")
    done = tree.run(SPT_FLOW_PYTHON="new-python")
    assert done.returncode == 1
    assert "only root can install it" in done.stderr
    assert tree.log() == []
