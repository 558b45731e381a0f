"""X14: filters that do harm."""

import asyncio
import time
from pathlib import Path
from typing import Final

import asyncpg

from faults.filters import CONTROL, HARMS, MISSING, harm_to
from faults.play import Found, How, Play, experiment, under_load
from faults.stage import stage

_P99_SECONDS: Final = 0.5
_UNCHECKED: Final = """
SELECT c.text FROM comment c
  JOIN signal s ON (s.site_id, s.comment_id) = (c.site_id, c.id)
 WHERE s.name = 'not_checked'
"""


@experiment("X14", "filters raise, hang, spin, die, or are not there")
async def x14(home: Path, how: How) -> Found:
    """Every comment is queued soon; those that no filter could read say so, and without harm none does."""
    with stage(home, filters="HARMFUL") as service:
        async with under_load(service, how=how) as play:
            harmful = await _harmful(play)
            await asyncio.to_thread(service.stop)
            service.program[-1] = MISSING
            await asyncio.to_thread(service.start)
            missing = await _missing(play)
    return {**play.found, "harmful": harmful, "missing": missing}


async def _harmful(play: Play) -> Found:
    """Every harm was done, and each comment that it was done to says that it was not checked."""
    began, before = time.monotonic(), set(play.load.acknowledged)

    def met() -> dict[str, set[str]]:
        sent = play.load.acknowledged.keys() - before
        return {name: {text for text in sent if harm_to(text) == name} for name in HARMS}

    while min(map(len, met().values())) < (1 if play.short else 4):
        await play.load.until(10)
    times, found, unchecked = _times(play, began), met(), await _unchecked(play)
    assert not found[CONTROL] <= unchecked, "what no harm was done to was not checked"
    for name in HARMS.keys() - {CONTROL}:
        missed = found[name] - unchecked
        assert not missed, f"{name}: {len(missed)} comments do not say what happened to them"
    return {**times, "met": {name: len(found[name]) for name in HARMS}, "not_checked": len(unchecked)}


async def _missing(play: Play) -> Found:
    """Nothing is checked, and nobody is kept waiting."""
    began, before = time.monotonic(), set(play.load.acknowledged)
    await play.load.until(20 if play.short else 300)
    times, sent = _times(play, began), play.load.acknowledged.keys() - before
    checked = sent - await _unchecked(play)
    assert not checked, f"{len(checked)} comments were checked by nothing"
    return times


def _times(play: Play, began: float) -> Found:
    """How long comments that were sent since then took; none was refused."""
    answers = [one for one in play.load.seen if one.kind == "post" and one.at - one.seconds > began]
    refused = [one.status for one in answers if one.status != 202]
    seconds = sorted(one.seconds for one in answers if one.status == 202)
    p99 = seconds[len(seconds) * 99 // 100]
    assert not (play.is_judged and refused), f"{len(refused)} were refused"
    play.judge("one in a hundred", p99, _P99_SECONDS)
    p50 = seconds[len(seconds) // 2]
    return {"p50_seconds": round(p50, 3), "p99_seconds": round(p99, 3), "refused": len(refused)}


async def _unchecked(play: Play) -> set[str]:
    conn = await asyncpg.connect(await play.stage.admin_dsn())
    try:
        return {row["text"] for row in await conn.fetch(_UNCHECKED)}
    finally:
        await conn.close()
