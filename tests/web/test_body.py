"""Bodies: what a stranger may send as JSON or as a form, and that nothing of it is lost or bent."""

import json
import time
from collections.abc import Callable
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from service.errors import InvalidRequest, TooLarge, UnsupportedMediaType
from service.web.http.body import FORM, JSON, decode, decode_form, decode_json, media_type, read

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def refusal(rule: Callable[[bytes], object], raw: bytes) -> str:
    with pytest.raises(InvalidRequest) as caught:
        rule(raw)
    assert caught.value.detail.endswith(".")
    return caught.value.code


@given(st.dictionaries(TEXT, VALUES, max_size=6), st.booleans(), st.sampled_from([None, 2]))
def test_what_json_writes_is_read_back(
    given_object: dict[str, object], ascii_only: bool, indent: int | None
) -> None:
    raw = json.dumps(given_object, ensure_ascii=ascii_only, indent=indent).encode()
    assert decode_json(raw) == given_object


@given(st.dictionaries(TEXT, TEXT, max_size=64))
def test_what_a_form_holds_is_read_back(fields: dict[str, str]) -> None:
    assert decode_form(urlencode(fields).encode()) == fields


@given(st.binary(max_size=60))
def test_no_bytes_make_reading_fail_in_another_way(raw: bytes) -> None:
    for rule in (decode_json, decode_form):
        try:
            assert isinstance(rule(raw), dict)
        except InvalidRequest as refused:
            kind = refused.code
        else:
            kind = "read"
        assert kind in {"read", "invalid_json", "invalid_form", "duplicate_key"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":1} {}',
        b"[]",
        b"null",
        b"1",
        b'""',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":"\x01"}',
        b'{"a":"\xfc"}',  # Latin-1
        b'{"a":"\xed\xa0\x80"}',  # half a pair, as bytes
        b'{"a":"\\ud800"}',  # half a pair, escaped
        b'{"a":"\\udc00\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":["\\ud83d"]}',
        b'{"a":"\xc0\xaf"}',  # an overlong form
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-32"),
        b'{"a":' + b"9" * 5_000 + b"}",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 100_000,
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_json_object_in_utf8_is_refused_quickly(raw: bytes) -> None:
    began = time.process_time()
    assert refusal(decode_json, raw) == "invalid_json"
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a":"\\u00e9\\ud83d\\ude00\\u0000"}', "é😀\x00"),
        ('{"a":"é😀"}'.encode(), "é😀"),
        (b'{"a":"\\\\ud800"}', "\\ud800"),
        (b' \r\n\t{"a" : "x" } ', "x"),
    ],
)
def test_escapes_and_spaces_are_read_as_they_are_meant(raw: bytes, value: str) -> None:
    assert decode_json(raw) == {"a": value}


@pytest.mark.parametrize(
    "raw",
    [b'{"name":"a","name":"b"}', b'{"a":1,"\\u0061":1}', b'{"x":{"a":1,"a":1}}', b'{"x":[{"a":1,"a":1}]}'],
)
def test_a_name_given_twice_is_refused_wherever_it_is(raw: bytes) -> None:
    assert refusal(decode_json, raw) == "duplicate_key"


@pytest.mark.parametrize("raw", [b"a=1&a=2", b"a=1&%61=2"])
def test_a_field_given_twice_is_refused(raw: bytes) -> None:
    assert refusal(decode_form, raw) == "duplicate_key"


@pytest.mark.parametrize(
    "raw",
    [
        b"a",
        b"a=1&b",
        b"&",
        b"a=%ff",
        b"a=%ED%A0%80",
        b"a=\xc3\xa9",
        b"a=%C0%AF",
        "&".join(f"f{i}=" for i in range(65)).encode(),
        b"&".join([b"a=1"] * 50_000),
    ],
    ids=lambda raw: repr(raw[:20]),
)
def test_what_is_no_form_is_refused_quickly(raw: bytes) -> None:
    began = time.process_time()
    assert refusal(decode_form, raw) == "invalid_form"
    assert time.process_time() - began < 0.05


def test_an_empty_form_has_no_fields_and_an_empty_field_is_kept() -> None:
    assert decode_form(b"") == {}
    assert decode_form(b"a=&b=+%2B") == {"a": "", "b": " +"}
    assert decode_form(f"text={quote_plus('سلام دنیا')}".encode()) == {"text": "سلام دنیا"}


def test_a_form_is_read_only_where_forms_are_allowed() -> None:
    assert decode(b"a=1", FORM, form_allowed=True) == {"a": "1"}
    assert decode(b'{"a":1}', JSON, form_allowed=False) == {"a": 1}
    with pytest.raises(UnsupportedMediaType, match=r"Send the body as application/json\.$"):
        decode(b"a=1", FORM, form_allowed=False)
    with pytest.raises(UnsupportedMediaType, match="urlencoded"):
        decode(b"a=1", "multipart/form-data", form_allowed=True)


def a_request(*chunks: bytes, cut: bool = False, **headers: str) -> Request:
    """A request whose body comes in these pieces; `cut`: the client goes away instead of ending it."""
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append(
        {"type": "http.disconnect"} if cut else {"type": "http.request", "body": b"", "more_body": False}
    )

    async def receive() -> dict[str, object]:
        return waiting.pop(0)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("application/json", JSON),
        ("Application/JSON; charset=UTF-8", JSON),
        ('application/json; charset="utf-8"', JSON),
        ("application/x-www-form-urlencoded;charset=utf8", FORM),
        ("text/plain", "text/plain"),
        ("", ""),
    ],
)
def test_the_media_type_is_read_without_its_parameters(header: str, kind: str) -> None:
    assert media_type(a_request(content_type=header)) == kind


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", '"iso-8859-1"', "UTF-7", ""])
def test_another_charset_is_refused(charset: str) -> None:
    if charset:
        with pytest.raises(UnsupportedMediaType, match="UTF-8"):
            media_type(a_request(content_type=f"application/json; charset={charset}"))


async def test_a_body_is_read_to_its_end() -> None:
    assert await read(a_request(b"one ", b"", b"two"), 7) == b"one two"
    assert await read(a_request(), 7) == b""


@pytest.mark.parametrize("length", ["8", "99999999999", "9" * 5_000])
async def test_a_body_that_says_it_is_too_large_is_not_read_at_all(length: str) -> None:
    request = a_request(cut=True, content_length=length)
    with pytest.raises(TooLarge):
        await read(request, 7)


async def test_a_body_that_turns_out_too_large_is_left_at_once() -> None:
    with pytest.raises(TooLarge, match="2 KiB"):
        await read(a_request(*[b"x" * 1_000] * 3, cut=True), 2_048)


@pytest.mark.parametrize("length", ["+5", "-1", "five", "٥", "1e9"])
async def test_a_strange_length_is_not_believed(length: str) -> None:
    with pytest.raises(TooLarge):
        await read(a_request(b"x" * 9, content_length=length), 7)


async def test_a_body_that_is_cut_short_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        await read(a_request(b"half", cut=True), 100)
    assert caught.value.code == "cut_short"
