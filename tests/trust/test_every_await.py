"""X16: whatever fails at whichever await, a comment is there whole or not at all, and once."""

from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from faults import awaiting
from faults.check import WRONG
from faults.load import SITE
from faults.nth import Kind
from service.app import build_app
from service.context import Context
from service.model.sites import Site
from service.store.database import Connection
from tests.conftest import Bearer
from tests.factories import SITE_ORIGIN, a_body


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
@pytest.mark.usefixtures("site")
async def test_x16_a_submission_is_stored_once_whichever_await_fails(
    ctx: Context, client: httpx2.AsyncClient, conn: Connection, kind: Kind
) -> None:
    assert await awaiting.submissions(ctx, client, conn, kind)


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
@pytest.mark.usefixtures("site")
async def test_x16_a_decision_is_made_once_whichever_await_fails(
    ctx: Context, client: httpx2.AsyncClient, conn: Connection, bearer: Bearer, kind: Kind
) -> None:
    assert await awaiting.decisions(ctx, client, conn, kind, await bearer("moderate"))


@pytest.mark.parametrize("hours", [-1, 1])
async def test_x16_a_clock_that_is_an_hour_wrong_stores_and_decides_all_the_same(
    ctx: Context, site: Site, bearer: Bearer, conn: Connection, hours: int
) -> None:
    right = ctx.clock
    wrong = replace(ctx, clock=lambda: right() + timedelta(hours=hours))
    transport = httpx2.ASGITransport(build_app(wrong), raise_app_exceptions=False)
    headers = {"Idempotency-Key": "one-hour", "Origin": SITE_ORIGIN}
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
        receipts = [
            await client.post(f"{SITE}/submissions", json=a_body(), headers=headers) for _ in range(2)
        ]
        assert [receipt.status_code for receipt in receipts] == [202, 202]
        assert receipts[0].json()["id"] == receipts[1].json()["id"]
        path = f"/v1/comments/{receipts[0].json()['id']}/decisions"
        decided = await client.post(
            path, json={"action": "approve", "version": 1}, headers=await bearer("moderate")
        )
        assert decided.status_code == 201
    for what, query in WRONG.items():
        assert await conn.fetch(query) == [], what
    assert await conn.fetchval("SELECT abs(extract(epoch FROM now() - created_at)) < 60 FROM comment")
