"""Table `term`: the words that a site blocks or allows, with their history."""

from collections.abc import Sequence
from typing import Final

from service.model.terms import Term, TermKind
from service.store.database import Connection

# The list as it is; one statement, so that the version is this list's.
PRESENT: Final = """
SELECT s.terms_version, t.kind, t.text, t.severity
  FROM site s
  LEFT JOIN term t ON t.site_id = s.id AND t.until IS NULL
 WHERE s.id = $1
 ORDER BY t.kind, t.text
"""
LOCK: Final = "SELECT terms_version FROM site WHERE id = $1 FOR UPDATE"
END: Final = """
UPDATE term AS t
   SET until = $2
  FROM unnest($3::text[], $4::text[]) AS n(kind, text)
 WHERE t.site_id = $1 AND t.until IS NULL AND t.kind = n.kind AND t.text = n.text
"""
BEGIN: Final = """
INSERT INTO term (site_id, kind, text, since, severity, added_by)
SELECT $1, n.kind, n.text, $2, n.severity, $3
  FROM unnest($4::text[], $5::text[], $6::smallint[]) AS n(kind, text, severity)
"""
# What waits is screened anew under the new list.
NEXT: Final = """
UPDATE site
   SET terms_version = $2, renew_after = '00000000-0000-0000-0000-000000000000'
 WHERE id = $1
"""


async def present(conn: Connection, site_id: int) -> tuple[int, tuple[Term, ...]]:
    """The version of the site's list, and the list."""
    rows = await conn.fetch(PRESENT, site_id)
    terms = tuple(
        Term(TermKind(row["kind"]), row["text"], row["severity"]) for row in rows if row["text"] is not None
    )
    return (rows[0]["terms_version"] if rows else 0), terms


async def lock(conn: Connection, site_id: int) -> int:
    """Hold the site's list for the length of the transaction; gives its version."""
    return int(await conn.fetchval(LOCK, site_id))


async def change(
    conn: Connection, site_id: int, *, added: Sequence[Term], removed: Sequence[Term], actor: str
) -> int:
    """Make the next version of a list that this transaction holds; gives that version."""
    version = await lock(conn, site_id) + 1
    await conn.execute(
        END, site_id, version, [term.kind.value for term in removed], [term.text for term in removed]
    )
    await conn.execute(
        BEGIN,
        site_id,
        version,
        actor,
        [term.kind.value for term in added],
        [term.text for term in added],
        [term.severity for term in added],
    )
    await conn.execute(NEXT, site_id, version)
    return version
