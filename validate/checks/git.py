"""git: a commit, and a clone of it."""

__all__ = ["GIT"]

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_WHO = {
    "GIT_AUTHOR_NAME": "spt-validate",
    "GIT_AUTHOR_EMAIL": "validate@example.com",
    "GIT_COMMITTER_NAME": "spt-validate",
    "GIT_COMMITTER_EMAIL": "validate@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def _commit_and_clone(bench: Workbench) -> str:
    version = first_line(bench.run("git", "--version").stdout)
    work, clone = bench.folder / "work", bench.folder / "clone"
    bench.write("work/file", "content\n")
    for words in (["init", "--quiet"], ["add", "file"], ["commit", "--quiet", "--message", "A file"]):
        bench.run("git", *words, env=_WHO, cwd=work)
    bench.run("git", "clone", "--quiet", str(work), str(clone), env=_WHO)
    made, cloned = (bench.run("git", "rev-parse", "HEAD", env=_WHO, cwd=each).stdout for each in (work, clone))
    if made != cloned or (clone / "file").read_text() != "content\n":
        raise CheckFailedError("The clone is not what was committed.")
    return f"{version} committed a file and cloned it."


GIT = Check("git", "commit and clone", _commit_and_clone, tools=("git",))
