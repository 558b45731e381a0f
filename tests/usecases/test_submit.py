"""A submission on its way into the queue: what is stored, and that nothing can lose it."""

import asyncio
import dataclasses
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from service.context import Context
from service.errors import InvalidFields, KeyReused, RateLimited, ThreadClosed
from service.model.email import parse_email
from service.model.screenings import Policy
from service.model.sites import Site
from service.model.urls import parse_page
from service.store.database import Connection
from service.usecases.govern import add_site, set_page_closed
from service.usecases.submit import MAX_DEPTH, submit
from service.vault import KeyFile
from tests.conftest import MakeComment
from tests.factories import ARTICLE, a_delivery, a_submission, submitted

TEXT = "  پہلی سطر\r\n\u202eدوسری\u202c e\u0301 👩\u200d👧 ' \" \\ %s $1 <b>&amp;\u2028\n\n"


async def the_comment(conn: Connection) -> asyncpg.Record:
    row = await conn.fetchrow("SELECT * FROM comment")
    assert row is not None
    return row


async def test_every_field_is_stored_to_the_byte(ctx: Context, site: Site, conn: Connection) -> None:
    given = a_submission(name="علی\u200cرضا", website="https://xn--pple-43d.com/", text=TEXT)
    comment_id = await submitted(ctx, site, given, a_delivery())

    row = await the_comment(conn)
    assert (row["site_id"], row["id"], row["page_id"]) == (site.id, comment_id, given.page.id)
    assert (row["name"], row["website"], row["text"]) == (given.name, given.website, TEXT)
    assert (row["status"], row["version"], row["depth"]) == ("pending", 1, 0)
    assert (row["parent_id"], row["root_id"]) == (None, comment_id)


async def test_the_page_is_stored_with_the_first_comment_and_only_then(
    ctx: Context, site: Site, conn: Connection
) -> None:
    for title in ("The bridge", "A later title"):
        await submitted(ctx, site, a_submission(page_title=title), a_delivery())
    [page] = await conn.fetch("SELECT url, title, approved_count FROM page")
    assert tuple(page) == (ARTICLE, "The bridge", 0)


async def test_the_address_is_stored_sealed_with_its_digest(
    ctx: Context, site: Site, conn: Connection
) -> None:
    comment_id = await submitted(ctx, site, a_submission(email="Reader@example.com"), a_delivery())

    [row] = await conn.fetch("SELECT * FROM contact")
    assert (row["site_id"], row["comment_id"], row["key_id"]) == (site.id, comment_id, 1)
    assert b"eader" not in row["sealed"]
    assert ctx.vault.open(row["sealed"], site_id=site.id, comment_id=comment_id) == "Reader@example.com"
    assert [row["digest"]] == ctx.vault.digests(parse_email("reader@EXAMPLE.com"), site.id)


async def test_a_retry_gets_the_first_answer_again(ctx: Context, site: Site, conn: Connection) -> None:
    delivery = a_delivery(key=b"one", key_is_explicit=True)
    first = await submit(ctx, site, Policy(), a_submission(), delivery)
    second = await submit(ctx, site, Policy(), a_submission(), delivery)
    assert second == dataclasses.replace(first, replayed=True)
    assert await conn.fetchval("SELECT count(*) FROM comment") == 1


async def test_a_key_names_one_submission_of_one_site(ctx: Context, site: Site, conn: Connection) -> None:
    delivery = a_delivery(key=b"one", key_is_explicit=True)
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    await submit(ctx, site, Policy(), a_submission(), delivery)
    await submit(ctx, other, Policy(), a_submission(), delivery)
    assert await conn.fetchval("SELECT count(*) FROM comment") == 2
    for changed in (
        {"text": "x"},
        {"name": "x"},
        {"email": "x@example.com"},
        {"website": "https://x.example/"},
    ):
        with pytest.raises(KeyReused):
            await submit(ctx, site, Policy(), a_submission(**changed), delivery)


async def test_a_key_that_has_run_out_is_free_again(ctx: Context, site: Site, conn: Connection) -> None:
    delivery = a_delivery(key=b"one", key_is_explicit=True)
    first = await submit(ctx, site, Policy(), a_submission(), delivery)
    await conn.execute("UPDATE idempotency_key SET expires_at = now() - interval '1 second'")
    second = await submit(ctx, site, Policy(), a_submission(text="another"), delivery)
    assert (second.replayed, second.comment_id != first.comment_id) == (False, True)


async def test_retries_that_meet_a_rotation_of_the_keys_are_still_known(ctx: Context, site: Site) -> None:
    delivery = a_delivery(key=b"one", key_is_explicit=True)
    first = await submit(ctx, site, Policy(), a_submission(), delivery)
    KeyFile(ctx.settings.own_key_file).rotate()
    await asyncio.sleep(KeyFile.settle_seconds)
    second = await submit(ctx, site, Policy(), a_submission(), delivery)
    assert (second.comment_id, second.replayed) == (first.comment_id, True)


async def test_a_network_that_sends_too_much_must_wait_and_others_need_not(
    ctx: Context, site: Site, conn: Connection
) -> None:
    few = ctx.settings.model_copy(update={"submission_burst": 2, "submissions_per_minute": 1})
    ctx = dataclasses.replace(ctx, settings=few)
    for _ in range(2):
        await submitted(ctx, site, a_submission(), a_delivery())
    with pytest.raises(RateLimited) as caught:
        await submitted(ctx, site, a_submission(), a_delivery())
    assert 1 <= caught.value.retry_after <= 61
    await submitted(ctx, site, a_submission(), a_delivery(network="198.51.100.0/24"))
    await submitted(ctx, site, a_submission(), a_delivery(trusted=True))
    assert await conn.fetchval("SELECT count(*) FROM comment") == 4
    assert "192.0.2" not in str(await conn.fetch("SELECT * FROM rate_limit"))


async def test_a_retry_costs_nothing(ctx: Context, site: Site) -> None:
    one = ctx.settings.model_copy(update={"submission_burst": 1, "submissions_per_minute": 1})
    ctx = dataclasses.replace(ctx, settings=one)
    delivery = a_delivery(key=b"one", key_is_explicit=True)
    await submit(ctx, site, Policy(), a_submission(), delivery)
    assert (await submit(ctx, site, Policy(), a_submission(), delivery)).replayed


async def reply_to(ctx: Context, site: Site, parent: UUID | None, **over: object) -> UUID:
    return await submitted(ctx, site, a_submission(parent_id=parent, **over), a_delivery())


async def approve_all(conn: Connection) -> None:
    await conn.execute("UPDATE comment SET status = 'approved'")


async def test_a_reply_stands_one_deeper_below_the_same_root(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    chain = [await make_comment()]
    for _ in range(3):
        await approve_all(conn)
        chain.append(await reply_to(ctx, site, chain[-1]))
    rows = await conn.fetch("SELECT parent_id, root_id, depth FROM comment ORDER BY id")
    assert [tuple(row) for row in rows] == [
        (parent, chain[0], depth) for depth, parent in enumerate([None, *chain[:-1]])
    ]


async def test_an_exchange_can_get_only_so_deep(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    parent = await make_comment()
    await conn.execute("UPDATE comment SET status = 'approved', depth = $1", MAX_DEPTH - 1)
    deepest = await reply_to(ctx, site, parent)
    await approve_all(conn)
    with pytest.raises(InvalidFields) as caught:
        await reply_to(ctx, site, deepest)
    assert [(e.pointer, e.code) for e in caught.value.errors] == [("/parent", "parent.too_deep")]


async def test_a_reply_needs_a_parent_that_readers_of_the_page_can_see(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    parent = await make_comment()

    async def refused(to: Site, **over: object) -> bool:
        with pytest.raises(InvalidFields) as caught:
            await reply_to(ctx, to, parent, **over)
        return [error.code for error in caught.value.errors] == ["parent.unknown"]

    assert await refused(site)
    await conn.execute("UPDATE comment SET status = 'rejected'")
    assert await refused(site)
    await approve_all(conn)
    assert await refused(site, page=f"{ARTICLE}/other")
    assert await refused(other)
    await reply_to(ctx, site, parent)


async def test_a_page_closes_by_hand_and_by_age(ctx: Context, site: Site, conn: Connection) -> None:
    ageing: Site = dataclasses.replace(site, close_after=timedelta(days=7))
    await submitted(ctx, ageing, a_submission(), a_delivery())
    await conn.execute("UPDATE page SET created_at = now() - interval '8 days'")
    with pytest.raises(ThreadClosed):
        await submitted(ctx, ageing, a_submission(), a_delivery(key=b"k", key_is_explicit=True))
    await submitted(ctx, site, a_submission(), a_delivery(key=b"k", key_is_explicit=True))
    await set_page_closed(ctx, site, parse_page(ARTICLE), closed=True, actor="test")
    with pytest.raises(ThreadClosed):
        await submitted(ctx, site, a_submission(), a_delivery())
    assert await conn.fetchval("SELECT count(*) FROM comment") == 2
