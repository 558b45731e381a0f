"""The queue in any order and under any filters, page by page, whatever others decide meanwhile.

The queue is read in its order, in windows that grow, until a page is full. Where the first window finds
little, and an index knows the few comments among which all must be (`sources`), those are looked at
instead. Either way a request looks at a bounded number of comments; one that stopped before says so.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import Final

import asyncpg

from service.errors import CommentNotFound, FieldRefused, SiteNotFound
from service.model.comments import Comment, Status
from service.model.people import Principal
from service.model.queue import Filters, Found, Order
from service.store import comments, places, sites, sources, words
from service.store.conditions import FIRST, LAST, Sought, completed
from service.store.database import Connection
from service.store.places import Place

_FIRST_WINDOW: Final = 250
# Where the first window has this part of a page or more, the next ones soon have the rest.
_DENSE: Final = 8
_GROWTH: Final = 4
_MOST_IN_WINDOW: Final = 4_000
_MOST_LOOKED_AT: Final = 20_000
_SECONDS: Final = 0.6


def _statement(key: str, where: str, inner: str, outer: str) -> str:
    """What is looked at is `w`; what of it passes comes out, and the last of a full window, to go on from."""
    sql = """
WITH w AS MATERIALIZED (
    SELECT found.*
      FROM unnest($1::integer[]) AS wanted(site_id)
     CROSS JOIN LATERAL (
           SELECT {key} AS key, {columns}
             FROM comment q
            WHERE q.site_id = wanted.site_id AND {where}
            ORDER BY {inner}
            LIMIT $23::bigint) AS found
     ORDER BY {outer}
     LIMIT $23::bigint
), c AS (
    SELECT * FROM w c WHERE {conditions}
)
SELECT key, site_id, id, false AS is_end FROM c
 UNION ALL
(SELECT key, site_id, id, true FROM w ORDER BY {outer} OFFSET $23::bigint - 1)
 ORDER BY is_end, {outer}
"""
    for name, part in {"{key}": key, "{where}": where, "{inner}": inner, "{outer}": outer}.items():
        sql = sql.replace(name, part)
    return completed(sql)


_PENDING: Final = "q.status = 'pending' AND "
_BETWEEN: Final = "q.id > $2 AND q.id < $3"
_SCORE: Final = "(CASE WHEN q.unseen THEN 0 ELSE q.score END)"
_NOUGHT: Final = "0::double precision"
OLDEST: Final = _statement(_NOUGHT, _PENDING + _BETWEEN, "q.id", "id")
NEWEST: Final = _statement(_NOUGHT, _PENDING + _BETWEEN, "q.id DESC", "id DESC")
OLDEST_OF_ALL: Final = _statement(_NOUGHT, _BETWEEN, "q.id", "id")
NEWEST_OF_ALL: Final = _statement(_NOUGHT, _BETWEEN, "q.id DESC", "id DESC")
SAFEST: Final = _statement(
    _SCORE,
    _PENDING + f"({_SCORE}, q.id) > ($24::double precision, $25::uuid)",
    f"{_SCORE}, q.id",
    "key, id",
)
RISKIEST: Final = _statement(
    _SCORE,
    _PENDING + f"({_SCORE}, q.id) < ($24::double precision, $25::uuid)",
    f"{_SCORE} DESC, q.id DESC",
    "key DESC, id DESC",
)
DEADLINE: Final = _statement(
    "q.due_at",
    _PENDING + "(q.due_at, q.id) > ($24::timestamptz, $25::uuid)",
    "q.due_at, q.id",
    "key, id",
)
AMONG: Final = completed("""
WITH c AS (
    SELECT {columns}
      FROM unnest($23::integer[], $24::uuid[]) AS wanted(site_id, id)
      JOIN comment q ON q.site_id = wanted.site_id AND q.id = wanted.id
)
SELECT c.site_id, c.id, c.due_at, c.seen_score
  FROM c
 WHERE {conditions}
""")
CHOSEN_SITES: Final = """
SELECT id
  FROM site
 WHERE id = ANY($1::integer[]) AND ($2::text IS NULL OR slug = $2) AND ($3::text IS NULL OR language = $3)
"""
_BY_SCORE: Final = {Order.SAFEST: SAFEST, Order.RISKIEST: RISKIEST, Order.DEADLINE: DEADLINE}
_BACKWARDS: Final = frozenset({Order.NEWEST, Order.RISKIEST})


async def page(conn: Connection, sought: Sought, cursor: str | None, limit: int) -> Found:
    """The page behind `cursor`; `InvalidRequest` where that is no cursor of this order."""
    order = sought.filters.order
    keys, partial = await search(conn, sought, places.decode(order, cursor), limit + 1)
    shown = keys[:limit]
    more = places.encode(order, shown[-1][1]) if len(keys) > limit else None
    if partial is not None and len(keys) <= limit:
        return Found(await _whole(conn, shown), places.encode(order, partial), partial=True)
    return Found(await _whole(conn, shown), more)


async def search(
    conn: Connection, sought: Sought, after: Place | None, limit: int
) -> tuple[Sequence[tuple[int, Place]], Place | None]:
    """Site id and place of up to `limit` comments behind `after`, and where it stopped before the end."""
    found: list[tuple[int, Place]] = []
    clock = asyncio.get_running_loop().time
    start, until, looked_at = after, clock() + _SECONDS, 0
    window = limit if _is_plain(sought) else max(limit, _FIRST_WINDOW)
    while True:
        rows = await _window(conn, sought, after, window)
        found += [(row["site_id"], Place(row["key"], row["id"])) for row in rows if not row["is_end"]]
        if len(found) >= limit or not rows or not rows[-1]["is_end"]:
            return found[:limit], None
        if looked_at == 0 and len(found) * _DENSE < limit:
            known = await sources.few(conn, sought)
            if known is not None:
                return await _among(conn, sought, known, start, limit), None
        looked_at += window
        after = Place(rows[-1]["key"], rows[-1]["id"])
        if _is_past(sought.filters, after):
            return found, None
        if looked_at >= _MOST_LOOKED_AT or clock() > until:
            return found, after
        window = min(window * _GROWTH, max(limit, _MOST_IN_WINDOW // max(1, len(sought.site_ids) // 4)))


async def look_up(conn: Connection, by: Principal, filters: Filters) -> Sought:
    """Look up what filters name, for who asks.

    Raises `SiteNotFound` and `CommentNotFound` for what they do not see, and `FieldRefused` where there
    is no word in what should be looked for.
    """
    site_ids = await sites.visible(conn, by)
    if filters.site is not None or filters.language is not None:
        rows = await conn.fetch(CHOSEN_SITES, site_ids, filters.site, filters.language)
        if filters.site is not None and not rows:
            raise SiteNotFound(filters.site)
        site_ids = [row["id"] for row in rows]
    text = await words.query(conn, filters.words) if filters.words else None
    if text == "":
        raise FieldRefused("text.empty", "There is no word in this to search for.")
    sought = Sought(filters, site_ids, by.name, words=text)
    if filters.author_of is not None:
        author = await sources.author_of(conn, site_ids, filters.author_of)
        if author is None:
            raise CommentNotFound
        sought = replace(sought, site_ids=[author[0]], author=author[1])
    if filters.network_of is not None:
        network = await sources.network_of(conn, sought.site_ids, filters.network_of)
        if network is None:
            raise CommentNotFound
        sought = replace(sought, site_ids=[network[0]], network=network[1])
    return sought


async def _among(
    conn: Connection, sought: Sought, known: sources.Keys, after: Place | None, limit: int
) -> Sequence[tuple[int, Place]]:
    order = sought.filters.order
    rows = await conn.fetch(AMONG, *sought.parameters(*sought.span()), *known)
    found = {(row["site_id"], row["id"]): Place(_key(order, row), row["id"]) for row in rows}
    backwards = order in _BACKWARDS
    ordered = sorted(((site, place) for (site, _), place in found.items()), key=_rank, reverse=backwards)
    if after is not None:
        start = _rank((0, after))
        ordered = [each for each in ordered if (_rank(each) < start if backwards else _rank(each) > start)]
    return ordered[:limit]


async def _window(
    conn: Connection, sought: Sought, after: Place | None, size: int
) -> Sequence[asyncpg.Record]:
    order, (low, high) = sought.filters.order, sought.span()
    if order in _BY_SCORE:
        start = after or _start(sought.filters)
        return await conn.fetch(_BY_SCORE[order], *sought.parameters(low, high), size, start.key, start.id)
    pending = sought.filters.status is Status.PENDING
    if order is Order.NEWEST:
        high = min(high, after.id) if after else high
        sql = NEWEST if pending else NEWEST_OF_ALL
    else:
        low = max(low, after.id) if after else low
        sql = OLDEST if pending else OLDEST_OF_ALL
    return await conn.fetch(sql, *sought.parameters(low, high), size)


def _start(wanted: Filters) -> Place:
    """Before the first of an order, or of what may pass by its score."""
    match wanted.order:
        case Order.DEADLINE:
            return Place(datetime(1970, 1, 1, tzinfo=UTC), FIRST)
        case Order.SAFEST:
            return Place(-inf if wanted.score_from is None else wanted.score_from, FIRST)
        case _:
            return Place(inf if wanted.score_to is None else wanted.score_to, LAST)


def _is_past(wanted: Filters, place: Place) -> bool:
    """Whether nothing behind this place can pass, by its score."""
    if not isinstance(place.key, float):
        return False
    if wanted.order is Order.SAFEST:
        return wanted.score_to is not None and place.key > wanted.score_to
    return wanted.order is Order.RISKIEST and wanted.score_from is not None and place.key < wanted.score_from


def _is_plain(sought: Sought) -> bool:
    """Whether nearly every comment of the window passes."""
    wanted = sought.filters
    unasked = replace(wanted, order=Order.OLDEST, status=Status.PENDING, site=None, language=None)
    return unasked == Filters() and wanted.status in {None, Status.PENDING} and sought.without is None


def _key(order: Order, row: asyncpg.Record) -> float | datetime:
    found: float | datetime = 0.0
    if order is Order.DEADLINE:
        found = row["due_at"]
    elif order in _BY_SCORE:
        found = row["seen_score"]
    return found


def _rank(each: tuple[int, Place]) -> tuple[float | datetime, int]:
    return each[1].key, each[1].id.int


async def _whole(conn: Connection, shown: Sequence[tuple[int, Place]]) -> Sequence[Comment]:
    return await comments.listed(conn, [site for site, _ in shown], [place.id for _, place in shown])
