"""Authors with the tokens of their submissions, for the tests of what they may do."""

from typing import Any
from uuid import UUID

import httpx2

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.sites import page_id
from service.model.urls import parse_page
from service.usecases.decide import decide
from service.web.http.state import State
from tests.factories import ARTICLE, a_body

SITE = "/v1/sites/daily"
ANA = Principal("ana", frozenset({Scope.MODERATE}), None)


class Author:
    """Somebody who has sent a comment, and what they do with its token."""

    def __init__(self, client: httpx2.AsyncClient, receipt: dict[str, Any]) -> None:
        self.client = client
        self.id = UUID(receipt["id"])
        self.token = receipt["author_token"]
        self.path = f"{SITE}/comments/{self.id}"
        self.headers = {"X-Author-Token": self.token}

    async def look(self) -> dict[str, Any]:
        response = await self.client.get(self.path, headers=self.headers)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def act(self, verb: str, **body: str) -> httpx2.Response:
        return await self.client.post(f"{self.path}/{verb}", json=body, headers=self.headers)


async def write(client: httpx2.AsyncClient, **over: object) -> Author:
    response = await client.post(f"{SITE}/submissions", json=a_body(**over))
    assert response.status_code == 202, response.text
    return Author(client, response.json())


async def approve(ctx: Context, author: Author, version: int = 1) -> None:
    await decide(ctx, ANA, author.id, Choice(Action.APPROVE, version))


async def reject(ctx: Context, author: Author, version: int = 1, reason: Reason = Reason.ABUSE) -> None:
    await decide(ctx, ANA, author.id, Choice(Action.REJECT, version, reason))


async def thread(client: httpx2.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"{SITE}/thread", params={"page": ARTICLE})).json()
    return found


def approved_elsewhere(state: State) -> None:
    """What the use case decided, without the web floor, is not noticed here until the cache is old."""
    state.threads.drop(1, page_id(parse_page(ARTICLE)))
