"""Taking, holding, handing over and giving back; who decides; what happens when somebody goes away."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.errors import AlreadyDecided, FieldRefused
from service.model.decisions import Action, Choice
from service.model.people import ROLE_SCOPES, Principal, Role
from service.model.queue import Filters, Order
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.govern import add_moderator, add_site
from service.usecases.leases import extend, give_back, hand_over, held, return_leases, take
from tests.conftest import Bearer, MakeComment
from tests.factories import PASSWORD

pytestmark = pytest.mark.usefixtures("site")

ANA, BILAL = (Principal(name, ROLE_SCOPES[Role.MODERATOR], None) for name in ("ana", "bilal"))
ANYTHING = Filters()


async def taken(ctx: Context, by: Principal, count: int, filters: Filters = ANYTHING) -> list[UUID]:
    return [comment.id for comment in (await take(ctx, by, filters, count)).comments]


async def run_out(conn: Connection) -> None:
    await conn.execute("UPDATE lease SET expires_at = now() - interval '1 second'")


async def test_two_who_take_get_different_comments_and_asking_again_gives_the_same(
    ctx: Context, make_comment: MakeComment
) -> None:
    a, b, c, d, e = [await make_comment() for _ in range(5)]
    assert await taken(ctx, ANA, 2) == [a, b]
    assert await taken(ctx, BILAL, 2) == [c, d]
    assert await taken(ctx, ANA, 2) == [a, b]
    assert await taken(ctx, BILAL, 9) == [c, d, e]
    assert [comment.id for comment in await held(ctx, ANA)] == [a, b]
    assert await taken(ctx, Principal("cem", ANA.scopes, None), 9) == []


async def test_taking_goes_by_the_same_filters_and_order(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    a, b, c = [await make_comment(text=text) for text in ("one bridge", "two bridges", "three ferries")]
    await conn.execute("UPDATE comment SET score = 7 WHERE id = $1", b)
    filters = Filters(order=Order.RISKIEST, score_from=-99)
    assert await taken(ctx, ANA, 1, filters) == [b]
    assert await taken(ctx, BILAL, 9, filters) == [c, a]


async def test_what_is_decided_cannot_be_taken(ctx: Context, make_comment: MakeComment) -> None:
    a, b = [await make_comment() for _ in range(2)]
    await decide(ctx, ANA, a, Choice(Action.APPROVE, 1))
    assert await taken(ctx, BILAL, 9, Filters(status=None, order=Order.NEWEST)) == [b]


async def test_a_lease_returns_by_itself_and_a_late_heartbeat_does_not_revive_it(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    a, b = [await make_comment() for _ in range(2)]
    await taken(ctx, ANA, 2)
    await run_out(conn)
    late = await extend(ctx, ANA, [a, b])
    assert (late.ids, late.until, late.lost) == ([], None, [a, b])
    assert await taken(ctx, BILAL, 1) == [a]
    assert await return_leases(ctx) == 1
    assert await conn.fetchval("SELECT string_agg(holder, ' ') FROM lease") == "bilal"
    told = await conn.fetch("SELECT kind, actor, comment_id FROM event WHERE kind <> 'new' ORDER BY id")
    assert [(row["kind"], row["actor"]) for row in told][-2:] == [("taken", "bilal"), ("returned", "ana")]


async def test_a_heartbeat_extends_what_is_mine_and_never_shortens_it(
    ctx: Context, make_comment: MakeComment
) -> None:
    a, b = [await make_comment() for _ in range(2)]
    first = await take(ctx, ANA, ANYTHING, 1)
    await taken(ctx, BILAL, 1)
    longer = await extend(ctx, ANA, None, lasts=timedelta(hours=1))
    assert (longer.ids, longer.lost) == ([a], [])
    assert first.until
    assert longer.until
    assert longer.until > first.until
    assert (await extend(ctx, ANA, [a, b], lasts=timedelta(seconds=10))).until == longer.until
    assert (await extend(ctx, ANA, [a, b])).lost == [b]
    assert (await take(ctx, ANA, ANYTHING, 1)).until == longer.until


async def test_a_lease_is_handed_to_somebody_who_decides_there(
    ctx: Context, make_comment: MakeComment, site: Site
) -> None:
    a, b = [await make_comment() for _ in range(2)]
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    await add_moderator(
        ctx, "bilal", PASSWORD, role=Role.MODERATOR, site_ids=frozenset({site.id}), actor="test"
    )
    await add_moderator(
        ctx, "far", PASSWORD, role=Role.MODERATOR, site_ids=frozenset({other.id}), actor="test"
    )
    await taken(ctx, ANA, 2)
    kept = await hand_over(ctx, ANA, [a], "bilal")
    assert (kept.ids, kept.lost) == ([a], [])
    assert [comment.id for comment in await held(ctx, BILAL)] == [a]
    assert (await hand_over(ctx, ANA, [a, b], "far")).lost == [a, b]
    with pytest.raises(FieldRefused):
        await hand_over(ctx, ANA, None, "nobody")


async def test_what_is_given_back_is_free_at_once(ctx: Context, make_comment: MakeComment) -> None:
    a, b = [await make_comment() for _ in range(2)]
    await taken(ctx, ANA, 2)
    assert (await give_back(ctx, ANA, [a])).ids == [a]
    assert await taken(ctx, BILAL, 2) == [a]
    assert (await give_back(ctx, ANA, None)).ids == [b]
    assert (await give_back(ctx, ANA, [b])).lost == [b]


async def test_a_decision_ends_the_lease_and_the_holder_who_comes_later_is_told(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    """A lease is no lock: whoever is first decides, and the version tells the other."""
    a = await make_comment()
    await taken(ctx, ANA, 1)
    assert (await decide(ctx, BILAL, a, Choice(Action.REJECT, 1))).lease is None
    assert await conn.fetchval("SELECT count(*) FROM lease") == 0
    with pytest.raises(AlreadyDecided) as late:
        await decide(ctx, ANA, a, Choice(Action.APPROVE, 1))
    assert late.value.current["decided_by"] == "bilal"


async def test_after_its_lease_ran_out_a_decision_counts_if_nobody_else_decided(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    a = await make_comment()
    await taken(ctx, ANA, 1)
    await run_out(conn)
    await taken(ctx, BILAL, 1)
    assert (await decide(ctx, ANA, a, Choice(Action.APPROVE, 1))).version == 2


async def test_taking_over_the_api_shows_who_holds_what_and_can_leave_it_out(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    a, b = [str(await make_comment()) for _ in range(2)]
    mine, theirs = await bearer("moderate"), await bearer("moderate")
    answer = await client.post("/v1/queue/leases", json={"count": 1, "q": "bridge"}, headers=mine)
    assert answer.status_code == 201
    [comment] = answer.json()["comments"]
    assert (comment["id"], comment["lease"]["by"][:6]) == (a, "token ")
    assert answer.json()["expires_at"] == comment["lease"]["until"]
    listed = (await client.get("/v1/queue", headers=theirs)).json()["comments"]
    assert [each["lease"] and each["lease"]["until"] for each in listed] == [
        answer.json()["expires_at"],
        None,
    ]
    free = (await client.get("/v1/queue", params={"available": "true"}, headers=theirs)).json()["comments"]
    assert [each["id"] for each in free] == [b]
    assert len((await client.get("/v1/queue?available=true", headers=mine)).json()["comments"]) == 2

    beat = await client.post("/v1/leases/heartbeat", json={"comments": [a, b]}, headers=mine)
    assert (beat.json()["comments"], beat.json()["lost"]) == ([a], [b])
    wrong = await client.post("/v1/leases/hand-over", json={"to": "stranger"}, headers=mine)
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "to.unknown")
    assert (await client.get("/v1/leases", headers=mine)).json()["comments"][0]["id"] == a
    back = await client.post("/v1/leases/return", json={}, headers=mine)
    assert back.json() == {"comments": [a], "expires_at": back.json()["expires_at"], "lost": []}
    await client.post("/v1/leases", json={"comments": [b]}, headers=theirs)
    these = await client.post("/v1/leases", json={"comments": [a, b], "seconds": 60}, headers=mine)
    assert (these.json()["comments"], these.json()["lost"]) == ([a], [b])
    for path in ("/v1/queue/leases", "/v1/leases/heartbeat", "/v1/leases/return"):
        refused = await client.post(path, json={}, headers=await bearer("read"))
        assert refused.status_code == 403


async def test_a_taker_passes_over_what_somebody_is_deciding_on_just_now(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    a, b = [await make_comment() for _ in range(2)]
    async with conn.transaction():
        await conn.execute("SELECT FROM comment WHERE id = $1 FOR UPDATE", a)
        assert await taken(ctx, ANA, 1) == [b]


async def test_what_was_appealed_against_me_is_for_others_to_take(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    a = await make_comment()
    await decide(ctx, ANA, a, Choice(Action.REJECT, 1))
    await conn.execute("UPDATE comment SET status = 'pending', appealed_at = now() WHERE id = $1", a)
    assert await taken(ctx, ANA, 1) == []
    assert await taken(ctx, BILAL, 1) == [a]
