"""Writes down the words of comments, some seconds after they came, so that they are found soon."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from service.context import Context
from service.ids import first_id
from service.store import sites, words

# By then a comment is committed, on whatever process it came; until then its text itself is read.
SETTLED: Final = timedelta(seconds=10)
# Looked through again each time, for one whose commit or whose clock was late all the same.
OVERLAP: Final = timedelta(seconds=60)
BATCH: Final = 250
_MOST_BATCHES: Final = 200
_FIRST: Final = UUID(int=0)


async def index_words(ctx: Context) -> int:
    """For every site, until nothing is left (at most 50,000 comments of each); gives how many were read."""
    async with ctx.db.read(moderation=True) as conn:
        site_ids = [site.id for site in await sites.every(conn)]
    return sum([await _index_site(ctx, site_id) for site_id in site_ids])


async def _index_site(ctx: Context, site_id: int) -> int:
    done = 0
    for _ in range(_MOST_BATCHES):
        settled = first_id(int((ctx.clock() - SETTLED).timestamp() * 1000))
        async with ctx.db.transaction(moderation=True) as conn:
            mark = await words.mark(conn, site_id)
            found = await words.add(conn, site_id, _before(mark), settled, BATCH)
            until = found[-1] if len(found) == BATCH else settled
            if mark is None or until > mark:
                await words.set_mark(conn, site_id, until)
        done += len(found)
        if len(found) < BATCH:
            break
    return done


def _before(mark: UUID | None) -> UUID:
    if mark is None:
        return _FIRST
    overlap = int(OVERLAP.total_seconds() * 1000) << 80
    return UUID(int=max(0, mark.int - overlap))
