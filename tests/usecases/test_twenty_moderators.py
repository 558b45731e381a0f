"""Twenty moderators who crash: cancelled in the middle, their connections cut, their answers lost.

In the end every comment is decided, each once, and nobody was told that they decided what another did.
"""

import asyncio
import random
from uuid import UUID

import anyio
import asyncpg
import pytest

from service.context import Context
from service.embedded import EmbeddedServer
from service.errors import AlreadyDecided, Unavailable
from service.model.decisions import Action, Choice, Reason
from service.model.people import ROLE_SCOPES, Principal, Role
from service.model.queue import Filters, Order
from service.store.database import Connection, Pool
from service.usecases.decide import decide
from service.usecases.leases import extend, give_back, return_leases, take
from tests.conftest import MakeComment, in_database

COMMENTS, MODERATORS = 240, 20
COPY = """
INSERT INTO comment (site_id, id, page_id, root_id, depth, name, text, score, verdict)
SELECT site_id, gen_random_uuid(), page_id, root_id, depth, name, text, (g % 7), verdict
  FROM comment, generate_series(1, $1) g
"""
CUT = """
SELECT pg_terminate_backend(pid)
  FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'greenroom'
 ORDER BY random()
 LIMIT 1
"""
RUN_OUT = """
UPDATE lease SET expires_at = now()
 WHERE ctid IN (SELECT ctid FROM lease ORDER BY random() LIMIT 3 FOR UPDATE SKIP LOCKED)
"""
pytestmark = pytest.mark.usefixtures("site")


class Desk:
    """Where the moderators work: what each was told, and what goes wrong."""

    def __init__(self, ctx: Context, seed: int) -> None:
        self.ctx, self.chance = ctx, random.Random(seed)  # noqa: S311 - no secret
        self.told: list[UUID] = []
        self.late: list[object] = []
        self.crashes = 0
        self.is_closed = False

    async def work(self, by: Principal) -> None:
        """Take a few, decide on most of them, and go on until nothing is left to take."""
        order = self.chance.choice([Order.OLDEST, Order.NEWEST, Order.RISKIEST, Order.SAFEST])
        while True:
            try:
                taken = await take(self.ctx, by, Filters(order=order), self.chance.randint(1, 8))
                if not taken.comments:
                    return
                for comment in taken.comments:
                    await self.decide(by, comment.id, comment.version)
                if self.chance.random() < 0.2:
                    await extend(self.ctx, by, None)
                    await give_back(self.ctx, by, None)
            except Unavailable:
                self.crashes += 1

    async def decide(self, by: Principal, comment_id: UUID, version: int) -> None:
        """Mostly decide; now and then cancel the request while it is on its way."""
        if self.chance.random() < 0.1:
            return
        action = self.chance.choice([Action.APPROVE, Action.REJECT])
        choice = Choice(action, version, Reason.SPAM if action is Action.REJECT else None)
        request = asyncio.create_task(decide(self.ctx, by, comment_id, choice))
        if self.chance.random() < 0.1:
            for _ in range(self.chance.randint(0, 6)):
                await asyncio.sleep(0)
            request.cancel()
        try:
            decided = await request
            assert decided.decisions[-1].by == by.name
            self.told.append(comment_id)
        except AlreadyDecided as late:
            self.late.append(late.current["version"])
        except asyncio.CancelledError:
            self.crashes += 1


async def trouble(saboteur: Pool, desk: Desk) -> None:
    """Cut connections and let leases run out, while they work; seldom enough that some of them get done."""
    while not desk.is_closed:
        await saboteur.execute(CUT)
        await saboteur.execute(RUN_OUT)
        try:
            await return_leases(desk.ctx)
        except Unavailable:
            desk.crashes += 1
        await asyncio.sleep(0.02)


async def test_every_comment_is_decided_once_whoever_crashes(
    ctx: Context, make_comment: MakeComment, conn: Connection, server: EmbeddedServer, database: str
) -> None:
    await make_comment()
    await conn.execute(COPY, COMMENTS - 1)
    desk, admin = Desk(ctx, seed=4), in_database(server.admin_dsn, database)
    people = [Principal(f"m{n}", ROLE_SCOPES[Role.MODERATOR], None) for n in range(MODERATORS)]
    with anyio.fail_after(120):
        async with asyncpg.create_pool(admin, min_size=1, max_size=1) as saboteur:
            troublemaker = asyncio.create_task(trouble(saboteur, desk))
            while await anything_waits(conn):
                await asyncio.gather(*(desk.work(by) for by in people))
                await conn.execute("UPDATE lease SET expires_at = now()")
            desk.is_closed = True
            await troublemaker

    assert desk.crashes > 10
    decided = await conn.fetch("SELECT comment_id, count(*) AS n FROM decision GROUP BY comment_id")
    assert len(decided) == COMMENTS
    assert {row["n"] for row in decided} == {1}
    assert len(desk.told) == len(set(desk.told)) <= COMMENTS
    assert (
        await conn.fetchval("SELECT count(*) FROM comment WHERE status <> 'pending' AND version = 2")
        == COMMENTS
    )
    approved = await conn.fetchval("SELECT count(*) FROM comment WHERE status = 'approved'")
    assert await conn.fetchval("SELECT sum(approved_count) FROM page") == approved
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action LIKE 'comment.%'") == COMMENTS
    assert await conn.fetchval("SELECT count(*) FROM lease l JOIN comment c ON c.id = l.comment_id") == 0


async def anything_waits(conn: Connection) -> bool:
    """Whether anything still waits."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM comment WHERE status = 'pending')"))
