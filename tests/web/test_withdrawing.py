"""A comment that its author took back: nothing is left of it but a place for the replies."""

import httpx2
import pytest

from service.context import Context
from service.store.database import Connection
from service.web.http.state import State
from tests.conftest import Bearer
from tests.factories import ARTICLE, a_body
from tests.web.authors import SITE, approve, approved_elsewhere, thread, write

pytestmark = pytest.mark.usefixtures("site")


async def test_a_withdrawn_comment_leaves_a_place_and_nothing_that_it_said(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection
) -> None:
    secret = "Ottoline once said that quinces grow at https://quince.example/tree in Mordant Street."
    author = await write(client, text=secret, name="Ottoline", website="https://quince.example")
    await author.act("text", text=secret + " Yes.")
    await approve(ctx, author, 2)
    reply = await write(client, text="Do they?", parent=str(author.id))
    await approve(ctx, reply)
    assert (await thread(client))["count"] == 2

    for _ in range(2):
        assert (await author.act("withdrawal")).json()["status"] == "removed"
    found = await thread(client)
    assert found["count"] == 1
    assert [(each["removed"], each["text"]) for each in found["comments"]] == [
        (True, ""),
        (False, "Do they?"),
    ]
    html = (await client.get(f"{SITE}/thread.html", params={"page": ARTICLE})).text
    assert "[comment removed]" in html
    for table in ("comment", "revision", "signal", "link", "likeness", "lesson", "contact", "report"):
        rows = await conn.fetch(f"SELECT * FROM {table} WHERE site_id = 1")
        assert not [word for word in ("Ottoline", "quince", "Mordant") if word in str(rows)], table
    assert await conn.fetchval("SELECT count(*) FROM contact") == 1

    await reply.act("withdrawal")
    assert (await thread(client))["comments"] == []


async def test_a_withdrawn_comment_is_in_no_queue_and_cannot_be_decided_or_answered(
    client: httpx2.AsyncClient, ctx: Context, bearer: Bearer
) -> None:
    waiting, shown = await write(client), await write(client, text="Another one.")
    await approve(ctx, shown)
    await waiting.act("withdrawal")
    await shown.act("withdrawal")
    headers = await bearer("moderate")
    assert (await client.get("/v1/queue", headers=headers)).json()["comments"] == []
    for author in (waiting, shown):
        gone = (await client.get(f"/v1/comments/{author.id}", headers=headers)).json()
        assert gone["gone_because"] == "withdrawn"
        body = {"action": "approve", "version": gone["version"]}
        path = f"/v1/comments/{author.id}/decisions"
        assert (await client.post(path, json=body, headers=headers)).status_code == 409
    answer = await client.post(f"{SITE}/submissions", json=a_body(parent=str(shown.id)))
    assert answer.json()["errors"][0]["code"] == "parent.unknown"


async def test_a_reply_waits_below_the_removed_comment_that_it_answers(
    client: httpx2.AsyncClient, ctx: Context, state: State
) -> None:
    above = await write(client)
    await approve(ctx, above)
    between = await write(client, text="Between.", parent=str(above.id))
    await approve(ctx, between)
    below = await write(client, text="Below.", parent=str(between.id))
    await above.act("withdrawal")
    await between.act("withdrawal")
    assert (await thread(client))["comments"] == []
    await approve(ctx, below)
    approved_elsewhere(state)
    assert [each["removed"] for each in (await thread(client))["comments"]] == [True, True, False]
