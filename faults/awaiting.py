"""X16: whichever await fails, a comment is there whole or not at all, and once; so is a decision."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final
from unittest.mock import patch
from uuid import UUID

import asyncpg
import httpx2

from faults.check import WRONG
from faults.load import PAGES, SITE
from faults.nth import Kind, armed
from faults.play import Found, How, experiment
from faults.stage import ORIGIN
from service.app import build_app, open_context, prepare_keys, prepare_schema
from service.context import Context
from service.embedded import Purpose, embedded_postgres
from service.model.people import Scope
from service.settings import Settings
from service.store.database import Connection, Pulse
from service.usecases.govern import add_site
from service.usecases.tokens import add_token

_MOST_AWAITS: Final = 60
_FEWEST_AWAITS: Final = 5
_COUNTS: Final = """
SELECT (SELECT count(*) FROM idempotency_key) AS keys, (SELECT count(*) FROM decision) AS decisions,
       (SELECT coalesce(sum(approved_count), 0) FROM page) AS approved
"""
Ask = Callable[[], Awaitable[httpx2.Response]]


@experiment("X16", "the n-th await to the database fails, for every n, on the way of comments and decisions")
async def x16(home: Path, how: How) -> Found:
    """The same request, sent again, is answered as if nothing had happened, and nothing is there twice."""
    awaits: dict[str, list[int]] = {}
    async with _application(home) as (ctx, client, conn, moderator):
        for kind in list(Kind)[: 2 if how.short else None]:
            stored = await submissions(ctx, client, conn, kind)
            awaits[kind.name.lower()] = [stored, await decisions(ctx, client, conn, kind, moderator)]
    return {"awaits_of_comment_and_decision": awaits}


async def submissions(ctx: Context, client: httpx2.AsyncClient, conn: Connection, kind: Kind) -> int:
    """Post comments until the fault does not strike any more; gives how many awaits there were."""
    before = await _is_well(ctx, conn)

    async def once(n: int) -> bool:
        text = f"A comment for the await {n}: {kind.name}."
        with armed(n, kind) as nth:
            status = await _asked(lambda: _post(client, text))
        assert status in {0, 202, 503}, f"await {n}: {status}"
        receipt = (await _asked_again(lambda: _post(client, text), 202)).json()
        rows = await conn.fetch("SELECT id FROM comment WHERE text = $1", text)
        assert [row["id"] for row in rows] == [UUID(receipt["id"])], f"await {n}"
        return nth.struck

    n = await _for_every(once)
    after = await _is_well(ctx, conn)
    assert after["keys"] - before["keys"] == n, "keys and comments differ in number"
    return n - 1


async def decisions(
    ctx: Context, client: httpx2.AsyncClient, conn: Connection, kind: Kind, moderator: dict[str, str]
) -> int:
    """Approve comments until the fault does not strike any more; gives how many awaits there were."""
    before = await _is_well(ctx, conn)

    async def once(n: int) -> bool:
        receipt = (await _post(client, f"To be decided at the await {n}: {kind.name}.")).json()
        path, body = f"/v1/comments/{receipt['id']}/decisions", {"action": "approve", "version": 1}
        headers = {**moderator, "Idempotency-Key": f"decide-{kind.name}-{n}"}
        with armed(n, kind) as nth:
            status = await _asked(lambda: client.post(path, json=body, headers=headers))
        assert status in {0, 201, 503}, f"await {n}: {status}"
        answer = await _asked_again(lambda: client.post(path, json=body, headers=headers), 201)
        assert (answer.json()["status"], answer.json()["version"]) == ("approved", 2), f"await {n}"
        return nth.struck

    n = await _for_every(once)
    after = await _is_well(ctx, conn)
    for count in ("decisions", "approved"):
        assert after[count] - before[count] == n, f"{count} differ from what was decided"
    return n - 1


async def _for_every(once: Callable[[int], Awaitable[bool]]) -> int:
    """From the first await to the first that does not come. A silent server is asked again at once."""
    with patch.object(Pulse, "may_ask", lambda _: True):
        for n in range(1, _MOST_AWAITS):
            if not await once(n):
                assert n > _FEWEST_AWAITS, "the fault never struck"
                return n
    raise AssertionError("there are more awaits than are looked at")


async def _post(client: httpx2.AsyncClient, text: str) -> httpx2.Response:
    given = {"page": PAGES[0], "name": "Bilal", "email": "reader@example.com", "text": text}
    headers = {"Idempotency-Key": text.replace(" ", "-"), "Origin": ORIGIN}
    return await client.post(f"{SITE}/submissions", json=given, headers=headers)


async def _asked(ask: Ask) -> int:
    """The status of the answer; 0 where the request was cancelled."""
    task = asyncio.ensure_future(ask())
    with suppress(asyncio.CancelledError):
        return (await task).status_code
    return 0


async def _asked_again(ask: Ask, status: int) -> httpx2.Response:
    """The same request until it is answered, as every client of ours does."""
    for _ in range(10):
        answer = await ask()
        if answer.status_code == status:
            return answer
        assert answer.status_code == 503
        await asyncio.sleep(0.01)
    raise AssertionError("it does not heal")


async def _is_well(ctx: Context, conn: Connection) -> asyncpg.Record:
    """Nothing is wrong, and no connection is lost to its pool; gives what is counted."""
    for what, query in WRONG.items():
        found = await conn.fetch(query)
        assert not found, f"{what}: {len(found)}"
    for pool in (ctx.db._public, ctx.db._moderation):
        assert pool.get_size() == pool.get_idle_size(), "a connection did not come back"
    counted = await conn.fetchrow(_COUNTS)
    assert counted is not None
    return counted


@asynccontextmanager
async def _application(
    home: Path,
) -> AsyncIterator[tuple[Context, httpx2.AsyncClient, Connection, dict[str, str]]]:
    """The whole application in this process, on a database of its own; a site, and a moderator's headers."""
    settings = Settings(data_dir=home / "var", submission_burst=1_000_000, flood_floor=1_000_000)
    async with embedded_postgres(settings.data_dir, purpose=Purpose.SERVE) as server:
        await prepare_schema(server.owner_dsn, server.app_dsn)
        prepare_keys(settings)
        async with open_context(settings, server.app_dsn) as ctx:
            await add_site(ctx, "daily", [ORIGIN], actor="faults")
            token = await add_token(ctx, [Scope.MODERATE, Scope.READ], actor="faults")
            conn = await asyncpg.connect(server.admin_dsn)
            transport = httpx2.ASGITransport(build_app(ctx), raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
                yield ctx, client, conn, {"Authorization": f"Bearer {token}"}
            await conn.close()
