"""Hostile input over the wire: what each test case of the threat model that had no test yet is answered."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.model.sites import Site
from service.settings import Settings
from service.store.database import Connection
from tests.conftest import Bearer
from tests.factories import ARTICLE, SITE_ORIGIN, a_body

PATH = "/v1/sites/daily/submissions"
WIDGET = {"Origin": SITE_ORIGIN}
pytestmark = pytest.mark.usefixtures("site")


async def post(client: httpx2.AsyncClient, raw: bytes, **headers: str) -> httpx2.Response:
    given = {"Content-Type": "application/json", **WIDGET, **headers}
    answer = await client.post(PATH, content=raw, headers=given)
    assert answer.headers["access-control-allow-origin"] == SITE_ORIGIN
    assert "reader@" not in answer.text
    return answer


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "9" * 5_000, "1" + "0" * 400])
async def test_t16_a_number_where_words_belong_is_refused(client: httpx2.AsyncClient, number: str) -> None:
    raw = json.dumps(a_body()).replace('"Bilal"', number).encode()
    assert (await post(client, raw)).status_code in {400, 422}


async def test_t18_a_hundred_thousand_unknown_fields_are_refused_in_twenty_lines(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    many = {f"k{n}": 1 for n in range(100_000)}
    assert (await post(client, json.dumps(many).encode())).status_code == 413
    few = json.dumps({f"k{n}": 1 for n in range(12_000)}).encode()
    assert len(few) < settings.max_body_bytes
    refused = await post(client, few)
    assert (refused.status_code, len(refused.json()["errors"])) == (422, 20)


IDS = ["0", "-1", str(2**63), str(10**22), "9" * 5_000, "%00", "%EF%BC%91%EF%BC%92", "..%2f..%2fetc", "%ff"]
A_UUID = "01890A5D-AC96-774B-BCCE-B302099A8057"


@pytest.mark.parametrize("raw", [*IDS, A_UUID, f"{{{A_UUID.lower()}}}", A_UUID.replace("-", "").lower()])
async def test_t38_what_is_no_id_of_ours_is_not_found(
    client: httpx2.AsyncClient, bearer: Bearer, raw: str
) -> None:
    moderate = await bearer("moderate", "read")
    for path in (f"/v1/comments/{raw}", f"/v1/sites/daily/comments/{raw}/reports", f"/v1/batches/{raw}"):
        answer = await client.get(path, headers=moderate)
        assert answer.status_code in {404, 405}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("cursor", ["x", "A" * 21, "A" * 45, "..", "%00", "é", "A" * 60, "=" * 44])
async def test_t39_a_cursor_that_was_tampered_with_is_refused(
    client: httpx2.AsyncClient, bearer: Bearer, cursor: str
) -> None:
    read = await bearer("read")
    answers = [
        await client.get("/v1/queue", params={"cursor": cursor}, headers=read),
        await client.get("/v1/sites/daily/thread", params={"page": ARTICLE, "cursor": cursor}),
        await client.get("/v1/audit", params={"cursor": cursor}, headers=await bearer("admin")),
    ]
    for answer in answers:
        assert answer.status_code in {400, 422}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("limit", ["-1", "0", str(10**9), str(2**63), "1e3", "9" * 5_000, "ten"])
async def test_t39_a_limit_beyond_all_measure_is_refused(
    client: httpx2.AsyncClient, bearer: Bearer, limit: str
) -> None:
    read = await bearer("read")
    for path, query in (("/v1/queue", {}), ("/v1/sites/daily/thread", {"page": ARTICLE})):
        answer = await client.get(path, params={**query, "limit": limit}, headers=read)
        assert answer.status_code == 422, answer.text


UNCHECKED = """
SELECT EXISTS (SELECT FROM signal s WHERE s.comment_id = c.id AND s.name = 'not_checked')
  FROM comment c WHERE c.text = $1
"""
HOSTILE = {
    "letters with spaces": "s " * 5_000,
    "one word again and again": "hello " * 1_666,
    "marks with spaces": "!@ " * 3_333,
    "brackets": "[" * 10_000,
    "tags": "<" * 10_000,
    "addresses": "http://" * 1_428,
    "at signs": "@" * 10_000,
    "marks on one letter": "a" + "\u0301" * 9_999,
    "ligatures": "\ufdfa" * 10_000,
    "a rule's nightmare": "a" * 9_999 + "!",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_t59_t63_a_text_that_is_made_to_take_long_is_checked_to_its_end(
    client: httpx2.AsyncClient, conn: Connection, name: str
) -> None:
    # The process of the filters may still be starting.
    number = 0
    while number == 0 or await conn.fetchval(UNCHECKED, str(number)):
        number += 1
        await post(client, json.dumps(a_body(text=str(number))).encode())
    answer = await post(client, json.dumps(a_body(text=HOSTILE[name])).encode())
    assert answer.status_code == 202, answer.text
    # The filters' time budget is five seconds in tests, and the process is killed beyond it.
    assert await conn.fetchval(UNCHECKED, HOSTILE[name]) is False


async def test_t59_the_service_answers_others_while_a_text_is_checked(client: httpx2.AsyncClient) -> None:
    texts = ["s " * 5_000, "hello " * 1_666, "!@ " * 3_333]
    sent = [asyncio.create_task(post(client, json.dumps(a_body(text=text)).encode())) for text in texts * 3]
    alive = 0
    while not all(each.done() for each in sent):
        assert (await client.get("/livez")).status_code == 200
        alive += 1
        await asyncio.sleep(0)
    assert {each.result().status_code for each in sent} == {202}
    # The filters work elsewhere: nine hostile texts leave time for more answers than one between two of them.
    assert alive > len(sent)


PATTERN = "(a+)+$"


async def test_t61_a_pattern_among_the_terms_is_words_and_costs_what_words_cost(
    client: httpx2.AsyncClient, bearer: Bearer, conn: Connection
) -> None:
    """Moderators write words and no patterns: signs stand for themselves, in terms and in standing rules."""
    admin = await bearer("admin", "read", "moderate")
    many = [{"kind": "block", "text": f"{PATTERN}{number}"} for number in range(500)]
    terms = {"add": [{"kind": "block", "text": PATTERN}, *many]}
    assert (await client.post("/v1/sites/daily/terms", headers=admin, json=terms)).status_code == 200
    rule = {"kind": "text", "value": PATTERN, "action": "reject", "reason": "spam", "hours": 1}
    made = await client.post("/v1/sites/daily/rules", headers=admin, json=rule)
    assert made.status_code in {201, 422}, made.text
    nightmare = "a" * 9_999 + "!"
    assert (await post(client, json.dumps(a_body(text=nightmare)).encode())).status_code == 202
    row = await conn.fetchrow("SELECT status, id FROM comment WHERE text = $1", nightmare)
    assert row is not None
    assert row["status"] == "pending"
    named = "SELECT array_agg(name) FROM signal WHERE comment_id = $1"
    assert not {"terms", "not_checked"} & set(await conn.fetchval(named, row["id"]) or [])


@pytest.mark.parametrize(
    "over",
    [{"email": "a" * 100_000 + "@example.com"}, {"website": "http://a.example/" + "x" * 150_000}],
    ids=["email", "website"],
)
async def test_t62_a_field_of_a_hundred_thousand_characters_is_refused(
    client: httpx2.AsyncClient, over: dict[str, Any]
) -> None:
    answer = await post(client, json.dumps(a_body(**over)).encode())
    assert answer.status_code == 422
    assert len(answer.content) < 2_000


async def test_t62_a_field_of_a_megabyte_is_not_even_read(client: httpx2.AsyncClient) -> None:
    answer = await post(client, json.dumps(a_body(website="http://a.example/" + "x" * 10**6)).encode())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


class TestLimited:
    """One comment a minute."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"submission_burst": 1, "submissions_per_minute": 600.0})

    async def test_t89_a_key_that_was_refused_for_its_haste_works_as_new_afterwards(
        self, client: httpx2.AsyncClient, ctx: Context, site: Site
    ) -> None:
        statuses = []
        for number in range(4):
            body = json.dumps(a_body(text=f"Comment {number}.")).encode()
            while True:
                answer = await post(client, body, **{"Idempotency-Key": f"key-{number}"})
                statuses.append(answer.status_code)
                if answer.status_code != 429:
                    break
                assert int(answer.headers["retry-after"]) >= 1
            assert answer.status_code == 202
            assert "idempotency-replayed" not in answer.headers
        assert set(statuses) <= {202, 429}
        async with ctx.db.read() as conn:
            assert await conn.fetchval("SELECT count(*) FROM comment") == 4


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "GET"])
async def test_t92_no_other_method_submits_and_no_header_makes_one_of_it(
    client: httpx2.AsyncClient, conn: Connection, method: str
) -> None:
    override = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST", **WIDGET}
    answer = await client.request(method, PATH, headers=override)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    taken = await client.post("/v1/sites/daily/thread", headers={"X-HTTP-Method-Override": "GET"})
    assert taken.status_code == 405
    assert await conn.fetchval("SELECT count(*) FROM comment") == 0


STRANGERS = [
    "https://evil.example",
    "null",
    "HTTPS://NEWS.EXAMPLE",
    f"{SITE_ORIGIN}:443",
    f"{SITE_ORIGIN}:8443",
    f"{SITE_ORIGIN}/",
    f"{SITE_ORIGIN}.evil.example",
    "http://news.example",
    f"https://evil.example,{SITE_ORIGIN}",
    "",
]


@pytest.mark.parametrize("origin", STRANGERS)
async def test_t94_no_other_origin_gets_past_the_preflight_or_stores_anything(
    client: httpx2.AsyncClient, conn: Connection, origin: str
) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asked = await client.options(PATH, headers=headers)
    sent = await client.post(PATH, json=a_body(), headers={"Origin": origin})
    for answer in (asked, sent):
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    assert await conn.fetchval("SELECT count(*) FROM comment") == 0
