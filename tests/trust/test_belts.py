"""What the service's own statements should never ask for, PostgreSQL does not give them either."""

from collections.abc import AsyncIterator

import asyncpg
import httpx2
import pytest

from service.context import Context
from service.model.people import Rights, Role
from service.model.sites import Site
from service.store import belts
from service.store.database import Connection
from service.store.roles import LIMITED
from service.usecases.govern import add_site
from tests.conftest import Bearer, MakeComment
from tests.factories import ARTICLE, SITE_ORIGIN, a_delivery, a_submission, submitted
from tests.people import a_moderator, ok, signed_in

ADD_PAGE = "INSERT INTO page (site_id, id, url) VALUES ($1, gen_random_uuid(), 'x')"


async def fail(ctx: Context) -> None:
    async with ctx.db.transaction(moderation=True) as conn:
        await conn.execute("SELECT 1 / 0")


@pytest.fixture
async def as_reader(app_dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(app_dsn, server_settings={"role": belts.READERS})
    yield connection
    await connection.close()


@pytest.fixture
async def other(ctx: Context) -> Site:
    """A second site with a comment of its own."""
    made = await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    await submitted(ctx, made, a_submission(text="Of the other site."), a_delivery())
    return made


async def test_t33_the_readers_role_sees_pages_and_comments_and_nothing_else(
    as_reader: Connection, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment()
    tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    names = [row["relname"] for row in await conn.fetch(tables)]
    assert "contact" in names
    for name in set(names) - {"site", "page", "comment"}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError) as refused:
            await as_reader.fetch(f"SELECT * FROM {name}")
        assert refused.value.sqlstate == "42501"
    for column in ("network", "facts", "score", "reason", "campaign_id"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await as_reader.fetch(f"SELECT {column} FROM comment")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_reader.execute("UPDATE comment SET text = 'x'")
    assert await as_reader.fetchval("SELECT count(*) FROM comment") == 1


async def test_t33_readers_pages_are_read_as_that_role(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    async with ctx.db.view() as view:
        assert await view.fetchval("SELECT current_user") == belts.READERS
    await make_comment()
    paths = [f"/v1/sites/daily/{what}?page={ARTICLE}" for what in ("thread", "thread.html", "counts")]
    assert [(await client.get(path)).status_code for path in paths] == [200, 200, 200]
    await conn.execute(f"REVOKE SELECT ON page FROM {belts.READERS}")
    assert [(await client.get(f"{path}&x=1")).status_code for path in paths] != [200, 200, 200]


async def test_rows_of_other_sites_do_not_exist_for_who_is_limited(
    ctx: Context, site: Site, other: Site, make_comment: MakeComment
) -> None:
    await make_comment()
    with belts.within_reach():
        belts.limit([site.id])
        async with ctx.db.read(moderation=True) as conn:
            assert await conn.fetchval("SELECT current_user") == belts.DESK
            for table in LIMITED:
                found = await conn.fetch(f"SELECT DISTINCT site_id FROM {table}")
                assert {row["site_id"] for row in found} <= {site.id}, table
            assert await conn.execute("UPDATE comment SET text = 'x'") == "UPDATE 1"
            assert await conn.execute("DELETE FROM contact WHERE site_id = $1", other.id) == "DELETE 0"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(ADD_PAGE, other.id)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute("UPDATE decision SET note = 'x'")
        belts.limit([])
        async with ctx.db.read(moderation=True) as conn:
            assert await conn.fetchval("SELECT count(*) FROM comment") == 0
    for _ in range(6):
        async with ctx.db.read(moderation=True) as conn:
            assert await conn.fetchval("SELECT current_user") == "greenroom_app"
            assert await conn.fetchval("SELECT count(DISTINCT site_id) FROM comment") == 2


async def test_a_connection_is_as_it_was_even_after_a_failure(ctx: Context, site: Site) -> None:
    for _ in range(4):
        with belts.within_reach():
            belts.limit([site.id])
            with pytest.raises(asyncpg.DivisionByZeroError):
                await fail(ctx)
    for _ in range(4):
        async with ctx.db.read(moderation=True) as conn:
            assert await conn.fetchval("SELECT current_setting('greenroom.sites', true)") in {None, ""}
            assert await conn.fetchval("SELECT current_user") == "greenroom_app"


async def test_t42_a_statement_that_forgot_the_site_would_still_show_nothing_of_others(
    client: httpx2.AsyncClient,
    ctx: Context,
    site: Site,
    other: Site,
    make_comment: MakeComment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first belt is taken off: the use case believes that every site is the caller's."""
    await make_comment(text="Of the own site.")
    ana = await signed_in(ctx, await a_moderator(ctx, "ana", Rights(Role.MODERATOR, {site.id: None})))

    async def every(_conn: object, _principal: object) -> list[int]:
        return [site.id, other.id]

    monkeypatch.setattr("service.store.sites.visible", every)
    shown = ok(await client.get("/v1/queue", headers=ana)).json()["comments"]
    assert [comment["text"] for comment in shown] == ["Of the own site."]


async def test_a_program_of_every_site_sees_every_site(
    client: httpx2.AsyncClient, site: Site, other: Site, make_comment: MakeComment, bearer: Bearer
) -> None:
    await make_comment()
    found = ok(await client.get("/v1/queue", headers=await bearer("read"))).json()["comments"]
    assert {comment["site"] for comment in found} == {"daily", "weekly"}
