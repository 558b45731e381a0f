"""What a backup must hold: the tables with their rows counted and summed up, as one snapshot sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.store.database import Connection

# Sessions that were ended and links that were used must not come to life again, mails not go out twice;
# the others are gone after a crash as well.
LEFT_OUT: Final = ("event", "outbox", "privacy_request", "rate_limit", "session")

SNAPSHOT: Final = "SELECT pg_export_snapshot()"
BEGIN: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
# A dump of a large database takes long, and values must be written alike on every server.
AS_LONG_AS_IT_TAKES: Final = """
SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET timezone = 'UTC';
SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1
"""
# The sum of the rows' hashes does not depend on their order, and holds none of them in memory.
SUMS: Final = """
SELECT relname::text AS name,
       format('SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS sum
                 FROM public.%I t', relname) AS sql
  FROM pg_class
 WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> ALL($1::text[])
 ORDER BY relname
"""
IN_USE: Final = """
SELECT count(*)
  FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = 'greenroom' AND pid <> pg_backend_pid()
"""
CONTACTS: Final = "SELECT count(*) FROM contact"
SAMPLE: Final = "SELECT site_id, comment_id, sealed FROM contact ORDER BY hashtext(comment_id::text) LIMIT $1"
# All that is ours goes, in the transaction that brings the backup's in.
CLEAR: Final = """
DO $$
DECLARE
    -- Named before anything goes: what goes with something else has no name any more.
    sentences text[] := ARRAY(
        SELECT format('DROP TABLE IF EXISTS public.%I CASCADE', relname)
          FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', p.oid::regprocedure)
          FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'));
    sentence text;
BEGIN
    FOREACH sentence IN ARRAY sentences LOOP
        EXECUTE sentence;
    END LOOP;
END
$$;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
"""


@dataclass(frozen=True, slots=True)
class TableSum:
    """How many rows a table has, and what their hashes sum up to."""

    rows: int
    checksum: str


async def patient(conn: Connection) -> None:
    """Let this connection take its time."""
    for statement in AS_LONG_AS_IT_TAKES.split(";"):
        await conn.execute(statement)


async def export_snapshot(conn: Connection) -> str:
    """In an open transaction, see the database as it is now; others may see the same by this name."""
    await conn.execute(BEGIN)
    return str(await conn.fetchval(SNAPSHOT))


async def sums(conn: Connection, told: Callable[[str, int, int], None] | None = None) -> dict[str, TableSum]:
    """Every table that a backup holds. `told` hears which is looked at, its number, and of how many."""
    found: dict[str, TableSum] = {}
    tables: Sequence[dict[str, str]] = [dict(row) for row in await conn.fetch(SUMS, list(LEFT_OUT))]
    for number, table in enumerate(tables):
        if told:
            told(table["name"], number, len(tables))
        row = await conn.fetchrow(table["sql"])
        assert row is not None
        found[table["name"]] = TableSum(row["rows"], row["sum"])
    return found


async def in_use(conn: Connection) -> bool:
    """Whether a service is connected to this database."""
    return bool(await conn.fetchval(IN_USE))


async def sample(conn: Connection, limit: int) -> Sequence[tuple[int, UUID, bytes]]:
    """Some sealed addresses, each with its site and comment."""
    rows = await conn.fetch(SAMPLE, limit)
    return [(row["site_id"], row["comment_id"], row["sealed"]) for row in rows]


async def count_contacts(conn: Connection) -> int:
    """How many addresses are kept."""
    return int(await conn.fetchval(CONTACTS))
