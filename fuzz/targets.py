"""One function of bytes for each reader of what strangers send: refused in the known way, or as promised.

A target fails by raising anything else, by an assertion, or by taking too long.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Final, TypeAlias, cast
from uuid import UUID

from service.context import Context
from service.errors import FieldRefused, InvalidFields, InvalidProof, InvalidRequest, ServiceError
from service.filters import FILTERS
from service.model.email import parse_email
from service.model.queue import Order
from service.model.screenings import Policy
from service.model.submissions import MAX_TEXT, parse_name, parse_text
from service.model.terms import Term, TermKind
from service.model.urls import parse_origin, parse_page, parse_website
from service.screening.candidate import prepare
from service.screening.facts import Facts
from service.screening.folding import MAX_FOLDED, fold
from service.screening.posing import poses
from service.screening.screen import screen
from service.screening.terms import Terms
from service.store import cursors, places
from service.usecases import form_tokens, proof_of_work
from service.usecases.author_tokens import may_see
from service.vault import MasterKey, Vault
from service.web.drawing.languages import language_of
from service.web.drawing.linkify import linkify
from service.web.http.body import decode_form, decode_json
from service.web.http.client import browser, network_of
from service.web.http.fields import check
from service.web.http.idempotency import is_key
from service.web.wire.coding import coding_of
from service.web.wire.queue import FiltersIn
from service.web.wire.readers import SubmissionIn
from service.web.wire.wordpress import WordPressIn

Target: TypeAlias = Callable[[bytes], None]

_FACTS: Final = Facts(honeypot=False, fill_seconds=30.0, has_form_token=True)
_PAGE: Final = UUID(int=7)
# What those who only check signatures touch of a context.
_CTX: Final = cast(
    "Context",
    SimpleNamespace(
        vault=Vault(lambda: [MasterKey(1, b"k" * 32)]), clock=lambda: datetime(2026, 11, 1, tzinfo=UTC)
    ),
)
_OUR_TAGS: Final = re.compile(r'<a href="https?://[^"<>\s]*" rel="[a-z ]+" target="_top">|</a>')


def json_body(raw: bytes) -> None:
    """JSON becomes a mapping that says the same as JSON again, and a submission or errors without number."""
    try:
        found = decode_json(raw)
    except InvalidRequest:
        return
    again = json.dumps(found, ensure_ascii=False).encode()
    assert decode_json(again) == found or "nan" in repr(found) or "inf" in repr(found)
    _submission(found, empty_is_missing=False)


def form_body(raw: bytes) -> None:
    """A form becomes fields of words, and a submission, WordPress's or ours, or errors without number."""
    try:
        found = decode_form(raw)
    except InvalidRequest:
        return
    assert all(isinstance(value, str) for value in found.values())
    given = dict[str, object](found)
    _submission(given, empty_is_missing=True)
    with suppress(InvalidFields):
        check(WordPressIn, given, empty_is_missing=True)


def _submission(given: dict[str, object], *, empty_is_missing: bool) -> None:
    with suppress(InvalidFields):
        body = check(SubmissionIn, given, empty_is_missing=empty_is_missing)
        assert 1 <= len(body.text) <= MAX_TEXT


def email(raw: bytes) -> None:
    """What is taken is taken again and means the same mailbox; nothing prints it."""
    with suppress(FieldRefused):
        found = parse_email(_text(raw))
        assert parse_email(found.value).canonical == found.canonical
        assert found.value not in f"{found} {found!r}"


def website(raw: bytes) -> None:
    """What is taken is plain ASCII that leaves no attribute, leads out by http(s), and is taken as it is."""
    with suppress(FieldRefused):
        found = parse_website(_text(raw))
        assert found.isascii()
        assert found.startswith(("http://", "https://"))
        assert not set(found) & set("\"'<>\\ \t\r\n`")
        assert parse_website(found) == found


def page(raw: bytes) -> None:
    """A page's canonical address is its own; an origin that is taken is the one that browsers send."""
    text = _text(raw)
    with suppress(FieldRefused):
        found = parse_page(text)
        assert parse_page(str(found)) == found
    with suppress(FieldRefused):
        origin = parse_origin(text)
        assert parse_origin(origin) == origin


def name(raw: bytes) -> None:
    """A name that is taken is taken unchanged, looks like itself, and a text is kept to the byte."""
    text = _text(raw)
    with suppress(FieldRefused):
        found = parse_name(text)
        assert parse_name(found) == found
        poses(found, ["Ana", text[:50]])
    with suppress(FieldRefused):
        assert parse_text(text) == text


def folding(raw: bytes) -> None:
    """Whatever is folded stays within its bound, and every place of it leads back into the original."""
    text = _text(raw)
    found = fold(text)
    assert len(found.text) <= MAX_FOLDED
    if found.offsets is not None:
        assert len(found.offsets) == len(found.text) + 1
        assert all(one <= other for one, other in zip(found.offsets, found.offsets[1:], strict=False))
    for place in range(0, len(found.text), max(1, len(found.text) // 16)):
        start, end = found.origin(place, place + 1)
        assert 0 <= start < end <= len(text)


def filters(raw: bytes) -> None:
    """No text makes a filter fail: the bill has no line of one that could not run."""
    text, _, rest = _text(raw).partition("\x00")
    author, _, site = rest.partition("\x00")
    terms = Terms([Term(TermKind.BLOCK, "cheap tickets", 0), Term(TermKind.ALLOW, "tits", 0)])
    found = screen(
        prepare(text, name=author[:100], website=site[:200] or None, terms=terms), _FACTS, FILTERS, Policy()
    )
    assert found.is_checked


def links(raw: bytes) -> None:
    """What is drawn is text and our own tags alone."""
    drawn = str(linkify(_text(raw)))
    assert "<" not in _OUR_TAGS.sub("", drawn)


def query(raw: bytes) -> None:
    """A line of the search is filters or a refusal."""
    with suppress(ServiceError, FieldRefused):
        found = check(FiltersIn, {"q": _text(raw)})
        found.filters("ana")


def cursor(raw: bytes) -> None:
    """A cursor that is taken is written again as it was, whichever list it is of."""
    text = _text(raw)
    with suppress(InvalidRequest):
        ids = cursors.decode(text, 2)
        assert ids
        assert cursors.decode(cursors.encode(*ids), 2) == ids
    for order in Order:
        with suppress(InvalidRequest):
            place = places.decode(order, text)
            assert place
            again = places.decode(order, places.encode(order, place))
            assert again
            assert again.id == place.id


def headers(raw: bytes) -> None:
    """Headers come as latin-1 and are never more than words."""
    text = raw.decode("latin-1")
    scope = {"type": "http", "client": ("10.0.0.1", 1), "headers": [(b"x-forwarded-for", raw)]}
    assert network_of(scope, [ip_network("10.0.0.0/8")])
    if is_key(text):
        assert re.fullmatch(r"[!-~]{1,128}", text)
    browser(text)
    coding_of(text)
    assert language_of(text)


def tokens(raw: bytes) -> None:
    """Nobody can make a token: of a form, of an author, of a proof."""
    text = _text(raw)
    with suppress(ServiceError):
        form_tokens.fill_seconds(_CTX, text, 1, _PAGE)
        raise AssertionError("A form's token was made without its key.")
    assert may_see(_CTX, text) is None
    with suppress(InvalidProof):
        proof_of_work.read(_CTX, text, 1, _PAGE)
        raise AssertionError("A proof was made without its challenge.")


def _text(raw: bytes) -> str:
    """As bodies give it: UTF-8 without halves of surrogate pairs."""
    return raw.decode("utf-8", "replace")


TARGETS: Final[Mapping[str, Target]] = {
    each.__name__: each
    for each in (
        *(json_body, form_body, email, website, page, name, folding, filters, links, query, cursor),
        *(headers, tokens),
    )
}
_BODY: Final = (
    b'{"page": "https://news.example/a?b=c", "name": "Ana", "email": "ana@example.com", '
    b'"website": "a.example", "text": "Well said \\ud83d\\ude00.", "parent": '
    b'"01890a5d-ac96-774b-bcce-b302099a8057"}'
)
_FORM: Final = (
    b"page=https%3A%2F%2Fnews.example%2Fa&name=Ana&email=ana%40example.com&text=Well+said+%F0%9F%98%80"
)
_ADDRESSES: Final = (
    b"https://xn--mnchen-3ya.example:8080/a/../b?c=%7e&utm_source=x#y",
    "http://аpple.com/(x)'\"".encode(),
    b"http://user:pw@host.example",
)
SEEDS: Final[Mapping[str, Sequence[bytes]]] = {
    "json_body": (_BODY, b'{"a": [1e999, NaN, "\\ud800"], "a": {}}', b"[" * 300),
    "form_body": (_FORM, b"a=%ff&a=&&=", _FORM.replace(b"text", b"comment")),
    "email": (b"ana+tag@example.com", "ü@bücher.example".encode(), b"a@[127.0.0.1]", b'"a b"@example.com'),
    "website": (*_ADDRESSES, b"a.example", b"javascript:alert(1)"),
    "page": (*_ADDRESSES, b"https://news.example"),
    "name": (
        "José Ana-María".encode(),
        "می\u200cخواهم".encode(),
        "👩\u200d👧 क्षि".encode(),
        "\u202eA\u202c".encode(),
    ),
    "folding": ("ﬃ 𝓼𝓱𝓲𝓽 é ѕ\u0301\u0336 İ \ufdfa".encode(), b"a" * 50),
    "filters": (
        b"s h i t f**k $h1t http://a.example hxxp://b[.]com call +1 (555) 010-9999 now"
        + b"\x00EssayKing88\x00a.top",
        "{Great|Nice} post %name% 𝓬𝓱𝓮𝓪𝓹 tickets 20 % off! چوتیا".encode(),
    ),
    "links": (
        b"See http://a.example/(b)), <b> https://c.example/'x\n\n\n\nd",
        "\u202ehttps://ü.example".encode(),
    ),
    "query": (
        b'site:daily author:"Ana B." before:2026-11-01 score:>3 bridge "two words" status:all',
        b"is:edited -x",
    ),
    "cursor": (
        cursors.encode(_PAGE, _PAGE).encode(),
        places.encode(Order.OLDEST, places.Place(0.0, _PAGE)).encode(),
        places.encode(Order.RISKIEST, places.Place(-1.5, _PAGE)).encode(),
    ),
    "headers": (
        b"6.6.6.6, ::ffff:10.0.0.1",
        b"en-GB;q=0.8, ur, *;q=0",
        b"gzip;q=0, br",
        b"Mozilla/5.0 (iPad) Firefox/1",
    ),
    "tokens": (
        b"1790000000000.0123456789abcdef.1.AAAAAAAAAAAAAAAAAAAAAA",
        f"{_PAGE}.1.AAAA".encode(),
        b"eyJjaGFsbGVuZ2UiOnt9fQ==",
    ),
}
