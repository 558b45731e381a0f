"""The console's pages about many comments, standing rules, reviews and second opinions, all by forms."""

import re
from html import unescape
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store import sites
from service.store.database import Connection
from service.usecases.decide import decide
from tests.conftest import MakeComment
from tests.factories import a_delivery, a_submission, submitted
from tests.web.console_forms import OWN, csrf, followed, sign_in, words

pytestmark = pytest.mark.usefixtures("site", "moderator")
BO = Principal("bo", frozenset({Scope.MODERATE}), None)
PITCH = "Earn {} dollars a day from home, no experience needed, just visit us and start today"


async def send(client: httpx2.AsyncClient, path: str, **fields: object) -> httpx2.Response:
    form = {"csrf": await csrf(client), **{name: str(value) for name, value in fields.items()}}
    return await client.post(path, data=form, headers=OWN)


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', html)
    assert found, name
    return found[1]


async def statuses(conn: Connection) -> list[str]:
    return [row["status"] for row in await conn.fetch("SELECT status FROM comment ORDER BY id")]


async def test_a_campaign_is_looked_at_decided_but_for_one_and_taken_back(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection, ctx: Context
) -> None:
    ids = [await make_comment(text=PITCH.format(n)) for n in range(4)]
    stray = await make_comment(text="My <b>neighbour</b> waited three years for a permit to mend her roof.")
    await conn.execute("UPDATE comment SET campaign_id = $1 WHERE id = $2", ids[0], stray)
    await sign_in(client)
    listed = await client.get("/console/campaigns")
    assert "Waiting: 5" in words(listed.text)
    path = f"/console/campaigns/daily/{ids[0]}"
    assert path in listed.text
    shown = (await client.get(path)).text
    assert "1 of 5 look different" in words(shown)
    assert "Approve all 5" in words(shown)

    without = (await client.get(f"{path}?without={stray}")).text
    assert "Reject all 4 as" in words(without)
    fields = {name: hidden(without, name) for name in ("last", "without", "key")}
    decided = await send(client, f"{path}/decisions", reason="spam", hours=24, **fields)
    read = await followed(client, decided)
    assert "Decided: 4" in read
    assert "Undo all 4" in read
    assert await statuses(conn) == ["rejected"] * 4 + ["pending"]
    again = await send(client, f"{path}/decisions", reason="spam", hours=24, **fields)
    assert again.headers["location"] == decided.headers["location"]
    assert await conn.fetchval("SELECT count(*) FROM rule") == 1

    undone = await send(client, f"{decided.headers['location']}/undo")
    assert "Pending4" in await followed(client, undone)
    assert await statuses(conn) == ["pending"] * 5
    redone = await send(client, f"{undone.headers['location']}/undo")
    assert "Rejected4" in await followed(client, redone)


async def test_what_is_ticked_off_is_decided_and_above_25_after_asking_once(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    ids = [await make_comment(text=f"{n}") for n in range(26)]
    await sign_in(client)
    few = {f"pick-{each}": 1 for each in ids[:2]}
    done = await send(client, "/console/decisions", action="approve", **few)
    assert "Decided: 2" in await followed(client, done)

    many = {f"pick-{each}": 1 for each in ids}
    asked = await send(client, "/console/decisions", reason="spam", back="/console/decided", **many)
    assert "Comments to be rejected at once: 26" in words(asked.text)
    assert (await statuses(conn)).count("rejected") == 0
    fields = dict(re.findall(r'name="(pick-[^"]+)" value="(\d+)"', asked.text))
    sure = {"sure": "yes", "key": hidden(asked.text, "key"), "reason": hidden(asked.text, "reason")}
    done = await send(client, "/console/decisions", **sure, **fields)
    assert "somebody was quicker: 2" in await followed(client, done)
    assert (await statuses(conn)).count("rejected") == 24
    none = await send(client, "/console/decisions", action="approve")
    assert none.status_code == 422


async def test_a_search_is_selected_looked_at_and_decided(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    for n in range(3):
        await make_comment(text=f"cheap tickets {n}")
    await make_comment(text="Well said.")
    await sign_in(client)
    found = await send(client, "/console/selections", q="site:daily tickets")
    assert "Found: 3" in words(found.text)
    assert "cheap tickets 1" in words(found.text)
    action = re.search(r'action="(/console/selections/[^"]+)"', found.text)
    assert action
    done = await send(client, action[1], reason="spam")
    assert "Decided: 3" in await followed(client, done)
    assert await statuses(conn) == ["rejected"] * 3 + ["pending"]
    assert "Remaining0" in words((await client.get(action[1].removesuffix("/decisions"))).text)


async def test_what_a_search_shows_can_be_ticked_off_or_selected_whole(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    for n in range(3):
        await make_comment(text=f"cheap tickets {n}")
    await sign_in(client)
    shown = (await client.get("/console/search?q=tickets")).text
    boxes = dict(re.findall(r'form="picked" name="(pick-[^"]+)" value="(\d+)"', shown))
    assert len(boxes) == 3
    one = dict([boxes.popitem()])
    done = await send(client, "/console/decisions", reason="spam", back=hidden(shown, "back"), **one)
    assert "Decided: 1" in await followed(client, done)
    query = unescape(hidden(shown, "query"))
    assert "Found: 2" in words((await send(client, "/console/selections", query=query)).text)
    assert (await send(client, "/console/selections", q="")).status_code == 422


async def test_a_standing_rule_is_made_used_and_ended(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection
) -> None:
    await sign_in(client)
    wrong = await send(client, "/console/standing", site="daily", kind="text", value="abc", hours=24)
    assert (wrong.status_code, "5 to 253" in wrong.text) == (422, True)
    made = await send(client, "/console/standing", site="daily", kind="text", value="Cheap tickets", hours=24)
    assert "Words cheap tickets" in await followed(client, made)
    async with ctx.db.read() as reading:
        found = await sites.by_slug(reading, "daily")
    assert found
    await submitted(ctx, found[0], a_submission(text="cheap tickets here"), a_delivery())
    assert await statuses(conn) == ["rejected"]
    shown = (await client.get("/console/standing")).text
    batch = re.search(r'href="(/console/batches/[^"]+)">', shown)
    assert batch
    assert "Decided: 1" in words((await client.get(batch[1])).text)
    end = re.search(r'action="(/console/standing/daily/[^"]+/end)"', shown)
    assert end
    assert "Ended" in await followed(client, await send(client, end[1]))


async def test_a_decision_is_reviewed_blind_and_compared(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context, conn: Connection
) -> None:
    await conn.execute("UPDATE site SET review_share = 1")
    comment_id = await make_comment(text="<i>what</i> a load")
    await decide(ctx, BO, comment_id, Choice(Action.REJECT, 1, Reason.ABUSE))
    await sign_in(client)
    shown = (await client.get("/console/reviews")).text
    assert "&lt;i&gt;what&lt;/i&gt; a load" in shown
    assert "bo rejected" not in words(shown)
    action = re.search(r'action="(/console/reviews/[^"]+)"', shown)
    assert action
    read = await followed(client, await send(client, action[1], action="approve"))
    assert "You differ from the first decision." in read
    assert "bo rejected it as abuse" in read
    assert "Nothing to review." in read
    assert "All100 %" in read


async def test_notes_passing_and_asking_an_admin_on_the_page_of_a_comment(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context, conn: Connection, site: Site
) -> None:
    comment_id: UUID = await make_comment()
    await conn.execute(
        "INSERT INTO moderator (id, name, role, all_sites)"
        " VALUES (gen_random_uuid(), 'ben', 'moderator', true)"
    )
    await sign_in(client)
    path = f"/console/comments/{comment_id}"
    noted = await send(client, f"{path}/notes", text="Is <this> true?")
    assert noted.headers["location"] == f"{path}#notes"
    await send(client, f"{path}/pass", to="ben")
    await send(client, f"{path}/escalation", escalated="yes")
    shown = words((await client.get(path)).text)
    assert "Is <this> true?" in shown
    assert "Waits for ben." in shown
    assert "Waits for an admin" in shown
    await send(client, f"{path}/pass")
    await send(client, f"{path}/escalation", escalated="no")
    row = await conn.fetchrow("SELECT assigned_to, escalated_at FROM comment")
    assert row is not None
    assert tuple(row) == (None, None)


@pytest.mark.parametrize("lang", ["ur", "ar"])
async def test_the_pages_are_there_in_other_languages(client: httpx2.AsyncClient, lang: str) -> None:
    await sign_in(client)
    client.cookies.set("greenroom-looks", f"auto.{lang}")
    for path in ("/console/campaigns", "/console/standing", "/console/reviews"):
        page = await client.get(path)
        assert (page.status_code, 'dir="rtl"' in page.text) == (200, True)
