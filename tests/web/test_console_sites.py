"""The console's pages of sites, rules and metrics, without JavaScript."""

import re
from html import unescape

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Role, Scope
from service.store.database import Connection
from service.usecases.count_hours import count_hours
from service.usecases.decide import decide
from service.usecases.govern import add_moderator
from tests.conftest import Bearer, MakeComment
from tests.factories import PASSWORD
from tests.web.console_forms import OWN, sign_in, words

SITE, RULES = "/console/settings/daily", "/console/rules/daily"
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)


@pytest.fixture
async def owner(ctx: Context, client: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """Signed in as an admin."""
    await add_moderator(ctx, "root", PASSWORD, role=Role.ADMIN, site_ids=None, actor="test")
    assert (await sign_in(client, name="root")).status_code == 303
    return client


def form_of(html: str, action: str) -> dict[str, str]:
    """The fields of a form as a browser would send them."""
    form = next(part for part in html.split("<form")[1:] if f'action="{action}"' in part.partition(">")[0])
    form = form.partition("</form>")[0]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not ('type="checkbox"' in tag and " checked" not in tag):
            fields[name[1]] = unescape(value[1]) if value else "on"
    for name_, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?([^<]*)<', form):
        fields[name_] = unescape(text)
    return fields


async def send(client: httpx2.AsyncClient, page: str, action: str, **over: str) -> httpx2.Response:
    """Fill in a form of a page and send it."""
    fields = form_of((await client.get(page)).text, action) | over
    return await client.post(action, data=fields, headers=OWN)


@pytest.mark.usefixtures("site")
async def test_an_owner_sees_what_settings_would_do_and_then_saves_them(
    owner: httpx2.AsyncClient, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment()
    await conn.execute("UPDATE page SET created_at = now() - interval '20 days'")
    told = await send(owner, SITE, SITE, act="try", close_after_days="14")
    assert "close 1 page " in words(told.text) + " "
    assert await conn.fetchval("SELECT close_after_days FROM site") is None

    saved = await send(owner, SITE, SITE, act="save", close_after_days="14", title="The Daily")
    assert "The settings are saved." in words(saved.text)
    assert tuple(await conn.fetchrow("SELECT title, close_after_days FROM site") or ()) == ("The Daily", 14)


@pytest.mark.usefixtures("site")
async def test_a_refused_setting_is_told_at_its_field_and_nothing_typed_is_lost(
    owner: httpx2.AsyncClient,
) -> None:
    refused = await send(owner, SITE, SITE, act="save", origins="https://a.example/path", title="Kept")
    assert refused.status_code == 422
    assert 'value="Kept"' in refused.text
    assert "Give the origin only" in refused.text
    late = await send(owner, SITE, SITE, act="save", version="7")
    assert late.status_code == 409
    assert "The settings are version 1 now." in words(late.text)


async def test_an_empty_installation_leads_from_a_site_to_its_first_comment(
    ctx: Context, owner: httpx2.AsyncClient
) -> None:
    for place in ("/console", "/console/settings"):
        assert 'href="/console/start">Add a site</a>' in (await owner.get(place)).text
    wrong = await send(owner, "/console/start", "/console/start", site="No", origins="https://news.example")
    assert (wrong.status_code, "lower-case letters" in wrong.text) == (422, True)
    await send(owner, "/console/start", "/console/start", site="daily", origins="https://news.example")

    page = await owner.get("/console/start")
    assert "script-src 'self'; connect-src 'self'" in page.headers["content-security-policy"]
    waiting = page.text
    assert '&lt;comment-thread site="daily"&gt;' in waiting
    assert "Waiting for the first comment" in waiting
    body = {"page": "https://news.example/a", "name": "Bilal", "email": "b@example.com", "text": "First!"}
    assert (await owner.post("/v1/sites/daily/submissions", json=body)).status_code == 202
    assert "The first comment has arrived, by Bilal." in words((await owner.get("/console/start")).text)


@pytest.mark.usefixtures("site")
async def test_a_policy_is_tried_before_it_bites(
    ctx: Context, owner: httpx2.AsyncClient, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id = await make_comment(text="See https://example.org/ about it.")
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    action = f"{RULES}/policy"
    told = await send(owner, "/console/rules", action, act="try", weight_links="50")
    assert "Tried on the last 1 comment that people decided." in words(told.text)
    assert 'value="50"' in told.text
    assert await conn.fetchval("SELECT max(version) FROM policy") == 1

    assert (await send(owner, "/console/rules", action, act="save", weight_links="50")).status_code == 303
    assert await conn.fetchval("SELECT weights FROM policy WHERE version = 2") == '{"links": 50.0}'
    wrong = await send(owner, "/console/rules", action, act="save", spam_at="-3")
    assert (wrong.status_code, "approve_at is less than spam_at" in wrong.text) == (422, True)


@pytest.mark.usefixtures("site")
async def test_words_are_added_and_taken_off(owner: httpx2.AsyncClient) -> None:
    action = f"{RULES}/terms"
    await send(owner, "/console/rules", action, act="save", kind="block", severity="1", add="quango\nفضول")
    page = words((await owner.get("/console/rules")).text)
    assert "block:quango 1" in page
    assert "block:فضول 1" in page
    await send(owner, "/console/rules", action, act="save", remove="block:quango")
    assert "quango" not in words((await owner.get("/console/rules")).text)
    wrong = await send(owner, "/console/rules", action, act="save", add="x" * 101)
    assert (wrong.status_code, "100 characters" in wrong.text) == (422, True)


@pytest.mark.usefixtures("site", "moderator")
async def test_who_may_only_decide_reads_the_rules_and_cannot_change_them(
    client: httpx2.AsyncClient,
) -> None:
    await sign_in(client)
    assert "Save" not in words((await client.get("/console/rules")).text)
    answer = await client.post(f"{RULES}/terms", data={"act": "save", "add": "x"}, headers=OWN)
    assert answer.status_code == 403


@pytest.mark.usefixtures("site")
async def test_the_tables_of_metrics_have_the_numbers_of_the_api(
    ctx: Context, owner: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    ids = [await make_comment(text=f"About the bridge, number {number}") for number in range(4)]
    await decide(ctx, ANA, ids[0], Choice(Action.APPROVE, 1))
    await decide(ctx, ANA, ids[1], Choice(Action.REJECT, 1, Reason.SPAM))
    await count_hours(ctx)
    spans = (await owner.get("/v1/sites/daily/metrics?range=24h", headers=await bearer("read"))).json()[
        "spans"
    ]
    page = (await owner.get("/console/metrics?range=24h")).text
    names = ("approved", "rejected", "approved_by_policy", "rejected_by_policy")
    cells = re.findall(r'<td class="number">([^<]*)</td>', page.partition("figure-submitted")[0])
    assert cells == [f"{span[name]:,}" for span in spans for name in names]
    assert "<script" not in page
    assert "style=" not in page
