"""The console without JavaScript: signing in, the queue, deciding by forms, and what must be refused."""

import re
from html import unescape
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.model.people import Role
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_moderator, add_site
from tests.conftest import Bearer, MakeComment
from tests.factories import PASSWORD, a_delivery, a_submission, submitted

OWN = {"Origin": "http://testserver"}
SIGN_IN = "/console/sign-in"

pytestmark = pytest.mark.usefixtures("site", "moderator")


async def sign_in(
    client: httpx2.AsyncClient, name: str = "ana", password: str = PASSWORD, **more: str
) -> httpx2.Response:
    form = {"name": name, "password": password, **more}
    return await client.post(SIGN_IN, data=form, headers=OWN)


def decisions(comment_id: UUID) -> str:
    return f"/console/comments/{comment_id}/decisions"


async def csrf(client: httpx2.AsyncClient) -> str:
    """The token that the signed-in browser's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/console")).text)
    assert found
    return found[1]


async def decide(
    client: httpx2.AsyncClient, comment_id: UUID, action: str, version: int = 1, **more: str
) -> httpx2.Response:
    form = {"action": action, "version": str(version), "csrf": await csrf(client), **more}
    return await client.post(decisions(comment_id), data=form, headers=OWN)


async def followed(client: httpx2.AsyncClient, response: httpx2.Response) -> str:
    """The text of the page that a 303 leads to, without tags and with single spaces."""
    assert response.status_code == 303, response.text
    page = await client.get(response.headers["location"])
    assert page.status_code == 200
    return words(page.text)


def words(html: str) -> str:
    """What is read on a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


async def test_who_is_signed_out_is_led_to_the_form_and_then_on(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    page = f"/console/comments/{await make_comment()}"
    away = await client.get(page)
    assert away.status_code == 303
    assert away.headers["location"].startswith(f"{SIGN_IN}?next=")

    form = await client.get(away.headers["location"])
    assert f'name="next" value="{page}"' in form.text
    assert (await sign_in(client, next=page)).headers["location"] == page
    assert (await client.get(SIGN_IN)).headers["location"] == "/console"


async def test_a_form_sent_after_the_session_ended_leads_back_to_its_comment(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    response = await client.post(decisions(comment_id), data={"action": "approve"}, headers=OWN)

    assert response.headers["location"].endswith(f"comments%2F{comment_id}")


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/console/../v1/me", "/v1/queue"]
)
async def test_signing_in_leads_nowhere_else(client: httpx2.AsyncClient, target: str) -> None:
    assert (await sign_in(client, next=target)).headers["location"] == "/console"


async def test_a_wrong_password_is_told_in_the_form_and_the_name_is_kept(
    client: httpx2.AsyncClient,
) -> None:
    response = await sign_in(client, name='ana"><b>', password="not the one")

    assert response.status_code == 401
    assert "The name or the password is not right." in response.text
    assert 'value="ana&#34;&gt;&lt;b&gt;"' in response.text
    assert "not the one" not in response.text


async def test_an_empty_sign_in_form_says_what_is_missing(client: httpx2.AsyncClient) -> None:
    response = await sign_in(client, name="", password="")

    assert response.status_code == 422
    assert "Enter your name and your password." in response.text
    assert response.text.count('aria-invalid="true"') == 2


async def test_too_many_attempts_must_wait(client: httpx2.AsyncClient) -> None:
    for _ in range(5):
        await sign_in(client, password="not the one")
    response = await sign_in(client)

    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 1
    assert "Please wait" in response.text


async def test_signing_in_from_another_sites_page_is_refused(client: httpx2.AsyncClient) -> None:
    form = {"name": "ana", "password": PASSWORD}
    response = await client.post(SIGN_IN, data=form, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert "set-cookie" not in response.headers


async def test_signing_out_ends_the_session(client: httpx2.AsyncClient) -> None:
    await sign_in(client)
    refused = await client.post("/console/sign-out", data={"csrf": "x"}, headers=OWN)
    assert refused.status_code == 403
    response = await client.post("/console/sign-out", data={"csrf": await csrf(client)}, headers=OWN)

    assert response.headers["location"] == SIGN_IN
    assert (await client.get("/console")).status_code == 303


async def test_pages_forbid_everything_that_they_do_not_need(client: httpx2.AsyncClient) -> None:
    for page in (await client.get(SIGN_IN), await sign_in(client), await client.get("/console")):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "form-action 'self'" in policy
        assert page.headers["cache-control"] == "no-store"
        # no-referrer would make a browser send `Origin: null` with our own forms
        assert page.headers["referrer-policy"] == "same-origin"
        assert not re.search(r"<script| style=| on\w+=", page.text)


async def test_the_queue_shows_who_when_where_what_and_why(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    written = a_submission(text="what a load of shit", website="https://xn--mnchen-3ya.example/me")
    await submitted(ctx, site, written, a_delivery(honeypot="x"))
    await sign_in(client)
    page = (await client.get("/console")).text
    read = words(page)

    assert "Bilal https://xn--mnchen-3ya.example/me just now" in read
    assert re.search(r'<time datetime="[^"]+">', page)
    assert re.search(
        r'<a href="https://news.example/bridge" rel="noreferrer[^"]*"><bdi>The bridge</bdi>', page
    )
    assert 'href="https://xn--mnchen' not in page
    assert re.search(r'<mark data-by="\d">shit</mark>', page)
    assert "Screening advises: reject" in read
    assert "A field that people cannot see was filled in, as programs do. +6.0 points" in read
    assert "reader@example.com" not in page


async def test_nothing_that_a_reader_writes_becomes_markup(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
    comment_id = await make_comment(
        text=evil, name=f"<b>{evil[:60]}", page_title=evil, page="https://news.example/?q=%22%3E%3Cscript%3E"
    )
    await sign_in(client)
    for path in ("/console", f"/console/comments/{comment_id}"):
        page = (await client.get(path)).text
        assert evil in unescape(page)
        assert not re.search(r"<(script|img|b)\b", page)
    assert "{{7*7}}" in page


async def test_what_cannot_be_seen_is_shown_by_its_number(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    await make_comment(text="a \u202egpj.exe, vi\u200b\u200bagra")
    await sign_in(client)
    page = (await client.get("/console")).text

    assert '<span class="chip">U+202E</span>gpj.exe' in page
    assert '<span class="chip">U+200B ×2</span>' in page
    assert not re.search("[\u202e\u200b]", page)


async def test_a_reply_shows_what_it_replies_to(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    parent = await make_comment(text="The first word.", name="Zoë")
    await sign_in(client)
    await decide(client, parent, "approve")
    await make_comment(text="The second word.", parent_id=parent)

    assert "In reply to Zoë The first word. The second word." in words((await client.get("/console")).text)


async def test_the_queue_is_paged_oldest_first_and_misses_nothing(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    made = [str(await make_comment(text=f"{n}")) for n in range(28)]
    await sign_in(client)
    first = (await client.get("/console")).text
    found = re.search(r'<a class="button" href="([^"]+)">Next comments', first)
    assert found
    second = (await client.get(unescape(found[1]))).text

    shown = re.findall(r'<h2 class="author" id="by-([^"]+)"', first + second)
    assert shown == made
    assert "Showing the 25 oldest; more wait." in first
    assert "Showing the last 3." in words(second)
    assert "Next comments" not in second


async def test_the_end_of_the_queue_and_an_empty_queue_say_so(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    await sign_in(client)
    assert "Queue clear." in (await client.get("/console")).text
    await make_comment()
    page = (await client.get("/console", params={"cursor": "_" * 21 + "w"})).text
    assert "Back to the oldest" in page


async def test_an_installation_without_sites_says_how_to_add_one(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    await conn.execute("DELETE FROM site")
    await sign_in(client)

    assert "greenroom site add" in (await client.get("/console")).text


async def test_a_comment_is_approved_and_the_notice_offers_to_undo(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(name="Zoë")
    await sign_in(client)
    response = await decide(client, comment_id, "approve", back="/console?site=daily&decided=x")
    location = response.headers["location"]
    assert location == f"/console?site=daily&decided={comment_id}#notice"
    assert "Approved the comment by Zoë. Undo" in await followed(client, response)
    assert await conn.fetchval("SELECT status FROM comment") == "approved"

    undone = await decide(client, comment_id, "undo", version=2, back=location.partition("#")[0])
    assert "it is pending again" in await followed(client, undone)
    assert await conn.fetchval("SELECT status FROM comment") == "pending"


async def test_a_comment_is_rejected_with_a_reason_and_a_note(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    response = await decide(client, comment_id, "reject", reason="off_topic", note="about\r\nferries")
    assert "Rejected the comment by Bilal as off topic." in await followed(client, response)
    row = await conn.fetchrow("SELECT reason, note, decided_by FROM decision")
    assert row is not None
    assert tuple(row) == ("off_topic", "about\r\nferries", "ana")

    for path in ("/console/decided", f"/console/comments/{comment_id}"):
        read = words((await client.get(path)).text)
        assert "Rejected" in read
        assert "ana rejected it as off topic, just now" in read
        assert "about ferries" in read
        assert "Undo" in read


async def test_a_thread_shows_the_decision_at_once(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    comment_id, thread = await make_comment(), "/v1/sites/daily/thread?page=https://news.example/bridge"
    assert (await client.get(thread)).json()["comments"] == []
    await sign_in(client)
    await decide(client, comment_id, "approve")

    assert len((await client.get(thread)).json()["comments"]) == 1


async def test_who_comes_too_late_is_told_who_decided_what(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context
) -> None:
    comment_id = await make_comment(name="Zoë")
    await add_moderator(ctx, "ben", PASSWORD, role=Role.MODERATOR, site_ids=None, actor="test")
    await sign_in(client)
    await decide(client, comment_id, "approve")
    client.cookies.clear()
    await sign_in(client, name="ben")
    response = await decide(client, comment_id, "reject", reason="spam")

    read = await followed(client, response)
    assert "ana approved this comment by Zoë before you. Nothing was changed." in read
    assert "Undo" not in read


async def test_sending_a_form_twice_is_told_as_ones_own(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    await decide(client, comment_id, "approve")

    read = await followed(client, await decide(client, comment_id, "approve"))
    assert "You approved this comment by Bilal before you sent this form." in read


async def test_there_is_nothing_to_undo_on_a_fresh_comment(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    response = await decide(client, comment_id, "undo")

    assert response.status_code == 409
    assert "nothing to undo" in words(response.text)


@pytest.mark.parametrize(
    ("note", "sentence"), [("x" * 1001, "1000"), ("a\x01b", "control character")], ids=["long", "control"]
)
async def test_a_refused_note_is_shown_again_with_what_is_wrong(
    client: httpx2.AsyncClient, make_comment: MakeComment, note: str, sentence: str
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    response = await decide(client, comment_id, "reject", reason="spam", note=note)

    assert response.status_code == 422
    assert '<details class="reject" open>' in response.text
    assert note in response.text
    assert sentence in words(response.text)


@pytest.mark.parametrize("token", [None, "", "1.AAAAAAAAAAAAAAAAAAAAAA", "é"])
async def test_a_form_without_the_sessions_token_is_refused(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection, token: str | None
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    form = {"action": "approve", "version": "1"} | ({} if token is None else {"csrf": token})
    response = await client.post(decisions(comment_id), data=form, headers=OWN)

    assert response.status_code == 403
    assert response.headers["content-type"].startswith("text/html")
    assert await conn.fetchval("SELECT status FROM comment") == "pending"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {}],
    ids=["origin", "null", "fetch-metadata", "none"],
)
async def test_a_form_of_another_site_is_refused(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection, headers: dict[str, str]
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    form = {"action": "approve", "version": "1", "csrf": await csrf(client)}
    response = await client.post(decisions(comment_id), data=form, headers=headers)

    assert response.status_code == 403
    assert await conn.fetchval("SELECT status FROM comment") == "pending"


async def test_a_moderator_of_another_site_sees_nothing_of_this_one(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context
) -> None:
    comment_id = await make_comment(text="Only for the daily.")
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    await add_moderator(
        ctx, "ben", PASSWORD, role=Role.MODERATOR, site_ids=frozenset({other.id}), actor="test"
    )
    await sign_in(client, name="ben")

    seen = (await client.get("/console", params={"decided": str(comment_id)})).text
    assert "Queue clear." in seen
    assert "daily" not in seen
    assert (await client.get("/console", params={"site": "daily"})).status_code == 404
    assert (await client.get(f"/console/comments/{comment_id}")).status_code == 404
    assert (await decide(client, comment_id, "approve")).status_code == 404


async def test_the_queue_of_one_site_leaves_out_the_others(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context
) -> None:
    await make_comment(text="Only for the daily.")
    await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    await sign_in(client)

    daily = (await client.get("/console", params={"site": "daily"})).text
    assert "Only for the daily." in daily
    assert "<option selected>daily</option>" in daily
    assert "Nothing waits on weekly." in words((await client.get("/console?site=weekly")).text)


async def test_who_may_only_read_sees_no_buttons_and_cannot_decide(
    client: httpx2.AsyncClient, make_comment: MakeComment, bearer: Bearer
) -> None:
    comment_id, headers = await make_comment(), await bearer("read")
    for path in ("/console", "/console/decided", f"/console/comments/{comment_id}"):
        page = await client.get(path, headers=headers)
        assert page.status_code == 200
        assert "/decisions" not in page.text
    form = {"action": "approve", "version": "1"}
    response = await client.post(decisions(comment_id), data=form, headers=headers)

    assert response.status_code == 403
    assert "scope moderate" in words(response.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/comments/01990000-0000-7000-8000-000000000000", 404),
        ("/console/comments/nonsense", 404),
        ("/console?cursor=nonsense", 400),
        ("/console?nonsense=1", 422),
    ],
)
async def test_what_goes_wrong_is_told_on_a_page(client: httpx2.AsyncClient, path: str, status: int) -> None:
    await sign_in(client)
    page = await client.get(path)

    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert "Go to the queue" in page.text


async def test_looking_changes_nothing(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    for path in (f"/console?decided={comment_id}", "/console/decided", f"/console/comments/{comment_id}"):
        assert (await client.get(path)).status_code == 200
    for path in (decisions(comment_id), "/console/sign-out"):
        assert (await client.get(path)).status_code == 405
    assert await conn.fetchval("SELECT version FROM comment") == 1
