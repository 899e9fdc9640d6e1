"""What `sptcoder snapshot` and `sptcoder restore` do and say."""

__all__ = ["restore_from_platform", "restore_into", "snapshot_home"]

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.errors import SptFlowError
from sptcoder.archives.file import open_saved_home, require_free
from sptcoder.archives.manifest import Manifest
from sptcoder.archives.platform_snapshot import PlatformRestore
from sptcoder.archives.restore import restore_home
from sptcoder.archives.snapshot import DEFAULT_EXCLUDES, default_file, save_home
from sptcoder.cli.correlation import correlation_id
from sptcoder.cli.phases import Phase, Phases
from sptcoder.cli.prompt import confirm
from sptcoder.cli.terminal import say, write_json, write_line
from sptcoder.connection.target import find_target
from sptcoder.connection.tunnel import open_tunnel
from sptcoder.session import Session
from sptcoder.workspaces.lookup import find_workspace

_UNITS: Final = ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))


def snapshot_home(
    session: Session, name: str, file: Path | None, *, excludes: tuple[str, ...], with_caches: bool, as_json: bool
) -> None:
    """Save the home of the workspace `name` in `file`, or in a new file of this folder, and print its path."""
    target = find_target(session, name)
    path = file or default_file(target.workspace.name, Path.cwd(), now=datetime.now(UTC))
    tunnel = open_tunnel(session, target, say)
    require_free(path)
    left_out = excludes if with_caches else (*DEFAULT_EXCLUDES, *excludes)
    with Phases().phase("Saving") as phase:
        saved = save_home(tunnel, path, excludes=left_out, seen=_counted(phase))
        phase.say(_amount(saved.manifest.size))
    if saved.changed_meanwhile:
        say(f"{saved.changed_meanwhile} files changed while they were read, and are saved as they were then or after.")
    if as_json:
        facts = {"changed_meanwhile": saved.changed_meanwhile, "correlation_id": correlation_id()}
        write_json({"file": str(path.absolute()), **saved.manifest.model_dump(mode="json"), **facts})
    else:
        write_line(str(path))


def restore_into(session: Session, name: str, file: Path, *, asked: bool, as_json: bool) -> None:
    """Lay the home saved in `file` over that of the workspace `name`; asks first, unless `asked`."""
    target = find_target(session, name)
    with open_saved_home(file) as saved:
        if not asked:
            say(f"{_described(saved.manifest)} is laid over the home of {target.full_name}; files of the same name are")
            say("replaced, all others stay.")
            if not confirm("Go on?", instead=f"sptcoder restore {name} {file} --yes"):
                raise SptFlowError("Nothing was restored.")
        tunnel = open_tunnel(session, target, say)
        with Phases().phase("Restoring") as phase:
            restore_home(tunnel, saved, seen=_counted(phase))
            phase.say(_amount(saved.manifest.size))
        manifest = saved.manifest
    if as_json:
        restored = {"from": manifest.workspace, "created_at": manifest.created_at, "sha256": manifest.sha256}
        write_json({"workspace": target.full_name, "restored": restored, "correlation_id": correlation_id()})
    else:
        say(f"{_described(manifest)} is back in {target.full_name}.")


def restore_from_platform(
    session: Session, name: str, source: str, *, target: str, where: Sequence[str], as_json: bool
) -> None:
    """Make the volume of the workspace `name`, or one called `target`, out of the platform's snapshot `source`.

    `where` are words for kubectl that name another cluster than its own choice.
    """
    workspace = find_workspace(session.client, name)
    restore = PlatformRestore(workspace, session.url, source, target, where)
    with Phases().phase("Restoring") as phase:
        restored = restore.run(lambda line: phase.log(str(line.get("event", ""))))
        phase.say(str(restored.get("of", "")))
    if as_json:
        facts = {key: restored.get(key) for key in ("claim", "snapshot", "of", "seconds")}
        owner = f"{workspace.owner_name}/{workspace.name}"
        write_json({"workspace": owner, "restored": facts, "correlation_id": correlation_id()})
        return
    say(f"The volume {restored.get('claim')} is made, as of {restored.get('of')}.")
    if not target:
        say(f"Next:  sptcoder {'restart' if workspace.latest_build.transition == 'start' else 'start'} {name}")


def _described(manifest: Manifest) -> str:
    when = manifest.created_at.astimezone(UTC)
    return f"The home of {manifest.workspace} as of {when:%Y-%m-%d %H:%M} UTC ({_amount(manifest.size)})"


def _counted(phase: Phase) -> Callable[[int], None]:
    return lambda size: phase.say(_amount(size))


def _amount(size: int) -> str:
    factor, unit = next((entry for entry in _UNITS if size >= entry[0]), _UNITS[-1])
    return f"{size / factor:.1f} {unit}"
