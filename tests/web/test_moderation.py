"""The approval API: the queue, decisions with the version seen, undo, and who may."""

import asyncio
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_site
from tests.conftest import Bearer, MakeComment
from tests.factories import a_delivery, a_submission, submitted

pytestmark = pytest.mark.usefixtures("site")


def decisions(comment_id: UUID) -> str:
    return f"/v1/comments/{comment_id}/decisions"


async def test_the_queue_shows_every_pending_comment_once_oldest_first(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    made = [str(await make_comment(text=f"{n}")) for n in range(7)]
    headers, seen, cursor = await bearer("read"), [], None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/queue", params=query, headers=headers)).json()
        seen += [comment["id"] for comment in page["comments"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == made


async def test_the_queue_shows_text_page_time_and_the_reasons(
    client: httpx2.AsyncClient, bearer: Bearer, ctx: Context, site: Site
) -> None:
    await submitted(ctx, site, a_submission(text="what a load of shit"), a_delivery(honeypot="x"))
    [comment] = (await client.get("/v1/queue", headers=await bearer("read"))).json()["comments"]

    assert comment["text"] == "what a load of shit"
    assert comment["page_url"].endswith("/bridge")
    assert comment["page_title"] == "The bridge"
    assert comment["created_at"]
    assert {"honeypot", "profanity"} <= {signal["name"] for signal in comment["signals"]}
    about_spam = [signal["points"] for signal in comment["signals"] if signal["axis"] == "spam"]
    assert comment["score"] == pytest.approx(sum(about_spam))
    assert comment["severity"] == 2
    assert [piece["text"] for piece in comment["segments"]["text"]] == ["what a load of ", "shit"]
    assert comment["segments"]["text"][1]["lines"] != []
    assert "email" not in str(comment)


async def test_a_decision_changes_the_status_and_the_version(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    body = {"action": "reject", "reason": "abuse", "note": "names a child", "version": 1}
    response = await client.post(decisions(comment_id), json=body, headers=await bearer("moderate"))

    assert response.status_code == 201
    assert (response.json()["status"], response.json()["version"]) == ("rejected", 2)
    [decision] = response.json()["decisions"]
    assert (decision["before"], decision["after"], decision["reason"]) == ("pending", "rejected", "abuse")
    assert decision["by"].startswith("token ")


async def test_a_stale_version_is_told_who_decided_what(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    comment_id, headers = await make_comment(), await bearer("moderate")
    await client.post(decisions(comment_id), json={"action": "approve", "version": 1}, headers=headers)
    response = await client.post(
        decisions(comment_id), json={"action": "reject", "version": 1}, headers=headers
    )

    assert (response.status_code, response.json()["code"]) == (409, "already_decided")
    current = response.json()["current"]
    assert (current["status"], current["version"], current["action"]) == ("approved", 2, "approve")
    assert current["decided_by"].startswith("token ")
    assert current["decided_at"]


async def test_of_two_at_once_one_wins_and_the_other_is_told(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, conn: Connection
) -> None:
    headers = await bearer("moderate")
    for _ in range(20):
        comment_id = await make_comment()
        answers = await asyncio.gather(
            *(
                client.post(decisions(comment_id), json={"action": act, "version": 1}, headers=headers)
                for act in ("approve", "reject")
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert await conn.fetchval("SELECT count(*) FROM decision") == 20
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action LIKE 'comment.%'") == 20
    counted = await conn.fetchval("SELECT approved_count FROM page")
    assert counted == await conn.fetchval("SELECT count(*) FROM comment WHERE status = 'approved'")


async def test_undo_brings_back_what_was_and_undoing_again_what_was_undone(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    comment_id, headers = await make_comment(), await bearer("moderate")
    statuses = []
    for version, action in enumerate(("approve", "undo", "undo", "reject", "undo"), 1):
        body = {"action": action, "version": version}
        response = await client.post(decisions(comment_id), json=body, headers=headers)
        statuses.append(response.json()["status"])

    assert statuses == ["approved", "pending", "approved", "rejected", "approved"]
    history = (await client.get(f"/v1/comments/{comment_id}", headers=headers)).json()["decisions"]
    assert [decision["version"] for decision in history] == [2, 3, 4, 5, 6]


async def test_there_is_nothing_to_undo_on_a_fresh_comment(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    body = {"action": "undo", "version": 1}
    response = await client.post(decisions(await make_comment()), json=body, headers=await bearer("moderate"))

    assert (response.status_code, response.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "publish", "version": 1}, "/action"),
        ({"action": "approve"}, "/version"),
        ({"action": "approve", "version": "1"}, "/version"),
        ({"action": "approve", "version": 2**31}, "/version"),
        ({"action": "approve", "version": 1, "reason": "spam"}, "/reason"),
        ({"action": "reject", "version": 1, "reason": "boring"}, "/reason"),
        ({"action": "reject", "version": 1, "note": "x" * 1001}, "/note"),
        ({"action": "reject", "version": 1, "note": "a\x00b"}, "/note"),
    ],
)
async def test_a_malformed_decision_names_its_field(
    client: httpx2.AsyncClient,
    bearer: Bearer,
    make_comment: MakeComment,
    body: dict[str, object],
    pointer: str,
) -> None:
    response = await client.post(decisions(await make_comment()), json=body, headers=await bearer("moderate"))

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "written",
    ["0", "-1", str(2**63), "9" * 5000, "%00", "１２", "{}", "0192AAAA-0000-7000-8000-000000000000"],
)
async def test_what_is_not_an_id_is_not_found(
    client: httpx2.AsyncClient, bearer: Bearer, written: str
) -> None:
    response = await client.get(f"/v1/comments/{written}", headers=await bearer("read"))

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_t42_another_sites_token_sees_and_changes_nothing(
    client: httpx2.AsyncClient, bearer: Bearer, ctx: Context, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    headers = await bearer("moderate", "read", site_id=other.id)

    assert (await client.get("/v1/queue", headers=headers)).json()["comments"] == []
    assert (await client.get("/v1/queue", params={"site": "daily"}, headers=headers)).status_code == 404
    assert (await client.get(f"/v1/comments/{comment_id}", headers=headers)).status_code == 404
    body = {"action": "approve", "version": 1}
    assert (await client.post(decisions(comment_id), json=body, headers=headers)).status_code == 404


async def test_t42_of_mixed_items_only_the_own_sites_are_decided(
    client: httpx2.AsyncClient, bearer: Bearer, ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    foreign = await make_comment()
    weekly = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    said = a_submission(page="https://weekly.example/ferry", text="The ferry is late.")
    own = await submitted(ctx, weekly, said, a_delivery())
    items = [{"comment_id": str(each), "version": 1} for each in (foreign, own)]
    headers = await bearer("moderate", site_id=weekly.id)
    answer = await client.post("/v1/decisions", json={"action": "approve", "items": items}, headers=headers)
    assert [each["status"] for each in answer.json()["outcomes"]] == [404, 201]
    found = await conn.fetch("SELECT id, status, version FROM comment")
    assert {tuple(row) for row in found} == {(foreign, "pending", 1), (own, "approved", 2)}


async def test_every_moderation_route_needs_its_scope(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    comment_id, reader = await make_comment(), await bearer("read")
    body = {"action": "approve", "version": 1}
    assert (await client.get("/v1/queue")).status_code == 401
    assert (await client.get("/v1/queue", headers=await bearer("export"))).status_code == 403
    assert (await client.post(decisions(comment_id), json=body)).status_code == 401
    assert (await client.post(decisions(comment_id), json=body, headers=reader)).status_code == 403
    assert (
        await client.post(decisions(comment_id), json=body, headers=await bearer("admin"))
    ).status_code == 201


async def test_the_applications_role_cannot_change_the_audit_trail(
    ctx: Context,
    make_comment: MakeComment,
    client: httpx2.AsyncClient,
    bearer: Bearer,
    app_dsn: str,
    owner_dsn: str,
) -> None:
    import asyncpg

    body = {"action": "approve", "version": 1}
    await client.post(decisions(await make_comment()), json=body, headers=await bearer("moderate"))
    for dsn in (app_dsn, owner_dsn):
        connection = await asyncpg.connect(dsn)
        for sql in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql)
        await connection.close()
