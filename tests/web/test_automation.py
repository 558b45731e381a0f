"""Anybody who may read a site can see what is automatic there, and why or why not."""

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.brake import check_brakes
from service.usecases.decide import decide
from service.usecases.govern import add_site
from tests.conftest import Bearer, MakeComment

ADDRESS = "/v1/sites/daily/automation"
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)

pytestmark = pytest.mark.usefixtures("site")


async def test_by_default_both_are_off(client: httpx2.AsyncClient, bearer: Bearer) -> None:
    response = await client.get(ADDRESS, headers=await bearer("read"))
    assert response.status_code == 200
    assert response.json()["actions"] == [
        {
            "action": action,
            "wanted": False,
            "released": False,
            "agreed": 0,
            "decided": 0,
            "bound": 0.0,
            "target": 0.98,
            "sentence": "Off: nothing was decided yet; the target is 98 %."
            " It needs about 149 more decisions without a miss.",
            "since": None,
        }
        for action in ("approve", "reject")
    ]


async def test_what_is_wanted_is_shown_with_its_evidence_and_its_brake(
    ctx: Context,
    client: httpx2.AsyncClient,
    bearer: Bearer,
    conn: Connection,
    site: Site,
    make_comment: MakeComment,
) -> None:
    await conn.execute("UPDATE policy SET automatic = '{approve}', target_precision = 0.5")
    for number in range(5):
        comment_id = await make_comment(text=f"Comment {number}")
        await conn.execute("UPDATE comment SET verdict = 'approve' WHERE id = $1", comment_id)
        await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    await check_brakes(ctx)

    answer = (await client.get(ADDRESS, headers=await bearer("read", site_id=site.id))).json()
    [approve, reject] = answer["actions"]
    assert (approve["wanted"], approve["released"], reject["wanted"], reject["released"]) == (
        True,
        True,
        False,
        False,
    )
    assert (approve["agreed"], approve["decided"], approve["target"]) == (5, 5, 0.5)
    assert approve["bound"] == pytest.approx(0.05 ** (1 / 5))
    assert approve["sentence"] == "Acting: 5 of 5 agreed, so at least 54.9 % would; the target is 50 %."
    assert approve["since"]


async def test_a_site_that_is_not_theirs_is_not_there(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    response = await client.get(ADDRESS, headers=await bearer("read", site_id=other.id))
    assert response.status_code == 404
    assert (await client.get(ADDRESS)).status_code == 401
