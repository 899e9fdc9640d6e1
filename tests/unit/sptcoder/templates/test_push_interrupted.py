"""Each request of a push, lost on its way or its answer lost: the push ends with the same templates as undisturbed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sptcoder.api.client import CoderClient
from sptcoder.api.job_watch import Stopwatch
from sptcoder.api.retry import RetryPolicy
from sptcoder.templates.push import push_template
from sptcoder.templates.request import PushRequest
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.unit.sptcoder.conftest import MAIN_TF, NoWait

_WRITES = [
    ("POST", "/api/v2/files"),
    ("POST", "/api/v2/organizations/default/templateversions"),
    ("POST", "/api/v2/organizations/default/templates"),
    ("POST", "/api/v2/users/me/workspaces"),
    ("POST", "/api/v2/workspaces/[^/]+/builds"),
    ("PATCH", "/api/v2/templateversions/[^/]+"),
    ("PATCH", "/api/v2/templates/[^/]+/versions"),
    ("PATCH", "/api/v2/templates/[^/]+"),
]
_KINDS = ["drop", "drop-after", "truncate", "starting", "500", "502", "429"]


def _fault(method: str, pattern: str, kind: str) -> Fault:
    if kind.isdigit():
        return Fault(method, pattern, "status", status=int(kind), headers={"Retry-After": "1"})
    if kind == "starting":  # Coder listens before it serves, and answers as if it were another program
        return Fault(method, pattern, "proxy", status=404)
    return Fault(method, pattern, kind)


def _push(coderd: Coderd, folder: Path, no_wait: NoWait, icon: str) -> None:
    request = PushRequest.model_validate({"name": "demo", "directory": folder, "settings": {"icon": icon}})
    policy = RetryPolicy(budget=5, sleep=no_wait.sleep)
    watch = Stopwatch(clock=no_wait.clock, sleep=no_wait.sleep)
    with CoderClient(coderd.url, coderd.platform.token, retry=policy) as client:
        push_template(client, request, say=lambda _: None, stopwatch=watch)


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("write", _WRITES, ids=" ".join)
def test_a_lost_request_is_made_good(
    coderd: Coderd, template: Callable[..., Path], no_wait: NoWait, write: tuple[str, str], kind: str
) -> None:
    method, pattern = write
    first = (method, pattern) == ("POST", "/api/v2/organizations/default/templates")
    if not first:
        _push(coderd, template(), no_wait, icon="/old.svg")
    fault = _fault(method, pattern, kind)
    coderd.faults.append(fault)
    _push(coderd, template(MAIN_TF + "# new\n"), no_wait, icon="/new.svg")
    assert fault.times == 0, "the request was not made at all"
    (stored,) = coderd.platform.templates.values()
    assert stored["icon"] == "/new.svg"
    active = coderd.platform.versions[stored["active_version_id"]]
    assert re.search("^smoke: passed$", active["message"], re.MULTILINE)
    assert coderd.platform.workspaces == {}
    of_the_template = [one for one in coderd.platform.versions.values() if one["template_id"] == stored["id"]]
    assert len(of_the_template) == (1 if first else 2), "the same content was made a version twice"
