"""API tokens: shown once, stored as a digest, and refused in one sentence whatever is wrong."""

import re
from datetime import timedelta

import pytest

from service.context import Context
from service.errors import Unauthenticated
from service.model.people import Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.tokens import add_token, principal_of


async def test_a_token_acts_with_its_scopes_on_its_site(ctx: Context, site: Site) -> None:
    token = await add_token(ctx, [Scope.READ, Scope.EXPORT, Scope.READ], actor="test", site_id=site.id)
    assert re.fullmatch(r"gr_[0-9a-f]{8}_[\w-]{43}_[0-9a-f]{6}", token)
    found = await principal_of(ctx, token)
    assert (found.scopes, found.site_ids, found.session) == (
        frozenset({Scope.READ, Scope.EXPORT}),
        frozenset({site.id}),
        None,
    )


async def test_the_database_cannot_tell_the_token(ctx: Context, conn: Connection) -> None:
    token = await add_token(ctx, [Scope.ADMIN], actor="test")
    secret = token.split("_", 2)[2][:43]
    kept = str(await conn.fetch("SELECT * FROM api_token")) + str(
        await conn.fetch("SELECT * FROM audit_event")
    )
    assert secret not in kept
    assert secret.encode().hex() not in kept


@pytest.mark.parametrize("change", ["revoked_at = now()", "expires_at = now() - interval '1 second'"])
async def test_a_token_that_ended_is_refused(ctx: Context, conn: Connection, change: str) -> None:
    token = await add_token(ctx, [Scope.READ], actor="test", lasts=timedelta(days=1))
    await principal_of(ctx, token)
    await conn.execute(f"UPDATE api_token SET {change}")
    with pytest.raises(Unauthenticated):
        await principal_of(ctx, token)


async def test_every_wrong_token_is_told_the_same(ctx: Context) -> None:
    token = await add_token(ctx, [Scope.READ], actor="test")
    other = await add_token(ctx, [Scope.READ], actor="test")
    wrong = [
        "",
        "x",
        token[:-1],
        token + "0",
        token.upper(),
        token[:20] + ("A" if token[20] != "A" else "B") + token[21:],
        token[:11] + other[11:],
        "gr_00000000_" + "A" * 43 + "_000000",
        token + "\n",
        "gr_\x00",
        "é" * 61,
    ]
    told = set()
    for each in wrong:
        with pytest.raises(Unauthenticated) as caught:
            await principal_of(ctx, each)
        told.add(caught.value.detail)
    assert told == {"This token is not known, has expired, or was revoked."}
