"""Threads and counts: approved comments only, the same in every form, cached and conditional."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.usecases.decide import decide
from tests.conftest import Bearer, MakeComment
from tests.factories import ARTICLE, SITE_ORIGIN

PATH = "/v1/sites/daily/thread"
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)

pytestmark = pytest.mark.usefixtures("site")


async def approve(ctx: Context, *ids: UUID) -> None:
    for comment_id in ids:
        await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))


async def thread(client: httpx2.AsyncClient, **query: str | int) -> dict[str, Any]:
    response = await client.get(PATH, params={"page": ARTICLE, **query})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_page_that_nobody_wrote_on_is_an_empty_thread(client: httpx2.AsyncClient) -> None:
    found = await thread(client)

    assert found == {"page": ARTICLE, "count": 0, "closed": False, "comments": [], "next": None}


async def test_t40_only_approved_comments_are_shown(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment
) -> None:
    shown, _pending, rejected = [await make_comment(text=f"{n}") for n in range(3)]
    await approve(ctx, shown)
    await decide(ctx, ANA, rejected, Choice(Action.REJECT, 1))

    found = await thread(client)
    assert [comment["id"] for comment in found["comments"]] == [str(shown)]
    assert found["count"] == 1
    members = {"id", "parent", "name", "website", "text", "created_at", "removed"}
    assert found["comments"][0].keys() == members
    for path in (f"{PATH}.html", f"{PATH}.html?shape=fragment"):
        page = await client.get(path, params={"page": ARTICLE})
        assert str(shown) in page.text
        assert str(rejected) not in page.text


async def test_a_rejected_comment_leaves_the_thread_at_once(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    decisions = f"/v1/comments/{await make_comment()}/decisions"
    headers = await bearer("moderate")
    await client.post(decisions, json={"action": "approve", "version": 1}, headers=headers)
    assert len((await thread(client))["comments"]) == 1

    await client.post(decisions, json={"action": "reject", "version": 2}, headers=headers)
    assert (await thread(client))["comments"] == []


async def test_replies_follow_their_parents_and_pages_miss_and_repeat_nothing(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment
) -> None:
    roots = [await make_comment(text=f"root {n}") for n in range(5)]
    await approve(ctx, *roots)
    replies = [await make_comment(text=f"reply {n}", parent_id=roots[n % 5]) for n in range(8)]
    await approve(ctx, *replies)

    seen: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        found = await thread(client, limit=4, **({"cursor": cursor} if cursor else {}))
        seen += found["comments"]
        cursor = found["next"]
        if cursor is None:
            break
    assert sorted(str(comment["id"]) for comment in seen) == sorted(map(str, [*roots, *replies]))
    for index, comment in enumerate(seen):
        if comment["parent"]:
            assert comment["parent"] in [earlier["id"] for earlier in seen[:index]]


async def test_the_same_thread_again_is_304(client: httpx2.AsyncClient) -> None:
    for params in ({"page": ARTICLE}, {"page": ARTICLE, "limit": "10"}):
        first = await client.get(PATH, params=params)
        again = await client.get(PATH, params=params, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


async def test_the_whole_page_again_is_304_until_the_thread_changes(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    comment_id, params = await make_comment(), {"page": ARTICLE}
    first = await client.get(f"{PATH}.html", params=params)
    headers = {"If-None-Match": first.headers["etag"]}
    again = await client.get(f"{PATH}.html", params=params, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "private, no-cache"

    body = {"action": "approve", "version": 1}
    await client.post(f"/v1/comments/{comment_id}/decisions", json=body, headers=await bearer("moderate"))
    changed = await client.get(f"{PATH}.html", params=params, headers=headers)
    assert changed.status_code == 200
    assert str(comment_id) in changed.text


async def test_a_fragment_has_a_token_for_its_form_and_a_tag_without_it(client: httpx2.AsyncClient) -> None:
    params = {"page": ARTICLE, "shape": "fragment"}
    one = await client.get(f"{PATH}.html", params=params)
    two = await client.get(f"{PATH}.html", params=params)

    assert one.headers["etag"] == two.headers["etag"]
    assert one.headers["x-form-token"] != two.headers["x-form-token"]
    assert one.headers["x-form-token"] not in one.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
    ],
)
async def test_browsers_get_a_page_and_programs_get_json(
    client: httpx2.AsyncClient, accept: str, kind: str
) -> None:
    response = await client.get(PATH, params={"page": ARTICLE}, headers={"Accept": accept})

    assert response.headers["content-type"] == kind
    assert "Accept" in response.headers["vary"]


async def test_only_the_sites_origins_may_read(client: httpx2.AsyncClient) -> None:
    allowed = await client.get(PATH, params={"page": ARTICLE}, headers={"Origin": SITE_ORIGIN})
    assert allowed.headers["access-control-allow-origin"] == SITE_ORIGIN
    assert "access-control-allow-credentials" not in allowed.headers
    assert "Origin" in allowed.headers["vary"]

    refused = await client.get(PATH, params={"page": ARTICLE}, headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


async def test_a_preflight_is_answered_for_the_sites_origins_only(client: httpx2.AsyncClient) -> None:
    for origin, status in ((SITE_ORIGIN, 204), ("https://evil.example", 403), ("null", 403)):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        response = await client.options("/v1/sites/daily/submissions", headers=headers)
        assert response.status_code == status


async def test_problems_carry_the_header_that_lets_the_widget_read_them(client: httpx2.AsyncClient) -> None:
    response = await client.get(PATH, headers={"Origin": SITE_ORIGIN})

    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"pointer": "/page", "code": "page.required", "detail": "This field is required."}
    ]
    assert response.headers["access-control-allow-origin"] == SITE_ORIGIN


@pytest.mark.parametrize("cursor", ["x", "AAAA", "é", "A" * 43 + "!", "A" * 65])
async def test_a_cursor_that_is_not_ours_is_refused(client: httpx2.AsyncClient, cursor: str) -> None:
    response = await client.get(PATH, params={"page": ARTICLE, "cursor": cursor})

    assert response.status_code in {400, 422}


@pytest.mark.parametrize("limit", ["0", "-1", "101", "1000000000", "x", "9" * 5000])
async def test_a_limit_out_of_range_is_a_field_error(client: httpx2.AsyncClient, limit: str) -> None:
    assert (await client.get(PATH, params={"page": ARTICLE, "limit": limit})).status_code == 422


async def test_addresses_that_differ_in_noise_are_one_page(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment
) -> None:
    await approve(ctx, await make_comment(page=f"{ARTICLE}?utm_source=x#top"))
    for same in (ARTICLE, f"{SITE_ORIGIN}:443/bridge?fbclid=1", "https://NEWS.example/x/../bridge#comments"):
        response = await client.get(PATH, params={"page": same})
        assert response.json()["count"] == 1, same


async def test_counts_answer_for_every_page_asked(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment
) -> None:
    await approve(ctx, await make_comment(), await make_comment(text="2"))
    other = f"{SITE_ORIGIN}/quiet"
    response = await client.get("/v1/sites/daily/counts", params=[("page", ARTICLE), ("page", other)])

    assert response.json() == {"counts": {ARTICLE: 2, other: 0}}


async def test_a_page_of_another_site_is_not_counted(client: httpx2.AsyncClient) -> None:
    response = await client.get("/v1/sites/daily/counts", params={"page": "https://evil.example/"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/page/0"
