"""A site's metrics are what its comments and decisions say, hour by hour, however often they are counted."""

import httpx2

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.count_hours import count_hours
from service.usecases.decide import decide
from tests.conftest import Bearer, MakeComment

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
METRICS = "/v1/sites/daily/metrics"


async def test_what_happened_is_counted_by_hour_and_counting_again_changes_nothing(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer, conn: Connection, make_comment: MakeComment
) -> None:
    ids = [await make_comment(text=f"The bridge, comment {number}") for number in range(5)]
    await decide(ctx, ANA, ids[0], Choice(Action.APPROVE, 1))
    await decide(ctx, ANA, ids[1], Choice(Action.REJECT, 1, Reason.SPAM))
    await decide(ctx, ANA, ids[2], Choice(Action.REJECT, 1, Reason.ABUSE))
    await decide(ctx, ANA, ids[2], Choice(Action.UNDO, 2))
    await decide(ctx, ANA, ids[3], Choice(Action.APPROVE, 1), automatic=True)
    long_ago = "UPDATE comment SET created_at = created_at - interval '50 hours' WHERE id = $1"
    await conn.execute(long_ago, ids[1])
    for _ in range(2):
        assert await count_hours(ctx) == 1

    headers = await bearer("read")
    week = (await client.get(METRICS, headers=headers)).json()
    total = week["total"]
    assert len(week["spans"]) == 168
    counted = ("approved", "rejected", "spam", "approved_by_policy", "rejected_by_policy", "undone")
    assert [total[name] for name in counted] == [1, 2, 1, 1, 0, 1]
    assert total["pending"] == 2
    assert total["wait_median"] <= 15
    assert 170_000 <= total["wait_95"] <= 210_000
    assert week["before"]["submitted"] == 0

    day = (await client.get(METRICS, headers=headers, params={"range": "24h"})).json()
    assert (len(day["spans"]), day["spans"][-1]["approved"]) == (24, 1)
    quarter = (await client.get(METRICS, headers=headers, params={"range": "90d"})).json()
    assert sum(span["approved"] for span in quarter["spans"]) == 1
    assert (await client.get(METRICS, headers=headers, params={"range": "1y"})).status_code == 422


async def test_filters_are_told_with_what_people_decided(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    spam = await make_comment(text="Cheap pills at https://pills.example and https://more.example")
    await decide(ctx, ANA, spam, Choice(Action.REJECT, 1, Reason.SPAM))
    told = (await client.get(METRICS, headers=await bearer("read"))).json()["filters"]
    assert {"name": "links", "comments": 1, "rejected": 1, "spam": 1} in told


async def test_a_site_without_comments_has_empty_metrics(
    ctx: Context, site: Site, client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    assert await count_hours(ctx) == 1
    told = (await client.get(METRICS, headers=await bearer("read"))).json()
    assert (told["total"]["submitted"], told["total"]["wait_median"], told["filters"]) == (0, None, [])
