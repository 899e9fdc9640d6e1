"""The Homebrew formula `spt-flow/tap/sptcoder`: the archives of a release, by their checksums."""

__all__ = ["FORMULA", "formula"]

from collections.abc import Mapping
from typing import Final

from release.downloads import archive_of, download_url
from release.platforms import PLATFORMS
from sptcoder.version import VERSION

FORMULA: Final = "sptcoder.rb"
"""Name of the file, in the folder Formula of the tap."""

_BREW_SYSTEMS: Final = {"darwin": "macos", "linux": "linux"}
_BREW_MACHINES: Final = {"amd64": "intel", "arm64": "arm"}


def formula(sums: Mapping[str, str], releases: str) -> str:
    """Return the formula; raise SptFlowError for a system whose archive is not among the checksums."""
    systems = "\n".join(_system(system, sums, releases) for system in _BREW_SYSTEMS)
    return f"""# Made by the release workflow of {releases}; do not change it here.
class Sptcoder < Formula
  desc "From a repository to a ready Coder workspace in one command"
  homepage "{releases}"
  version "{VERSION}"
  license "Apache-2.0"

{systems}
  def install
    libexec.install Dir["*"]
    bin.install_symlink libexec/"sptcoder"
    # Where case counts, the other spelling of the name is a program of its own.
    bin.install_symlink libexec/"sptcoder" => "sptCoder" if OS.linux?
    generate_completions_from_executable(bin/"sptcoder", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match "sptcoder #{{version}}", shell_output("#{{bin}}/sptcoder --version")
  end
end
"""


def _system(system: str, sums: Mapping[str, str], releases: str) -> str:
    lines = [f"  on_{_BREW_SYSTEMS[system]} do"]
    for each in PLATFORMS:
        if each.system == system:
            lines += [
                f"    on_{_BREW_MACHINES[each.machine]} do",
                f'      url "{download_url(releases, each.archive)}"',
                f'      sha256 "{archive_of(each, sums)}"',
                "    end",
            ]
    return "\n".join((*lines, "  end", ""))
