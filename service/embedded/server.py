"""The one thing the rest of the service sees: a PostgreSQL that is there for the length of a block."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from service.embedded.binaries import find_binaries, runnable_by
from service.embedded.claiming import claim
from service.embedded.cluster import ensure_cluster
from service.embedded.credentials import (
    ADMIN_ROLE,
    APP_ROLE,
    OWNER_ROLE,
    Credentials,
    dsn,
    load,
    load_or_create,
)
from service.embedded.errors import StartFailed
from service.embedded.launch import Launch, rotate_log
from service.embedded.layout import Layout, explained, prepare_layout
from service.embedded.locking import DataDirLock, Holder, Purpose
from service.embedded.postmaster import Postmaster
from service.embedded.privileges import server_account
from service.embedded.processes import end_cluster
from service.embedded.roles import ensure_roles, reset_admin_password
from service.embedded.sockets import socket_folder


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """How to reach the server: as the schema's owner, as the application, and as the superuser."""

    owner_dsn: str = field(repr=False)
    app_dsn: str = field(repr=False)
    admin_dsn: str = field(repr=False)
    bin_dir: Path
    log_file: Path


@asynccontextmanager
async def embedded_postgres(
    data_dir: Path, *, purpose: Purpose, on_progress: Callable[[str], None] | None = None
) -> AsyncIterator[EmbeddedServer]:
    """The PostgreSQL of a data folder, started if nobody runs it and stopped again at the end.

    A command attaches to the server of a running service. Raises `EmbeddedPostgresError`, whose message
    says what to do.
    """
    tell = on_progress or (lambda _sentence: None)
    layout = await asyncio.to_thread(prepare_layout, data_dir)
    lock = DataDirLock(layout)
    try:
        holder = await claim(lock, purpose, attach=lambda found: _answers(layout, found), tell=tell)
        if holder is not None and holder.socket_dir is not None:
            credentials = load(layout)
            assert credentials is not None
            yield _server(layout, credentials, holder.socket_dir, find_binaries().bin_dir)
            return
        async with _running(layout, tell) as launch:
            lock.announce(launch.socket_dir)
            yield _server(layout, launch.credentials, launch.socket_dir, launch.binaries.bin_dir)
    finally:
        lock.release()


@asynccontextmanager
async def _running(layout: Layout, tell: Callable[[str], None]) -> AsyncIterator[Launch]:
    """A server of our own, watched, and ended when the block ends."""
    launch = await asyncio.to_thread(_prepare, layout)
    await end_cluster(layout.pgdata)
    await ensure_cluster(launch, tell)
    postmaster = Postmaster(launch)
    try:
        await postmaster.start()
        await _let_roles_in(postmaster)
        watch = asyncio.create_task(postmaster.watch())
        try:
            yield launch
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
    finally:
        await _to_the_end(postmaster.stop())


async def _to_the_end(work: Coroutine[None, None, None]) -> None:
    """Finish this even if cancelled again meanwhile: the lock must not go before the server."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled


async def _let_roles_in(postmaster: Postmaster) -> None:
    """Make sure of the roles; a server whose passwords we lost is given ours first."""
    try:
        await ensure_roles(postmaster.launch)
    except asyncpg.InvalidPasswordError:
        await postmaster.stop()
        await reset_admin_password(postmaster.launch)
        await postmaster.start()
        await ensure_roles(postmaster.launch)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise StartFailed(
            f"The database's roles could not be made ({type(error).__name__}): see"
            f" {postmaster.launch.layout.log_file}."
        ) from error


def _prepare(layout: Layout) -> Launch:
    with explained(layout.root):
        rotate_log(layout)
        account = server_account(layout)
        credentials = load_or_create(layout)
        return Launch(
            layout=layout,
            binaries=runnable_by(account, find_binaries()),
            account=account,
            credentials=credentials,
            socket_dir=socket_folder(layout, credentials, account),
        )


async def _answers(layout: Layout, holder: Holder) -> bool:
    """Whether the server of a running service takes a connection now."""
    credentials = load(layout)
    if credentials is None or holder.socket_dir is None:
        return False
    try:
        conn = await asyncpg.connect(dsn(APP_ROLE, credentials.app, holder.socket_dir), timeout=2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        return False
    await conn.close()
    return True


def _server(layout: Layout, credentials: Credentials, socket_dir: Path, bin_dir: Path) -> EmbeddedServer:
    return EmbeddedServer(
        owner_dsn=dsn(OWNER_ROLE, credentials.owner, socket_dir),
        app_dsn=dsn(APP_ROLE, credentials.app, socket_dir),
        admin_dsn=dsn(ADMIN_ROLE, credentials.admin, socket_dir),
        bin_dir=bin_dir,
        log_file=layout.log_file,
    )
