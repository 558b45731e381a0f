"""The ceilings: bare Starlette doing one durable INSERT, and bare Starlette returning ready bytes.

The insert has what any honest version has: pydantic reads the body, one row goes into a table with a
primary key and two more indexes, and the answer is sent after the commit.
"""

from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

TABLE = """
CREATE TABLE IF NOT EXISTS bare_comment (
    id          uuid PRIMARY KEY,
    page        text NOT NULL,
    name        text NOT NULL,
    email       text NOT NULL,
    text        text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS bare_comment_page ON bare_comment (page, created_at);
CREATE INDEX IF NOT EXISTS bare_comment_email ON bare_comment (email)
"""
INSERT = "INSERT INTO bare_comment (id, page, name, email, text) VALUES ($1, $2, $3, $4, $5)"


class BareComment(BaseModel):
    """The same body as a submission's."""

    page: str = Field(max_length=2083)
    name: str = Field(min_length=1, max_length=100)
    email: str = Field(max_length=254)
    text: str = Field(min_length=1, max_length=10_000)


class BareReceipt(BaseModel):
    """The same answer as a submission's."""

    id: UUID
    status: str


async def bare_insert(dsn: str, pool_size: int) -> ASGIApp:
    """An application that stores a comment in one statement."""
    pool = await asyncpg.create_pool(dsn, min_size=2, max_size=pool_size)

    async def post(request: Request) -> Response:
        body = BareComment.model_validate_json(await request.body())
        row_id = uuid4()
        async with pool.acquire() as conn:
            await conn.execute(INSERT, row_id, body.page, body.name, body.email, body.text)
        receipt = BareReceipt(id=row_id, status="pending")
        return Response(receipt.model_dump_json(), 202, media_type="application/json")

    return Starlette(routes=[Route("/", post, methods=["POST"])])


def bare_bytes(body: bytes, media_type: str) -> ASGIApp:
    """An application that answers with ready bytes."""

    async def get(_request: Request) -> Response:
        return Response(body, media_type=media_type)

    return Starlette(routes=[Route("/", get)])
