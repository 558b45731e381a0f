"""The search page: a form, chips that take back, searches that are saved, and cards to decide on."""

import re
from html import unescape

import httpx2
import pytest

from service.store import queue
from tests.conftest import MakeComment
from tests.web.console_forms import OWN, csrf, decide, followed, sign_in, words

pytestmark = pytest.mark.usefixtures("site", "moderator")

SEARCH = "/console/search"


async def shown(client: httpx2.AsyncClient, **query: str) -> str:
    page = await client.get(SEARCH, params=query)
    assert page.status_code == 200, page.text
    return page.text


def links(page: str, label: str) -> list[str]:
    """Where links of this accessible name or text lead."""
    found = re.findall(r'<a[^>]*href="([^"]*)"([^>]*)>(.*?)</a>', page)
    return [unescape(href) for href, more, text in found if label in unescape(more) or label in words(text)]


async def test_a_search_finds_and_its_cards_are_decided_in_place(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    await sign_in(client)
    comment_id = await make_comment(name="Ana", text="The town council again")
    await make_comment(name="Bilal", text="The ferry")
    page = await shown(client, q='author:ana "town council"')
    assert "1 comment." in words(page)
    assert "The ferry" not in page
    back = unescape(re.findall(r'name="back" value="(/console/search[^"]*)"', page)[-1])
    said = await followed(client, await decide(client, comment_id, "approve", back=back))
    assert "Approved the comment by Ana." in said
    assert "Nothing found." in said
    assert "Approved" in words(await shown(client, q="council", status="all"))


async def test_chips_leave_out_what_they_name(client: httpx2.AsyncClient, make_comment: MakeComment) -> None:
    await sign_in(client)
    await make_comment(text="The bridge")
    page = await shown(client, q="quango bridge", order="newest")
    assert "Nothing found." in words(page)
    [address] = links(page, "Leave out quango")
    assert "1 comment." in words((await client.get(address)).text)
    assert links(page, "Leave out order:newest") == [f"{SEARCH}?q=quango+bridge"]


async def test_what_cannot_be_asked_is_said_beside_the_field_and_kept(client: httpx2.AsyncClient) -> None:
    await sign_in(client)
    for asked, says in (("colour:red", "is nothing to search by"), ("site:nowhere", "There is no site")):
        page = await client.get(SEARCH, params={"q": asked})
        assert page.status_code == 422
        assert says in words(page.text)
        assert f'value="{asked}"' in page.text
        assert 'aria-invalid="true"' in page.text


async def test_a_search_is_saved_shown_and_deleted(client: httpx2.AsyncClient) -> None:
    await sign_in(client)
    query = unescape(re.findall(r'name="query" value="([^"]*)"', await shown(client, q="is:reported پل"))[0])
    form = {"name": "My <search>", "query": query, "csrf": await csrf(client)}
    assert "My <search>" in await followed(
        client, await client.post("/console/views", data=form, headers=OWN)
    )
    [address] = links(await shown(client), "My <search>")
    assert (await client.get(address)).status_code == 200
    await client.put("/v1/views", json={"name": "b", "query": {"overdue": True, "severity": 2}}, headers=OWN)
    assert links(await shown(client), "b") == [f"{SEARCH}?overdue=true&severity=2"]
    page = await shown(client, overdue="true", severity="2", q="bridge")
    assert '<input type="hidden" name="severity" value="2">' in page

    gone = {"name": "My <search>", "back": SEARCH, "csrf": await csrf(client)}
    refused = await client.post("/console/views/forget", data={**gone, "csrf": "x"}, headers=OWN)
    assert refused.status_code == 403
    forgotten = await client.post("/console/views/forget", data=gone, headers=OWN)
    assert "My <search>" not in await followed(client, forgotten)
    wrong = {**form, "query": "colour=red"}
    assert (await client.post("/console/views", data=wrong, headers=OWN)).status_code == 422


async def test_pages_follow_one_another_and_a_search_that_stopped_says_so(
    client: httpx2.AsyncClient, make_comment: MakeComment, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(client)
    for number in range(28):
        await make_comment(text=f"bridge {number}")
    page = await shown(client, q="bridge")
    assert "Showing 25 comments; there are more." in words(page)
    [address] = links(page, "Next page")
    assert "3 comments." in words((await client.get(address)).text)
    monkeypatch.setattr(queue, "_FIRST_WINDOW", 1)
    monkeypatch.setattr(queue, "_MOST_LOOKED_AT", 1)
    page = await shown(client, severity="3")
    assert "There may be more further on." in words(page)
    [address] = links(page, "Search on")
    assert "Nothing found." in words((await client.get(address)).text)


async def test_who_holds_a_comment_is_told(client: httpx2.AsyncClient, make_comment: MakeComment) -> None:
    await sign_in(client)
    await make_comment()
    await client.post("/v1/queue/leases", json={"count": 1}, headers=OWN)
    assert "ana is looking at it" in words(await shown(client, q="bridge"))
