"""The index of words: nothing is missed, whatever happens while it is written, and nobody waits for it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import asyncpg
import pytest

from service.context import Context
from service.model.people import ROLE_SCOPES, Principal, Role
from service.model.querying import parse_words
from service.model.queue import Filters
from service.store import queue, sources
from service.store.database import Connection
from service.usecases.index_words import index_words
from tests.conftest import MakeComment

ANA = Principal("ana", ROLE_SCOPES[Role.MODERATOR], None)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def later(ctx: Context) -> Context:
    """The same a minute later, when what is there now has settled."""
    return replace(ctx, clock=lambda: datetime.now(UTC) + timedelta(minutes=1))


async def found(ctx: Context, text: str) -> int:
    async with ctx.db.read() as conn:
        sought = await queue.look_up(conn, ANA, Filters(words=parse_words(text)))
        return len((await queue.page(conn, sought, None, 50)).comments)


async def test_what_is_not_settled_waits_and_is_found_all_the_same(
    ctx: Context, make_comment: MakeComment, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_FIRST_WINDOW", 1)
    await make_comment(text="The ferry")
    await make_comment(text="The bridge")
    assert await index_words(ctx) == 0
    assert await found(ctx, "bridge") == 1
    assert await index_words(later(ctx)) == 2
    await make_comment(text="Another bridge")
    assert await found(ctx, "bridge") == 2


async def test_a_comment_that_committed_late_is_written_down_after_all(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    late = await make_comment(text="The late bridge")
    await make_comment(text="The ferry")
    assert await index_words(later(ctx)) == 2
    await conn.execute("DELETE FROM search WHERE comment_id = $1", late)
    assert await index_words(later(ctx)) == 1


async def test_an_edit_that_commits_while_words_are_written_is_not_lost(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(text="The quango")
    with anyio.fail_after(20):
        async with conn.transaction():
            await conn.execute("UPDATE comment SET text = 'The council' WHERE id = $1", comment_id)
            writing = asyncio.create_task(index_words(later(ctx)))
            while not await conn.fetchval(WAITING):
                assert not writing.done()
        assert await writing == 1
    assert "'council'" in await conn.fetchval("SELECT words::text FROM search")


async def test_where_the_index_takes_too_long_the_queue_is_read_instead(
    ctx: Context, make_comment: MakeComment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await make_comment(text=f"The bridge {number}" if number else "The ferry")
    slow = "SELECT 1 AS site_id, pg_sleep(5), $1::integer[], $2::text, $3::integer"
    monkeypatch.setattr(sources, "BY_WORDS", slow)
    monkeypatch.setattr(sources, "_PATIENCE", "10ms")
    monkeypatch.setattr(queue, "_FIRST_WINDOW", 1)
    monkeypatch.setattr(queue, "_DENSE", 1)
    async with ctx.db.read() as reading:
        sought = await queue.look_up(reading, ANA, Filters(words=parse_words("bridge")))
        page = await queue.page(reading, sought, None, 1)
        assert [comment.text for comment in page.comments] == ["The bridge 1"]
        assert await reading.fetchval("SHOW statement_timeout") == "2s"


async def test_edits_do_not_wait_for_one_another(
    make_comment: MakeComment, conn: Connection, owner_dsn: str
) -> None:
    first, second = await make_comment(text="The bridge"), await make_comment(text="A ferry")
    other = await asyncpg.connect(owner_dsn)
    async with conn.transaction():
        await conn.execute("UPDATE comment SET text = 'one' WHERE id = $1", first)
        await other.execute("UPDATE comment SET text = 'two' WHERE id = $1", second, timeout=5)
    await other.close()
