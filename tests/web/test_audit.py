"""The trail: who, what, when and from where; searched, paged, exported, and seen by whom it concerns."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import asyncpg
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.context import Context
from service.model.people import AuditEvent, Rights, Role
from service.model.sites import Site
from service.store import audit
from service.store.database import Connection
from service.usecases.govern import add_site
from service.web.wire.audit import as_csv, cell, event_out
from tests.conftest import Bearer, MakeComment
from tests.factories import SITE_ORIGIN
from tests.people import a_moderator, an_admin, ok, signed_in
from tests.web.authors import write


async def record(ctx: Context, *events: AuditEvent) -> None:
    for event in events:
        async with ctx.db.transaction(moderation=True) as conn:
            await audit.record(conn, event)


async def test_an_event_says_from_where_and_by_which_request(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment, bearer: Bearer
) -> None:
    comment_id = await make_comment()
    body = {"action": "approve", "version": 1}
    decided = await client.post(
        f"/v1/comments/{comment_id}/decisions", json=body, headers=await bearer("moderate")
    )
    events = ok(await client.get("/v1/audit?action=comment", headers=await an_admin(ctx))).json()["events"]
    [event] = events
    assert (event["action"], event["site"], event["target"]) == ("comment.approve", "daily", str(comment_id))
    assert (event["before"], event["after"]) == ("pending", "approved")
    assert (event["network"], event["request_id"]) == ("127.0.0.0/24", decided.headers["x-request-id"])


async def test_what_the_service_does_by_itself_comes_from_nowhere(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    await record(ctx, AuditEvent("brake.released", "policy"))
    with audit.coming_from(audit.Whence("command")):
        await record(ctx, AuditEvent("site.added", "command line"))
    events = ok(await client.get("/v1/audit", headers=await an_admin(ctx))).json()["events"]
    assert [(each["action"], each["network"]) for each in events] == [
        ("site.added", "command"),
        ("brake.released", None),
    ]


async def test_pages_skip_and_repeat_nothing_while_more_is_recorded(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    weekly = await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    for number in range(12):
        where = (site.id, weekly.id, 0)[number % 3]
        await record(ctx, AuditEvent("test.event", "test", where, str(number)))
    headers, seen, cursor = await an_admin(ctx), [], ""
    while True:
        page = ok(await client.get(f"/v1/audit?action=test&limit=5{cursor}", headers=headers)).json()
        seen += [event["target"] for event in page["events"]]
        await record(ctx, AuditEvent("test.event", "test", site.id, "later"))
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [str(number) for number in range(11, -1, -1)]


async def test_it_is_searched_by_actor_action_target_site_and_time(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    await record(
        ctx,
        AuditEvent("page.closed", "ana", site.id, "https://news.example/a"),
        AuditEvent("page.opened", "ana", site.id, "https://news.example/a"),
        AuditEvent("page.closed", "ben", site.id, "https://news.example/b"),
        AuditEvent("pages.odd", "ben"),
    )
    headers = await an_admin(ctx)
    now = datetime.now(UTC)

    async def found(**query: str) -> list[str]:
        events = ok(await client.get("/v1/audit", params=query, headers=headers)).json()["events"]
        return [f"{event['actor']} {event['action']}" for event in events if event["actor"] in {"ana", "ben"}]

    assert await found(actor="ana") == ["ana page.opened", "ana page.closed"]
    assert await found(action="page.closed") == ["ben page.closed", "ana page.closed"]
    assert len(await found(action="page")) == 3
    assert await found(target="https://news.example/b") == ["ben page.closed"]
    assert len(await found(site="daily")) == 3
    assert await found(actor="ben", action="page", site="daily") == ["ben page.closed"]
    assert await found(until=(now - timedelta(hours=1)).isoformat()) == []
    assert len(await found(since=(now - timedelta(hours=1)).isoformat())) == 4


async def test_events_stand_in_the_order_in_which_they_were_recorded(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, owner_dsn: str
) -> None:
    """Whoever waited for a lock began earlier, and recorded later."""
    waited = await asyncpg.connect(owner_dsn)
    async with waited.transaction():
        await waited.execute("SELECT now()")
        await record(ctx, AuditEvent("test.event", "quick"))
        await audit.record(waited, AuditEvent("test.event", "waited"))
    await waited.close()
    events = ok(await client.get("/v1/audit?action=test", headers=await an_admin(ctx))).json()["events"]
    assert [event["actor"] for event in events] == ["waited", "quick"]
    assert [event["at"] for event in events] == sorted((event["at"] for event in events), reverse=True)


class Counting:
    """A connection that counts what its statements read."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.blocks = 0

    async def fetch(self, sql: str, *arguments: object) -> Sequence[asyncpg.Record]:
        told = await self._conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *arguments)
        plan = json.loads(told)[0]["Plan"]
        self.blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return await self._conn.fetch(sql, *arguments)


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_a_search_reads_no_more_of_a_long_trail_than_of_a_short_one(
    conn: Connection, site: Site, mode: str
) -> None:
    await conn.execute(
        "INSERT INTO audit_event (site_id, at, actor, action, target) "
        "SELECT $1, timestamptz '2026-01-01' + g * interval '1 minute', "
        "       CASE g WHEN 7 THEN 'zoe' ELSE 'mod' || g % 3 END, "
        "       CASE g WHEN 9 THEN 'comment.withdrawn' WHEN 11 THEN 'policy.set' ELSE 'comment.approve' END, "
        "       'comment ' || g "
        "  FROM generate_series(1, 40000) g",
        site.id,
    )
    await conn.execute("VACUUM ANALYZE audit_event")
    await conn.execute(f"SET plan_cache_mode = {mode}")
    early = datetime(2026, 1, 1, 1, tzinfo=UTC)
    for search, count in {
        audit.Search(): 50,
        audit.Search(action="policy"): 1,
        audit.Search(action="comment.withdrawn"): 1,
        audit.Search(action="comment"): 50,
        audit.Search(action="comment.approve"): 50,
        audit.Search(action="nothing"): 0,
        audit.Search(actor="zoe"): 1,
        audit.Search(actor="mod1"): 50,
        audit.Search(actor="mod2", action="policy.set"): 1,
        audit.Search(actor="nobody"): 0,
        audit.Search(target="comment 5"): 1,
        audit.Search(target="comment 5", actor="mod2", action="comment"): 1,
        audit.Search(until=early): 50,
        audit.Search(since=early, until=early + timedelta(minutes=3)): 3,
        audit.Search(actor="mod1", until=early): 19,
        audit.Search(action="comment", since=early, until=early + timedelta(minutes=3)): 3,
    }.items():
        counting = Counting(conn)
        found = await audit.page(cast(Connection, counting), [0, site.id], search, audit.NEWEST, 50)
        assert len(found) == count, search
        assert counting.blocks < 250, search
    [last] = await audit.page(conn, [site.id], audit.Search(target="comment 5"), audit.NEWEST, 50)
    assert await audit.page(conn, [site.id], audit.Search(actor=last.actor), last.moment, 1) != [last]


@pytest.mark.parametrize("times", ["since=9999-12-31T23:59:59-12:00", "until=0001-01-01T00:00:00%2B12:00"])
async def test_a_time_beyond_all_calendars_finds_nothing(
    client: httpx2.AsyncClient, ctx: Context, site: Site, times: str
) -> None:
    await record(ctx, AuditEvent("test.event", "test"))
    assert ok(await client.get(f"/v1/audit?{times}", headers=await an_admin(ctx))).json()["events"] == []


@pytest.mark.parametrize(
    "query", ["since=yesterday", "since=2026-01-01T00:00:00", "limit=0", "actr=x", "actor=a%00b"]
)
async def test_a_search_that_makes_no_sense_is_refused(
    client: httpx2.AsyncClient, ctx: Context, query: str
) -> None:
    assert (await client.get(f"/v1/audit?{query}", headers=await an_admin(ctx))).status_code == 422


async def test_no_day_and_no_character_makes_the_page_fail(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    admin = await an_admin(ctx)
    for query, status in {"until=9999-12-31": 422, "since=0001-01-01": 200, "actor=%00": 422}.items():
        assert (await client.get(f"/console/audit?{query}", headers=admin)).status_code == status, query


async def test_everybody_sees_the_events_of_their_own_sites_and_admins_all(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    weekly = await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    await record(
        ctx,
        AuditEvent("test.here", "test", site.id),
        AuditEvent("test.there", "test", weekly.id),
        AuditEvent("test.all", "test"),
    )
    everything = {"test.here", "test.there", "test.all"}
    for name, rights, seen in (
        ("reader", Rights(Role.READER, {site.id: None}), {"test.here"}),
        ("local", Rights(Role.ADMIN, {site.id: None}), {"test.here"}),
        ("everywhere", Rights(Role.MODERATOR), {"test.here", "test.there"}),
        ("root", Rights(Role.ADMIN), everything),
    ):
        headers = await signed_in(ctx, await a_moderator(ctx, name, rights))
        events = ok(await client.get("/v1/audit?action=test", headers=headers)).json()["events"]
        assert {event["action"] for event in events} == seen, name
    local = await signed_in(ctx, await a_moderator(ctx, "other", Rights(Role.ADMIN, {weekly.id: None})))
    assert (await client.get("/v1/audit?site=daily", headers=local)).status_code == 404
    exported = ok(await client.get("/v1/audit/export?action=test", headers=local)).text
    assert [json.loads(line)["action"] for line in exported.splitlines()] == ["test.there"]


async def test_the_export_is_whole_in_both_formats(
    client: httpx2.AsyncClient, ctx: Context, site: Site, conn: Connection
) -> None:
    await conn.execute(
        "INSERT INTO audit_event (site_id, actor, action, target) "
        "SELECT $1, 'test', 'test.many', g::text FROM generate_series(1, 1203) g",
        site.id,
    )
    headers = await an_admin(ctx)
    lines = ok(await client.get("/v1/audit/export?action=test", headers=headers))
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line)["target"] for line in lines.text.splitlines()] == [
        str(number) for number in range(1203, 0, -1)
    ]
    table = ok(await client.get("/v1/audit/export?action=test&format=csv", headers=headers))
    assert table.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["target"] for row in rows] == [str(number) for number in range(1203, 0, -1)]
    assert "\r\n" in table.text
    exported = await conn.fetchval("SELECT count(*) FROM audit_event WHERE action = 'audit.exported'")
    assert exported == 2


async def test_exporting_needs_the_right_to(client: httpx2.AsyncClient, ctx: Context, bearer: Bearer) -> None:
    assert (await client.get("/v1/audit/export", headers=await bearer("moderate"))).status_code == 403
    ok(await client.get("/v1/audit/export", headers=await bearer("export")))


@given(st.text())
def test_no_cell_is_a_formula_and_every_cell_is_read_back(text: str) -> None:
    event = audit.StoredEvent(0, 1, datetime.now(UTC), text, text, text, text, text, text, None)
    [row] = list(csv.reader(io.StringIO(as_csv([event_out(event, {})]), newline="")))
    for read in row[3:-1]:
        assert read in {text, f"'{text}"}
        assert not read.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_an_apostrophe_leads_what_would_be_calculated(text: str) -> None:
    assert cell(text) == f"'{text}"


async def test_t79_nobody_changes_what_was_recorded(ctx: Context, app_dsn: str) -> None:
    await record(ctx, AuditEvent("test.event", "test"))
    for sql in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"):
        with pytest.raises(Exception, match=r"permission denied|never changed"):
            async with ctx.db.transaction(moderation=True) as conn:
                await conn.execute(sql)


async def test_what_a_reader_does_is_recorded_without_their_network(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    author = await write(client)
    assert (await author.act("withdrawal")).status_code == 200
    events = ok(await client.get("/v1/audit?action=comment", headers=await an_admin(ctx))).json()["events"]
    assert [(each["actor"], each["action"], each["network"]) for each in events] == [
        ("author", "comment.withdrawn", None)
    ]
