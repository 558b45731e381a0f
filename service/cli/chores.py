"""What a running service does beside answering: small works, each in its own rhythm."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, TypeAlias

import structlog

from service.cli import archive
from service.context import Context
from service.errors import Unavailable
from service.usecases.brake import check_brakes
from service.usecases.count_hours import count_hours
from service.usecases.erase import finish_erasures
from service.usecases.index_words import index_words
from service.usecases.learn import learn_all
from service.usecases.leases import return_leases
from service.usecases.recheck import recheck
from service.usecases.retain import retain
from service.usecases.send_mails import send_mails
from service.usecases.tidy import tidy
from service.usecases.watch_floods import watch_floods
from service.web.drawing.privacy import letter
from service.web.http.crash import describe

Chore: TypeAlias = Callable[[Context], Awaitable[int]]


async def empty_outbox(ctx: Context) -> int:
    """Send the mails that are due, in the words of the readers' catalogues."""
    service = ctx.settings.own_url.partition("://")[2]
    return await send_mails(ctx, lambda _kind, language, link: letter(language, service, link))


CHORES: Final[tuple[tuple[Chore, float], ...]] = (
    (learn_all, 3),
    (index_words, 5),
    (return_leases, 10),
    (recheck, 10),
    (empty_outbox, 5),
    (finish_erasures, 60),
    (watch_floods, 15),
    (check_brakes, 30),
    (count_hours, 60),
    (tidy, 600),
    (retain, 3600),
)
_log = structlog.get_logger("greenroom.chores")


async def back_up_when_due(owner_dsn: str, ctx: Context) -> int:
    """Back the embedded database up where the last backup is too old; gives how many were made."""
    settings = ctx.settings
    made = await asyncio.to_thread(archive.age_of_newest, settings.own_backups, settings.own_key_file)
    if made < settings.backup_hours * 3600:
        return 0
    file = archive.default_name(settings.own_backups)
    manifest = await archive.back_up(owner_dsn, file, lambda _sentence: None)
    dropped = await asyncio.to_thread(archive.drop_old, settings.own_backups, settings.backup_keep)
    _log.info("backup.made", bytes=manifest.bytes, dropped=dropped)
    return 1


@asynccontextmanager
async def doing_chores(ctx: Context, own_database: str | None = None) -> AsyncIterator[None]:
    """Do all chores for the length of the block; `own_database` is the embedded one's, for its owner."""
    chores = list(CHORES)
    if own_database is not None and ctx.settings.backup_hours:
        chores.append((partial(back_up_when_due, own_database), 300))
    tasks = [asyncio.create_task(_keep_doing(chore, seconds, ctx)) for chore, seconds in chores]
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
            _log.debug("chore.done", chore=_name(chore), count=done)
        except Unavailable:
            pass  # It was noted where it happened; the next round may be luckier.
        except Exception as error:  # noqa: BLE001 - one failed round must not end all rounds to come
            _log.error("chore.failed", chore=_name(chore), **describe(error))
        await asyncio.sleep(seconds)


def _name(chore: Chore) -> str:
    return chore.func.__name__ if isinstance(chore, partial) else chore.__name__
