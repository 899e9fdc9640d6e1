"""Go: a program compiled and run, without a network."""

__all__ = ["GO"]

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_SAID = "Hello from Go"
_PROGRAM = f"""package main

import "fmt"

func main() {{ fmt.Println("{_SAID}") }}
"""


def _compile_and_run(bench: Workbench) -> str:
    own = {
        "GOPATH": str(bench.folder / "path"),
        "GOCACHE": str(bench.folder / "cache"),
        "GOFLAGS": "-modcacherw",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }
    bench.write("go.mod", "module example.com/hello\n")
    bench.write("main.go", _PROGRAM)
    version = first_line(bench.run("go", "version", env=own).stdout)
    bench.run("go", "build", "-o", "hello", ".", env=own)
    said = bench.run(str(bench.folder / "hello")).stdout.strip()
    if said != _SAID:
        raise CheckFailedError(f"The compiled program printed '{said}', not '{_SAID}'.")
    return f"{version} compiled a program that ran."


GO = Check("go", "compile and run a Go program", _compile_and_run, tools=("go",), seconds=180)
