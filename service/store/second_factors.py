"""Second factors: the sealed secret and its use in `moderator`, and table `recovery_code`."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from service.store.database import Connection

BEGIN: Final = """
UPDATE moderator SET totp = $2, totp_confirmed_at = NULL, totp_used = 0
 WHERE id = $1 AND totp_confirmed_at IS NULL
RETURNING id
"""
CONFIRM: Final = """
UPDATE moderator SET totp_confirmed_at = now()
 WHERE id = $1 AND totp IS NOT NULL AND totp_confirmed_at IS NULL
RETURNING id
"""
# One statement, so that of two requests with the same code only one gets past it.
USE_STEP: Final = "UPDATE moderator SET totp_used = $2 WHERE id = $1 AND totp_used < $2 RETURNING id"
RESEAL: Final = "UPDATE moderator SET totp = $2 WHERE id = $1 AND totp IS NOT NULL"
REMOVE: Final = """
UPDATE moderator SET totp = NULL, totp_confirmed_at = NULL, totp_used = 0 WHERE id = $1
"""
FORGET_CODES: Final = "DELETE FROM recovery_code WHERE moderator_id = $1"
ADD_CODES: Final = "INSERT INTO recovery_code (moderator_id, digest) SELECT $1, unnest($2::bytea[])"
USE_CODE: Final = "DELETE FROM recovery_code WHERE moderator_id = $1 AND digest = $2 RETURNING digest"
COUNT_CODES: Final = "SELECT count(*) FROM recovery_code WHERE moderator_id = $1"


async def begin(conn: Connection, moderator_id: UUID, sealed: bytes) -> bool:
    """Keep a secret that is still to be confirmed; False where there is a confirmed one."""
    return await conn.fetchval(BEGIN, moderator_id, sealed) is not None


async def confirm(conn: Connection, moderator_id: UUID) -> bool:
    """From now on the secret counts; False where there is none to confirm."""
    return await conn.fetchval(CONFIRM, moderator_id) is not None


async def use_step(conn: Connection, moderator_id: UUID, step: int) -> bool:
    """Take the code of a time step; False where it, or a later one, was taken before."""
    return await conn.fetchval(USE_STEP, moderator_id, step) is not None


async def reseal(conn: Connection, moderator_id: UUID, sealed: bytes) -> None:
    """Keep the same secret under another key."""
    await conn.execute(RESEAL, moderator_id, sealed)


async def remove(conn: Connection, moderator_id: UUID) -> None:
    """Forget the secret and every recovery code."""
    await conn.execute(REMOVE, moderator_id)
    await conn.execute(FORGET_CODES, moderator_id)


async def set_codes(conn: Connection, moderator_id: UUID, digests: Sequence[bytes]) -> None:
    """Replace the recovery codes."""
    await conn.execute(FORGET_CODES, moderator_id)
    await conn.execute(ADD_CODES, moderator_id, list(digests))


async def use_code(conn: Connection, moderator_id: UUID, digest: bytes) -> bool:
    """Take a recovery code, once."""
    return await conn.fetchval(USE_CODE, moderator_id, digest) is not None


async def count_codes(conn: Connection, moderator_id: UUID) -> int:
    """How many recovery codes are left."""
    return int(await conn.fetchval(COUNT_CODES, moderator_id))
