"""Readers report what was published; moderators see the reports together, and answer them once."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.app import build_app
from service.context import Context
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.sites import page_id
from service.model.urls import parse_page
from service.store.database import Connection
from service.usecases import form_tokens
from service.usecases.decide import decide
from service.web.http.state import State
from tests.conftest import Bearer, MakeComment
from tests.factories import ARTICLE

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def published(ctx: Context, make_comment: MakeComment) -> UUID:
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    return comment_id


class Readers:
    """Readers in networks of their own."""

    def __init__(self, ctx: Context, state: State) -> None:
        self.app = build_app(ctx, state)

    async def report(self, comment_id: UUID, number: int, **body: object) -> httpx2.Response:
        transport = httpx2.ASGITransport(self.app, client=(f"198.51.{number}.7", 1234))
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as client:
            path = f"/v1/sites/daily/comments/{comment_id}/reports"
            return await client.post(path, json={"reason": "abuse", **body})


@pytest.fixture
def readers(ctx: Context, state: State) -> Readers:
    return Readers(ctx, state)


async def reported(client: httpx2.AsyncClient, headers: dict[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/v1/reports", headers=headers)).json()["comments"]
    return found


async def test_reports_come_together_with_their_reasons(
    client: httpx2.AsyncClient, readers: Readers, published: UUID, bearer: Bearer
) -> None:
    for number, reason in enumerate(("spam", "abuse", "abuse")):
        response = await readers.report(published, number, reason=reason, note=f"note {number}")
        assert (response.status_code, response.json()) == (202, {"status": "received"})
    again = await readers.report(published, 1, reason="other")
    assert again.json() == {"status": "received"}

    [found] = await reported(client, await bearer("read"))
    assert found["comment"]["id"] == str(published)
    assert (found["reports"], found["reasons"]) == (3, {"abuse": 2, "spam": 1})
    assert sorted(found["notes"]) == ["note 0", "note 1", "note 2"]
    assert found["comment"]["open_reports"] == 3


async def test_dismissed_reports_return_only_with_new_ones(
    client: httpx2.AsyncClient, readers: Readers, published: UUID, bearer: Bearer, conn: Connection
) -> None:
    headers = await bearer("moderate")
    await readers.report(published, 1)
    [seen] = await reported(client, headers)
    await readers.report(published, 2)
    path = f"/v1/comments/{published}/dismissals"
    body = {"version": seen["comment"]["version"], "last_at": seen["last_at"]}
    assert (await client.post(path, json=body, headers=headers)).json()["open_reports"] == 1
    assert (await client.post(path, json=body, headers=headers)).json()["open_reports"] == 1
    await client.post(path, json={"version": body["version"]}, headers=headers)
    assert await reported(client, headers) == []
    await readers.report(published, 1)
    assert await reported(client, headers) == []
    await readers.report(published, 3)
    assert [found["reports"] for found in await reported(client, headers)] == [1]
    audited = "SELECT after FROM audit_event WHERE action = 'reports.dismissed' ORDER BY id"
    assert [row["after"] for row in await conn.fetch(audited)] == ["1", "1"]
    assert (await client.post(path, json={"version": 9}, headers=headers)).status_code == 409


async def test_rejecting_a_comment_answers_its_reports(
    client: httpx2.AsyncClient, readers: Readers, published: UUID, bearer: Bearer, ctx: Context
) -> None:
    await readers.report(published, 1)
    await decide(ctx, ANA, published, Choice(Action.REJECT, 2))
    await decide(ctx, ANA, published, Choice(Action.UNDO, 3))
    assert await reported(client, await bearer("read")) == []


async def test_only_what_is_published_can_be_reported(
    client: httpx2.AsyncClient, readers: Readers, make_comment: MakeComment, bearer: Bearer
) -> None:
    waiting = await make_comment()
    assert (await readers.report(waiting, 1)).status_code == 404
    assert (await readers.report(UUID(int=5), 1)).status_code == 404
    assert (await readers.report(waiting, 1, reason="boredom")).status_code == 422
    assert await reported(client, await bearer("read")) == []


async def test_what_a_program_sends_through_the_form_is_dropped_and_answered_alike(
    client: httpx2.AsyncClient, readers: Readers, published: UUID, bearer: Bearer, ctx: Context
) -> None:
    token = form_tokens.issue(ctx, 1, page_id(parse_page(ARTICLE)))
    for more in ({"url2": "x"}, {"form_token": token, "page": ARTICLE}):
        response = await readers.report(published, 1, **more)
        assert (response.status_code, response.json()) == (202, {"status": "received"})
    assert await reported(client, await bearer("read")) == []
    wrong = await readers.report(published, 1, form_token="x", page=ARTICLE)
    assert wrong.status_code == 422


async def test_without_script_a_report_is_a_form_and_a_way_back(
    client: httpx2.AsyncClient, published: UUID, bearer: Bearer
) -> None:
    html = {"Accept": "text/html"}
    params = {"page": ARTICLE, "report": str(published)}
    page = (await client.get("/v1/sites/daily/thread.html", params=params, headers=html)).text
    assert f'action="/v1/sites/daily/comments/{published}/reports"' in page
    path = f"/v1/sites/daily/comments/{published}/reports"
    form = {"page": ARTICLE, "reason": "spam", "redirect_to": "thread", "lang": "en"}
    refused = await client.post(path, data={**form, "note": "x" * 1001}, headers=html)
    assert refused.status_code == 422
    assert "A note may have 1,000 characters." in refused.text
    response = await client.post(path, data=form, headers=html)
    assert response.status_code == 303
    assert "Thank you." in (await client.get(response.headers["location"], headers=html)).text
    assert len(await reported(client, await bearer("read"))) == 1
