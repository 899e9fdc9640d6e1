"""Rust: a program built by cargo and run; a module for WebAssembly that JavaScript calls."""

__all__ = ["RUST", "WASM"]

import os
from pathlib import Path

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_SAID = "Hello from Rust"
_MANIFEST = '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n'
_PROGRAM = f'fn main() {{\n    println!("{_SAID}");\n}}\n'
_TARGET = "wasm32-unknown-unknown"
_MODULE = '#[no_mangle]\npub extern "C" fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n'
_CALLER = """
const bytes = require("fs").readFileSync(process.argv[2]);
WebAssembly.instantiate(bytes).then(({ instance }) => console.log(instance.exports.add(40, 2)));
"""


def _toolchain(bench: Workbench) -> dict[str, str]:
    """Return where rustup has its toolchains, which it looks for in the home; a plain Rust does not care."""
    rustup = Path(os.environ.get("RUSTUP_HOME") or bench.home / ".rustup")
    return {"CARGO_HOME": str(bench.folder / "cargo"), **({"RUSTUP_HOME": str(rustup)} if rustup.is_dir() else {})}


def _build_and_run(bench: Workbench) -> str:
    own = _toolchain(bench)
    bench.write("Cargo.toml", _MANIFEST)
    bench.write("src/main.rs", _PROGRAM)
    version = first_line(bench.run("rustc", "--version", env=own).stdout)
    said = bench.run("cargo", "run", "--offline", "--quiet", env=own).stdout.strip()
    if said != _SAID:
        raise CheckFailedError(f"The built program printed '{said}', not '{_SAID}'.")
    return f"{version}: cargo built a program that ran."


def _compile_wasm(bench: Workbench) -> str:
    source = bench.write("add.rs", _MODULE)
    module = bench.folder / "add.wasm"
    options = ("--crate-type=cdylib", f"--target={_TARGET}", "-O", "-o", str(module))
    bench.run("rustc", *options, str(source), env=_toolchain(bench))
    caller = bench.write("call.js", _CALLER)
    said = bench.run("node", str(caller), str(module)).stdout.strip()
    if said != "42":
        raise CheckFailedError(f"The WebAssembly module's sum of 40 and 2 is '{said}'.")
    return f"rustc compiled a module for {_TARGET}, which JavaScript called."


RUST = Check("rust", "build and run a Rust program", _build_and_run, tools=("rust",), seconds=180)
WASM = Check("wasm", "compile WebAssembly and call it", _compile_wasm, tools=("rust-wasm", "node"), seconds=180)
