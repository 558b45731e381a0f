"""A newsroom played twice: over HTTP on the real service, and in a model in memory.

Whatever the rules of `test_any_order.py` do, `Newsroom` does to both and compares what they say.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

import httpx2

from service.context import Context
from service.model.people import Rights, Role
from service.store.database import Connection
from service.usecases.govern import add_site
from tests.factories import a_body
from tests.people import OWN, a_cookie, a_moderator
from tests.trust.modelled import Made, Person, Said

AFTER: Final = {"approve": "approved", "reject": "rejected"}
LIST: Final = {"limit": "100"}


class Newsroom:
    """Two sites, three people and an admin, on a service that others like them used before."""

    def __init__(self, client: httpx2.AsyncClient, ctx: Context, conn: Connection, mark: str) -> None:
        self.client, self.ctx, self.conn = client, ctx, conn
        self.sites = [f"one-{mark}", f"two-{mark}"]
        self.names = [f"{name} {mark}" for name in ("ana", "bo", "chen")]
        self.people: list[Person] = []
        self.said: dict[UUID, Said] = {}
        self.keys: dict[tuple[str, str], tuple[str, UUID]] = {}
        self.root: dict[str, str] = {}

    def page(self, site: str) -> str:
        return f"https://{site}.example/bridge"

    async def open(self) -> None:
        ids = {
            each: (await add_site(self.ctx, each, [f"https://{each}.example"], actor="test")).id
            for each in self.sites
        }
        one, two = self.sites
        roles = (
            {one: Role.MODERATOR, two: Role.MODERATOR},
            {one: Role.MODERATOR, two: Role.READER},
            {one: Role.READER, two: Role.READER},
        )
        for name, known in zip(self.names, roles, strict=True):
            rights = Rights(Role.READER, {ids[site]: role for site, role in known.items()})
            self.people.append(Person(await a_moderator(self.ctx, name, rights), name, known))
            await self.sign_in(self.people[-1])
        root = Person(await a_moderator(self.ctx, f"root {self.sites[0]}", Rights(Role.ADMIN)), "root", {})
        await self.sign_in(root)
        self.root = root.headers

    async def sign_in(self, who: Person) -> None:
        who.headers = {**OWN, "Cookie": f"greenroom={await a_cookie(self.ctx, who.id)}"}
        who.signed_in = True

    async def submit(self, site: str, text: str, key: str | None) -> None:
        """Send a comment; with a key that was used before, the same one comes back, or a refusal."""
        body = a_body(page=self.page(site), text=text)
        headers = {"Origin": f"https://{site}.example"} | ({"Idempotency-Key": key} if key else {})
        answer = await self.client.post(f"/v1/sites/{site}/submissions", json=body, headers=headers)
        known = self.keys.get((site, key)) if key else None
        if known and known[0] != text:
            assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
            return
        assert answer.status_code == 202, answer.text
        comment_id = UUID(answer.json()["id"])
        assert ("idempotency-replayed" in answer.headers) is bool(known)
        if known:
            assert comment_id == known[1]
            return
        assert comment_id not in self.said
        self.said[comment_id] = Said(comment_id, site)
        if key:
            self.keys[site, key] = (text, comment_id)

    async def decide(self, who: Person, said: Said, action: str, behind: int, key: str | None) -> None:
        """Decide on the version that somebody saw, and do the same in the model."""
        version = max(1, said.version - behind)
        answer = await self._send(who, said, action, version, key)
        expected = self._expected(who, said, action, version, key)
        assert answer.status_code == expected, answer.text
        if expected == 201:
            self._take_over(who, said, action, version, key)
            told = answer.json()
            made = said.made[version - 1]
            assert (told["status"], told["version"]) == (made.after, version + 1)

    async def race(self, one: Person, other: Person, said: Said) -> None:
        """Two decide at once on the same version: of those who may, one wins."""
        version = said.version
        sent = ((one, "approve"), (other, "reject"))
        sending = [self._send(who, said, action, version, None) for who, action in sent]
        answers = await asyncio.gather(*sending)
        may = [self._expected(who, said, action, version, None) == 201 for who, action in sent]
        won = [answer.status_code == 201 for answer in answers]
        assert sum(won) == any(may)
        for (who, action), allowed, wins, answer in zip(sent, may, won, answers, strict=True):
            assert allowed or not wins
            if allowed and not wins:
                assert answer.json()["code"] == "already_decided"
            if wins:
                self._take_over(who, said, action, version, None)

    async def _send(
        self, who: Person, said: Said, action: str, version: int, key: str | None
    ) -> httpx2.Response:
        body = {"action": action, "version": version} | ({"reason": "spam"} if action == "reject" else {})
        headers = who.headers | ({"Idempotency-Key": key} if key else {})
        return await self.client.post(f"/v1/comments/{said.id}/decisions", json=body, headers=headers)

    def _expected(self, who: Person, said: Said, action: str, version: int, key: str | None) -> int:
        if not who.signed_in:
            return 401
        if not who.may_decide:
            return 403
        if not who.decides(said.site):
            return 404
        if version != said.version:
            made = said.made[version - 1]
            if key is None or (made.by, made.key) != (who.name, key):
                return 409
            return 201 if made.action == action else 422
        return 409 if action == "undo" and not said.made else 201

    def _take_over(self, who: Person, said: Said, action: str, version: int, key: str | None) -> None:
        if version == said.version:
            after = AFTER.get(action) or said.was(version - 1)
            said.made.append(Made(who.name, action, after, key))
            said.holder = None

    async def take(self, who: Person, count: int) -> None:
        """Take what comes next and nobody else holds, oldest first."""
        answer = await self.client.post("/v1/queue/leases", json={"count": count}, headers=who.headers)
        if not self._lets_in(who, answer, 201):
            return
        mine = [each for each in self._pending(who) if who.decides(each.site)]
        free = [each for each in mine if each.holder in {None, who.name}][:count]
        assert [UUID(each["id"]) for each in answer.json()["comments"]] == [each.id for each in free]
        for each in free:
            each.holder = who.name

    async def take_this(self, who: Person, said: Said) -> None:
        """Take one comment, unless somebody else holds it or it does not pend."""
        body = {"comments": [str(said.id)]}
        answer = await self.client.post("/v1/leases", json=body, headers=who.headers)
        if not self._lets_in(who, answer, 200):
            return
        mine = said.status == "pending" and who.decides(said.site) and said.holder in {None, who.name}
        assert answer.json()["comments"] == ([str(said.id)] if mine else [])
        assert answer.json()["lost"] == ([] if mine else [str(said.id)])
        if mine:
            said.holder = who.name

    async def give_back(self, who: Person) -> None:
        """Let go of everything."""
        answer = await self.client.post("/v1/leases/return", json={}, headers=who.headers)
        if self._lets_in(who, answer, 200):
            mine = self._held(who)
            assert {UUID(each) for each in answer.json()["comments"]} == {each.id for each in mine}
            for each in mine:
                each.holder = None

    async def hand_over(self, who: Person, to: Person) -> None:
        """Hand everything over to somebody, as far as they decide there too."""
        answer = await self.client.post("/v1/leases/hand-over", json={"to": to.name}, headers=who.headers)
        theirs = {site for site in self.sites if who.decides(site) and to.decides(site) and not to.disabled}
        if not self._lets_in(who, answer, 200 if theirs else 422):
            return
        if theirs:
            given = [each for each in self._held(who) if each.site in theirs]
            assert {UUID(each) for each in answer.json()["comments"]} == {each.id for each in given}
            for each in given:
                each.holder = to.name

    async def change(self, who: Person, roles: dict[str, Role]) -> None:
        """Give somebody other roles; their session ends, and they sign in again."""
        rights = {"role": "reader", "sites": {site: role.value for site, role in roles.items()}}
        await self._patch(who, {"rights": rights})
        who.roles = roles

    async def disable(self, who: Person, disabled: bool) -> None:
        """Keep somebody out, or let them in again."""
        await self._patch(who, {"disabled": disabled})
        who.disabled = disabled

    async def _patch(self, who: Person, change: dict[str, Any]) -> None:
        answer = await self.client.patch(f"/v1/moderators/{who.id}", json=change, headers=self.root)
        assert answer.status_code == 200, answer.text
        who.signed_in = False
        assert (await self.client.get("/v1/me", headers=who.headers)).status_code == 401

    def _lets_in(self, who: Person, answer: httpx2.Response, status: int) -> bool:
        expected = 401 if not who.signed_in else 403 if not who.may_decide else status
        assert answer.status_code == expected, answer.text
        return answer.status_code < 300

    def _pending(self, who: Person) -> list[Said]:
        waiting = (each for each in self.said.values() if each.status == "pending" and who.sees(each.site))
        return sorted(waiting, key=lambda each: each.id)

    def _held(self, who: Person) -> list[Said]:
        return [each for each in self._pending(who) if each.holder == who.name and who.decides(each.site)]

    async def look(self, who: Person) -> None:
        """What somebody sees of the queue, and holds."""
        queue = await self.client.get("/v1/queue", params=LIST, headers=who.headers)
        if not who.signed_in:
            assert queue.status_code == 401
            return
        seen = [UUID(each["id"]) for each in queue.json()["comments"]]
        assert seen == [each.id for each in self._pending(who)]
        held = await self.client.get("/v1/leases", headers=who.headers)
        if who.may_decide:
            assert {UUID(each["id"]) for each in held.json()["comments"]} == {
                each.id for each in self._held(who)
            }

    async def compare(self) -> None:
        """What is stored."""
        ids = list(self.said)
        stands = await self.conn.fetch("SELECT id, status, version FROM comment WHERE id = ANY($1)", ids)
        assert {row["id"]: (row["status"], row["version"]) for row in stands} == {
            each.id: (each.status, each.version) for each in self.said.values()
        }
        held = "SELECT comment_id, holder FROM lease WHERE comment_id = ANY($1)"
        assert {row["comment_id"]: row["holder"] for row in await self.conn.fetch(held, ids)} == {
            each.id: each.holder for each in self.said.values() if each.holder
        }
        made = sum(len(each.made) for each in self.said.values())
        logged = "SELECT count(*) FROM decision WHERE comment_id = ANY($1)"
        assert await self.conn.fetchval(logged, ids) == made

    async def compare_shown(self) -> None:
        """What an admin and what readers see of it."""
        for site in self.sites:
            query = {**LIST, "status": "all", "site": site}
            queue = await self.client.get("/v1/queue", params=query, headers=self.root)
            ours = [each for each in self.said.values() if each.site == site]
            told = {UUID(each["id"]): _told(each) for each in queue.json()["comments"]}
            assert told == {each.id: _known(each) for each in ours}
            query = {**LIST, "page": self.page(site)}
            thread = await self.client.get(f"/v1/sites/{site}/thread", params=query)
            shown = {UUID(each["id"]) for each in thread.json()["comments"]}
            assert shown == {each.id for each in ours if each.status == "approved"}


def _told(comment: dict[str, Any]) -> tuple[object, ...]:
    made = [(each["action"], each["by"]) for each in comment["decisions"]]
    return comment["status"], comment["version"], comment["lease"] and comment["lease"]["by"], made


def _known(said: Said) -> tuple[object, ...]:
    return said.status, said.version, said.holder, [(each.action, each.by) for each in said.made]
