"""The one door of this package: a database server for the length of a context."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from service.embedded.binaries import Binaries, find_binaries, runnable_by
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
from service.embedded.launch import Launch
from service.embedded.layout import Layout, explained, prepare_layout
from service.embedded.locking import DataDirLock, Holder, Purpose
from service.embedded.postmaster import (
    Postmaster,
    clear_leftovers,
    start_postmaster,
    stop_postmaster,
)
from service.embedded.privileges import server_account
from service.embedded.roles import ensure_roles, reset_admin_password
from service.embedded.sockets import socket_folder
from service.embedded.supervisor import Supervisor

ATTACH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """Addresses of a running server; they stay valid through its restarts."""

    owner_dsn: str = field(repr=False)
    app_dsn: str = field(repr=False)
    bin_dir: Path
    log_file: Path
    admin_dsn: str = field(repr=False)


@asynccontextmanager
async def embedded_postgres(
    data_dir: Path, *, purpose: Purpose, on_progress: Callable[[str], None] | None = None
) -> AsyncIterator[EmbeddedServer]:
    """Run the server of this data folder, or attach a command to the service that runs it."""
    tell = on_progress or _tell_nobody
    layout = prepare_layout(data_dir)
    binaries = find_binaries()
    lock = DataDirLock(layout)

    async def attach(holder: Holder) -> bool:
        return await _takes_connections(layout, holder)

    try:
        holder = await claim(lock, purpose, attach=attach, tell=tell)
        if holder is not None and holder.socket_dir is not None:
            with explained(layout.root):
                credentials = load_or_create(layout)
            yield _addresses(layout, binaries, credentials, holder.socket_dir)
            return
        launch = await asyncio.to_thread(_plan, layout, binaries)
        await ensure_cluster(launch, tell)
        tell("Starting the database")
        supervisor = Supervisor(launch, await _start(launch, tell))
        try:
            lock.announce(launch.socket_dir)
            yield _addresses(layout, binaries, launch.credentials, launch.socket_dir)
        finally:
            await _to_the_end(supervisor.stop())
    finally:
        lock.release()


def _plan(layout: Layout, binaries: Binaries) -> Launch:
    with explained(layout.root):
        account = server_account(layout)
        credentials = load_or_create(layout)
        socket_dir = socket_folder(layout, credentials, account)
        runnable = runnable_by(account, binaries)
    return Launch(layout, runnable, account, credentials, socket_dir)


async def _start(launch: Launch, tell: Callable[[str], None]) -> Postmaster:
    postmaster = await start_postmaster(launch, tell)
    try:
        try:
            await ensure_roles(launch)
        except asyncpg.InvalidPasswordError:
            await stop_postmaster(launch, postmaster)
            await clear_leftovers(launch)
            await reset_admin_password(launch)
            postmaster = await start_postmaster(launch, tell)
            await ensure_roles(launch)
    except BaseException:
        await _to_the_end(stop_postmaster(launch, postmaster))
        raise
    return postmaster


async def _takes_connections(layout: Layout, holder: Holder) -> bool:
    with explained(layout.root):
        credentials = load(layout)
    if credentials is None or holder.socket_dir is None:
        return False
    address = dsn(OWNER_ROLE, credentials.owner, holder.socket_dir)
    with suppress(OSError, TimeoutError, asyncpg.PostgresError):
        connection = await asyncpg.connect(address, timeout=ATTACH_SECONDS)
        await connection.close()
        return True
    return False


def _addresses(
    layout: Layout, binaries: Binaries, credentials: Credentials, socket_dir: Path
) -> EmbeddedServer:
    return EmbeddedServer(
        owner_dsn=dsn(OWNER_ROLE, credentials.owner, socket_dir),
        app_dsn=dsn(APP_ROLE, credentials.app, socket_dir),
        bin_dir=binaries.bin_dir,
        log_file=layout.log_file,
        admin_dsn=dsn(ADMIN_ROLE, credentials.admin, socket_dir),
    )


async def _to_the_end(work: Coroutine[None, None, None]) -> None:
    """Finish this even if we are cancelled meanwhile; the cancellation goes on afterwards."""
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


def _tell_nobody(_: str) -> None:
    """For callers that show no progress."""
