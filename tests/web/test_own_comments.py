"""What authors may do with the token of their submission, and what nobody else may."""

import asyncio
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.store.database import Connection
from service.usecases.decide import decide
from service.web.http.state import State
from tests.conftest import Bearer
from tests.factories import ARTICLE, SITE_ORIGIN, a_body
from tests.web.authors import ANA, SITE, approve, approved_elsewhere, reject, thread, write

pytestmark = pytest.mark.usefixtures("site")


async def test_an_author_sees_how_the_comment_stands_and_never_why(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    author = await write(client)
    waiting = await author.look()
    assert waiting["status"] == "pending"
    assert waiting["may_edit"]
    assert waiting.keys() & {"version", "score", "verdict", "reason", "email"} == set()

    await approve(ctx, author)
    assert (await author.look())["status"] == "published"
    await reject(ctx, author, 2, Reason.SPAM)
    refused = await author.look()
    assert (refused["status"], refused["may_edit"], refused["may_appeal"]) == ("not_published", False, True)
    assert "spam" not in str(refused)


async def test_what_the_policy_rejected_looks_like_what_waits(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection
) -> None:
    held, spam = await write(client), await write(client, text="Another one.")
    choice = Choice(Action.REJECT, 1, Reason.SPAM)
    await decide(ctx, ANA, spam.id, choice, automatic=True)

    def told(found: dict[str, Any]) -> dict[str, Any]:
        return {name: found[name] for name in ("status", "may_edit", "may_appeal", "edited_at")}

    assert told(await spam.look()) == told(await held.look())
    assert (await spam.act("appeal")).status_code == (await held.act("appeal")).status_code == 409

    await conn.execute("UPDATE comment SET due_at = now() - interval '1 second'")
    assert (await spam.look())["status"] == "not_published"
    long = await spam.act("appeal", words="W" * 501)
    assert (long.status_code, long.json()["errors"][0]["pointer"]) == (422, "/words")
    assert (await spam.act("appeal", words=" ")).status_code == 200


async def test_t37_without_the_right_token_nothing_is_told_or_done(client: httpx2.AsyncClient) -> None:
    author, other = await write(client), await write(client, text="Another one.")
    for headers in ({}, other.headers, {"X-Author-Token": "x"}):
        assert (await client.get(author.path, headers=headers)).json()["code"] == "not_the_author"
        for verb in ("text", "withdrawal", "appeal"):
            body = {"text": "Changed."} if verb == "text" else {}
            response = await client.post(f"{author.path}/{verb}", json=body, headers=headers)
            assert response.status_code == 403
    response = await client.get(f"{author.path}?author_token={author.token}")
    assert response.status_code == 403
    assert (await author.look())["text"] == a_body()["text"]


async def test_a_form_may_carry_the_token_in_its_body_and_only_from_the_sites_pages(
    client: httpx2.AsyncClient,
) -> None:
    author = await write(client)
    form = {"author_token": author.token, "text": "Changed by a form.", "shape": "fragment", "lang": "ur"}
    foreign = {"Origin": "https://elsewhere.example"}
    assert (await client.post(f"{author.path}/text", data=form, headers=foreign)).status_code == 403

    response = await client.post(f"{author.path}/text", data=form, headers={"Origin": SITE_ORIGIN})
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == SITE_ORIGIN
    assert "Changed by a form." in response.json()["html"]
    assert "منظوری کا منتظر" in response.json()["html"]


async def test_an_edit_is_judged_anew_and_the_earlier_text_is_kept(
    client: httpx2.AsyncClient, conn: Connection, bearer: Bearer
) -> None:
    author = await write(client)
    response = await author.act("text", text="Buy cheap pills at https://pills.example now!!! You idiot.")
    assert response.status_code == 200
    assert response.json()["edited_at"]

    found = (await client.get(f"/v1/comments/{author.id}", headers=await bearer("read"))).json()
    assert found["version"] == 2
    assert found["signals"]
    assert all(
        "".join(part["text"] for part in found["segments"]["text"]) == found["text"] for _ in found["signals"]
    )
    assert await conn.fetchval("SELECT host FROM link") == "pills.example"
    path = f"/v1/comments/{author.id}/revisions"
    [revision] = (await client.get(path, headers=await bearer("read"))).json()["revisions"]
    assert (revision["version"], revision["text"]) == (1, a_body()["text"])
    parts = revision["changes"]
    assert "".join(part["text"] for part in parts if part["change"] != "added") == a_body()["text"]
    assert "".join(part["text"] for part in parts if part["change"] != "removed") == found["text"]


async def test_an_edit_that_was_sent_twice_is_one(client: httpx2.AsyncClient, conn: Connection) -> None:
    author = await write(client)
    answers = await asyncio.gather(*[author.act("text", text="Better said.") for _ in range(4)])
    assert [answer.status_code for answer in answers] == [200] * 4
    assert await conn.fetchval("SELECT count(*) FROM revision") == 1
    assert await conn.fetchval("SELECT version FROM comment") == 2


async def test_an_edited_comment_is_not_taken_for_a_copy_of_itself(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    text = "The bridge should have been mended last year, before the winter came and the ice broke it."
    author = await write(client, text=text)
    assert (await author.act("text", text=text.replace("winter", "spring"))).status_code == 200
    assert await conn.fetchval("SELECT campaign_id FROM comment") is None
    assert not await conn.fetchval("SELECT EXISTS (SELECT FROM signal WHERE name = 'likeness')")
    assert await conn.fetchval("SELECT count(*) FROM likeness") == 1


async def test_an_approval_never_covers_a_text_that_nobody_saw(
    client: httpx2.AsyncClient, ctx: Context, bearer: Bearer, conn: Connection, state: State
) -> None:
    author = await write(client)
    await approve(ctx, author)
    assert (await thread(client))["count"] == 1

    assert (await author.act("text", text="Something else altogether.")).json()["status"] == "pending"
    found = await thread(client)
    assert (found["count"], found["comments"]) == (0, [])
    assert await conn.fetchval("SELECT due_at > now() + interval '23 hours' FROM comment")

    path, headers = f"/v1/comments/{author.id}/decisions", await bearer("moderate")
    late = await client.post(path, json={"action": "approve", "version": 2}, headers=headers)
    assert late.json()["code"] == "already_decided"
    assert "author" in late.json()["detail"]
    await approve(ctx, author, 3)
    approved_elsewhere(state)
    assert (await thread(client))["comments"][0]["text"] == "Something else altogether."


async def test_the_time_to_edit_ends(client: httpx2.AsyncClient, conn: Connection) -> None:
    author = await write(client)
    await conn.execute("UPDATE site SET edit_minutes = 0")
    assert not (await author.look())["may_edit"]
    response = await author.act("text", text="Too late.")
    assert (response.status_code, response.json()["code"]) == (403, "edit_closed")
    assert (await author.act("text", text=a_body()["text"])).status_code == 200


async def test_own_comments_are_asked_for_in_a_body_and_only_with_their_tokens(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    one, two = await write(client), await write(client, text="Another one.")
    elsewhere = await write(client, page=f"{SITE_ORIGIN}/ferry")
    await approve(ctx, two)
    mine = (
        f"{one.id}.{one.token} {two.id}.{one.token} {two.id}.{two.token} {elsewhere.id}.{elsewhere.token} x"
    )
    form = {"page": ARTICLE, "mine": mine, "shape": "fragment"}
    response = await client.post(f"{SITE}/own", data=form)
    assert response.headers["cache-control"] == "no-store"
    found = response.json()
    assert [each["status"] for each in found["comments"]] == ["pending", "published"]
    assert found["html"].count("<article") == 2
    public = await client.get(f"{SITE}/thread.html", params={"page": ARTICLE, "shape": "fragment"})
    assert public.headers["cache-control"].startswith("public")
    assert str(one.id) not in public.text


async def test_a_form_without_script_comes_back_to_its_own_comment(client: httpx2.AsyncClient) -> None:
    form = a_body(redirect_to="thread", lang="en", text="Written without script.")
    response = await client.post(f"{SITE}/submissions", data=form)
    place = response.headers["location"]
    page = await client.get(place)
    assert "Written without script." in page.text
    assert "Awaiting moderation" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "<summary>" not in page.text
    assert "Written without script." not in (await client.get(place.replace("mine=", "other="))).text
    token = place.partition("mine=")[2].partition("#")[0]
    comment_id, _, signature = token.partition(".")
    headers = {"X-Author-Token": signature}
    response = await client.post(f"{SITE}/comments/{comment_id}/withdrawal", json={}, headers=headers)
    assert response.status_code == 403


async def test_edits_are_charged_like_submissions(client: httpx2.AsyncClient, conn: Connection) -> None:
    author = await write(client)
    assert await conn.execute("UPDATE rate_limit SET full_at = now() + interval '1 day'") == "UPDATE 1"
    response = await author.act("text", text="Once more.")
    assert (response.status_code, response.json()["code"]) == (429, "rate_limited")
    assert (await author.act("withdrawal")).status_code == 200
