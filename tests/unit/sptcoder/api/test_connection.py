import pytest

from core.errors import UsageError
from sptcoder.api.client import CoderClient
from sptcoder.api.errors import ApiError, ForeignAnswerError, NoAnswerError, TokenRefusedError
from sptcoder.api.retry import RetryPolicy
from tests.standins.coderd.fault import Fault
from tests.standins.coderd.server import Coderd
from tests.support.free_ports import free_port
from tests.unit.sptcoder.conftest import NoWait

BUILD_INFO = "/api/v2/buildinfo"
VERSIONS = "/api/v2/organizations/default/templateversions"
CANARY = "canary-5e1f09aa-token"


def _create_version(client: CoderClient) -> None:
    client.template_versions.create(file_id="f", name="n", message="m", variables={}, template_id=None)


def test_an_answer_is_read_although_the_server_says_more_than_we_know(client: CoderClient) -> None:
    assert str(client.deployment.build_info().server_version) == "2.36.3"
    assert client.connection.server_version == "v2.36.3+7e0ff4c"


@pytest.mark.parametrize("kind", ["drop", "drop-after", "truncate", "status"])
def test_a_read_is_repeated(coderd: Coderd, client: CoderClient, kind: str) -> None:
    coderd.faults.append(Fault("GET", BUILD_INFO, kind, times=2))
    client.deployment.build_info()
    assert len(coderd.seen("GET", BUILD_INFO)) == 3


@pytest.mark.parametrize("kind", ["drop", "drop-after", "truncate"])
def test_a_write_without_an_answer_is_not_repeated(coderd: Coderd, client: CoderClient, kind: str) -> None:
    coderd.faults.append(Fault("POST", VERSIONS, kind))
    with pytest.raises(NoAnswerError) as caught:
        _create_version(client)
    assert caught.value.may_have_acted
    assert "may have acted" in caught.value.message
    assert len(coderd.seen("POST", VERSIONS)) == 1
    assert len(coderd.platform.versions) == (0 if kind == "drop" else 1)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_refused_on_the_way_is_not_repeated(coderd: Coderd, client: CoderClient, status: int) -> None:
    coderd.faults.append(Fault("POST", VERSIONS, "status", status=status))
    with pytest.raises(ApiError):
        _create_version(client)
    assert len(coderd.seen("POST", VERSIONS)) == 1


def test_a_write_is_repeated_after_429_when_the_server_says(
    coderd: Coderd, client: CoderClient, no_wait: NoWait
) -> None:
    coderd.faults.append(Fault("POST", VERSIONS, "status", times=2, status=429, headers={"Retry-After": "3"}))
    _create_version(client)
    assert no_wait.slept == [3.0, 3.0]
    assert len(coderd.platform.versions) == 1


def test_a_write_to_a_server_that_does_not_listen_is_repeated(no_wait: NoWait) -> None:
    port = free_port()
    policy = RetryPolicy(budget=0.5, sleep=no_wait.sleep, jitter=lambda low, _high: low)
    with CoderClient(f"http://127.0.0.1:{port}", "t", retry=policy) as client, pytest.raises(NoAnswerError) as caught:
        _create_version(client)
    assert len(no_wait.slept) >= 1
    assert not caught.value.may_have_acted
    assert caught.value.next_command == f"curl -fsS http://127.0.0.1:{port}/healthz"


def test_an_error_says_all_there_is_to_say(coderd: Coderd) -> None:
    coderd.faults.append(Fault("POST", VERSIONS, "status", status=409, message="Name taken."))
    client = CoderClient(coderd.url, coderd.platform.token, correlation_id="run-17")
    with client, pytest.raises(ApiError) as caught:
        _create_version(client)
    error = caught.value
    assert (error.method, error.path, error.status, error.server_message) == ("POST", VERSIONS, 409, "Name taken.")
    assert error.message == f"Coder answered 409 to POST {VERSIONS}: Name taken (correlation id run-17)."
    assert error.next_command is not None


def test_field_problems_are_named(client: CoderClient, coderd: Coderd, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.standins.coderd.answer import Answer  # noqa: PLC0415 - for this test only

    refusal = {"message": "Invalid.", "detail": "why", "validations": [{"field": "name", "detail": "too long"}]}
    monkeypatch.setattr(coderd.platform, "_upload", lambda **_: Answer(400, refusal))
    with pytest.raises(ApiError) as caught:
        client.template_versions.upload(b"x")
    assert "Invalid; why; name: too long (correlation id" in caught.value.message
    assert [str(problem) for problem in caught.value.validations] == ["name: too long"]


def test_a_refused_token_is_one_sentence_without_the_token(coderd: Coderd) -> None:
    # The stand-in's answer names the token, as a careless server might.
    with CoderClient(coderd.url, CANARY) as client, pytest.raises(TokenRefusedError) as caught:
        client.templates.find("x")
    assert "expired, revoked, or of another server" in caught.value.message
    assert caught.value.next_command is not None
    assert CANARY not in f"{caught.value}{caught.value!r}{caught.value.detail}{vars(client.connection.trace)}"


def test_another_program_is_not_taken_for_coder(coderd: Coderd, client: CoderClient) -> None:
    coderd.platform.proxy_text = f"hello {coderd.platform.token}"
    coderd.faults.append(Fault("GET", BUILD_INFO, "proxy", status=200))
    with pytest.raises(ForeignAnswerError) as caught:
        client.deployment.build_info()
    assert "hello <token>" in caught.value.message


def test_a_redirect_is_not_followed(coderd: Coderd, client: CoderClient) -> None:
    elsewhere = {"Location": "https://elsewhere.example.com/"}
    coderd.faults.append(Fault("GET", BUILD_INFO, "proxy", status=307, headers=elsewhere))
    with pytest.raises(ForeignAnswerError, match=r"a redirect to https://elsewhere\.example\.com/"):
        client.deployment.build_info()


def test_no_user_yet_is_believed_of_coder_only(coderd: Coderd, client: CoderClient) -> None:
    coderd.faults.append(Fault("GET", "/api/v2/users/first", "proxy", status=404))
    with pytest.raises(ForeignAnswerError):
        client.users.has_first()
    coderd.faults.append(Fault("GET", "/api/v2/users/first", "status", status=404))
    assert client.users.has_first() is False


def test_each_request_carries_the_trace(coderd: Coderd) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    with CoderClient(coderd.url, "secret-token", correlation_id=trace) as client:
        client.deployment.build_info()
        client.deployment.build_info()
    first, second = (request.headers for request in coderd.seen("GET", BUILD_INFO))
    assert first["X-Correlation-Id"] == second["X-Correlation-Id"] == trace
    assert first["traceparent"].startswith(f"00-{trace}-")
    assert first["traceparent"] != second["traceparent"]
    assert first["Coder-Session-Token"] == "secret-token"


@pytest.mark.parametrize("url", ["", "coder.example.com", "ftp://coder.example.com", "http://", "http://a:b@c", "::"])
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no address of a Coder server") as caught:
        CoderClient(url)
    assert "a:b" not in str(caught.value)


def test_a_server_without_licensed_parts_has_no_licence(coderd: Coderd, client: CoderClient) -> None:
    coderd.platform.licensed_build = False
    assert not client.deployment.entitlements().allows("access_control")
    coderd.platform.licensed_build = True
    coderd.platform.features = frozenset({"access_control"})
    assert client.deployment.entitlements().allows("access_control")
    assert not client.deployment.entitlements().allows("high_availability")
