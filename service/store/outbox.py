"""Table `outbox`: mails that wait to be sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from service.model.privacy import Mail
from service.store.database import Connection

ADD: Final = """
INSERT INTO outbox (id, kind, about, recipient, digest, language, next_at, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
"""
# Whoever takes a mail moves its time on: no lock is held while a server is talked to, and should we die
# meanwhile, it is tried again later.
CLAIM: Final = """
UPDATE outbox o
   SET attempts = o.attempts + 1, next_at = $1::timestamptz + $2::interval
 WHERE o.id IN (SELECT id
                  FROM outbox
                 WHERE failed_at IS NULL AND next_at <= $1
                 ORDER BY next_at
                 LIMIT $3
                   FOR UPDATE SKIP LOCKED)
RETURNING o.id, o.kind, o.about, o.recipient, o.language, o.attempts
"""
SENT: Final = "DELETE FROM outbox WHERE id = $1"
LATER: Final = "UPDATE outbox SET next_at = $2 WHERE id = $1"
GIVE_UP: Final = "UPDATE outbox SET failed_at = $2, recipient = NULL, digest = NULL WHERE id = $1"
FORGET: Final = "DELETE FROM outbox WHERE digest = $1"


async def add(conn: Connection, mail: Mail, digest: bytes, now: datetime) -> None:
    """Put a mail into the outbox, in the transaction of what it is about."""
    await conn.execute(ADD, mail.id, mail.kind, mail.about, mail.recipient, digest, mail.language, now)


async def claim(conn: Connection, now: datetime, lasts: timedelta, limit: int) -> Sequence[Mail]:
    """Up to `limit` mails that are due, nobody else's for so long."""
    return [Mail(*row.values()) for row in await conn.fetch(CLAIM, now, lasts, limit)]


async def sent(conn: Connection, mail_id: UUID) -> None:
    """Forget a mail that was sent, or that nobody needs any more."""
    await conn.execute(SENT, mail_id)


async def later(conn: Connection, mail_id: UUID, at: datetime) -> None:
    """Have a mail tried again then."""
    await conn.execute(LATER, mail_id, at)


async def give_up(conn: Connection, mail_id: UUID, now: datetime) -> None:
    """Try no more, and forget who should have got it."""
    await conn.execute(GIVE_UP, mail_id, now)


async def forget(conn: Connection, digest: bytes) -> None:
    """Delete every mail to an address."""
    await conn.execute(FORGET, digest)
