"""Secrets stay out of text."""

import base64

from lab.plugins.protocol.redaction import Redactor
from lab.plugins.protocol.values import Output, Secret


def test_secrets_are_replaced_wherever_they_stand() -> None:
    redact = Redactor({"a": Secret("hunter22"), "b": "open"}, [Output("swordfish", secret=True)])
    assert redact("hunter22 and swordfish, but open") == "[secret] and [secret], but open"


def test_lines_quotes_and_base64_of_a_secret() -> None:
    text = 'first line\nsay "hello"'
    redact = Redactor(Secret(text))
    assert redact("it printed: first line") == "it printed: [secret]"
    assert redact('"say \\"hello\\""') == '"[secret]"'
    encoded = base64.b64encode(text.encode()).decode()
    assert redact(f"data: {encoded}") == "data: [secret]"


def test_a_secret_inside_a_longer_one_leaves_no_rest() -> None:
    redact = Redactor(Secret("abcd"), Secret("abcdefgh"))
    assert redact("abcdefgh abcd") == "[secret] [secret]"


def test_words_too_short_to_be_secrets_stay() -> None:
    assert Redactor(Secret("on"))("turn it on") == "turn it on"
