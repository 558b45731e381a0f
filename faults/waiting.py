"""X4, X6, X7, X8: what hangs, what is stopped, and what is full."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import asyncpg

from faults.clusters import cluster
from faults.load import KINDS, SITE, Load
from faults.play import Found, How, experiment, pause, under_load
from faults.stage import ORIGIN, Stage, stage

_LONGEST_ON_FROZEN: Final = 6.5
_LATE: Final = 0.05
# Asks for signs of life: port, seconds.
_ASK: Final = """
import http.client, json, sys, time
found, until = [], time.monotonic() + float(sys.argv[2])
while time.monotonic() < until:
    line, began = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10), time.monotonic()
    line.request("GET", "/livez")
    assert line.getresponse().status == 200
    found.append(time.monotonic() - began)
    line.close()
    time.sleep(0.1)
print(json.dumps(found))
"""
# A fifth of a second until it is seen that no connection comes back, and the server's limit for locks.
_LONGEST_ON_FULL: Final = 1.5


@experiment("X4", "PostgreSQL is frozen for eight seconds")
async def x4(home: Path, how: How) -> Found:
    """Nobody waits for longer than the time limits say, and it goes on at once."""
    with stage(home) as service:
        async with under_load(service, how=how) as play:
            began, pids = time.monotonic(), service.database_processes()
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(2)
                ready = await asyncio.to_thread(service.is_ready)
                since = await pause(4 if how.short else 6)
            finally:
                for pid in pids:
                    os.kill(pid, signal.SIGCONT)
            await play.recovers(since, within=1.5)
            slowest = {kind: round(play.load.slowest(kind, began), 2) for kind in KINDS}
            refused = play.load.statuses("post").get("503", 0)
        assert not ready, "it said that it was ready"
        assert refused, "nobody was refused"
        play.judge(f"an answer of {slowest}", max(slowest.values()), _LONGEST_ON_FROZEN)
        return {**play.found, "slowest_while_frozen": slowest}


@experiment("X6", "the service is told to stop under load, and another one takes over")
async def x6(home: Path, how: How) -> Found:
    """Who tries once more, elsewhere, never fails."""
    (home / "second").mkdir()
    with cluster(home) as made, stage(home, made) as first:
        moderator = await first.furnish()
        key_file = str(first.data_dir / "keys" / "ring.json")
        with stage(home / "second", made, GREENROOM_KEY_FILE=key_file) as second:
            stopping = False
            load = Load(lambda: second.url if stopping else first.url, moderator, writers=10, readers=2)
            async with load:
                await load.until(30 if how.short else 200)
                began, stopping = time.monotonic(), True
                first.signal(signal.SIGTERM)
                status = await asyncio.to_thread(first.wait, 25)
                ended = time.monotonic() - began
                await load.until(30 if how.short else 200)
            failed = [one for one in load.seen if one.status not in {200, 201, 202}]
            again = [one for one in failed if one.at - one.seconds > began + 1]
            assert not again, f"{len(again)} failed after the change"
            assert len(failed) <= load.writers + load.readers + 1, f"{len(failed)} failed, some of them twice"
            assert status == 0
            return {"exit_seconds": round(ended, 2), "exit_status": status, "failed_once": len(failed)}


@experiment(
    "X7", "the service is told to stop while an upload stalls, one is slow and one connection is idle"
)
async def x7(home: Path, how: How) -> Found:
    """It ends in time, and who was sending is answered."""
    limit = 4
    with stage(home, GREENROOM_SHUTDOWN_SECONDS=str(limit)) as service:
        await service.furnish()
        idle = await asyncio.open_connection("127.0.0.1", service.port)
        stalled, slow = await _begun(service, "stalled"), await _begun(service, "slow")
        began = time.monotonic()
        service.signal(signal.SIGTERM)
        await asyncio.sleep(1)
        slow[1].write(slow[2])
        answered = await asyncio.wait_for(slow[0].readline(), 10)
        status = await asyncio.to_thread(service.wait, limit + 15)
        ended = time.monotonic() - began
        for line in (idle, stalled[:2], slow[:2]):
            line[1].close()
        assert b" 202 " in answered, answered
        assert status == 0
        assert how.short or ended < limit + 4, f"it took {ended:.1f} s to end"
        return {"exit_seconds": round(ended, 2), "exit_status": status}


async def _begun(service: Stage, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """A submission that is sent but for its last bytes, and these."""
    text = f"A comment that comes slowly: {key}."
    given = {"page": f"{ORIGIN}/slow", "name": "Bilal", "email": "reader@example.com", "text": text}
    body = json.dumps(given).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    head = f"POST {SITE}/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:-5])
    await writer.drain()
    return reader, writer, body[-5:]


@experiment("X8", "readers' statements hang until their connections are used up")
async def x8(home: Path, how: How) -> Found:
    """Writers are refused soon; moderators and signs of life go on."""
    with stage(home) as service:
        async with under_load(service, how=how) as play:
            seconds = 3 if how.short else 6
            before = await _alive(service, seconds)
            conn = await asyncpg.connect(await service.admin_dsn())
            began = time.monotonic()
            async with conn.transaction():
                # Every submission is charged to its network here; nothing that moderators do is.
                await conn.execute("LOCK TABLE rate_limit IN ACCESS EXCLUSIVE MODE")
                alive = await _alive(service, seconds)
                ended = time.monotonic()
            await conn.close()
            await play.recovers(ended)
            during = [one for one in play.load.seen if began + 0.5 < one.at < ended]
            refused = [one for one in during if (one.kind, one.status) == ("post", 503)]
            moderated = [one for one in during if one.kind in ("queue", "decide")]
        assert refused, "nobody was refused"
        assert moderated, "no moderator was answered"
        assert {one.status for one in moderated} <= {200, 201}, "a moderator was refused"
        play.judge("a refusal", max(one.seconds for one in refused), _LONGEST_ON_FULL)
        play.judge(f"/livez ({before[-1]:.2f} s before)", alive[-1], _LATE)
        return {
            **play.found,
            "refusal_seconds": _spread([one.seconds for one in refused]),
            "moderation_seconds": _spread([one.seconds for one in moderated]),
            "livez_seconds_before": _spread(before),
            "livez_seconds": _spread(alive),
        }


async def _alive(service: Stage, seconds: float) -> list[float]:
    """How long `/livez` takes, ten times a second, asked by a process that does nothing else; in order."""
    asking = [sys.executable, "-c", _ASK, str(service.port), str(seconds)]
    process = await asyncio.create_subprocess_exec(*asking, stdout=subprocess.PIPE)
    told, _ = await process.communicate()
    assert process.returncode == 0, "/livez did not answer"
    return sorted(json.loads(told))


def _spread(seconds: list[float]) -> dict[str, float]:
    """The median and the worst."""
    return {"p50": round(sorted(seconds)[len(seconds) // 2], 3), "most": round(max(seconds), 3)}
