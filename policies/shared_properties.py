"""One reading of a resource's properties for all rules: the SDK's service would read them anew for each rule."""

__all__ = ["share_properties"]

import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import pulumi_policy
from google.protobuf import json_format

_SHARED: Final = ("deserialize_properties", "unknown_checking_proxy")
_JSON: Final = "json_format"
# For each rule the service reads the resource's own properties and then those of its provider.
_KEPT: Final = 4


def share_properties() -> None:
    """Have the SDK's service read the properties of a resource once, in this process, from now on.

    Rules only read them. Call it after anything else that changes how they are read; a second call changes nothing.
    """
    service = vars(sys.modules[pulumi_policy.PolicyPack.__module__])
    for name in _SHARED:
        if not isinstance(service[name], _Latest):
            service[name] = _Latest(service[name])
    if not isinstance(service[_JSON], _JsonFormat):
        service[_JSON] = _JsonFormat()


class _JsonFormat:
    """Stands for the module `json_format` in the service, which takes this from it alone."""

    def __init__(self) -> None:
        self.MessageToDict: Final = _Latest(json_format.MessageToDict)


class _Latest:
    """A function that remembers its latest answers in each thread, and so gives the same one for the same object."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._latest = threading.local()

    def __call__(self, about: object, *more: object) -> Any:  # noqa: ANN401 - the SDK's own
        latest: deque[tuple[object, tuple[object, ...], Any]] | None = getattr(self._latest, "answers", None)
        if latest is None:
            latest = self._latest.answers = deque(maxlen=_KEPT)
        for seen, with_these, answer in latest:
            if seen is about and with_these == more:
                return answer
        answer = self._function(about, *more)
        # The object is kept with the answer, so that no other can take its place in memory meanwhile.
        latest.append((about, more, answer))
        return answer
