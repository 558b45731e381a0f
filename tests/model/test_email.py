"""E-mail addresses: what is one, when two are the same, and that none ever prints itself."""

import logging
import pickle
import time
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from service.errors import FieldRefused
from service.model.email import EmailAddress, parse_email


@pytest.mark.parametrize(
    "raw",
    [
        "Me <a@b.co>",
        "<a@example.com>",
        '"quoted local"@example.com',
        '"quoted"@example.com',
        "a(comment)@example.com",
        "a" * 65 + "@example.com",
        "a@example.com.",
        "a@@example.com",
        "a@b@example.com",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a@example.com\n",
        "\na@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "a\u200b@example.com",
        "a\u202e@example.com",
        "a@\u200bexample.com",
        "a@ex\u00adample.com",
        "\ufeffa@example.com",
        "\u00a0a@example.com",
        "a@example.com\x00",
        "a..b@example.com",
        ".a@example.com",
        "a.@example.com",
        "a b@example.com",
        "a@exa mple.com",
        "a@-example.com",
        "a@example",
        "a@localhost",
        "a@example.c",
        "a@example.123",
        "a@example.test",
        "a@example.com,b@example.com",
        "a@example.com;b@example.com",
        "mailto:a@example.com",
        "a@",
        "@example.com",
        "@",
        "",
        "nobody",
    ],
    ids=ascii,
)
def test_what_is_no_plain_address_is_refused(raw: str) -> None:
    with pytest.raises(FieldRefused) as caught:
        parse_email(raw)
    assert caught.value.code == "email.invalid"
    assert "name@example.com" in caught.value.detail or "domain" in caught.value.detail


@pytest.mark.parametrize(
    "raw",
    ["a" * 64 + "@" + "b." * 95 + "example", "a" * 300 + "@example.com", "a" * 100_000, "a@" + "b." * 50_000],
)
def test_a_long_one_is_refused_at_once(raw: str) -> None:
    began = time.process_time()
    with pytest.raises(FieldRefused) as caught:
        parse_email(raw)
    assert caught.value.code == "email.too_long"
    assert time.process_time() - began < 0.02


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("reader@example.com", "reader@example.com"),
        ("  reader@example.com ", "reader@example.com"),
        ("A@EXAMPLE.com", "a@example.com"),
        ("First.Last+tag@example.co.uk", "first.last+tag@example.co.uk"),
        ("o'brien@example.com", "o'brien@example.com"),
        ("ü@example.com", "ü@example.com"),
        ("u\u0308@example.com", "ü@example.com"),
        ("Ü@example.com", "ü@example.com"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
        ("a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example"),
        ("पता@उदाहरण.भारत", "पता@xn--p1b6ci4b4b3a.xn--h2brj9c"),
        ("用户@例子.公司", "用户@xn--fsqu00a.xn--55qx5d"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ],
)
def test_one_mailbox_has_one_canonical_form(raw: str, canonical: str) -> None:
    assert parse_email(raw).canonical == canonical


def test_dots_and_tags_may_be_other_people() -> None:
    forms = ["ab@example.com", "a.b@example.com", "ab+news@example.com"]
    assert len({parse_email(form).canonical for form in forms}) == len(forms)


@given(
    local=st.from_regex(r"[A-Za-z0-9]{1,12}([.+_-][A-Za-z0-9]{1,8})?", fullmatch=True),
    domain=st.from_regex(r"[a-z0-9]{1,10}\.(com|org|example|co\.uk)", fullmatch=True),
)
def test_what_was_taken_is_taken_again_and_means_the_same(local: str, domain: str) -> None:
    first = parse_email(f"{local}@{domain}")
    assert parse_email(first.value) == first
    assert parse_email(f"{local.upper()}@{domain.upper()}").canonical == first.canonical


SECRET = parse_email("canary.zq7x@feathers.example.com")


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        f"{SECRET}",
        f"{SECRET!r}",
        format(SECRET),
        "%s %r" % (SECRET, SECRET),  # noqa: UP031 - a logger formats so
        str([SECRET]),
        str({"email": SECRET}),
        str(ValueError(SECRET)),
        "".join(traceback.format_exception(RuntimeError(SECRET))),
        logging.LogRecord("x", 20, "x", 1, "sent by %s", (SECRET,), None).getMessage(),
    ],
)
def test_an_address_never_prints_itself(shown: str) -> None:
    assert "canary" not in shown
    assert "feathers" not in shown
    assert "c…@f….com" in shown


def test_a_traceback_with_its_local_variables_does_not_tell() -> None:
    def fail(email: EmailAddress) -> None:
        raise RuntimeError

    try:
        fail(SECRET)
    except RuntimeError as error:
        told = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "EmailAddress(c…@f….com)" in told
    assert "canary" not in told.replace('"canary', "")


def test_a_validation_error_does_not_tell() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(int).validate_python(SECRET)
    assert "canary" not in str(caught.value)
    assert "canary" not in repr(caught.value.errors())


def test_a_refused_address_is_not_quoted() -> None:
    with pytest.raises(FieldRefused) as caught:
        parse_email("Canary <canary.zq7x@feathers.example.com>")
    told = "".join(traceback.format_exception(caught.value))
    assert "canary.zq7x@" not in told.replace('parse_email("Canary <canary.zq7x@feathers.example.com>")', "")
    assert "feathers" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_address_cannot_be_changed_and_compares_by_value() -> None:
    assert parse_email("canary.zq7x@feathers.example.com") == SECRET
    assert pickle.loads(pickle.dumps(SECRET)) == SECRET  # noqa: S301 - our own bytes
    for field in ("value", "canonical"):
        with pytest.raises(AttributeError):
            setattr(SECRET, field, "other@example.com")
