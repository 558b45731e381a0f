"""Tokens of authors: proof of having written a comment. They are signatures, so nothing is stored.

The author token lets its holder see, change and take back one comment; it travels in a header or a body,
never in an address. The view token lets somebody see how one comment stands and nothing else, so that it
may be part of an address: `<comment id>.<key id>.<signature>`.
"""

from uuid import UUID

from service.context import Context
from service.errors import NotTheAuthor
from service.ids import parse_id


def author_token(ctx: Context, comment_id: UUID) -> str:
    """What proves to us later that somebody wrote this comment."""
    return ctx.vault.sign("author-token", comment_id.bytes)


def require_author(ctx: Context, comment_id: UUID, token: str | None) -> None:
    """Raise `NotTheAuthor` unless this is the comment's author token."""
    if not ctx.vault.verify("author-token", comment_id.bytes, token or ""):
        raise NotTheAuthor


def view_token(ctx: Context, comment_id: UUID) -> str:
    """What lets its holder see how this comment stands."""
    return f"{comment_id}.{ctx.vault.sign('view-token', comment_id.bytes)}"


def may_see(ctx: Context, token: str) -> UUID | None:
    """The comment that a view token is for, or `<comment id>.<author token>`; None where it is neither."""
    written, _, signature = token.partition(".")
    comment_id = parse_id(written)
    if comment_id is None:
        return None
    purposes = ("view-token", "author-token")
    good = any(ctx.vault.verify(purpose, comment_id.bytes, signature) for purpose in purposes)
    return comment_id if good else None
