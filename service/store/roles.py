"""The roles of the second belt (`service.store.belts`): made, granted, and their policies on the tables."""

from typing import Final

import asyncpg
import structlog

from service.store.belts import DESK, READERS
from service.store.database import Connection

# Those that hold what people wrote or what was said of it. Tables whose conditions PostgreSQL does not call
# leakproof (words, likeness) are left out: their indexes would be of no use, and they hold ids and hashes.
LIMITED: Final = (
    "comment",
    "consent",
    "contact",
    "decision",
    "lease",
    "note",
    "page",
    "report",
    "review",
    "revision",
    "signal",
)

MISSING: Final = """
SELECT name
  FROM unnest($1::text[]) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
"""
GRANTED: Final = """
SELECT count(*) = cardinality($2::text[])
  FROM pg_roles
 WHERE rolname = ANY($2::text[]) AND pg_has_role($1, oid, 'SET')
"""
HAS_POLICY: Final = "SELECT count(*) = $2 FROM pg_policies WHERE policyname = 'desk' AND tablename = ANY($1)"
_FOR_READERS: Final = (
    f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {READERS}",
    f"GRANT USAGE ON SCHEMA public TO {READERS}",
    f"GRANT SELECT ON site, page TO {READERS}",
    f"""GRANT SELECT (site_id, id, page_id, parent_id, root_id, depth, name, website, text, status, version,
                      created_at, decided_by, due_at, edited_at, appealed_at, gone_at, gone_because,
                      anonymised)
           ON comment TO {READERS}""",
)
_POLICIES: Final = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS everybody ON {table}",
    "DROP POLICY IF EXISTS desk ON {table}",
    "CREATE POLICY everybody ON {table} USING (true) WITH CHECK (true)",
    f"""CREATE POLICY desk ON {{table}} AS RESTRICTIVE TO {DESK}
         USING (site_id = ANY (string_to_array(current_setting('greenroom.sites', true), ',')::integer[]))""",
)
_log = structlog.get_logger("greenroom.belts")


async def ensure(conn: Connection, login: str) -> bool:
    """As the owner of the schema: make the roles if that is allowed, let `login` take them on, grant.

    False where the roles are not there and cannot be made.
    """
    roles = [READERS, DESK]
    try:
        async with conn.transaction():
            for row in await conn.fetch(MISSING, roles):
                await conn.execute(f"CREATE ROLE {row['name']} NOLOGIN NOBYPASSRLS")
            if not await conn.fetchval(GRANTED, login, roles):
                quoted = '"' + login.replace('"', '""') + '"'
                await conn.execute(f"GRANT {READERS}, {DESK} TO {quoted} WITH INHERIT FALSE, SET TRUE")
    except asyncpg.InsufficientPrivilegeError:
        _log.warning("belts.absent", roles=roles)
        return False
    for statement in _FOR_READERS:
        await conn.execute(statement)
    if not await conn.fetchval(HAS_POLICY, list(LIMITED), len(LIMITED)):
        for table in LIMITED:
            for statement in _POLICIES:
                await conn.execute(statement.format(table=table))
    return True
