"""Tokens over the API: shown once, no stronger than their maker, rotated with an overlap, revoked at once."""

import re

import httpx2
import pytest

from service.context import Context
from service.model.people import Rights, Role
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_site
from tests.conftest import Bearer
from tests.factories import SITE_ORIGIN
from tests.people import OWN, a_moderator, an_admin, ok, signed_in


def bearer_of(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_is_made_shown_once_listed_and_revoked(
    client: httpx2.AsyncClient, ctx: Context, site: Site, conn: Connection
) -> None:
    admin = await an_admin(ctx)
    body = {"name": "the importer", "scopes": ["read"], "site": "daily", "expires_days": 30}
    made = ok(await client.post("/v1/tokens", json=body, headers=admin), 201).json()["token"]
    assert re.fullmatch(r"gr_[0-9a-f]{8}_[\w-]{43}_[0-9a-f]{6}", made)
    me = ok(await client.get("/v1/me", headers=bearer_of(made))).json()
    assert (me["scopes"], me["sites"]) == (["read"], ["daily"])

    listed = ok(await client.get("/v1/tokens", headers=admin)).json()["tokens"]
    [token] = listed
    assert (token["id"], token["name"], token["made_by"], token["site"]) == (
        made[3:11],
        "the importer",
        "root",
        "daily",
    )
    assert token["used_at"] is not None
    assert made.split("_", 2)[2][:43] not in str(listed)
    ok(await client.delete(f"/v1/tokens/{token['id']}", headers=admin), 204)
    assert (await client.get("/v1/me", headers=bearer_of(made))).status_code == 401
    again = await client.delete(f"/v1/tokens/{token['id']}", headers=admin)
    assert again.status_code == 404
    trail = [
        (row["action"], row["site_id"])
        for row in await conn.fetch("SELECT * FROM audit_event WHERE action LIKE 'token%' ORDER BY id")
    ]
    assert trail == [("token.added", site.id), ("token.revoked", site.id)]


async def test_its_use_is_noted_at_most_once_a_minute(
    client: httpx2.AsyncClient, bearer: Bearer, conn: Connection
) -> None:
    headers = await bearer("read")
    await client.get("/v1/me", headers=headers)
    first = await conn.fetchval("SELECT used_at FROM api_token")
    await client.get("/v1/me", headers=headers)
    assert await conn.fetchval("SELECT used_at FROM api_token") == first
    await conn.execute("UPDATE api_token SET used_at = now() - interval '61 seconds'")
    await client.get("/v1/me", headers=headers)
    assert await conn.fetchval("SELECT used_at FROM api_token") > first


@pytest.mark.parametrize("where", [None, "daily"])
@pytest.mark.parametrize("scopes", [["disclose"], ["read", "disclose"]])
async def test_nobody_gives_a_token_what_they_have_not(
    client: httpx2.AsyncClient, ctx: Context, site: Site, scopes: list[str], where: str | None
) -> None:
    body = {"name": "too much", "scopes": scopes, "site": where}
    refused = await client.post("/v1/tokens", json=body, headers=await an_admin(ctx))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_an_admin_of_one_site_makes_and_sees_tokens_of_that_site_only(
    client: httpx2.AsyncClient, ctx: Context, site: Site, bearer: Bearer
) -> None:
    await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    await bearer("read")
    local = await signed_in(ctx, await a_moderator(ctx, "local", Rights(Role.ADMIN, {site.id: None})))
    for where, status in ((None, 403), ("weekly", 404), ("daily", 201)):
        body = {"name": "a program", "scopes": ["moderate"], "site": where}
        assert (await client.post("/v1/tokens", json=body, headers=local)).status_code == status
    listed = ok(await client.get("/v1/tokens", headers=local)).json()["tokens"]
    assert [token["site"] for token in listed] == ["daily"]


async def test_a_rotated_token_goes_on_for_as_long_as_was_said(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection
) -> None:
    admin = await an_admin(ctx)
    body = {"name": "the importer", "scopes": ["read"]}
    old = ok(await client.post("/v1/tokens", json=body, headers=admin), 201).json()["token"]
    path = f"/v1/tokens/{old[3:11]}/rotation"
    new = ok(await client.post(path, json={"overlap_hours": 1}, headers=admin), 201).json()["token"]
    for token in (old, new):
        ok(await client.get("/v1/me", headers=bearer_of(token)))
    sql = "SELECT extract(epoch FROM expires_at - now())::int FROM api_token WHERE id = $1"
    assert await conn.fetchval(sql, new[3:11]) is None
    assert 3500 < await conn.fetchval(sql, old[3:11]) <= 3600
    ok(await client.post(path, json={"overlap_hours": 0}, headers=admin), 201)
    assert (await client.get("/v1/me", headers=bearer_of(old))).status_code == 401


async def test_a_rotation_gives_nobody_more_than_they_have(
    client: httpx2.AsyncClient, ctx: Context, bearer: Bearer
) -> None:
    strong = await bearer("disclose", "read")
    token_id = strong["Authorization"][10:18]
    headers = {**(await an_admin(ctx)), **OWN}
    refused = await client.post(f"/v1/tokens/{token_id}/rotation", json={}, headers=headers)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"name": " ", "scopes": ["read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["read"], "expires_days": 0},
        {"name": "a\x00b", "scopes": ["read"]},
    ],
)
async def test_a_token_that_makes_no_sense_is_refused(
    client: httpx2.AsyncClient, ctx: Context, body: dict[str, object]
) -> None:
    assert (await client.post("/v1/tokens", json=body, headers=await an_admin(ctx))).status_code == 422


@pytest.mark.parametrize("token_id", ["00000000", "x", "'", "%00", "a" * 300])
async def test_an_unknown_token_is_not_found(client: httpx2.AsyncClient, ctx: Context, token_id: str) -> None:
    response = await client.delete(f"/v1/tokens/{token_id}", headers=await an_admin(ctx))
    assert response.status_code == 404
