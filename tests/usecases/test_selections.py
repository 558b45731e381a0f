"""Selections: what was found is decided, and nothing that came or changed since."""

import asyncio
from dataclasses import replace
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.errors import Conflict, InvalidFields, SelectionNotFound
from service.model.comments import Status
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.queue import Filters, Order, Word
from service.model.sites import Site, page_id
from service.model.urls import parse_page
from service.store.database import Connection
from service.usecases import decide_selection as deciding
from service.usecases import select as selecting
from service.usecases.decide import decide
from service.usecases.decide_selection import decide_selection
from service.usecases.govern import add_site
from service.usecases.select import select
from service.usecases.tidy import tidy
from service.usecases.undo_batch import undo_batch
from tests.conftest import Bearer, MakeComment
from tests.factories import ARTICLE, a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
BO = Principal("bo", frozenset({Scope.MODERATE}), None)
SPAM = Choice(Action.REJECT, 1, Reason.SPAM)


async def statuses(conn: Connection) -> list[str]:
    return [row["status"] for row in await conn.fetch("SELECT status FROM comment ORDER BY id")]


async def test_what_came_or_was_decided_since_is_not_hit_and_all_is_undone_as_one(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    ids = [await make_comment(text=f"cheap {n}") for n in range(4)]
    frozen = await select(ctx, ANA, Filters(words=[Word("CHEAP")]), {"text": "CHEAP"})
    assert (frozen.size, frozen.by_status[Status.PENDING]) == (4, 4)
    assert [comment.id for comment in frozen.samples] == ids
    await make_comment(text="cheap 5")
    await decide(ctx, BO, ids[1], Choice(Action.APPROVE, 1))

    progress, outcomes = await decide_selection(ctx, ANA, frozen.id, SPAM)
    assert (progress.decided, progress.passed, progress.remaining) == (3, 1, 0)
    assert [each.comment_id for each in outcomes] == [ids[0], ids[2], ids[3]]
    [late] = progress.late
    assert late.item.comment_id == ids[1]
    assert "bo decided this comment before you" in str(late.problem)
    assert await statuses(conn) == ["rejected", "approved", "rejected", "rejected", "pending"]

    undone = await undo_batch(ctx, BO, frozen.id)
    assert [each.after.value for each in undone.outcomes] == ["pending"] * 3


async def test_what_the_queue_shows_under_filters_is_what_is_frozen(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    foul = await make_comment(text="what a load of shit", name="Zoë Z")
    elsewhere = await make_comment(text="Well said.", page=f"{ARTICLE}/2")
    await decide(ctx, BO, elsewhere, Choice(Action.APPROVE, 1))
    other = await add_site(ctx, "other", ["https://news.example"], actor="test")
    foreign = await submitted(ctx, other, a_submission(), a_delivery())
    here = page_id(parse_page(f"{ARTICLE}/2"))

    async def found(filters: Filters) -> set[UUID]:
        frozen = await select(ctx, ANA, filters, {})
        rows = await conn.fetch("SELECT comment_id FROM selected WHERE selection_id = $1", frozen.id)
        return {row["comment_id"] for row in rows}

    everything = Filters(status=None, order=Order.NEWEST)
    assert await found(Filters(order=Order.RISKIEST)) == {foul, foreign}
    assert await found(everything) == {foul, foreign, elsewhere}
    assert await found(Filters(site="other")) == {foreign}
    assert await found(replace(everything, page=here)) == {elsewhere}
    assert await found(Filters(reason="profanity")) == {foul}
    assert await found(Filters(words=[Word("zoë", in_name=True)])) == {foul}
    stranger = replace(ANA, site_ids=frozenset({other.id}))
    assert (await select(ctx, stranger, everything, {})).size == 1


async def test_a_large_selection_is_frozen_and_decided_in_steps_also_by_two_at_once(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "STEP", 4)
    monkeypatch.setattr(deciding, "CHUNK", 3)
    monkeypatch.setattr(deciding, "MOST", 6)
    for n in range(15):
        await make_comment(text=f"{n}")
    frozen = await select(ctx, ANA, Filters(), {})
    assert frozen.size == 15
    both = await asyncio.gather(*(decide_selection(ctx, ANA, frozen.id, SPAM) for _ in range(2)))
    assert sum(len(outcomes) for _, outcomes in both) == 12
    with pytest.raises(Conflict):
        await decide_selection(ctx, ANA, frozen.id, Choice(Action.APPROVE, 1))
    last, outcomes = await decide_selection(ctx, ANA, frozen.id, SPAM)
    assert (last.decided, last.remaining, len(outcomes)) == (15, 0, 3)
    assert set(await statuses(conn)) == {"rejected"}
    assert await conn.fetchval("SELECT count(*) FROM decision") == 15


async def test_a_selection_is_its_makers_and_runs_out(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_comment()
    frozen = await select(ctx, ANA, Filters(), {})
    with pytest.raises(SelectionNotFound):
        await decide_selection(ctx, BO, frozen.id, SPAM)
    await conn.execute("UPDATE selection SET expires_at = now() - interval '1 second'")
    with pytest.raises(SelectionNotFound):
        await decide_selection(ctx, ANA, frozen.id, SPAM)
    await tidy(ctx)
    assert await conn.fetchval("SELECT count(*) FROM selected") == 0
    assert await conn.fetchval("SELECT count(*) FROM selection") == 0
    assert await statuses(conn) == ["pending"]

    monkeypatch.setattr(selecting, "MAX_SELECTED", 0)
    with pytest.raises(InvalidFields):
        await select(ctx, ANA, Filters(), {})


async def test_the_api_freezes_shows_and_decides(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    for n in range(3):
        await make_comment(text=f"cheap {n}")
    await make_comment(text="Well said.")
    headers = await bearer("moderate")
    query = {"site": "daily", "text": "cheap", "page": ARTICLE}
    made = await client.post("/v1/selections", json={"query": query}, headers=headers)
    found = made.json()
    assert (made.status_code, found["size"], len(found["samples"])) == (201, 3, 3)
    assert found["by_status"] == {"pending": 3, "approved": 0, "rejected": 0}

    path = f"/v1/selections/{found['id']}"
    decision = {"action": "reject", "reason": "spam"}
    decided = await client.post(f"{path}/decisions", json=decision, headers=headers)
    assert (decided.status_code, decided.json()["decided"], decided.json()["late"]) == (201, 3, [])
    shown = (await client.get(path, headers=headers)).json()
    assert (shown["size"], shown["decided"], shown["remaining"]) == (3, 3, 0)
    undone = await client.post(f"/v1/batches/{found['id']}/undo", headers=headers)
    assert len(undone.json()["outcomes"]) == 3

    misspelt = await client.post("/v1/selections", json={"query": {"txt": "cheap"}}, headers=headers)
    assert (misspelt.status_code, misspelt.json()["errors"][0]["pointer"]) == (422, "/query/txt")
    wrong: dict[int, dict[str, object]] = {404: {"site": "nowhere"}, 422: {"status": "odd"}}
    for code, asked in wrong.items():
        answer = await client.post("/v1/selections", json={"query": asked}, headers=headers)
        assert answer.status_code == code
    stranger = await client.get(path, headers=await bearer("moderate"))
    assert stranger.json()["code"] == "selection_not_found"
