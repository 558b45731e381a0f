"""The load of every experiment: writers that never give a comment up, readers, and a moderator."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Final

import httpx2

from faults.stage import ORIGIN

SITE: Final = "/v1/sites/daily"
PAGES: Final = [f"{ORIGIN}/article-{number}" for number in range(5)]
KINDS: Final = ("post", "read", "queue", "decide")
_GONE: Final = 0
_PAUSE: Final = 0.02


@dataclass
class Seen:
    """One answer: what was asked, when it came, its status (0 where there was none), and how long it took."""

    kind: str
    at: float
    status: int
    seconds: float


@dataclass
class Load:
    """What clients were told."""

    url: Callable[[], str]
    moderator: dict[str, str]
    writers: int = 20
    readers: int = 5
    acknowledged: dict[str, str] = field(default_factory=dict)
    decided: dict[str, str] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    _stopping: bool = False
    _chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311 - for variety

    async def __aenter__(self) -> "Load":
        limits = httpx2.Limits(max_connections=100, max_keepalive_connections=40)
        self._client = httpx2.AsyncClient(timeout=15, limits=limits)
        works = [self._write(number) for number in range(self.writers)]
        works += [self._read() for _ in range(self.readers)]
        works.append(self._moderate())
        self._tasks = [asyncio.create_task(work) for work in works]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self._client.aclose()

    async def stop(self) -> None:
        """Let every writer have its last comment acknowledged, and end."""
        self._stopping = True
        done, late = await asyncio.wait(self._tasks, timeout=60)
        for task in late:
            task.cancel()
        for task in done:
            task.result()
        last = [(one.kind, one.status, round(one.seconds, 1)) for one in self.seen[-10:]]
        assert not late, f"a comment was never acknowledged, though the fault is over: {last}"

    async def until(self, count: int, seconds: float = 90) -> None:
        """Until so many more comments are acknowledged."""
        wanted, deadline = len(self.acknowledged) + count, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, f"only {len(self.acknowledged)} comments: {self.statuses}"
            await asyncio.sleep(0.01)

    async def recovery(self, since: float, seconds: float = 60) -> float:
        """How long after `since` the first comment was acknowledged that was also sent after it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for one in reversed(self.seen):
                if one.at < since:
                    break
                if (one.kind, one.status) == ("post", 202) and one.at - one.seconds >= since:
                    return min(
                        each.at - since
                        for each in self.seen
                        if (each.kind, each.status) == ("post", 202) and each.at - each.seconds >= since
                    )
            await asyncio.sleep(0.01)
        raise AssertionError("nothing is acknowledged any more")

    def statuses(self, kind: str = "") -> dict[str, int]:
        """Every status that was seen, and how often."""
        counted = Counter(one.status for one in self.seen if kind in ("", one.kind))
        return {str(status): counted[status] for status in sorted(counted)}

    def slowest(self, kind: str = "", since: float = 0) -> float:
        """The longest that any answer took."""
        return max(
            (one.seconds for one in self.seen if kind in ("", one.kind) and one.at >= since), default=0
        )

    async def ask(self, kind: str, method: str, path: str, **given: object) -> httpx2.Response | None:
        """One request, noted; None where no answer came."""
        began, answer = time.monotonic(), None
        with suppress(httpx2.TransportError):
            answer = await self._client.request(method, self.url() + path, **given)  # type: ignore[arg-type]
        now = time.monotonic()
        self.seen.append(Seen(kind, now, answer.status_code if answer else _GONE, now - began))
        return answer

    async def _write(self, writer: int) -> None:
        number = 0
        while not self._stopping:
            number += 1
            await self._send(f"writer {writer} number {number}")
            await asyncio.sleep(_PAUSE)

    async def _send(self, key: str) -> None:
        body = {
            "page": self._chance.choice(PAGES),
            "name": "Bilal",
            "email": "reader@example.com",
            "text": f"The bridge should have been mended: {key}.",
        }
        headers = {"Idempotency-Key": key.replace(" ", "-"), "Origin": ORIGIN}
        while True:
            answer = await self.ask("post", "POST", f"{SITE}/submissions", json=body, headers=headers)
            if answer is not None and answer.status_code == 202:
                self.acknowledged[body["text"]] = answer.json()["id"]
                return
            await asyncio.sleep(0.05 + self._chance.random() / 10)

    async def _read(self) -> None:
        while not self._stopping:
            query = {"page": self._chance.choice(PAGES)}
            await self.ask("read", "GET", f"{SITE}/thread", params=query, headers={"Origin": ORIGIN})
            await asyncio.sleep(_PAUSE * 2)

    async def _moderate(self) -> None:
        while not self._stopping:
            answer = await self.ask("queue", "GET", "/v1/queue", params={"limit": 5}, headers=self.moderator)
            if answer is not None and answer.status_code == 200:
                for comment in answer.json()["comments"]:
                    await self._decide(comment["id"], comment["version"])
            await asyncio.sleep(_PAUSE * 5)

    async def _decide(self, comment_id: str, version: int) -> None:
        action = self._chance.choice([{"action": "approve"}, {"action": "reject", "reason": "spam"}])
        headers = {**self.moderator, "Idempotency-Key": f"decide-{comment_id}"}
        path, body = f"/v1/comments/{comment_id}/decisions", {**action, "version": version}
        for _ in range(200):
            answer = await self.ask("decide", "POST", path, json=body, headers=headers)
            if answer is not None and answer.status_code < 500:
                assert answer.status_code == 201, answer.text
                self.decided[comment_id] = answer.json()["status"]
                return
            await asyncio.sleep(0.1)
