"""Moderators over the API: invited, changed, kept out, let in again, and never the last admin."""

import asyncio
from uuid import UUID

import httpx2
import pytest
from argon2 import PasswordHasher

from service.context import Context
from service.model.people import Rights, Role
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_site
from tests.conftest import Bearer, MakeComment
from tests.factories import SITE_ORIGIN
from tests.people import OWN, a_moderator, an_admin, ok, signed_in

NEW = "an own, quite long passphrase"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.usecases.passwords._hasher", PasswordHasher(1, 8, 1))


async def sign_in(client: httpx2.AsyncClient, name: str, password: str) -> httpx2.Response:
    client.cookies.clear()
    return await client.post("/v1/session", json={"name": name, "password": password}, headers=OWN)


async def test_somebody_is_invited_chooses_a_password_and_only_then_sees_anything(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    admin = await an_admin(ctx)
    body = {"name": "irene", "role": "moderator", "sites": {"daily": "reader"}, "may_disclose": True}
    invited = ok(await client.post("/v1/moderators", json=body, headers=admin), 201).json()
    assert (invited["role"], invited["sites"], invited["may_disclose"]) == (
        "moderator",
        {"daily": "reader"},
        True,
    )
    assert invited["invited_until"] is not None

    ok(await sign_in(client, "irene", invited["password"]), 201)
    refused = await client.get("/v1/queue")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_password_needed")
    assert ok(await client.get("/v1/me")).json()["errand"] == "own_password"

    change = {"current": invited["password"], "new": NEW}
    ok(await client.put("/v1/me/password", json=change, headers=OWN), 204)
    ok(await client.get("/v1/queue"))
    assert (await sign_in(client, "irene", invited["password"])).status_code == 401
    ok(await sign_in(client, "irene", NEW), 201)


async def test_an_invitation_runs_out(client: httpx2.AsyncClient, ctx: Context, conn: Connection) -> None:
    admin = await an_admin(ctx)
    body = {"name": "irene", "role": "reader"}
    invited = ok(await client.post("/v1/moderators", json=body, headers=admin), 201).json()
    await conn.execute(
        "UPDATE moderator SET one_time_until = now() - interval '1 second' WHERE name = 'irene'"
    )

    late = await sign_in(client, "irene", invited["password"])
    assert (late.status_code, "run out" in late.json()["detail"]) == (401, True)
    again = ok(await client.post(f"/v1/moderators/{invited['id']}/password", headers=admin), 201).json()
    ok(await sign_in(client, "irene", again["password"]), 201)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": " irene", "role": "reader"}, "/name"),
        ({"name": "irene", "role": "owner"}, "/role"),
        ({"name": "irene", "role": "reader", "sites": {"nowhere": "reader"}}, "/sites"),
    ],
)
async def test_an_invitation_that_makes_no_sense_is_refused(
    client: httpx2.AsyncClient, ctx: Context, body: dict[str, object], pointer: str
) -> None:
    response = await client.post("/v1/moderators", json=body, headers=await an_admin(ctx))
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


async def test_rights_that_are_misspelt_are_not_rights_on_every_site(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    irene = await a_moderator(ctx, "irene", Rights(Role.READER, {site.id: None}))
    body = {"rights": {"role": "moderator", "site": {"daily": "moderator"}}}
    response = await client.patch(f"/v1/moderators/{irene}", json=body, headers=await an_admin(ctx))
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/rights/site"


async def test_a_name_is_given_once(client: httpx2.AsyncClient, ctx: Context, moderator: str) -> None:
    admin = await an_admin(ctx)
    for name in (moderator, moderator.upper()):
        body = {"name": name, "role": "reader"}
        assert (await client.post("/v1/moderators", json=body, headers=admin)).status_code == 409


async def test_changed_rights_count_at_once_and_end_sessions(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, make_comment: MakeComment
) -> None:
    admin, comment_id = await an_admin(ctx), await make_comment()
    irene = await a_moderator(ctx, "irene", Rights(Role.MODERATOR))
    before = await signed_in(ctx, irene)
    body = {"rights": {"role": "reader"}}
    ok(await client.patch(f"/v1/moderators/{irene}", json=body, headers=admin))

    assert (await client.get("/v1/me", headers=before)).status_code == 401
    after = await signed_in(ctx, irene)
    ok(await client.get("/v1/queue", headers=after))
    decided = {"action": "approve", "version": 1}
    refused = await client.post(f"/v1/comments/{comment_id}/decisions", json=decided, headers=after)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    event = await conn.fetchrow("SELECT * FROM audit_event WHERE action = 'moderator.rights'")
    assert event is not None
    assert (event["actor"], event["target"]) == ("root", "irene")
    assert ("moderator" in event["before"], "reader" in event["after"]) == (True, True)


async def test_whoever_differs_from_site_to_site_decides_only_where_they_may(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    weekly = await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    comment_id = await make_comment()
    rights = Rights(Role.READER, {site.id: None, weekly.id: Role.MODERATOR})
    irene = await signed_in(ctx, await a_moderator(ctx, "irene", rights))
    me = ok(await client.get("/v1/me", headers=irene)).json()
    assert me["by_site"] == {"daily": ["read"], "weekly": ["moderate", "read"]}

    ok(await client.get(f"/v1/comments/{comment_id}", headers=irene))
    decided = {"action": "approve", "version": 1}
    refused = await client.post(f"/v1/comments/{comment_id}/decisions", json=decided, headers=irene)
    assert refused.status_code == 404
    campaign = f"/v1/sites/daily/campaigns/{comment_id}/decisions"
    refused = await client.post(campaign, json={"action": "reject", "reason": "spam"}, headers=irene)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_a_disabled_moderator_is_out_and_an_enabled_one_in_again(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    admin = await an_admin(ctx)
    irene = await a_moderator(ctx, "irene", Rights(Role.MODERATOR))
    inside = await signed_in(ctx, irene)
    changed = await client.patch(f"/v1/moderators/{irene}", json={"disabled": True}, headers=admin)
    assert ok(changed).json()["disabled_at"] is not None
    assert (await client.get("/v1/me", headers=inside)).status_code == 401
    ok(await client.patch(f"/v1/moderators/{irene}", json={"disabled": False}, headers=admin))
    ok(await client.get("/v1/me", headers=await signed_in(ctx, irene)))


@pytest.mark.parametrize(
    "body",
    [{"disabled": True}, {"rights": {"role": "moderator"}}, {"rights": {"role": "admin", "sites": {}}}],
)
async def test_t78_the_last_admin_stays(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, body: dict[str, object]
) -> None:
    root = await a_moderator(ctx, "root", Rights(Role.ADMIN))
    await a_moderator(ctx, "irene", Rights(Role.MODERATOR))
    headers = await signed_in(ctx, root)
    refused = await client.patch(f"/v1/moderators/{root}", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    row = await conn.fetchrow("SELECT role, all_sites, disabled_at FROM moderator WHERE name = 'root'")
    assert tuple(row or ()) == ("admin", True, None)
    ok(await client.get("/v1/moderators", headers=headers))


async def test_of_two_admins_who_disable_each_other_at_once_one_stays(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection
) -> None:
    for turn in range(5):
        pair = [await a_moderator(ctx, f"admin {turn} {side}", Rights(Role.ADMIN)) for side in (0, 1)]
        await conn.execute("UPDATE moderator SET disabled_at = now() WHERE NOT id = ANY($1::uuid[])", pair)
        headers = [await signed_in(ctx, each) for each in pair]

        async def disable(target: UUID, by: dict[str, str], client: httpx2.AsyncClient = client) -> int:
            response = await client.patch(f"/v1/moderators/{target}", json={"disabled": True}, headers=by)
            return response.status_code

        codes = await asyncio.gather(disable(pair[1], headers[0]), disable(pair[0], headers[1]))
        assert sorted(codes)[0] == 200
        # Who was disabled before asking is signed out; who asked in time is told that nobody would be left.
        assert sorted(codes)[1] in {401, 409}
        left = await conn.fetchval(
            "SELECT count(*) FROM moderator WHERE role = 'admin' AND all_sites AND disabled_at IS NULL"
        )
        assert left == 1


async def test_an_admin_of_one_site_does_not_run_the_installation(
    client: httpx2.AsyncClient, ctx: Context, site: Site, bearer: Bearer
) -> None:
    here = Rights(Role.ADMIN, {site.id: None})
    for headers in (
        await signed_in(ctx, await a_moderator(ctx, "local", here)),
        await bearer("admin", site_id=site.id),
    ):
        refused = await client.get("/v1/moderators", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_an_admin_sees_and_ends_anybodys_sessions(client: httpx2.AsyncClient, ctx: Context) -> None:
    admin = await an_admin(ctx)
    irene = await a_moderator(ctx, "irene", Rights(Role.MODERATOR))
    one, two = await signed_in(ctx, irene), await signed_in(ctx, irene)
    listed = ok(await client.get(f"/v1/moderators/{irene}/sessions", headers=admin)).json()["sessions"]
    assert len(listed) == 2
    ok(await client.delete(f"/v1/moderators/{irene}/sessions/{listed[0]['id']}", headers=admin), 204)
    assert sorted([(await client.get("/v1/me", headers=each)).status_code for each in (one, two)]) == [
        200,
        401,
    ]
    gone = await client.delete(f"/v1/moderators/{irene}/sessions/{listed[0]['id']}", headers=admin)
    assert gone.status_code == 404
    ok(await client.delete(f"/v1/moderators/{irene}/sessions", headers=admin), 204)
    assert [(await client.get("/v1/me", headers=each)).status_code for each in (one, two)] == [401, 401]


async def test_nobody_of_an_unknown_id_is_found(client: httpx2.AsyncClient, ctx: Context) -> None:
    admin = await an_admin(ctx)
    for path in (f"/v1/moderators/{UUID(int=7)}", "/v1/moderators/nonsense"):
        assert (await client.get(path, headers=admin)).status_code == 404
