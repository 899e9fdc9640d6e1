"""The supervised programs of a lab and the supervisor's configuration."""

__all__ = ["Program", "build_supervisor_configuration"]

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.cluster.layout import SUPERVISOR_SOCKET, ClusterLayout

_LOG_BYTES = 5 * 1024 * 1024
"""A log is rotated at this size; one older part is kept, so a component holds at most twice as much."""


@dataclass(frozen=True)
class Program:
    """One supervised process. A change in `command`, or in a file of `depends_on`, restarts it.

    One with `autostart` false waits until the lab's start asks for it.
    """

    name: str
    command: Sequence[str]
    depends_on: Sequence[Path] = ()
    autostart: bool = True

    def digest(self) -> str:
        """Return what identifies the command and the contents of its settings."""
        state = hashlib.sha256(shlex.join(self.command).encode())
        for path in self.depends_on:
            state.update(b"\0" + (path.read_bytes() if path.is_file() else b""))
        return state.hexdigest()[:16]


def build_supervisor_configuration(
    programs: Sequence[Program], layout: ClusterLayout, environment: Mapping[str, str]
) -> str:
    """Return supervisord's configuration (INI): control socket, logs rotated, each program restarted when it dies."""
    head = f"""\
[unix_http_server]
file={SUPERVISOR_SOCKET}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisord]
nodaemon=true
silent=true
user=root
directory=/
pidfile=/run/supervisord.pid
logfile={_plain(layout.log("supervisord"))}
logfile_maxbytes={_LOG_BYTES}
logfile_backups=1
environment={_environment(environment)}
"""
    return "\n".join([head, *(_section(program, layout) for program in programs)])


def _section(program: Program, layout: ClusterLayout) -> str:
    # startretries: the pause grows by a second a try, so sixty tries go on for half an hour.
    return f"""\
[program:{program.name}]
command={_plain(shlex.join(program.command))}
environment={_environment({"SPT_FLOW_DIGEST": program.digest()})}
autostart={str(program.autostart).lower()}
autorestart=true
startsecs=1
startretries=60
stopwaitsecs=10
redirect_stderr=true
stdout_logfile={_plain(layout.log(program.name))}
stdout_logfile_maxbytes={_LOG_BYTES}
stdout_logfile_backups=1
"""


def _environment(values: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_plain(value)}"' for name, value in sorted(values.items()))


def _plain(value: str | Path) -> str:
    """Keep supervisord from expanding a percent sign."""
    return str(value).replace("%", "%%")
