import re

import pytest

from core.errors import UsageError
from sptcoder.api.trace import Trace


def test_a_made_id_is_the_trace_id() -> None:
    trace = Trace()
    assert trace.trace_id == trace.correlation_id
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", trace.headers()["traceparent"])


@pytest.mark.parametrize("own", ["build-4711", "0" * 32])
def test_an_id_of_the_caller_gets_a_trace_id_that_stays_the_same(own: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", Trace(own).trace_id)
    assert Trace(own).trace_id == Trace(own).trace_id != own


@pytest.mark.parametrize("own", ["", "a b", "x\r\nHost: evil", "a" * 65])
def test_what_fits_no_header_is_refused(own: str) -> None:
    with pytest.raises(UsageError, match="does not fit into a header"):
        Trace(own)
