"""A thread in both orders, begun at any comment, included in an article; and counts in words."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.ids import new_id
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.usecases.decide import decide
from tests.conftest import MakeComment
from tests.factories import ARTICLE, SITE_ORIGIN

PATH = "/v1/sites/daily/thread"
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
# Five exchanges of one to four comments.
SIZES = (3, 1, 4, 2, 3)

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def exchanges(ctx: Context, make_comment: MakeComment) -> list[list[str]]:
    """Published exchanges, each as the ids of its comments, the oldest first."""
    made: list[list[str]] = []
    for size in SIZES:
        exchange: list[UUID] = []
        for _ in range(size):
            parent = exchange[0] if exchange else None
            exchange.append(await make_comment(text=f"{new_id()}", parent_id=parent))
            await decide(ctx, ANA, exchange[-1], Choice(Action.APPROVE, 1))
        made.append([str(each) for each in exchange])
    return made


async def read(client: httpx2.AsyncClient, **query: str | int) -> dict[str, Any]:
    response = await client.get(PATH, params={"page": ARTICLE, **query})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def ids(thread: dict[str, Any]) -> list[str]:
    return [comment["id"] for comment in thread["comments"]]


@pytest.mark.parametrize("sort", ["oldest", "newest"])
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_page_after_page_every_comment_comes_once_in_order(
    client: httpx2.AsyncClient, exchanges: list[list[str]], sort: str, limit: int
) -> None:
    order = exchanges if sort == "oldest" else exchanges[::-1]
    seen: list[str] = []
    query: dict[str, str | int] = {"sort": sort, "limit": limit}
    while True:
        found = await read(client, **query)
        seen += ids(found)
        if found["next"] is None:
            break
        query["cursor"] = found["next"]
    assert seen == [comment for exchange in order for comment in exchange]


@pytest.mark.parametrize("sort", ["oldest", "newest"])
async def test_any_comment_can_be_begun_at(
    client: httpx2.AsyncClient, exchanges: list[list[str]], sort: str
) -> None:
    order = exchanges if sort == "oldest" else exchanges[::-1]
    everything = [comment for exchange in order for comment in exchange]
    for exchange in order:
        for comment in exchange:
            found = ids(await read(client, sort=sort, around=comment, limit=3))
            assert comment in found
            # What stands in the first page is shown there; what does not, with its exchange above it.
            if comment in everything[:3]:
                assert found == everything[:3]
            else:
                place = exchange.index(comment)
                assert found[: min(place + 1, 3)] == exchange[max(0, place - 2) : place + 1]


async def test_a_comment_far_down_its_exchange_is_shown_with_some_before_it(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment
) -> None:
    top = await make_comment()
    await decide(ctx, ANA, top, Choice(Action.APPROVE, 1))
    made = [top]
    for number in range(14):
        made.append(await make_comment(text=f"{number}", parent_id=top))
        await decide(ctx, ANA, made[-1], Choice(Action.APPROVE, 1))
    found = ids(await read(client, around=str(made[13]), limit=12))
    assert found == [str(each) for each in made[4:]]


@pytest.mark.parametrize("around", ["", "x", "019f0000-0000-7000-8000-000000000000"])
async def test_a_comment_that_is_not_here_leaves_the_thread_as_it_is(
    client: httpx2.AsyncClient, exchanges: list[list[str]], around: str
) -> None:
    assert ids(await read(client, around=around, limit=3)) == exchanges[0]


async def test_what_waits_or_is_on_another_page_is_begun_at_by_nobody(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment, exchanges: list[list[str]]
) -> None:
    waits = await make_comment()
    elsewhere = await make_comment(page=f"{SITE_ORIGIN}/elsewhere")
    await decide(ctx, ANA, elsewhere, Choice(Action.APPROVE, 1))
    for hidden in (waits, elsewhere):
        assert ids(await read(client, around=str(hidden), limit=2)) == exchanges[0][:2]


async def test_the_page_leads_to_the_other_order_and_back_to_the_start(
    client: httpx2.AsyncClient, exchanges: list[list[str]]
) -> None:
    html = {"Accept": "text/html"}
    params: dict[str, str | int] = {"page": ARTICLE, "sort": "newest", "around": exchanges[0][0], "limit": 2}
    page = (await client.get(f"{PATH}.html", params=params, headers=html)).text
    here = f"/v1/sites/daily/thread.html?page={quote(ARTICLE, safe='')}&amp;lang=en"
    assert f'href="{here}#count" data-turn="list">Oldest first' in page
    assert f'href="{here}&amp;sort=newest#count" data-turn="list">Start from the first comment' in page
    assert f'href="{here}&amp;sort=newest&amp;cursor=' in page
    assert f'id="comment-{exchanges[0][0]}"' in page


async def test_what_an_article_includes_names_us_and_is_the_same_for_everybody(
    client: httpx2.AsyncClient, exchanges: list[list[str]]
) -> None:
    params = {"page": ARTICLE, "shape": "light"}
    response = await client.get(f"{PATH}.html", params=params)
    assert response.headers["cache-control"] == "public, max-age=15, stale-while-revalidate=60"
    assert "x-form-token" not in response.headers
    assert 'action="http://testserver/v1/sites/daily/submissions"' in response.text
    assert (
        f'href="http://testserver/v1/sites/daily/thread.html?page={quote(ARTICLE, safe="")}' in response.text
    )
    assert 'href="/v1' not in response.text
    assert '<input type="hidden" name="redirect_to" value="thread">' in response.text
    token = response.text.partition('name="form_token" value="')[2].partition('"')[0]
    form = {"page": ARTICLE, "name": "B", "email": "b@example.com", "text": "T", "form_token": token}
    headers = {"Accept": "text/html", "Origin": SITE_ORIGIN}
    for text in ("One reader's.", "Another's, with the same token."):
        sent = await client.post("/v1/sites/daily/submissions", data=form | {"text": text}, headers=headers)
        assert sent.status_code == 303


async def test_counts_come_in_words_of_the_language_and_from_caches(
    client: httpx2.AsyncClient, exchanges: list[list[str]]
) -> None:
    quiet = f"{SITE_ORIGIN}/quiet"
    params = {"page": [ARTICLE, quiet], "lang": "ar"}
    response = await client.get("/v1/sites/daily/counts", params=params)
    assert response.json() == {
        "counts": {ARTICLE: 13, quiet: 0},
        "words": {ARTICLE: "13 تعليقًا", quiet: "لا توجد تعليقات"},
    }
    assert response.headers["cache-control"].startswith("public")
    again = await client.get(
        "/v1/sites/daily/counts", params=params, headers={"If-None-Match": response.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
