import contextlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.quantity import Quantity, QuantityError

_LARGEST = (2**63 - 1) * 10**9


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("0", 0),
        ("-0", 0),
        ("00012", 12),
        ("+7", 7),
        ("-3", -3),
        ("1.", 1),
        (".5", Fraction(1, 2)),
        ("0.5", Fraction(1, 2)),
        ("250m", Fraction(1, 4)),
        ("1500m", Fraction(3, 2)),
        ("100u", Fraction(1, 10**4)),
        ("100n", Fraction(1, 10**7)),
        ("2k", 2000),
        ("3M", 3 * 10**6),
        ("1.5G", 15 * 10**8),
        ("4T", 4 * 10**12),
        ("5P", 5 * 10**15),
        ("6E", 6 * 10**18),
        ("1Ki", 1024),
        ("1.5Ki", 1536),
        (".5Mi", 2**19),
        ("16Gi", 2**34),
        ("2Ti", 2**41),
        ("1Pi", 2**50),
        ("1Ei", 2**60),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1e+3", 1000),
        ("1e-3", Fraction(1, 1000)),
        ("12.5e2", 1250),
        ("-1.5Gi", -3 * 2**29),
    ],
)
def test_reads_every_form_exactly(text: str, units: int | Fraction) -> None:
    assert Quantity.parse(text).nano == units * 10**9


@pytest.mark.parametrize(
    ("text", "nano"),
    [
        ("0.1n", 1),
        ("1.0000000001", 10**9 + 1),
        ("-0.1n", -1),
        ("1e-400", 1),
        ("1e-2147483647", 1),
        ("9223372036854775807", _LARGEST),
        ("9223372036854775808", _LARGEST + 10**9),
        ("7Ei", 7 * 2**60 * 10**9),
        ("8Ei", _LARGEST),
        ("-8Ei", -_LARGEST),
        ("1e400", 10**409),
        ("10E", 10**28),
        ("-9E", -9 * 10**27),
        ("0e2147483647", 0),
        ("0." + "0" * 200 + "1E", 1),
    ],
)
def test_rounds_away_from_zero_and_caps_as_the_api_server_does(text: str, nano: int) -> None:
    assert Quantity.parse(text).nano == nano


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 ",
        " 1",
        "1\n",
        ".",
        "+",
        "-",
        "m",
        "Ki",
        "1mi",
        "1i",
        ".5i",
        "1KI",
        "1ki",
        "1K",
        "1g",
        "1Mb",
        "100GB",
        "1.1.1",
        "1+1",
        "1e",
        "1e+",
        "-3.01e-",
        "1e1.5",
        "1e5Ki",
        "1m5",
        "0x10",
        "1_000",
        "1,5",
        "\u0661",
        "1e99999999999",
        "1" * 300,
        "NaN",
        "inf",
    ],
)
def test_refuses_what_is_no_quantity_without_repeating_it(text: str) -> None:
    with pytest.raises(QuantityError) as caught:
        Quantity.parse(text)
    assert text.strip() == "" or len(text) < 6 or text not in str(caught.value)


@pytest.mark.parametrize("value", [None, True, False, [], {}, float("nan"), float("inf"), b"1"])
def test_refuses_other_types(value: object) -> None:
    with pytest.raises(QuantityError):
        Quantity.parse(value)


@pytest.mark.parametrize(("value", "text"), [(2, "2"), (2.0, "2"), (0.5, "0.5"), (1e300, str(int(1e300)))])
def test_reads_json_numbers(value: float, text: str) -> None:
    if len(text) > 256:
        with pytest.raises(QuantityError):
            Quantity.parse(value)
    else:
        assert Quantity.parse(value).text == text


def test_an_enormous_exponent_costs_nothing() -> None:
    assert Quantity.parse("1e2147483647") > Quantity.parse("1e500")


def test_compares_amounts_not_texts() -> None:
    assert Quantity.parse("1000m") == Quantity.parse("1")
    assert hash(Quantity.parse("1000m")) == hash(Quantity.parse("1"))
    assert Quantity.parse("900m") < Quantity.parse("1") < Quantity.parse("1001m")
    assert Quantity.parse("1Gi") > Quantity.parse("1G")
    assert Quantity.parse("1") != "1"
    assert not Quantity.parse("0").is_positive
    assert not Quantity.parse("-1").is_positive
    assert Quantity.parse("1n").is_positive


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_agrees_with_decimal_arithmetic(number: Decimal) -> None:
    assert Quantity.parse(f"{number:f}").nano == int(number * 10**9)


@given(st.text(max_size=40))
def test_any_text_is_a_quantity_or_a_quantity_error(text: str) -> None:
    with contextlib.suppress(QuantityError):
        Quantity.parse(text)
