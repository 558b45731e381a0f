"""Table `privacy_request`: what was asked by mail, until its link is used or too old."""

from datetime import datetime
from typing import Final
from uuid import UUID

from service.model.privacy import PrivacyRequest
from service.store.database import Connection

ADD: Final = """
INSERT INTO privacy_request (id, site_id, address, digest, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
GET: Final = """
SELECT id, site_id, address, digest, asked_at, expires_at, used_at
  FROM privacy_request
 WHERE id = $1
"""
# One statement, so that of two who send the form only one gets past it. What it needs comes out with it.
USE: Final = """
WITH found AS (
    SELECT id, site_id, address, digest, asked_at, expires_at
      FROM privacy_request
     WHERE id = $1 AND used_at IS NULL AND expires_at > $2
       FOR UPDATE
), used AS (
    UPDATE privacy_request r
       SET used_at = $2, address = NULL, digest = NULL
      FROM found f
     WHERE r.id = f.id
)
SELECT id, site_id, address, digest, asked_at, expires_at, NULL::timestamptz AS used_at FROM found
"""
FORGET: Final = "UPDATE privacy_request SET used_at = $2, address = NULL, digest = NULL WHERE digest = $1"


async def add(conn: Connection, request: PrivacyRequest) -> None:
    """Write a request down."""
    await conn.execute(
        ADD,
        request.id,
        request.site_id,
        request.address,
        request.digest,
        request.asked_at,
        request.expires_at,
    )


async def get(conn: Connection, request_id: UUID) -> PrivacyRequest | None:
    """A request as it stands; None where it is unknown, or was forgotten."""
    row = await conn.fetchrow(GET, request_id)
    return None if row is None else PrivacyRequest(*row.values())


async def use(conn: Connection, request_id: UUID, now: datetime) -> PrivacyRequest | None:
    """Use a request up, and give it as it was; None where it was used or is too old."""
    row = await conn.fetchrow(USE, request_id, now)
    return None if row is None else PrivacyRequest(*row.values())


async def forget(conn: Connection, digest: bytes, now: datetime) -> None:
    """End every request for an address, and forget the address."""
    await conn.execute(FORGET, digest, now)
