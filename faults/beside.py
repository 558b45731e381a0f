"""X11, X12: live events that lose their connection, and meddling with the server."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx2

from faults.clusters import cluster, pgbouncer
from faults.load import SITE
from faults.play import Found, How, answers_again, experiment, under_load
from faults.stage import ORIGIN, Stage, stage
from service.embedded.processes import cluster_processes

_SEEN_SECONDS: Final = 30.0
_OURS: Final = "SELECT pid FROM pg_stat_activity WHERE application_name = 'greenroom'"


@experiment("X11", "the connection of live events is killed, frozen, or behind a pooler")
async def x11(home: Path, how: How) -> Found:
    """Each comment is told of once, and soon."""
    found: Found = {}
    with cluster(home) as made:
        with stage(home, made) as service:
            moderator = await service.furnish()
            async with Listening(service, moderator) as listening:
                await listening.hears("before")
                conn = await asyncpg.connect(made.dsn())
                await conn.fetch(f"SELECT pg_terminate_backend(pid) FROM ({_OURS}) AS ours")
                found["killed_seconds"] = await listening.hears("after it was killed")
                pids = [row["pid"] for row in await conn.fetch(_OURS)]
                await conn.close()
                for pid in pids:
                    os.kill(pid, signal.SIGSTOP)
                await asyncio.sleep(2)
                for pid in pids:
                    os.kill(pid, signal.SIGCONT)
                found["frozen_seconds"] = await listening.hears("after it was frozen")
        (home / "pooled").mkdir()
        with pgbouncer(home, made) as port:
            url = made.dsn("greenroom_app", port=port)
            pooled = {"GREENROOM_DATABASE_URL": url, "GREENROOM_PGBOUNCER": "true"}
            keys = str(home / "var" / "keys" / "ring.json")
            with stage(home / "pooled", made, GREENROOM_KEY_FILE=keys, **pooled) as service:
                async with Listening(service, moderator) as listening:
                    found["pooled_seconds"] = await listening.hears("behind a pooler")
    return found


class Listening:
    """A console that follows live events, and a writer whose comments it should be told of."""

    def __init__(self, service: Stage, moderator: dict[str, str]) -> None:
        self._service, self._moderator = service, moderator
        self.told: Counter[str] = Counter()

    async def __aenter__(self) -> "Listening":
        self._client = httpx2.AsyncClient(base_url=self._service.url, timeout=60)
        self._follow = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._follow.cancel()
        with suppress(asyncio.CancelledError):
            await self._follow
        await self._client.aclose()
        assert set(self.told.values()) <= {1}, "something was told twice"

    async def hears(self, text: str) -> float:
        """Post a comment, and give how long it took until the console was told."""
        given = {"page": f"{ORIGIN}/x11", "name": "Bilal", "email": "reader@example.com", "text": text}
        began = time.monotonic()
        while True:
            headers = {"Idempotency-Key": text.replace(" ", "-"), "Origin": ORIGIN}
            answer = await self._client.post(f"{SITE}/submissions", json=given, headers=headers)
            if answer.status_code == 202:
                break
            assert answer.status_code == 503, answer.text
            assert time.monotonic() - began < _SEEN_SECONDS
            await asyncio.sleep(0.1)
        while not self.told[answer.json()["id"]]:
            assert time.monotonic() - began < _SEEN_SECONDS, f"nobody was told: {text}"
            await asyncio.sleep(0.02)
        return round(time.monotonic() - began, 2)

    async def _listen(self) -> None:
        since: dict[str, str] = {}
        while True:
            with suppress(httpx2.TransportError):
                headers = {**self._moderator, **since}
                async with self._client.stream("GET", "/v1/events", headers=headers) as answer:
                    async for line in answer.aiter_lines():
                        if line.startswith("id:"):
                            since = {"Last-Event-ID": line[3:].strip()}
                        elif line.startswith("data:"):
                            self._note(json.loads(line[5:]))
            await asyncio.sleep(0.2)

    def _note(self, event: dict[str, object]) -> None:
        if event["kind"] == "new":
            self.told[str(event["comment"])] += 1


@experiment("X12", "others meddle with the embedded server: tell it to stop, start it twice, come in")
async def x12(home: Path, how: How) -> Found:
    """It comes back by itself, a second start is refused with a sentence, and a stranger stays outside."""
    with stage(home) as service:
        async with under_load(service, how=how) as play:
            dsn, main = await service.admin_dsn(), service.database_processes()[0]
            os.kill(main, signal.SIGTERM)
            await asyncio.to_thread(_gone, service, main)
            await play.recovers(await answers_again(dsn))
        again = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "service", "serve", "--port", "0", "--data-dir", str(service.data_dir)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 1, again.stderr
        assert "already running" in again.stderr
        stranger = await asyncio.to_thread(_stranger, dsn) if os.geteuid() == 0 else "not tried: needs root"
        return {**play.found, "second_start": again.stderr.strip(), "stranger": stranger}


def _gone(service: Stage, pid: int) -> None:
    while pid in cluster_processes(service.data_dir / "postgres"):
        time.sleep(0.02)


def _stranger(dsn: str) -> str:
    """What another local user is told who tries the socket; only root can try."""
    query = parse_qs(urlsplit(dsn).query)
    address = f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}"
    script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    done = subprocess.run(
        ["python3", "-c", script, address], capture_output=True, text=True, user="nobody", check=False
    )
    assert done.returncode != 0, "a stranger came in"
    return done.stderr.strip().splitlines()[-1].split(":")[0]
