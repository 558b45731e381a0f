"""The database is away, or may only be read: what readers see, and that it heals by itself."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx2
import pytest

from service.context import Context
from service.errors import Unavailable
from service.model.sites import Site
from service.store.database import Pulse, steadily
from service.store.unavailable import Clash, is_unavailable, unavailable
from service.web.drawing import threads
from service.web.http.state import State
from tests.conftest import Bearer, MakeComment
from tests.factories import ARTICLE, SITE_ORIGIN, a_body, a_delivery, a_submission, submitted

PATH = "/v1/sites/daily/submissions"
THREAD = "/v1/sites/daily/thread"
WIDGET = {"Origin": SITE_ORIGIN}

NOT_NOW = [
    asyncpg.ConnectionDoesNotExistError("closed"),
    asyncpg.CannotConnectNowError("starting up"),
    asyncpg.AdminShutdownError("terminating"),
    asyncpg.QueryCanceledError("statement timeout"),
    asyncpg.TooManyConnectionsError("too many"),
    asyncpg.DiskFullError("no space left"),
    asyncpg.ReadOnlySQLTransactionError("read-only"),
    asyncpg.IdleInTransactionSessionTimeoutError("idle"),
    asyncpg.SerializationError("concurrent update"),
    asyncpg.DeadlockDetectedError("deadlock"),
    asyncpg.LockNotAvailableError("lock timeout"),
    asyncpg.InvalidCachedStatementError("plan must not change"),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("cannot switch to state 15"),
    ConnectionRefusedError(),
    ConnectionResetError(),
    TimeoutError(),
]
OURS = [
    asyncpg.UniqueViolationError("duplicate key"),
    asyncpg.CharacterNotInRepertoireError("NUL"),
    asyncpg.UndefinedTableError("no such table"),
    asyncpg.InsufficientPrivilegeError("denied"),
    asyncpg.DataError("invalid input for query argument"),
    asyncpg.exceptions.DataError("out of range"),
    ValueError(),
    KeyError(),
    None,
]


def named(error: object) -> str:
    return type(error).__name__


@pytest.mark.parametrize("error", NOT_NOW, ids=named)
def test_what_means_not_now_is_known(error: BaseException) -> None:
    assert is_unavailable(error)


@pytest.mark.parametrize("error", OURS, ids=named)
def test_mistakes_of_ours_are_not_taken_for_a_database_that_is_away(error: BaseException | None) -> None:
    assert not is_unavailable(error)


async def test_what_others_were_in_the_way_of_is_tried_three_times() -> None:
    tries = 0

    async def work() -> int:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise unavailable(asyncpg.DeadlockDetectedError("deadlock"))
        return tries

    assert await steadily(work) == 3
    with pytest.raises(Clash):
        await steadily(_clash)


async def _clash() -> int:
    raise unavailable(asyncpg.SerializationError("again"))


async def test_a_failure_that_may_have_been_stored_is_not_tried_again() -> None:
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        raise unavailable(asyncpg.ConnectionDoesNotExistError("closed in the middle"))

    with pytest.raises(Unavailable):
        await steadily(work)
    assert tries == 1


def test_a_silent_server_is_asked_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("service.store.database.time.monotonic", lambda: now)
    pulse = Pulse()
    assert pulse.may_ask()
    pulse.note(silent=True)
    assert not pulse.may_ask()
    now += 1.1
    assert [pulse.may_ask() for _ in range(3)] == [True, False, False]
    pulse.note(silent=False)
    assert pulse.may_ask()


@pytest.fixture
def gone() -> Iterator["Gone"]:
    with pytest.MonkeyPatch.context() as patch:
        yield Gone(patch)


class Gone:
    """Takes the database away from the application, and brings it back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def away(self) -> None:
        """Nobody gets a connection any more."""

        async def refused(*_: Any, **__: Any) -> None:
            raise ConnectionRefusedError

        self._monkeypatch.setattr(asyncpg.Pool, "acquire", refused)

    def back(self) -> None:
        """As before."""
        self._monkeypatch.undo()


async def read(client: httpx2.AsyncClient, **over: str) -> httpx2.Response:
    return await client.get(THREAD, params={"page": ARTICLE, **over}, headers=WIDGET)


@pytest.mark.usefixtures("site")
async def test_threads_are_served_from_the_last_copy_while_the_database_is_away(
    client: httpx2.AsyncClient, state: State, gone: Gone, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.threads._seconds = 0
    fresh = await read(client)
    gone.away()
    for _ in range(2):
        old = await read(client)
        assert (old.status_code, old.content) == (200, fresh.content)
        assert old.headers["age"].isdigit()
        assert old.headers["cache-status"].startswith("greenroom; hit; ttl=-")
        assert old.headers["access-control-allow-origin"] == SITE_ORIGIN
    known = {"If-None-Match": fresh.headers["etag"], **WIDGET}
    assert (await client.get(THREAD, params={"page": ARTICLE}, headers=known)).status_code == 304
    unseen = await read(client, limit="7")
    assert (unseen.status_code, unseen.json()["code"]) == (503, "unavailable")

    monkeypatch.setattr(threads, "STALE_SECONDS", 0.0)
    assert (await read(client)).status_code == 503

    gone.back()
    again = await read(client)
    assert (again.status_code, again.content) == (200, fresh.content)
    assert not {"age", "cache-status"} & again.headers.keys()


async def test_a_comment_that_was_taken_off_is_in_no_copy(
    client: httpx2.AsyncClient,
    state: State,
    gone: Gone,
    make_comment: MakeComment,
    bearer: Bearer,
) -> None:
    state.threads._seconds = 0
    comment_id, moderate = await make_comment(), await bearer("moderate")
    path = f"/v1/comments/{comment_id}/decisions"
    await client.post(path, json={"action": "approve", "version": 1}, headers=moderate)
    assert (await read(client)).json()["count"] == 1
    rejected = {"action": "reject", "reason": "abuse", "version": 2}
    assert (await client.post(path, json=rejected, headers=moderate)).status_code == 201
    gone.away()
    assert (await read(client)).status_code == 503


async def test_a_submission_is_refused_whole_and_the_same_key_stores_it_later(
    client: httpx2.AsyncClient, ctx: Context, site: Site, gone: Gone
) -> None:
    headers = {**WIDGET, "Idempotency-Key": "kept-by-the-widget"}
    assert (await client.options(PATH, headers=WIDGET)).status_code == 204
    gone.away()
    for _ in range(2):
        refused = await client.post(PATH, json=a_body(), headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) >= 1
        assert refused.headers["access-control-allow-origin"] == SITE_ORIGIN
    assert (await client.options(PATH, headers=WIDGET)).status_code == 204
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503
    gone.back()
    stored = await client.post(PATH, json=a_body(), headers=headers)
    assert stored.status_code == 202
    assert "idempotency-replayed" not in stored.headers
    assert (await client.post(PATH, json=a_body(), headers=headers)).json() == stored.json()
    async with ctx.db.read() as conn:
        assert await conn.fetchval("SELECT count(*) FROM comment WHERE site_id = $1", site.id) == 1


async def test_a_plain_form_keeps_what_was_written_and_says_when_to_come_back(
    client: httpx2.AsyncClient, site: Site, gone: Gone
) -> None:
    assert (await client.options(PATH, headers=WIDGET)).status_code == 204
    gone.away()
    answer = await client.post(PATH, data=a_body(), headers={**WIDGET, "Accept": "text/html"})
    assert answer.status_code == 503
    assert a_body()["text"] in answer.text
    assert int(answer.headers["retry-after"]) >= 1


async def test_x10_a_database_that_may_only_be_read_refuses_and_heals_without_a_hand(
    client: httpx2.AsyncClient, ctx: Context, conn: asyncpg.Connection, site: Site
) -> None:
    name = await conn.fetchval("SELECT current_database()")
    assert (await client.post(PATH, json=a_body(), headers=WIDGET)).status_code == 202
    await conn.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    for pool in (ctx.db._public, ctx.db._moderation):
        await pool.expire_connections()
    for _ in range(3):
        refused = await client.post(PATH, json=a_body(text="Not now."), headers=WIDGET)
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert (await read(client)).status_code == 200
    await conn.execute("SET default_transaction_read_only = off")
    await conn.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    # The first refusal has all connections renewed.
    answers = [await client.post(PATH, json=a_body(text="Now."), headers=WIDGET) for _ in range(2)]
    assert answers[-1].status_code == 202


async def test_a_storm_of_clashes_ends_in_one_comment(ctx: Context, site: Site) -> None:
    await asyncio.gather(
        *(
            submitted(ctx, site, a_submission(text="The same."), a_delivery(key=b"k", key_is_explicit=True))
            for _ in range(20)
        )
    )
    async with ctx.db.read() as conn:
        assert await conn.fetchval("SELECT count(*) FROM comment") == 1
