"""Programs that a few words show to work: a table."""

__all__ = ["PROGRAMS"]

from dataclasses import dataclass

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError


@dataclass(frozen=True)
class _Program:
    """A program that prints its version, and an answer that holds a word; both without a network."""

    tool: str
    program: str
    version: tuple[str, ...]
    question: tuple[str, ...]
    answer: str

    def ask(self, bench: Workbench) -> str:
        told = bench.run(self.program, *self.version)
        version = first_line(told.stdout + told.stderr)
        asked = bench.run(self.program, *self.question)
        if self.answer not in asked.stdout + asked.stderr:
            words = " ".join((self.program, *self.question))
            raise CheckFailedError(f"'{words}' does not say '{self.answer}' ({version}).")
        return f"{self.tool} {version.removeprefix(self.program).strip(' -')} answers '{' '.join(self.question)}'."


_TABLE = (
    _Program("bash", "bash", ("--version",), ("-c", "list=(a b c); echo has-${#list[@]}"), "has-3"),
    _Program("jq", "jq", ("--version",), ("--null-input", "[1, 2, 39] | add"), "42"),
    _Program("make", "make", ("--version",), ("--eval=hello: ; @echo made-$@", "hello"), "made-hello"),
    _Program("ssh", "ssh", ("-V",), ("-G", "-F", "/dev/null", "coder@host.example.com"), "hostname host.example.com"),
    _Program("wasm-pack", "wasm-pack", ("--version",), ("build", "--help"), "--target"),
    _Program("wash", "wash", ("--version",), ("--help",), "new"),
    _Program("nex", "nex", ("--version",), ("--help",), "node"),
    _Program("kuasar", "vmm-sandboxer", ("--version",), ("--help",), "--listen"),
    _Program("op", "op", ("--version",), ("completion", "bash"), "complete"),
)

PROGRAMS = tuple(
    Check(each.tool, f"{each.program} {' '.join(each.question)}", each.ask, tools=(each.tool,)) for each in _TABLE
)
