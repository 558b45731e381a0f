"""Campaigns: comments that say nearly the same are found, decided as one, and taken back as one."""

from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.errors import BatchNotFound, CampaignNotFound
from service.ids import new_id
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.decide_many import CampaignAct, decide_campaign
from service.usecases.govern import add_site
from service.usecases.undo_batch import undo_batch
from tests.conftest import Bearer
from tests.factories import a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
SPAM = CampaignAct(Choice(Action.REJECT, 1, Reason.SPAM))
PITCH = "Earn {} dollars a day from home, no experience needed, just visit {} and start today{}"
URDU = "گھر بیٹھے روزانہ {} روپے کمائیں، کسی تجربے کی ضرورت نہیں، ابھی {} پر جائیں اور کام شروع کریں{}"


async def campaign_of(conn: Connection, comment_id: UUID) -> UUID | None:
    found: UUID | None = await conn.fetchval("SELECT campaign_id FROM comment WHERE id = $1", comment_id)
    return found


async def statuses(conn: Connection) -> list[str]:
    return [row["status"] for row in await conn.fetch("SELECT status FROM comment ORDER BY id")]


async def post(ctx: Context, site: Site, text: str, page: str = "https://news.example/bridge") -> UUID:
    return await submitted(ctx, site, a_submission(text=text, page=page), a_delivery())


@pytest.mark.parametrize("pitch", [PITCH, URDU])
async def test_texts_that_differ_in_little_are_one_campaign(
    ctx: Context, site: Site, conn: Connection, pitch: str
) -> None:
    first = await post(ctx, site, pitch.format(500, "money-one.example.com", "!"))
    assert await campaign_of(conn, first) is None
    second = await post(ctx, site, pitch.format(900, "https://other.example.top/x", "!!! 🔥"))
    third = await post(ctx, site, pitch.format(700, "third.example.org", " now").upper())

    assert {await campaign_of(conn, each) for each in (first, second, third)} == {first}


async def test_different_texts_and_short_ones_are_no_campaign(
    ctx: Context, site: Site, conn: Connection
) -> None:
    for text in ("Well said.", "Well said.", "The bridge is a scandal, and nobody will say so aloud."):
        await post(ctx, site, text)
    await post(ctx, site, "My neighbour waited three years for a permit to mend her roof.")
    assert await conn.fetchval("SELECT count(campaign_id) FROM comment") == 0


async def test_another_sites_comments_are_no_part_of_it(ctx: Context, site: Site, conn: Connection) -> None:
    other = await add_site(ctx, "other", ["https://news.example"], actor="test")
    text = PITCH.format(1, "x.example.com", "")
    await post(ctx, site, text)
    assert await campaign_of(conn, await post(ctx, other, text)) is None


async def test_a_campaign_is_decided_as_one_with_what_was_approved_before(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = [await post(ctx, site, PITCH.format(n, f"d{n}.example.com", "")) for n in range(4)]
    await decide(ctx, ANA, ids[1], Choice(Action.APPROVE, 1))
    batch = await decide_campaign(ctx, ANA, site, ids[0], SPAM)

    assert [(each.before.value, each.changed) for each in batch.outcomes] == [
        ("pending", True),
        ("approved", True),
        ("pending", True),
        ("pending", True),
    ]
    assert await statuses(conn) == ["rejected"] * 4
    assert await conn.fetchval("SELECT sum(approved_count) FROM page") == 0


async def test_what_came_after_somebody_looked_is_left_alone(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = [await post(ctx, site, PITCH.format(n, f"d{n}.example.com", "")) for n in range(3)]
    await decide_campaign(ctx, ANA, site, ids[0], CampaignAct(Choice(Action.REJECT, 1), last=ids[1]))
    assert await statuses(conn) == ["rejected", "rejected", "pending"]


async def test_undoing_brings_back_each_as_it_was_but_not_what_was_decided_anew(
    ctx: Context, site: Site, conn: Connection
) -> None:
    ids = [await post(ctx, site, PITCH.format(n, f"d{n}.example.com", "")) for n in range(3)]
    await decide(ctx, ANA, ids[0], Choice(Action.APPROVE, 1))
    batch = await decide_campaign(ctx, ANA, site, ids[0], SPAM)
    await decide(ctx, ANA, ids[2], Choice(Action.APPROVE, 2))
    undone = await undo_batch(ctx, ANA, batch.id)

    assert [each.changed for each in undone.outcomes] == [True, True, False]
    assert await statuses(conn) == ["approved", "pending", "approved"]
    again = await undo_batch(ctx, ANA, undone.id)
    assert [each.after.value for each in again.outcomes] == ["rejected", "rejected"]


async def test_an_unknown_campaign_or_batch_or_a_strangers_is_not_found(ctx: Context, site: Site) -> None:
    with pytest.raises(CampaignNotFound):
        await decide_campaign(ctx, ANA, site, new_id(), SPAM)
    ids = [await post(ctx, site, PITCH.format(n, f"d{n}.example.com", "")) for n in range(2)]
    batch = await decide_campaign(ctx, ANA, site, ids[0], SPAM)
    stranger = Principal("eve", frozenset({Scope.MODERATE}), frozenset({site.id + 1}))
    with pytest.raises(BatchNotFound):
        await undo_batch(ctx, stranger, batch.id)


async def test_the_api_lists_a_campaign_shows_it_decides_it_and_takes_it_back(
    ctx: Context, site: Site, client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    ids = [await post(ctx, site, PITCH.format(n, f"d{n}.example.com", "")) for n in range(3)]
    headers = await bearer("moderate")
    listed = (await client.get("/v1/sites/daily/campaigns", headers=headers)).json()["campaigns"]
    assert [(each["id"], each["pending"], each["pages"]) for each in listed] == [(str(ids[0]), 3, 1)]

    path = f"/v1/sites/daily/campaigns/{ids[0]}"
    shown = (await client.get(f"{path}?limit=2", headers=headers)).json()
    assert [each["campaign"] for each in shown["comments"]] == [str(ids[0])] * 2
    rest = (await client.get(f"{path}?limit=2&cursor={shown['next']}", headers=headers)).json()
    assert [each["id"] for each in rest["comments"]] == [str(ids[2])]

    decision = {"action": "reject", "reason": "spam", "last": listed[0]["last_id"]}
    batch = (await client.post(f"{path}/decisions", json=decision, headers=headers)).json()
    assert [each["after"] for each in batch["outcomes"]] == ["rejected"] * 3
    undone = await client.post(f"/v1/batches/{batch['id']}/undo", headers=headers)
    assert (undone.status_code, [each["after"] for each in undone.json()["outcomes"]]) == (
        201,
        ["pending"] * 3,
    )


async def test_before_it_is_decided_a_campaign_shows_what_looks_different(
    ctx: Context, site: Site, client: httpx2.AsyncClient, bearer: Bearer, conn: Connection
) -> None:
    ids = [await post(ctx, site, PITCH.format(n, f"d{n % 2}.example.com", "")) for n in range(6)]
    stray = await post(ctx, site, "My neighbour waited three years for a permit to mend her roof.")
    await conn.execute("UPDATE comment SET campaign_id = $1 WHERE id = $2", ids[0], stray)
    await conn.execute("UPDATE comment SET score = 1")
    await conn.execute("UPDATE comment SET score = 9 WHERE id = $1", stray)
    headers = await bearer("moderate")
    path = f"/v1/sites/daily/campaigns/{ids[0]}"
    found = (await client.get(f"{path}/view", headers=headers)).json()

    assert (found["campaign"]["pending"], found["campaign"]["last_id"]) == (7, str(stray))
    assert (found["compared"], found["texts"], found["different"]) == (7, 2, 1)
    assert [each["id"] for each in found["outliers"]] == [str(stray)]
    assert [each["id"] for each in found["typical"]] == [str(ids[-1])]
    assert (found["spread"]["least"], found["spread"]["median"], found["spread"]["most"]) == (1, 1, 9)
    assert found["hosts"] == [{"host": "d0.example.com", "count": 3}, {"host": "d1.example.com", "count": 3}]
    decision = {"action": "reject", "reason": "spam", "left_out": [str(stray)], "future_hours": 24}
    batch = (await client.post(f"{path}/decisions", json=decision, headers=headers)).json()
    assert (len(batch["outcomes"]), batch["remaining"]) == (6, 0)
    [rule] = (await client.get("/v1/sites/daily/rules", headers=headers)).json()["rules"]
    assert (rule["kind"], rule["value"], rule["batch_id"]) == ("campaign", str(ids[0]), batch["id"])
    unknown = await client.get(f"/v1/sites/daily/campaigns/{new_id()}/view", headers=headers)
    assert unknown.status_code == 404
