"""Signing in, staying signed in, and what a session may do."""

import httpx2
import pytest

from service.context import Context
from service.store.database import Connection
from tests.conftest import Bearer, MakeComment
from tests.factories import PASSWORD

OWN = {"Origin": "http://testserver"}


async def sign_in(client: httpx2.AsyncClient, name: str = "ana", password: str = PASSWORD) -> httpx2.Response:
    return await client.post("/v1/session", json={"name": name, "password": password}, headers=OWN)


async def test_a_moderator_signs_in_works_and_signs_out(
    client: httpx2.AsyncClient, moderator: str, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    response = await sign_in(client)
    assert response.status_code == 201
    cookie = response.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/"))

    assert (await client.get("/v1/me")).json() == {
        "name": "ana",
        "scopes": ["moderate", "read"],
        "sites": None,
        "by_site": None,
        "errand": None,
    }
    body = {"action": "approve", "version": 1}
    decided = await client.post(f"/v1/comments/{comment_id}/decisions", json=body, headers=OWN)
    assert decided.json()["decisions"][0]["by"] == moderator

    old = dict(client.cookies)
    assert (await client.delete("/v1/session", headers=OWN)).status_code == 204
    client.cookies.update(old)
    assert (await client.get("/v1/me")).status_code == 401
    trail = [row["action"] for row in await conn.fetch("SELECT action FROM audit_event ORDER BY id")]
    assert [event for event in trail if event.startswith("session")] == ["session.begun", "session.ended"]


async def test_the_database_has_only_digests_of_sessions_and_passwords(
    client: httpx2.AsyncClient, moderator: str, conn: Connection
) -> None:
    await sign_in(client)
    [row] = await conn.fetch("SELECT s.digest, m.password_hash FROM session s JOIN moderator m ON true")

    assert len(row["digest"]) == 32
    assert row["password_hash"].startswith("$argon2id$")


async def test_an_unknown_name_and_a_wrong_password_are_told_the_same(
    client: httpx2.AsyncClient, moderator: str, conn: Connection
) -> None:
    wrong, unknown = await sign_in(client, password="not the one"), await sign_in(client, name="nobody")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]
    refused = await conn.fetchval("SELECT count(*) FROM audit_event WHERE action = 'session.refused'")
    assert refused == 2


async def test_the_sixth_failed_attempt_must_wait_and_success_does_not_count(
    client: httpx2.AsyncClient, moderator: str
) -> None:
    for _ in range(8):
        assert (await sign_in(client)).status_code == 201
    for _ in range(5):
        assert (await sign_in(client, password="not the one")).status_code == 401
    refused = await sign_in(client)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 1


async def test_who_forgets_a_password_does_not_keep_the_whole_newsroom_out(
    client: httpx2.AsyncClient, moderator: str
) -> None:
    for _ in range(6):
        await sign_in(client, name="forgetful", password="not the one")
    assert (await sign_in(client, name="forgetful", password="not the one")).status_code == 429
    assert (await sign_in(client)).status_code == 201


async def test_a_network_that_tries_many_names_must_wait_in_the_end(
    client: httpx2.AsyncClient, moderator: str
) -> None:
    for n in range(20):
        assert (await sign_in(client, name=f"guess {n}", password="not the one")).status_code == 401
    assert (await sign_in(client)).status_code == 429


async def test_a_name_opens_in_whatever_case_it_is_written(
    client: httpx2.AsyncClient, moderator: str
) -> None:
    assert (await sign_in(client, name=moderator.upper())).status_code == 201


@pytest.mark.parametrize("password", ["", "x" * 257, "x" * 100_000])
async def test_a_password_of_absurd_length_is_refused_unhashed(
    client: httpx2.AsyncClient, moderator: str, password: str
) -> None:
    assert (await sign_in(client, password=password)).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
async def test_a_session_changes_nothing_for_another_sites_page(
    client: httpx2.AsyncClient, moderator: str, make_comment: MakeComment, headers: dict[str, str]
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    body = {"action": "approve", "version": 1}
    response = await client.post(f"/v1/comments/{comment_id}/decisions", json=body, headers=headers)

    assert (response.status_code, response.json()["code"]) == (403, "csrf")


@pytest.mark.parametrize("token", ["", "x", "gr_00000000_" + "A" * 43 + "_000000", "é"])
async def test_a_token_that_is_not_known_is_refused(client: httpx2.AsyncClient, token: str) -> None:
    headers = [(b"Authorization", f"Bearer {token}".encode())]
    assert (await client.get("/v1/me", headers=headers)).status_code == 401


async def test_a_token_in_an_address_is_refused_whatever_it_is(
    client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    token = (await bearer("read"))["Authorization"].removeprefix("Bearer ")
    response = await client.get("/v1/me", params={"token": token})

    assert (response.status_code, response.json()["code"]) == (400, "token_in_url")


async def test_over_https_the_cookie_is_bound_to_the_host(ctx: Context, moderator: str) -> None:
    from service.app import build_app

    settings = ctx.settings.model_copy(update={"public_url": "https://comments.example"})
    object.__setattr__(ctx, "settings", settings)
    transport = httpx2.ASGITransport(build_app(ctx))
    async with httpx2.AsyncClient(transport=transport, base_url="https://comments.example") as client:
        response = await client.post("/v1/session", json={"name": "ana", "password": PASSWORD})
        assert response.headers["set-cookie"].startswith("__Host-greenroom=")
        assert "Secure" in response.headers["set-cookie"]
        assert response.headers["strict-transport-security"]
        assert (await client.get("/v1/me")).status_code == 200
        foreign = await client.get("/v1/me", headers={"Host": "evil.example"})
        assert foreign.status_code == 400
