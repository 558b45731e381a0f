"""The console without JavaScript: signing in, and what its pages show."""

import re
from html import unescape
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.model.people import Role
from service.model.queue import Order
from service.model.sites import Site
from service.store import places
from service.store.database import Connection
from service.usecases.govern import add_moderator
from tests.conftest import MakeComment
from tests.factories import PASSWORD, a_delivery, a_submission, submitted
from tests.planted import READER
from tests.web.console_forms import OWN, SIGN_IN, csrf, decide, decisions, sign_in, words

# After whatever can be in the queue.
BEYOND = places.encode(Order.OLDEST, places.Place(0.0, UUID(int=2**128 - 1)))
pytestmark = pytest.mark.usefixtures("site", "moderator")


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
        assert not re.search(r"<script>| style=| on\w+=", page.text)


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
    assert re.search(r'<mark data-by="[\d ]+" data-kind="words" data-says="match, words: ">shit</mark>', page)
    assert "Screening advises: reject" in read
    assert "A field that people cannot see was filled in, as programs do. +6.0 points" in read
    assert READER not in page


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
        assert not re.search(r"<(script(?! type=.(module|application)\b)|img|b)\b", page)
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
    page = (await client.get("/console", params={"cursor": BEYOND})).text
    assert "Back to the oldest" in page


async def test_an_installation_without_sites_leads_an_admin_to_the_first(
    ctx: Context, client: httpx2.AsyncClient, conn: Connection
) -> None:
    await conn.execute("DELETE FROM site")
    await sign_in(client)
    assert "/console/start" not in (await client.get("/console")).text
    await add_moderator(ctx, "root", PASSWORD, role=Role.ADMIN, site_ids=None, actor="test")
    client.cookies.clear()
    await sign_in(client, name="root")
    assert 'href="/console/start"' in (await client.get("/console")).text


async def test_an_installation_without_people_says_how_to_add_the_first(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    assert "greenroom moderator add" not in (await client.get(SIGN_IN)).text
    await conn.execute("DELETE FROM moderator")
    assert "greenroom moderator add" in (await client.get(SIGN_IN)).text
