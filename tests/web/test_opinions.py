"""Second opinions over the API: notes, colleagues, admins, and blind reviews."""

import asyncio
from uuid import UUID, uuid4

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Role, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.decide_locked import chance
from service.usecases.govern import add_moderator, add_site
from service.usecases.own_comments import withdraw
from service.usecases.review import review
from tests.conftest import Bearer, MakeComment
from tests.factories import PASSWORD

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
BO = Principal("bo", frozenset({Scope.MODERATE}), None)
pytestmark = pytest.mark.usefixtures("site")


async def audited(conn: Connection, target: object) -> list[str]:
    rows = await conn.fetch("SELECT action FROM audit_event WHERE target = $1 ORDER BY id", str(target))
    return [row["action"] for row in rows]


async def test_notes_are_told_in_order_and_the_audit_has_no_words_of_them(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id, headers = await make_comment(), await bearer("moderate")
    path = f"/v1/comments/{comment_id}/notes"
    for text in ("Is this true?", "  ہاں  "):
        assert (await client.post(path, json={"text": text}, headers=headers)).status_code == 201
    told = (await client.get(path, headers=await bearer("read"))).json()["notes"]
    assert [note["text"] for note in told] == ["Is this true?", "ہاں"]
    assert told[0]["by"].startswith("token ")
    assert await audited(conn, comment_id) == ["comment.noted"] * 2
    assert not await conn.fetchval("SELECT count(*) FROM audit_event e WHERE e::text LIKE '%true%'")

    blank = await client.post(path, json={"text": " \u200b "}, headers=headers)
    assert (blank.status_code, blank.json()["errors"][0]["code"]) == (422, "note.blank")
    stranger = await client.get(path, headers=await bearer("read", site_id=await other_site(conn)))
    assert stranger.status_code == 404


async def other_site(conn: Connection) -> int:
    return int(
        await conn.fetchval(
            "INSERT INTO site (slug, origins) VALUES ('o', '{https://o.example}') RETURNING id"
        )
    )


async def test_a_comment_is_passed_to_a_colleague_given_back_and_decided(
    client: httpx2.AsyncClient,
    bearer: Bearer,
    make_comment: MakeComment,
    ctx: Context,
    site: Site,
    conn: Connection,
) -> None:
    other = await add_site(ctx, "other", ["https://other.example"], actor="test")
    for name, of in (("ana", site), ("eve", other)):
        sites = frozenset({of.id})
        await add_moderator(ctx, name, PASSWORD, role=Role.MODERATOR, site_ids=sites, actor="test")
    comment_id, headers = await make_comment(), await bearer("moderate")
    path = f"/v1/comments/{comment_id}/pass"
    passed = await client.post(path, json={"to": "ana", "note": "You know the law."}, headers=headers)
    assert (passed.status_code, passed.json()["assigned_to"]) == (201, "ana")
    for name in ("eve", "nobody"):
        refused = await client.post(path, json={"to": name}, headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "to.unknown")
    shown = (await client.get(f"/v1/comments/{comment_id}", headers=headers)).json()
    assert shown["assigned_to"] == "ana"
    assert (await client.post(path, json={}, headers=headers)).json()["assigned_to"] is None
    assert await audited(conn, comment_id) == ["comment.noted", "comment.passed", "comment.passed"]

    await client.post(path, json={"to": "ana"}, headers=headers)
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    shown = (await client.get(f"/v1/comments/{comment_id}", headers=headers)).json()
    assert shown["assigned_to"] is None
    late = await client.post(path, json={"to": "ana"}, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")


async def test_an_escalation_lasts_until_it_is_taken_back_or_decided(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, ctx: Context, conn: Connection
) -> None:
    comment_id, headers = await make_comment(), await bearer("moderate")
    path = f"/v1/comments/{comment_id}/escalation"
    first = (await client.post(path, json={"note": "A threat?"}, headers=headers)).json()["escalated_at"]
    assert first
    assert (await client.post(path, json={}, headers=headers)).json()["escalated_at"] == first
    taken_back = await client.post(path, json={"escalated": False}, headers=headers)
    assert taken_back.json()["escalated_at"] is None
    await client.post(path, json={}, headers=headers)
    await decide(ctx, ANA, comment_id, Choice(Action.REJECT, 1))
    assert await conn.fetchval("SELECT escalated_at FROM comment") is None
    assert (await client.post(path, json={}, headers=headers)).json()["escalated_at"]


async def test_what_its_author_took_back_waits_for_no_admin(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, ctx: Context, site: Site
) -> None:
    comment_id = await make_comment()
    await withdraw(ctx, site, comment_id)
    path = f"/v1/comments/{comment_id}/escalation"
    refused = await client.post(path, json={}, headers=await bearer("moderate"))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def share(conn: Connection, value: float) -> None:
    await conn.execute("UPDATE site SET review_share = $1", value)


async def test_the_sites_share_of_peoples_decisions_is_drawn_and_can_be_drawn_again(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    await share(conn, 0.5)
    for n in range(16):
        await decide(ctx, ANA, await make_comment(text=f"{n}"), Choice(Action.APPROVE, 1))
    comment_id = await make_comment(text="by the policy")
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1), automatic=True)
    await decide(ctx, ANA, comment_id, Choice(Action.UNDO, 2))
    made = await conn.fetch("SELECT id FROM decision WHERE NOT automatic AND action <> 'undo'")
    drawn = await conn.fetch("SELECT decision_id FROM review")
    assert {row["decision_id"] for row in drawn} == {row["id"] for row in made if chance(row["id"]) < 0.5}


async def test_a_second_person_decides_blind_and_a_clash_is_raised_to_the_admins(
    ctx: Context,
    client: httpx2.AsyncClient,
    bearer: Bearer,
    make_comment: MakeComment,
    conn: Connection,
) -> None:
    await share(conn, 1)
    comment_id = await make_comment(text="what a load of shit")
    await decide(ctx, ANA, comment_id, Choice(Action.REJECT, 1, Reason.ABUSE))
    headers = await bearer("moderate")
    [shown] = (await client.get("/v1/reviews", headers=headers)).json()["reviews"]
    assert (await client.get("/v1/reviews?site=daily", headers=headers)).json()["reviews"] == [shown]
    assert (await client.get("/v1/reviews?site=nowhere", headers=headers)).status_code == 404

    assert shown["text"] == "what a load of shit"
    assert not {"signals", "score", "verdict", "status", "decisions", "decided_by"} & shown.keys()
    assert "ana" not in str(shown)
    answer = await client.post(f"/v1/reviews/{shown['id']}", json={"action": "approve"}, headers=headers)
    assert answer.status_code == 201
    assert answer.json() == {
        "comment_id": str(comment_id),
        "agrees": False,
        "decided_by": "ana",
        "action": "reject",
        "reason": "abuse",
    }
    after = (await client.get(f"/v1/comments/{comment_id}", headers=headers)).json()
    assert (after["status"], after["version"], after["escalated_at"] is not None) == ("rejected", 2, True)
    raised = await client.get("/v1/queue?escalated=true&status=all", headers=headers)
    assert [each["id"] for each in raised.json()["comments"]] == [str(comment_id)]
    assert (await client.get("/v1/queue/counts", headers=headers)).json()["escalated"]["count"] == 1
    [note] = (await client.get(f"/v1/comments/{comment_id}/notes", headers=headers)).json()["notes"]
    assert note["text"].startswith("Two opinions: ana: reject (abuse); token ")
    assert (await client.get("/v1/reviews", headers=headers)).json()["reviews"] == []
    again = await client.post(f"/v1/reviews/{shown['id']}", json={"action": "approve"}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (404, "review_not_found")


async def test_nobody_reviews_their_own_decision_nor_one_that_does_not_stand(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    await share(conn, 1)
    ids = [await make_comment(text=f"{n}") for n in range(2)]
    for each in ids:
        await decide(ctx, ANA, each, Choice(Action.APPROVE, 1))
    drawn = await conn.fetch("SELECT decision_id FROM review ORDER BY comment_id")
    first, second = [row["decision_id"] for row in drawn]
    await decide(ctx, BO, ids[1], Choice(Action.UNDO, 2))
    for by, decision_id in ((ANA, first), (BO, second), (BO, uuid4())):
        with pytest.raises(Exception, match="no such review"):
            await review(ctx, by, decision_id, Choice(Action.APPROVE, 1))
    answers = await asyncio.gather(
        *(review(ctx, by, first, Choice(Action.REJECT, 1)) for by in (BO, replaced("cy"))),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Exception) for each in answers) == 1


def replaced(name: str) -> Principal:
    return Principal(name, BO.scopes, None)


async def test_agreement_is_counted_on_each_opinion_and_with_each_moderator(
    ctx: Context,
    client: httpx2.AsyncClient,
    bearer: Bearer,
    make_comment: MakeComment,
    conn: Connection,
) -> None:
    await share(conn, 1)
    spam, approve = Choice(Action.REJECT, 1, Reason.SPAM), Choice(Action.APPROVE, 1)
    # Ana and Bo: 3 spam and 2 approve alike, 1 clash; Bo and Ana: 1 alike.
    for first, second in [(spam, spam)] * 3 + [(approve, approve)] * 2 + [(spam, approve)]:
        await review(ctx, BO, await decided(ctx, conn, ANA, await make_comment(), first), second)
    await review(ctx, ANA, await decided(ctx, conn, BO, await make_comment(), approve), approve)
    path = "/v1/sites/daily/agreement"
    found = (await client.get(path, headers=await bearer("read"))).json()

    assert (found["all"]["judged"], found["all"]["agreed"]) == (7, 6)
    # By hand: observed 6/7; by chance (4*3 + 3*4)/49; kappa = (42 - 24) / (49 - 24).
    assert found["all"]["kappa"] == pytest.approx(18 / 25)
    on = {each["name"]: (each["judged"], each["agreed"]) for each in found["opinions"]}
    assert (on["spam"], on["approve"], on["abuse"]) == ((4, 3), (4, 3), (0, 0))
    people = {each["name"]: (each["judged"], each["agreed"], each["kappa"]) for each in found["moderators"]}
    assert people["bo"] == (1, 1, None)
    # (5*6 - (4*3 + 2*3)) / (36 - 18)
    assert people["ana"] == (6, 5, pytest.approx(12 / 18, abs=1e-4))


async def decided(ctx: Context, conn: Connection, by: Principal, comment_id: UUID, choice: Choice) -> UUID:
    await decide(ctx, by, comment_id, choice)
    found: UUID = await conn.fetchval("SELECT id FROM decision WHERE comment_id = $1", comment_id)
    return found
