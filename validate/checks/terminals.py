"""tmux, direnv and supervisor: each does in a folder of its own what it is for."""

__all__ = ["DIRENV", "SUPERVISOR", "TMUX"]

import time

from validate.check import Check, Workbench, first_line
from validate.outcome import CheckFailedError

_SUPERVISED = """[supervisord]
nodaemon = true
logfile = {folder}/log
pidfile = {folder}/pid

[unix_http_server]
file = {folder}/s

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{folder}/s

[program:sleeper]
command = sleep 60
startsecs = 0
"""
_PAUSE = 0.1


def _open_window(bench: Workbench) -> str:
    own = {"TMUX_TMPDIR": str(bench.folder), "TMUX": "", "TERM": "screen"}
    version = first_line(bench.run("tmux", "-V").stdout)
    tmux = ("-L", "v", "-f", "/dev/null")
    bench.run("tmux", *tmux, "new-session", "-d", "-s", "v", "echo said-$((40+2)); sleep 60", env=own)
    while "said-42" not in (shown := bench.run("tmux", *tmux, "capture-pane", "-p", "-t", "v", env=own).stdout):
        if "said" in shown:
            raise CheckFailedError(f"The window shows '{first_line(shown)}'.")
        time.sleep(_PAUSE)
    bench.run("tmux", *tmux, "kill-server", env=own)
    return f"{version} opened a window and showed what ran in it."


def _load_environment(bench: Workbench) -> str:
    own = {name: str(bench.folder) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    version = first_line(bench.run("direnv", "version", env=own).stdout)
    bench.write("project/.envrc", "export GREETING=hello\n")
    project = bench.folder / "project"
    refused = bench.run("direnv", "exec", ".", "printenv", "GREETING", env=own, cwd=project, check=False)
    if refused.returncode == 0:
        raise CheckFailedError("direnv loads a file that nobody has allowed.")
    bench.run("direnv", "allow", ".", env=own, cwd=project)
    said = bench.run("direnv", "exec", ".", "printenv", "GREETING", env=own, cwd=project).stdout.strip()
    if said != "hello":
        raise CheckFailedError(f"With direnv the variable is '{said}', not 'hello'.")
    return f"direnv {version} loaded a folder's environment once it was allowed."


def _supervise(bench: Workbench) -> str:
    settings = str(bench.write("supervisord.conf", _SUPERVISED.format(folder=bench.folder)))
    version = first_line(bench.run("supervisord", "--version").stdout)
    bench.command("supervisord").start("--configuration", settings, new_session=False)
    while True:
        shown = bench.run("supervisorctl", "--configuration", settings, "status", check=False).stdout
        if "RUNNING" in shown:
            break
        if "FATAL" in shown or "BACKOFF" in shown:
            raise CheckFailedError(f"The supervised program does not run: {first_line(shown)}")
        time.sleep(_PAUSE)
    bench.run("supervisorctl", "--configuration", settings, "shutdown")
    return f"supervisord {version} ran a program."


TMUX = Check("tmux", "open a window and read it", _open_window, tools=("tmux",))
DIRENV = Check("direnv", "load a folder's environment", _load_environment, tools=("direnv",))
SUPERVISOR = Check("supervisor", "run a program", _supervise, tools=("supervisor",), seconds=30)
