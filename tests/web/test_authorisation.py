"""Every route × who calls × whose site: what the table says is what happens, and every route has a line."""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx2
import pytest
from argon2 import PasswordHasher
from starlette.types import ASGIApp, Message

from service.app import build_app
from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Rights, Role, Scope
from service.model.queue import Filters
from service.model.rules import RuleKind
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.decide_many import CampaignAct, decide_campaign
from service.usecases.govern import add_site
from service.usecases.make_rule import NewRule, make_rule
from service.usecases.select import select
from service.usecases.sign_in import session_digest
from service.usecases.tokens import add_token
from service.web.console.addresses import SIGN_IN
from service.web.http.endpoint import Endpoint
from service.web.routes import ENDPOINTS
from tests.authorisation_table import BODIES, OPEN, QUERIES, TABLE
from tests.factories import SITE_ORIGIN, a_delivery, a_submission, submitted
from tests.people import a_cookie, a_moderator

# The columns of the table: who, and whether the site in question is theirs.
CALLERS: dict[str, Rights | None] = {
    "nobody": None,
    "reader": Rights(Role.READER),
    "moderator": Rights(Role.MODERATOR),
    "discloser": Rights(Role.MODERATOR, may_disclose=True),
    "admin": Rights(Role.ADMIN),
    "governor": Rights(Role.ADMIN),
}
_MODERATE = frozenset({Scope.MODERATE})
GUARDED = [found for found in ENDPOINTS if found.needs or found.signed_in]


@dataclass
class World:
    """Two sites that are alike, and what is needed to call any endpoint about either."""

    ctx: Context
    app: ASGIApp
    conn: Connection
    own: Site
    other: Site
    count: int = 0

    async def caller(self, kind: str) -> UUID | None:
        """A new moderator: of the own site alone, but for the one who governs."""
        rights = CALLERS[kind]
        if rights is None:
            return None
        self.count += 1
        where = None if kind == "governor" else {self.own.id: None}
        given = Rights(rights.role, where, rights.may_disclose)
        return await a_moderator(self.ctx, f"{kind} {self.count}", given)

    async def call(self, found: Endpoint, kind: str, site: Site) -> str:
        """The letter of what comes back."""
        who = await self.caller(kind)
        cookie = await a_cookie(self.ctx, who) if who else ""
        target = await self.address(found, site, who)
        headers = {"host": "testserver", "origin": "http://testserver"}
        if cookie:
            headers["cookie"] = f"greenroom={cookie}"
        raw = b""
        if found.body:
            headers["content-type"], raw = self.body(found, site, cookie)
        status, location = await answer(self.app, found.method, target, headers, raw)
        if location.startswith(f"{SIGN_IN}?next="):
            status = 401
        if kind == "governor" and found.tag != "console" and "confirmation" not in found.path:
            assert status not in {400, 422}, f"Give {name_of(found)} a body or query that will do."
        return {401: "-", 403: "x", 404: "."}.get(status, "+")

    async def call_with(self, found: Endpoint, token: str, site: Site) -> str:
        """The letter of what comes back to a program."""
        headers = {"host": "testserver", "authorization": f"Bearer {token}"}
        raw = b""
        if found.body:
            headers["content-type"], raw = self.body(found, site, "")
        target = await self.address(found, site, None)
        status, _ = await answer(self.app, found.method, target, headers, raw)
        return {401: "-", 403: "x", 404: "."}.get(status, "+")

    def body(self, found: Endpoint, site: Site, cookie: str) -> tuple[str, bytes]:
        """The body that the table gives, of our own form where it is one."""
        given = json.dumps(BODIES.get(name_of(found), {})).replace("{site}", site.slug)
        if not found.form:
            return "application/json", given.encode()
        csrf = self.ctx.vault.sign("csrf", session_digest(cookie)) if cookie else ""
        return "application/x-www-form-urlencoded", urlencode({"csrf": csrf, **json.loads(given)}).encode()

    async def address(self, found: Endpoint, site: Site, who: UUID | None) -> str:
        path = found.path
        for name in re.findall(r"\{(\w+)\}", path):
            path = path.replace(f"{{{name}}}", str(await self.fill(name, found, site, who)))
        return f"{path}?{QUERIES[found.path].format(site=site.slug)}" if found.path in QUERIES else path

    async def fill(self, name: str, found: Endpoint, site: Site, who: UUID | None) -> object:
        """Something that exists, on this site where it is of one, made for this call alone."""
        self.count += 1
        match name:
            case "site":
                return site.slug
            case "comment_id":
                return await self.comment(site)
            case "campaign_id":
                return await self.campaign(site)
            case "batch_id":
                by = Principal("ana", frozenset({Scope.MODERATE}), None)
                act = CampaignAct(Choice(Action.REJECT, 1, Reason.SPAM))
                return (await decide_campaign(self.ctx, by, site, await self.campaign(site), act)).id
            case "rule_id":
                by = Principal("ana", frozenset({Scope.MODERATE}), None)
                wanted = NewRule(RuleKind.TEXT, Action.REJECT, Reason.SPAM, 1, f"cheap tickets {self.count}")
                return (await make_rule(self.ctx, by, site, wanted)).rule.id
            case "moderator_id":
                return await a_moderator(self.ctx, f"target {self.count}", Rights(Role.READER))
            case "session_id":
                return await self.session(found, who)
            case "token_id":
                token = await add_token(self.ctx, [Scope.READ], actor="test", site_id=site.id)
                return token[3:11]
            case "selection_id":
                return await self.selection(site, who)
            case "review_id":
                return await self.review(site)
            case _:
                return UUID(int=self.count)

    async def comment(self, site: Site, text: str = "") -> UUID:
        self.count += 1
        said = text or f"The bridge number {self.count} should have been mended last year."
        return await submitted(self.ctx, site, a_submission(text=said), a_delivery())

    async def campaign(self, site: Site) -> UUID:
        text = f"Buy my wonderful watches {self.count} today, cheaper than anywhere else in the whole town."
        _, second = await self.comment(site, text), await self.comment(site, text)
        sql = "SELECT campaign_id FROM comment WHERE id = $1"
        found: UUID = await self.conn.fetchval(sql, second)
        return found

    async def selection(self, site: Site, who: UUID | None) -> UUID:
        """The caller's on their own site, and a colleague's on another."""
        mine = site.id == self.own.id and who is not None
        sql = "SELECT name FROM moderator WHERE id = $1"
        name = await self.conn.fetchval(sql, who) if mine else "ana"
        return (await select(self.ctx, Principal(name, _MODERATE, None), Filters(site=site.slug), {})).id

    async def review(self, site: Site) -> UUID:
        """A decision of somebody else's on this site, drawn to be made again."""
        comment_id = await self.comment(site)
        await self.conn.execute("UPDATE site SET review_share = 1")
        await decide(self.ctx, Principal("ana", _MODERATE, None), comment_id, Choice(Action.APPROVE, 1))
        await self.conn.execute("UPDATE site SET review_share = 0")
        sql = "SELECT decision_id FROM review WHERE comment_id = $1"
        found: UUID = await self.conn.fetchval(sql, comment_id)
        return found

    async def session(self, found: Endpoint, who: UUID | None) -> UUID:
        owner = who
        if "{moderator_id}" in found.path or owner is None:
            owner = await self.conn.fetchval("SELECT id FROM moderator ORDER BY created_at DESC LIMIT 1")
        if owner is None:
            return UUID(int=1)
        await a_cookie(self.ctx, owner)
        sql = "SELECT id FROM session WHERE moderator_id = $1 ORDER BY created_at DESC LIMIT 1"
        latest: UUID = await self.conn.fetchval(sql, owner)
        return latest


async def answer(
    app: ASGIApp, method: str, target: str, headers: dict[str, str], body: bytes
) -> tuple[int, str]:
    """Status and Location; a stream is not waited for."""
    url = httpx2.URL(f"http://testserver{target}")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.0.2.7", 1234),
        "server": ("testserver", 80),
    }
    started: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            await asyncio.Event().wait()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and not started.done():
            started.set_result(message)

    running = asyncio.ensure_future(app(scope, receive, send))
    waiting: set[asyncio.Future[Any]] = {running, started}
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    found = started.result()
    return int(found["status"]), httpx2.Headers(found["headers"]).get("location", "")


@pytest.fixture
async def world(ctx: Context, conn: Connection, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("service.usecases.passwords._hasher", PasswordHasher(1, 8, 1))
    own, other = [await add_site(ctx, slug, [SITE_ORIGIN], actor="test") for slug in ("own", "other")]
    await a_moderator(ctx, "bilal", Rights(Role.MODERATOR))  # a colleague to hand something over to
    return World(ctx, build_app(ctx), conn, own, other)


def name_of(found: Endpoint) -> str:
    return f"{found.method} {found.path}"


@pytest.mark.parametrize("tag", sorted({found.tag for found in GUARDED}))
async def test_t41_every_route_lets_in_whom_the_table_says(world: World, tag: str) -> None:
    wrong = []
    for found in (each for each in GUARDED if each.tag == tag):
        letters = []
        for kind in CALLERS:
            wanted = [world.own] if kind in {"nobody", "governor"} else [world.own, world.other]
            letters.append("".join([await world.call(found, kind, site) for site in wanted]))
        said, name = " ".join(letters), name_of(found)
        if TABLE.get(name) != said:
            wrong.append(f'    "{name}": "{said}",')
    assert not wrong, "This is what happened; is it what you want?\n" + "\n".join(wrong)


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert set(map(name_of, GUARDED)) == set(TABLE)
    assert {name_of(found) for found in ENDPOINTS if found not in GUARDED} == OPEN


def test_nobody_gets_past_any_of_them_without_saying_who_they_are() -> None:
    assert [name for name, said in TABLE.items() if not said.startswith("- ")] == []
