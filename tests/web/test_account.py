"""One's own account: the password, where one is signed in, and the second factor."""

import asyncio
import dataclasses
from datetime import datetime, timedelta
from uuid import UUID

import httpx2
import pyotp
import pytest
from argon2 import PasswordHasher

from service.app import build_app
from service.context import Context
from service.model.people import Rights, Role
from service.store.database import Connection
from service.usecases.second_factor import RECOVERY_CODES
from tests.conftest import Bearer
from tests.factories import PASSWORD
from tests.people import OWN, a_moderator, an_admin, ok, signed_in

NEW = "an own, quite long passphrase"
_CHEAP = PasswordHasher(1, 8, 1)


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.usecases.passwords._hasher", _CHEAP)


@pytest.fixture
async def irene(ctx: Context) -> UUID:
    return await a_moderator(ctx, "irene", Rights(Role.MODERATOR), _CHEAP.hash(PASSWORD))


@pytest.fixture
def clock(ctx: Context) -> "Clock":
    """A clock that a test sets."""
    found = Clock()
    object.__setattr__(ctx, "clock", found)
    return found


class Clock:
    """It stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2026-11-26T12:00:10+00:00")

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def enrolled(
    client: httpx2.AsyncClient, headers: dict[str, str], clock: Clock
) -> tuple[pyotp.TOTP, list[str]]:
    """Set up a second factor; gives the authenticator and the recovery codes."""
    made = ok(await client.post("/v1/me/second-factor", headers=headers), 201).json()
    totp = pyotp.TOTP(made["secret"])
    body = {"code": totp.at(clock())}
    confirmed = await client.post("/v1/me/second-factor/confirmation", json=body, headers=headers)
    codes: list[str] = ok(confirmed, 201).json()["recovery_codes"]
    clock.advance(90)
    return totp, codes


async def sign_in(client: httpx2.AsyncClient, **over: str) -> httpx2.Response:
    client.cookies.clear()
    return await client.post("/v1/session", json={"name": "irene", "password": PASSWORD, **over}, headers=OWN)


async def test_a_changed_password_ends_every_other_session(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID
) -> None:
    here, there = await signed_in(ctx, irene), await signed_in(ctx, irene)
    body = {"current": PASSWORD, "new": NEW}
    ok(await client.put("/v1/me/password", json=body, headers=here), 204)
    assert (await client.get("/v1/me", headers=here)).status_code == 200
    assert (await client.get("/v1/me", headers=there)).status_code == 401
    assert (await sign_in(client)).status_code == 401
    ok(await sign_in(client, password=NEW), 201)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"current": "not the one", "new": NEW}, "/current", "password.wrong"),
        ({"current": PASSWORD, "new": PASSWORD}, "/new", "password.same"),
        ({"current": PASSWORD, "new": "short"}, "/new", "password.length"),
        ({"current": PASSWORD, "new": "for-irene-alone"}, "/new", "password.name"),
        ({"current": PASSWORD, "new": "password123!"}, "/new", "password.common"),
    ],
)
async def test_a_password_is_changed_by_its_owner_to_one_that_will_do(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, body: dict[str, str], pointer: str, code: str
) -> None:
    response = await client.put("/v1/me/password", json=body, headers=await signed_in(ctx, irene))
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert all(value not in response.text for value in body.values())


async def test_guessing_the_password_from_inside_is_limited_too(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID
) -> None:
    headers = await signed_in(ctx, irene)
    body = {"current": "not the one", "new": NEW}
    codes = [(await client.put("/v1/me/password", json=body, headers=headers)).status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]


async def test_sessions_are_listed_ended_one_by_one_and_all_at_once(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID
) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    there = await signed_in(ctx, irene)
    await client.post(
        "/v1/session", json={"name": "irene", "password": PASSWORD}, headers={**OWN, "User-Agent": agent}
    )
    listed = ok(await client.get("/v1/me/sessions")).json()["sessions"]
    [current], [other] = ([each for each in listed if each["current"] is flag] for flag in (True, False))
    assert (current["agent"], current["network"]) == ("Firefox · Linux", "127.0.0.0/24")

    ok(await client.delete(f"/v1/me/sessions/{other['id']}", headers=OWN), 204)
    assert (await client.get("/v1/me", headers=there)).status_code == 401
    stranger = await an_admin(ctx)
    foreign = await client.delete(f"/v1/me/sessions/{current['id']}", headers=stranger)
    assert foreign.status_code == 404
    ok(await client.delete("/v1/me/sessions", headers=OWN), 204)
    assert (await client.get("/v1/me", headers=there)).status_code == 401


async def test_a_token_has_no_account(client: httpx2.AsyncClient, bearer: Bearer) -> None:
    headers = await bearer("admin")
    for path in ("/v1/me/sessions", "/v1/me/second-factor", "/v1/me/preferences"):
        refused = await client.get(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")


async def test_preferences_are_kept_as_a_whole(client: httpx2.AsyncClient, ctx: Context, irene: UUID) -> None:
    headers = await signed_in(ctx, irene)
    usual = ok(await client.get("/v1/me/preferences", headers=headers)).json()
    assert usual == {"language": None, "theme": "auto", "shortcuts": True, "keys": {}}
    chosen = {"language": "ur", "theme": "dark", "shortcuts": False, "keys": {"approve": "q"}}
    ok(await client.put("/v1/me/preferences", json=chosen, headers=headers))
    assert ok(await client.get("/v1/me/preferences", headers=headers)).json() == chosen
    ok(await client.put("/v1/me/preferences", json={}, headers=headers))
    assert ok(await client.get("/v1/me/preferences", headers=headers)).json() == usual


async def test_with_a_second_factor_the_password_alone_opens_nothing(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock, conn: Connection
) -> None:
    totp, _ = await enrolled(client, await signed_in(ctx, irene), clock)
    asked = await sign_in(client)
    assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_needed")
    assert "set-cookie" not in asked.headers
    body = {"challenge": asked.json()["challenge"], "code": totp.at(clock())}
    done = await client.post("/v1/session/second-factor", json=body, headers=OWN)
    assert ok(done, 201).headers["set-cookie"]
    assert ok(await client.get("/v1/me")).json()["name"] == "irene"
    clock.advance(30)
    ok(await sign_in(client, code=totp.at(clock())), 201)
    kept = str(await conn.fetch("SELECT * FROM moderator"))
    assert totp.secret not in kept
    assert totp.secret.encode().hex() not in kept


async def test_a_code_is_taken_once_whoever_is_faster(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock
) -> None:
    totp, _ = await enrolled(client, await signed_in(ctx, irene), clock)
    code = totp.at(clock())
    answers = await asyncio.gather(*(sign_in(client, code=code) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 401, 401]
    clock.advance(30)
    assert (await sign_in(client, code=totp.at(clock(), counter_offset=-1))).status_code == 401


@pytest.mark.parametrize(("off", "status"), [(-2, 401), (-1, 201), (0, 201), (1, 201), (2, 401)])
async def test_a_clock_may_be_off_by_one_step(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock, off: int, status: int
) -> None:
    totp, _ = await enrolled(client, await signed_in(ctx, irene), clock)
    assert (await sign_in(client, code=totp.at(clock(), counter_offset=off))).status_code == status


async def test_a_recovery_code_stands_in_once(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock
) -> None:
    headers = await signed_in(ctx, irene)
    _, codes = await enrolled(client, headers, clock)
    assert len(set(codes)) == RECOVERY_CODES
    ok(await sign_in(client, code=codes[0].upper().replace("-", " ")), 201)
    assert (await sign_in(client, code=codes[0])).status_code == 401
    state = ok(await client.get("/v1/me/second-factor", headers=headers)).json()
    assert state == {"active": True, "recovery_codes": RECOVERY_CODES - 1}
    renewed = await client.post("/v1/me/recovery-codes", json={"password": PASSWORD}, headers=headers)
    fresh = ok(renewed, 201).json()["recovery_codes"]
    assert (await sign_in(client, code=codes[1])).status_code == 401
    ok(await sign_in(client, code=fresh[1]), 201)


async def test_guessing_codes_is_limited_like_guessing_passwords(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock
) -> None:
    totp, _ = await enrolled(client, await signed_in(ctx, irene), clock)
    challenge = (await sign_in(client)).json()["challenge"]
    codes = []
    for guess in range(5):
        body = {"challenge": challenge, "code": f"{guess:06d}"}
        codes.append((await client.post("/v1/session/second-factor", json=body, headers=OWN)).status_code)
    assert codes == [401, 401, 401, 401, 429]
    body = {"challenge": challenge, "code": totp.at(clock())}
    assert (await client.post("/v1/session/second-factor", json=body, headers=OWN)).status_code == 429


async def test_a_challenge_lasts_five_minutes_and_not_beyond_the_password(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock
) -> None:
    headers = await signed_in(ctx, irene)
    totp, _ = await enrolled(client, headers, clock)
    late, stale = [(await sign_in(client)).json()["challenge"] for _ in range(2)]
    ok(await client.put("/v1/me/password", json={"current": PASSWORD, "new": NEW}, headers=headers), 204)
    forged = stale.replace(str(irene), str(UUID(int=3)))
    for challenge in (stale, forged, stale[:-1], "", "a.b.c.d", f"{irene}.99999999999.1.x"):
        body = {"challenge": challenge, "code": totp.at(clock())}
        refused = await client.post("/v1/session/second-factor", json=body, headers=OWN)
        assert refused.status_code == 401, challenge
    clock.advance(301)
    body = {"challenge": late, "code": totp.at(clock())}
    assert (await client.post("/v1/session/second-factor", json=body, headers=OWN)).status_code == 401


async def test_an_unconfirmed_secret_is_not_asked_for(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock
) -> None:
    headers = await signed_in(ctx, irene)
    made = ok(await client.post("/v1/me/second-factor", headers=headers), 201).json()
    assert made["uri"].startswith("otpauth://totp/Greenroom:irene?")
    assert made["qr"].startswith("<svg")
    wrong = {"code": "000000"}
    refused = await client.post("/v1/me/second-factor/confirmation", json=wrong, headers=headers)
    assert refused.status_code == 422
    ok(await sign_in(client), 201)


async def test_a_second_factor_is_removed_with_the_password_or_by_an_admin(
    client: httpx2.AsyncClient, ctx: Context, irene: UUID, clock: Clock
) -> None:
    headers = await signed_in(ctx, irene)
    await enrolled(client, headers, clock)
    again = await client.post("/v1/me/second-factor", headers=headers)
    assert again.status_code == 409
    wrong = await client.post("/v1/me/second-factor/removal", json={"password": "no"}, headers=headers)
    assert wrong.status_code == 422
    right = {"password": PASSWORD}
    ok(await client.post("/v1/me/second-factor/removal", json=right, headers=headers), 204)
    ok(await sign_in(client), 201)
    await enrolled(client, headers, clock)
    ok(await client.delete(f"/v1/moderators/{irene}/second-factor", headers=await an_admin(ctx)), 204)
    ok(await sign_in(client), 201)


async def test_where_admins_must_have_one_they_can_do_nothing_else_first(ctx: Context, clock: Clock) -> None:
    strict = dataclasses.replace(ctx, settings=ctx.settings.model_copy(update={"require_totp": True}))
    headers = await an_admin(ctx)
    reader = await signed_in(ctx, await a_moderator(ctx, "irene", Rights(Role.READER)))
    transport = httpx2.ASGITransport(build_app(strict))
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        refused = await client.get("/v1/moderators", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
        ok(await client.get("/v1/queue", headers=reader))
        await enrolled(client, headers, clock)
        ok(await client.get("/v1/moderators", headers=headers))
