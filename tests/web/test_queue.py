"""The queue's filters and orders, over the API: each asks what it says, and all hold together."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_site
from service.usecases.index_words import index_words
from tests.conftest import Bearer, MakeComment
from tests.factories import a_delivery, a_submission, submitted

pytestmark = pytest.mark.usefixtures("site")


class Asking:
    """Asks the queue and gives the ids it answers with."""

    def __init__(self, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers

    async def __call__(self, **query: Any) -> list[UUID]:
        answer = await self._client.get("/v1/queue", params=query, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return [UUID(comment["id"]) for comment in answer.json()["comments"]]

    async def refused(self, **query: Any) -> list[tuple[str, str]]:
        answer = await self._client.get("/v1/queue", params=query, headers=self._headers)
        assert answer.status_code == 422, answer.text
        return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]

    async def not_found(self, **query: Any) -> None:
        answer = await self._client.get("/v1/queue", params=query, headers=self._headers)
        assert answer.status_code == 404, answer.text


@pytest.fixture
async def ask(client: httpx2.AsyncClient, bearer: Bearer) -> Asking:
    return Asking(client, await bearer("moderate"))


async def test_each_order_has_its_key_and_ties_go_by_age(
    ask: Asking, make_comment: MakeComment, conn: Connection
) -> None:
    a, b, c, d = [await make_comment() for _ in range(4)]
    await conn.execute("UPDATE comment SET score = 5, due_at = now() + interval '1 hour' WHERE id = $1", b)
    await conn.execute("UPDATE comment SET score = -1, due_at = now() - interval '1 hour' WHERE id = $1", d)
    await conn.execute("UPDATE comment SET score = 0, due_at = date '2030-01-01' WHERE id IN ($1, $2)", a, c)

    assert await ask() == await ask(order="oldest") == [a, b, c, d]
    assert await ask(order="newest") == [d, c, b, a]
    assert await ask(order="riskiest") == [b, c, a, d]
    assert await ask(order="safest") == [d, a, c, b]
    assert await ask(order="deadline") == [d, b, a, c]


async def test_what_is_decided_unseen_is_found_by_nothing_on_its_bill(
    ask: Asking, ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    bad = await submitted(ctx, site, a_submission(text="what a load of shit"), a_delivery(honeypot="x"))
    good = await make_comment()
    assert await ask(reason="honeypot") == await ask(severity=2) == await ask(score_from=1) == [bad]
    await conn.execute("UPDATE comment SET unseen = true, score = 9 WHERE id = $1", bad)
    await conn.execute("UPDATE comment SET score = 1 WHERE id = $1", good)

    assert await ask(reason="honeypot") == await ask(severity=1) == await ask(score_from=2) == []
    assert await ask(order="riskiest") == [good, bad]
    await conn.execute("UPDATE comment SET status = 'approved' WHERE id = $1", bad)
    assert await ask(reason="honeypot", status="all") == [bad]


async def test_filters_of_people_and_places(ask: Asking, ctx: Context, site: Site, conn: Connection) -> None:
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test", language="ur")
    mine = await submitted(ctx, site, a_submission(name="Ana B.", email="ana@example.com"), a_delivery())
    same = await submitted(
        ctx,
        site,
        a_submission(name="Someone else", email="Ana@Example.com", page="https://news.example/ferry"),
        a_delivery(network="198.51.100.0/24"),
    )
    third = await submitted(ctx, site, a_submission(email="third@example.com"), a_delivery())
    page = "https://weekly.example/x"
    far = await submitted(ctx, other, a_submission(page=page, email="ana@example.com"), a_delivery())

    assert await ask(site="weekly") == await ask(language="ur") == await ask(page=page) == [far]
    assert await ask(page="https://news.example/ferry") == [same]
    assert await ask(author="ana") == await ask(author='"ana b"') == [mine]
    assert await ask(author_of=mine) == await ask(author_of=same) == [mine, same]
    assert await ask(network_of=third) == [mine, third]
    assert await ask(author_of=mine, network_of=mine) == [mine]
    await conn.execute("UPDATE comment SET network = NULL")
    await ask.not_found(site="nowhere")
    await ask.not_found(author_of=UUID(int=1))
    await ask.not_found(network_of=mine)


async def test_what_a_colleague_may_not_see_is_not_there_for_them(
    client: httpx2.AsyncClient, bearer: Bearer, ctx: Context, make_comment: MakeComment
) -> None:
    hidden = await make_comment()
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    theirs = Asking(client, await bearer("moderate", site_id=other.id))
    assert await theirs() == await theirs(text="bridge") == await theirs(status="all") == []
    await theirs.not_found(site="daily")
    await theirs.not_found(author_of=hidden)
    await theirs.not_found(network_of=hidden)


async def test_states_statuses_times_and_who_decided(
    ask: Asking, client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    a, b, c = [await make_comment() for _ in range(3)]
    body = {"action": "reject", "reason": "abuse", "version": 1}
    decided = await client.post(f"/v1/comments/{c}/decisions", json=body, headers=ask._headers)
    by = decided.json()["decisions"][0]["by"]
    await conn.execute(
        "UPDATE comment SET assigned_to = $2, escalated_at = now(), edited_at = now(), appealed_at = now(),"
        " due_at = now() - interval '1 second', open_reports = 1 WHERE id = $1",
        a,
        by,
    )
    for name in ("escalated", "edited", "appealed", "overdue", "reported"):
        assert await ask(**{name: "true"}, order="oldest") == [a], name
        assert await ask(**{name: "false"}) == [b], name
    assert await ask(assigned="me") == await ask(assigned=by) == [a]
    assert await ask(assigned="nobody") == [b]
    assert await ask(status="rejected") == await ask(decided_by=by, status="all") == [c]
    assert await ask(rejected_as="abuse", status="all") == [c]
    assert await ask(status="all") == [c, b, a]
    assert await ask(status="all", order="oldest") == [a, b, c]
    hour, now = timedelta(hours=1), datetime.now(UTC)
    assert await ask(after=(now - hour).isoformat(), before=(now + hour).isoformat()) == [a, b]
    assert await ask(before=(now - hour).isoformat()) == await ask(after="2050-01-01") == []


@pytest.mark.parametrize("indexed", [False, True])
async def test_words_are_found_in_every_script_however_they_are_typed(
    ask: Asking, ctx: Context, make_comment: MakeComment, conn: Connection, indexed: bool
) -> None:
    english = await make_comment(text="The bridges of Café Noir; see https://spam.example/buy now")
    urdu = await make_comment(name="بلال", text="پُل کی مرمّت ابھی تک نہیں ہوئی")
    chinese = await make_comment(text="这座桥还没修好")
    if indexed:
        ctx = _later(ctx)
        assert await index_words(ctx) == 3
        assert await index_words(ctx) == 0
    assert await ask(text="bridge") == await ask(text='noir "cafe noir"') == [english]
    assert await ask(text="spam.example") == [english]
    assert await ask(text="مرمت پل") == await ask(text='"پل كي"') == await ask(author="بلا") == [urdu]
    assert await ask(text="桥还没") == [chinese]
    assert await ask(text='"bridge"') == await ask(text="bridge ferry") == await ask(author="bridge") == []
    assert await ask(text="بلال") == [urdu]


@pytest.mark.parametrize("indexed", [False, True])
async def test_arabic_words_are_found_with_and_without_their_article(
    ask: Asking, ctx: Context, make_comment: MakeComment, indexed: bool
) -> None:
    market = await make_comment(text="ذهبت إلى السُّوق الكبير")
    bare = await make_comment(text="سوق كبير في المدينة")
    joined = await make_comment(name="البكري", text="والسوق مغلق، بالمناسبة للأسف")
    parents = await make_comment(text="والدین نے کہا")
    if indexed:
        await index_words(_later(ctx))
    for sought, found in {
        "سوق": {market, bare, joined},
        "السوق": {market, bare, joined},
        '"السوق الكبير"': {market, bare},
        '"سوق كبير"': {market, bare},
        "مدينة": {bare},
        "مناسبة": {joined},
        "اسف": {joined},
        "والسوق": {joined},
        "الس": {market},
        "والدین": {parents},
    }.items():
        assert set(await ask(text=sought)) == found, sought
    assert await ask(author="بكري") == await ask(author="البكري") == [joined]


async def test_an_edited_text_is_found_by_what_it_says_now(
    ask: Asking, ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(text="The quango")
    await index_words(_later(ctx))
    await conn.execute("UPDATE comment SET text = 'The council' WHERE id = $1", comment_id)
    assert await ask(text="quango") == []
    assert await ask(text="council") == [comment_id]
    assert "quango" not in await conn.fetchval("SELECT string_agg(words::text, ' ') FROM search")


async def test_one_line_says_the_same_as_the_filters(ask: Asking, make_comment: MakeComment) -> None:
    a = await make_comment(name="Ana B.", text="The town council is late")
    b = await make_comment(name="Bilal", text="The council of the town")
    assert await ask(q='author:"ana b" council') == await ask(q='"town council" status:pending') == [a]
    assert await ask(q="council after:2020-01-01", order="newest") == [b, a]
    assert await ask(q="is:escalated") == await ask(q="score:50..") == []
    assert await ask(q="order:newest site:daily") == [b, a]


REFUSED: tuple[tuple[dict[str, Any], tuple[str, str]], ...] = (
    ({"q": "colour:red"}, ("/q", "q.unknown")),
    ({"q": "site:"}, ("/q", "q.empty")),
    ({"q": "site:a site:b"}, ("/q", "q.twice")),
    ({"q": "site:a", "site": "a"}, ("/q", "q.twice")),
    ({"q": "before:yesterday"}, ("/q", "q.before")),
    ({"q": "status:gone"}, ("/q", "q.status")),
    ({"q": "is:good"}, ("/q", "q.is")),
    ({"q": "score:high"}, ("/q", "q.score")),
    ({"q": "order:riskiest status:approved"}, ("/q", "order.pending")),
    ({"text": "…"}, ("/text", "text.empty")),
    ({"text": '""'}, ("/text", "text.empty")),
    ({"text": " ".join("word" for _ in range(21))}, ("/text", "words.many")),
    ({"order": "deadline", "status": "all"}, ("/order", "order.pending")),
    ({"before": "1969-12-31"}, ("/before", "moment.invalid")),
    ({"severity": 4}, ("/severity", "severity.less_than_equal")),
    ({"score_from": "nan"}, ("/score_from", "score_from.finite_number")),
    ({"reason": "a b"}, ("/reason", "reason.string_pattern_mismatch")),
    ({"page": "x"}, ("/page", "page.scheme")),
    ({"colour": "red"}, ("/colour", "unknown")),
)


async def test_what_cannot_be_asked_is_refused_with_where_and_why(ask: Asking) -> None:
    for query, error in REFUSED:
        assert await ask.refused(**query) == [error], query


async def test_a_cursor_that_no_listing_gave_is_refused(ask: Asking) -> None:
    for cursor in ("x", "AAAA", "!" * 34, "_" * 34, "A" * 34):
        for order in ("riskiest", "deadline", "newest"):
            query = {"cursor": cursor, "order": order}
            answer = await ask._client.get("/v1/queue", params=query, headers=ask._headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def _later(ctx: Context) -> Context:
    """The same a minute later."""
    return Context(
        ctx.db, ctx.vault, ctx.screener, lambda: datetime.now(UTC) + timedelta(minutes=1), ctx.settings
    )
