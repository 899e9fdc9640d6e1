"""`make demo`: one workspace from a repository on this machine to its last trace, on the lab's own Coder."""

from lab.demo.run import DemoResult, DemoStoppedError, run_demo

__all__ = ["DemoResult", "DemoStoppedError", "run_demo"]
