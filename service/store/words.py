"""Tables `search` and `search_mark`: the words of comments, written down some seconds after them.

A GIN index over what is posted would cost every submission a few per cent; here a chore pays, in batches.
"""

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.model.queue import Word
from service.store.database import Connection

# In PostgreSQL's notation a lexeme stands between quotes, which are doubled inside it, as backslashes are.
_LEXEME: Final = re.compile(r"'(?:[^'\\]|''|\\\\)+'")

PHRASES: Final = """
SELECT phraseto_tsquery('simple', f.folded)::text AS query,
       phraseto_tsquery('simple', bare_words(f.folded, 'ال'))::text AS bare
  FROM unnest($1::text[]) WITH ORDINALITY AS w(text, place), LATERAL fold_words(w.text) AS f(folded)
 ORDER BY w.place
"""
MARK: Final = "SELECT until FROM search_mark WHERE site_id = $1"
# Held while words are written, and shared by who changes a text meanwhile (see keep_search).
LOCK: Final = "SELECT pg_advisory_xact_lock(hashtext('search'), $1)"
ADD: Final = """
WITH chosen AS MATERIALIZED (
    SELECT c.id, c.name, c.text
      FROM comment c
     WHERE c.site_id = $1 AND c.id > $2 AND c.id < $3
       AND NOT EXISTS (SELECT FROM search s WHERE s.site_id = c.site_id AND s.comment_id = c.id)
     ORDER BY c.id
     LIMIT $4
), added AS (
    INSERT INTO search (site_id, comment_id, words)
    SELECT $1, id, words_of(name, text) FROM chosen
)
SELECT id FROM chosen ORDER BY id
"""
SET_MARK: Final = """
INSERT INTO search_mark (site_id, until)
VALUES ($1, $2)
ON CONFLICT (site_id) DO UPDATE SET until = greatest(search_mark.until, excluded.until)
"""


async def query(conn: Connection, words: Sequence[Word]) -> str:
    """A tsquery that finds all of these; "" where none has a letter or a digit."""
    rows = await conn.fetch(PHRASES, [word.text for word in words])
    parts = []
    for row, word in zip(rows, words, strict=True):
        ways = dict.fromkeys(way for way in (row["query"], row["bare"]) if way)
        if ways:
            parts.append(" | ".join(f"({_labelled(way, word)})" for way in ways))
    return " & ".join(f"({part})" for part in parts)


async def mark(conn: Connection, site_id: int) -> UUID | None:
    """Up to which comment the site's words are written down; None at the beginning."""
    found: UUID | None = await conn.fetchval(MARK, site_id)
    return found


async def add(conn: Connection, site_id: int, after: UUID, before: UUID, limit: int) -> Sequence[UUID]:
    """Write down the words of up to `limit` comments between two ids that have none; gives which."""
    await conn.execute(LOCK, site_id)
    return [row["id"] for row in await conn.fetch(ADD, site_id, after, before, limit)]


async def set_mark(conn: Connection, site_id: int, until: UUID) -> None:
    """Note that everything up to this id is written down."""
    await conn.execute(SET_MARK, site_id, until)


def _labelled(query: str, word: Word) -> str:
    """Where to look, behind each lexeme, and behind the last that it may go on."""
    where = "A" if word.in_name else ""
    if word.exact:
        return _LEXEME.sub(lambda found: f"{found[0]}:{where}" if where else found[0], query)
    last = [found.end() for found in _LEXEME.finditer(query)][-1]

    def labelled(found: re.Match[str]) -> str:
        label = ("*" if found.end() == last else "") + where
        return f"{found[0]}:{label}" if label else found[0]

    return _LEXEME.sub(labelled, query)
