"""Signing in: one sentence for every failure, limits for names and networks, sessions that end."""

import asyncio
import dataclasses
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from service.context import Context
from service.errors import RateLimited, Unauthenticated
from service.model.people import Principal, Role
from service.model.sites import Site
from service.store import sessions
from service.store.database import Connection
from service.usecases.govern import add_moderator
from service.usecases.sign_in import session_digest, sign_in, sign_out
from tests.factories import PASSWORD

WRONG = "wrong password"
HOME, ELSEWHERE = "192.0.2.0/24", "198.51.100.0/24"
pytestmark = pytest.mark.usefixtures("cheap", "moderator")


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with parameters that a test can afford."""
    monkeypatch.setattr("service.usecases.passwords._hasher", PasswordHasher(1, 8, 1))


async def refused(ctx: Context, name: str, password: str = WRONG, network: str = HOME) -> str:
    with pytest.raises(Unauthenticated) as caught:
        await sign_in(ctx, name, password, network)
    return caught.value.detail


async def who(ctx: Context, cookie: str) -> Principal | None:
    async with ctx.db.read(moderation=True) as conn:
        return await sessions.by_digest(conn, session_digest(cookie), timedelta(hours=8))


async def actions(conn: Connection) -> list[tuple[str, str]]:
    rows = await conn.fetch("SELECT action, actor FROM audit_event WHERE action LIKE 'session%' ORDER BY id")
    return [(row["action"], row["actor"]) for row in rows]


async def test_the_right_password_begins_a_session(ctx: Context, conn: Connection) -> None:
    cookie = await sign_in(ctx, "ana", PASSWORD, HOME)
    found = await who(ctx, cookie)
    assert found is not None
    assert (found.name, found.site_ids) == ("ana", None)
    assert await actions(conn) == [("session.begun", "ana")]
    assert cookie not in str(await conn.fetch("SELECT * FROM session"))


async def test_each_sign_in_is_another_session_and_signing_out_ends_one(
    ctx: Context, conn: Connection
) -> None:
    one, other = [await sign_in(ctx, "ana", PASSWORD, HOME) for _ in range(2)]
    assert one != other
    principal = await who(ctx, one)
    assert principal is not None
    await sign_out(ctx, principal)
    assert await who(ctx, one) is None
    assert await who(ctx, other) is not None
    assert (await actions(conn))[-1] == ("session.ended", "ana")


async def test_signing_out_without_a_session_does_nothing(ctx: Context, conn: Connection) -> None:
    await sign_out(ctx, Principal("token 1", frozenset(), None))
    assert await actions(conn) == []


@pytest.mark.parametrize("name", ["nobody", "", "ana ", "a\x00", "\x00", "' OR 1=1 --", "x" * 10_000])
async def test_an_unknown_name_is_told_what_a_wrong_password_is_told(
    ctx: Context, conn: Connection, name: str
) -> None:
    assert await refused(ctx, name, PASSWORD) == await refused(ctx, "ana", network=ELSEWHERE)
    assert await actions(conn) == [("session.refused", "unknown"), ("session.refused", "ana")]


@pytest.mark.parametrize("password", ["", "x" * 257, "x" * 1_000_000, PASSWORD + " ", PASSWORD + "\x00"])
async def test_a_strange_password_is_just_a_wrong_one(ctx: Context, password: str) -> None:
    assert await refused(ctx, "ana", password) == "The name or the password is not right."


async def test_a_disabled_moderator_cannot_sign_in(ctx: Context, conn: Connection) -> None:
    cookie = await sign_in(ctx, "ana", PASSWORD, HOME)
    await conn.execute("UPDATE moderator SET disabled_at = now()")
    await refused(ctx, "ana", PASSWORD)
    assert await who(ctx, cookie) is None


async def test_a_moderator_of_one_site_signs_in_to_that_site(ctx: Context, site: Site) -> None:
    await add_moderator(
        ctx, "ben", PASSWORD, role=Role.MODERATOR, site_ids=frozenset({site.id}), actor="test"
    )
    found = await who(ctx, await sign_in(ctx, "ben", PASSWORD, HOME))
    assert found is not None
    assert found.site_ids == frozenset({site.id})


async def test_after_five_failures_a_name_must_wait_wherever_it_comes_from(ctx: Context) -> None:
    for number in range(5):
        await refused(ctx, "ana", network=f"10.0.{number}.0/24")
    with pytest.raises(RateLimited) as caught:
        await sign_in(ctx, "ana", PASSWORD, ELSEWHERE)
    assert 1 <= caught.value.retry_after <= 181


async def test_after_twenty_failures_a_network_must_wait_whatever_the_name(ctx: Context) -> None:
    for number in range(20):
        await refused(ctx, f"guess-{number}")
    with pytest.raises(RateLimited):
        await sign_in(ctx, "ana", PASSWORD, HOME)
    assert await sign_in(ctx, "ana", PASSWORD, ELSEWHERE)


async def test_an_unknown_name_is_limited_like_a_known_one(ctx: Context) -> None:
    for number in range(5):
        await refused(ctx, "nobody", network=f"10.0.{number}.0/24")
    with pytest.raises(RateLimited):
        await sign_in(ctx, "nobody", PASSWORD, ELSEWHERE)


async def test_signing_in_often_is_no_reason_to_wait(ctx: Context) -> None:
    for _ in range(8):
        await sign_in(ctx, "ana", PASSWORD, HOME)


async def test_guessing_at_once_gains_nothing(ctx: Context) -> None:
    tries = (sign_in(ctx, "ana", "wrong password", HOME) for _ in range(20))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    kinds = [type(answer) for answer in answers]
    assert kinds.count(Unauthenticated) == 5
    assert kinds.count(RateLimited) == 15


async def test_neither_name_nor_network_is_kept_with_the_limits(ctx: Context, conn: Connection) -> None:
    await refused(ctx, "ana")
    kept = str(await conn.fetch("SELECT * FROM rate_limit"))
    assert "ana" not in kept
    assert "192.0.2" not in kept


async def test_a_session_lasts_as_long_as_the_settings_say(ctx: Context, conn: Connection) -> None:
    hour = dataclasses.replace(ctx, settings=ctx.settings.model_copy(update={"session_hours": 1.0}))
    cookie = await sign_in(hour, "ana", PASSWORD, HOME)
    minutes = await conn.fetchval("SELECT extract(epoch FROM expires_at - now())::int / 60 FROM session")
    assert minutes in {59, 60}
    await conn.execute("UPDATE session SET seen_at = now() - interval '9 hours'")
    assert await who(ctx, cookie) is None
