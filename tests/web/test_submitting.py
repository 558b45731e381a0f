"""POST /v1/sites/{site}/submissions: what goes in, and every way it is refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import asyncpg
import httpx2
import pytest

from service.context import Context
from service.model.sites import Site, page_id
from service.model.urls import parse_page
from service.store.database import Connection
from service.usecases import form_tokens
from service.usecases.govern import set_page_closed
from tests.conftest import MakeComment
from tests.factories import ARTICLE, SITE_ORIGIN, a_body

PATH = "/v1/sites/daily/submissions"
pytestmark = pytest.mark.usefixtures("site")


async def stored(conn: Connection) -> list[asyncpg.Record]:
    return await conn.fetch("SELECT * FROM comment ORDER BY id")


def codes(response: httpx2.Response) -> dict[str, str]:
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return {error["pointer"]: error["code"] for error in response.json()["errors"]}


async def test_a_minimal_comment_is_accepted_and_stored(client: httpx2.AsyncClient, conn: Connection) -> None:
    response = await client.post(PATH, json=a_body())

    assert response.status_code == 202
    assert response.json().keys() == {"id", "status", "author_token"}
    assert response.json()["status"] == "pending"
    assert response.headers["cache-control"] == "no-store"
    [row] = await stored(conn)
    assert str(row["id"]) == response.json()["id"]
    assert row["status"] == "pending"


async def test_a_form_says_the_same_and_goes_back_to_the_article(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    response = await client.post(PATH, data=a_body(website="", parent=""))

    assert response.status_code == 303
    assert response.headers["location"] == f"{ARTICLE}#comments"
    [row] = await stored(conn)
    assert row["website"] is None


async def test_a_form_that_asks_for_json_gets_the_receipt(client: httpx2.AsyncClient) -> None:
    response = await client.post(PATH, data=a_body(), headers={"Accept": "application/json"})

    assert response.status_code == 202
    assert response.json()["status"] == "pending"


async def test_every_wrong_field_is_named_at_once(client: httpx2.AsyncClient) -> None:
    response = await client.post(PATH, json={"page": ARTICLE, "email": "nobody", "website": "javascript:x"})

    assert codes(response) == {
        "/name": "name.required",
        "/email": "email.invalid",
        "/website": "website.scheme",
        "/text": "text.required",
    }
    assert all(error["detail"].endswith(".") for error in response.json()["errors"])


async def test_an_unknown_field_is_refused_by_name(client: httpx2.AsyncClient) -> None:
    assert codes(await client.post(PATH, json=a_body(mood="x"))) == {"/mood": "unknown"}


async def test_thousands_of_unknown_fields_give_twenty_errors(client: httpx2.AsyncClient) -> None:
    response = await client.post(PATH, json=a_body(**{f"k{i}": 1 for i in range(10_000)}))

    assert len(codes(response)) == 20


@pytest.mark.parametrize("field", ["name", "text", "email", "website", "page", "page_title"])
async def test_a_nul_in_any_field_is_a_field_error(client: httpx2.AsyncClient, field: str) -> None:
    given = {"website": "https://a.example/", "page_title": "T"} | a_body()
    response = await client.post(PATH, json={**given, field: given[field] + "\x00"})

    assert list(codes(response)) == [f"/{field}"]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"name":"\\ud800"}',
        b'{"name":"\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        json.dumps({"name": "x"}).encode("utf-16"),
        b'{"name":"\xfc"}',
        b'{"name":"a","name":"b"}',
        b'{"version":NaN}',
        b'{"version":Infinity}',
        b"[" * 250 + b"]" * 250,
        b"[" * 90_000 + b"]" * 90_000,
        b"[]",
        b"null",
        b'""',
        b"",
        b"{",
    ],
)
async def test_what_is_not_a_json_object_in_utf8_is_refused(client: httpx2.AsyncClient, raw: bytes) -> None:
    response = await client.post(PATH, content=raw, headers={"Content-Type": "application/json"})

    assert response.status_code == 400
    assert response.json()["code"] in {"invalid_json", "duplicate_key"}


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/json; charset=latin-1", ""]
)
async def test_other_media_types_are_not_read(
    client: httpx2.AsyncClient, conn: Connection, kind: str
) -> None:
    response = await client.post(PATH, content=json.dumps(a_body()), headers={"Content-Type": kind})

    assert response.status_code == 415
    assert await stored(conn) == []


async def test_a_large_body_is_refused_with_the_header_that_lets_the_widget_read_it(
    client: httpx2.AsyncClient,
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"x" * 1024

    for content in (b"x" * 300_000, chunks()):
        headers = {"Content-Type": "application/json", "Origin": SITE_ORIGIN}
        response = await client.post(PATH, content=content, headers=headers)
        assert response.status_code == 413
        assert response.headers["access-control-allow-origin"] == SITE_ORIGIN
        assert response.headers["content-type"] == "application/problem+json"


async def test_the_text_is_kept_to_the_byte(client: httpx2.AsyncClient, conn: Connection) -> None:
    text = "  خوش آمدید\r\n\u202eabc \u200d e\u0301 \ufeff 👩\u200d👧 " + "x\u0300" * 50 + "\n\n"
    await client.post(PATH, json=a_body(text=text))

    [row] = await stored(conn)
    assert row["text"] == text


async def test_a_text_over_the_limit_is_refused_and_one_at_the_limit_is_kept(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    assert codes(await client.post(PATH, json=a_body(text="😀" * 10_001))) == {"/text": "text.too_long"}
    assert (await client.post(PATH, json=a_body(text="😀" * 10_000))).status_code == 202
    [row] = await stored(conn)
    assert row["text"] == "😀" * 10_000


async def test_an_unknown_site_is_its_own_problem(client: httpx2.AsyncClient) -> None:
    response = await client.post("/v1/sites/nowhere/submissions", json=a_body())

    assert (response.status_code, response.json()["code"]) == (404, "site_not_found")


async def test_a_page_of_another_origin_is_its_own_error(client: httpx2.AsyncClient) -> None:
    assert codes(await client.post(PATH, json=a_body(page="https://evil.example/x"))) == {
        "/page": "page.origin"
    }


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "HTTPS://NEWS.EXAMPLE", f"{SITE_ORIGIN}:8443"]
)
async def test_an_origin_not_on_the_list_is_refused_before_anything_else(
    client: httpx2.AsyncClient, conn: Connection, origin: str
) -> None:
    response = await client.post(PATH, json={}, headers={"Origin": origin})

    assert (response.status_code, response.json()["code"]) == (403, "origin_not_allowed")
    assert "access-control-allow-origin" not in response.headers
    assert await stored(conn) == []


async def test_a_closed_page_takes_nothing(client: httpx2.AsyncClient, ctx: Context, site: Site) -> None:
    await set_page_closed(ctx, site, parse_page(ARTICLE), closed=True, actor="test")
    response = await client.post(PATH, json=a_body(), headers={"Idempotency-Key": "k"})
    assert (response.status_code, response.json()["code"]) == (403, "thread_closed")

    await set_page_closed(ctx, site, parse_page(ARTICLE), closed=False, actor="test")
    assert (await client.post(PATH, json=a_body(), headers={"Idempotency-Key": "k"})).status_code == 202


async def test_fifty_posts_with_one_key_are_one_comment_and_fifty_equal_answers(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    headers = {"Idempotency-Key": "one-key"}
    answers = await asyncio.gather(*(client.post(PATH, json=a_body(), headers=headers) for _ in range(50)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 49
    assert len(await stored(conn)) == 1


async def test_a_key_used_for_another_text_is_refused(client: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k"}
    await client.post(PATH, json=a_body(), headers=headers)
    response = await client.post(PATH, json=a_body(text="Another text."), headers=headers)

    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 129, "a b", "é"])
async def test_a_malformed_key_is_refused(client: httpx2.AsyncClient, key: str) -> None:
    response = await client.post(PATH, json=a_body(), headers=[(b"Idempotency-Key", key.encode())])

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key")


async def test_a_refused_submission_leaves_its_key_free(client: httpx2.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k"}
    assert (await client.post(PATH, json=a_body(name=None), headers=headers)).status_code == 422
    assert (await client.post(PATH, json=a_body(), headers=headers)).status_code == 202


async def test_the_same_form_sent_twice_is_one_comment_and_a_changed_one_is_another(
    client: httpx2.AsyncClient, ctx: Context, site: Site, conn: Connection
) -> None:
    token = form_tokens.issue(ctx, site.id, page_id(parse_page(ARTICLE)))
    for text in ("First.", "First.", "Second."):
        assert (await client.post(PATH, data=a_body(form_token=token, text=text))).status_code == 303

    assert [row["text"] for row in await stored(conn)] == ["First.", "Second."]


async def test_a_form_token_of_another_page_is_refused(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    token = form_tokens.issue(ctx, site.id, page_id(parse_page(f"{SITE_ORIGIN}/other")))
    response = await client.post(PATH, json=a_body(form_token=token))

    assert codes(response) == {"/form_token": "form_token.invalid"}


async def test_a_reply_needs_an_approved_parent_on_the_same_page(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    pending = await make_comment()
    for parent in (str(pending), "00000000-0000-7000-8000-000000000000", "nonsense"):
        assert codes(await client.post(PATH, json=a_body(parent=parent))) == {"/parent": "parent.unknown"}


async def test_too_many_from_one_network_are_told_when_to_come_back(
    ctx: Context, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    object.__setattr__(ctx, "settings", ctx.settings.model_copy(update={"submission_burst": 5}))
    answers = [await client.post(PATH, json=a_body(text=f"{i}")) for i in range(6)]

    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].json()["code"] == "rate_limited"


async def test_a_browsers_failed_form_comes_back_filled_with_every_error(client: httpx2.AsyncClient) -> None:
    form = urlencode(a_body(email="nobody", name=None, text="Kept <b>text</b>"))
    headers = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    response = await client.post(PATH, content=form, headers=headers)

    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html")
    assert "Kept &lt;b&gt;text&lt;/b&gt;" in response.text
    assert "This is not a full e-mail address" in response.text
    assert "This field is required" in response.text
