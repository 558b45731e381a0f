"""What a running service does beside answering: small works, each in its own rhythm."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import structlog

from service.context import Context
from service.errors import Unavailable
from service.usecases.brake import check_brakes
from service.usecases.learn import learn_all
from service.usecases.recheck import recheck
from service.usecases.tidy import tidy
from service.web.crash import describe

Chore: TypeAlias = Callable[[Context], Awaitable[int]]

CHORES: Final[tuple[tuple[Chore, float], ...]] = (
    (learn_all, 3),
    (recheck, 10),
    (check_brakes, 30),
    (tidy, 600),
)
_log = structlog.get_logger("greenroom.chores")


@asynccontextmanager
async def doing_chores(ctx: Context) -> AsyncIterator[None]:
    """Do all chores for the length of the block."""
    tasks = [asyncio.create_task(_keep_doing(chore, seconds, ctx)) for chore, seconds in CHORES]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_doing(chore: Chore, seconds: float, ctx: Context) -> None:
    while True:
        try:
            done = await chore(ctx)
            _log.debug("chore.done", chore=chore.__name__, count=done)
        except Unavailable:
            pass  # It was noted where it happened; the next round may be luckier.
        except Exception as error:  # noqa: BLE001 - one failed round must not end all rounds to come
            _log.error("chore.failed", chore=chore.__name__, **describe(error))
        await asyncio.sleep(seconds)
