"""Tokens of programs: listed, made, rotated and revoked by admins of their sites."""

from datetime import timedelta

from starlette.responses import Response

from service.errors import (
    FieldError,
    FieldRefused,
    Forbidden,
    InvalidFields,
    SiteNotFound,
    TokenNotFound,
)
from service.model.people import Scope
from service.usecases import tokens
from service.web.api.people import site_names
from service.web.http.endpoint import Call, endpoint
from service.web.wire.people import NewTokenOut, RotationIn, TokenIn, TokenOut, TokensOut


@endpoint("GET", "/v1/tokens", tag="people", needs=Scope.ADMIN)
async def read_tokens(call: Call) -> TokensOut:
    """The tokens of your sites; every token, where every site is yours."""
    names = await site_names(call)
    found = await tokens.list_tokens(call.ctx, call.principal)
    return TokensOut(
        tokens=[
            TokenOut(
                id=each.id,
                name=each.name,
                scopes=sorted(each.scopes),
                site=None if each.site_id is None else names[each.site_id],
                made_by=each.made_by,
                created_at=each.created_at,
                expires_at=each.expires_at,
                revoked_at=each.revoked_at,
                used_at=each.used_at,
            )
            for each in found
        ]
    )


@endpoint(
    "POST",
    "/v1/tokens",
    tag="people",
    needs=Scope.ADMIN,
    status=201,
    problems=(InvalidFields, SiteNotFound, Forbidden),
)
async def add_token(call: Call, body: TokenIn) -> NewTokenOut:
    """Make a token that may do no more than you; it is shown this once."""
    site = await call.site_of(body.site) if body.site is not None else None
    try:
        name = tokens.parse_token_name(body.name)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/name", refusal.code, refusal.detail)]) from None
    made = await tokens.add_own_token(
        call.ctx,
        call.principal,
        body.scopes,
        site_id=site.id if site else None,
        lasts=timedelta(days=body.expires_days) if body.expires_days else None,
        name=name,
    )
    return NewTokenOut(token=made)


@endpoint(
    "POST",
    "/v1/tokens/{token_id}/rotation",
    tag="people",
    needs=Scope.ADMIN,
    status=201,
    problems=(InvalidFields, TokenNotFound, Forbidden),
)
async def rotate_token(call: Call, token_id: str, body: RotationIn) -> NewTokenOut:
    """A new token in the place of this one, which goes on for a day unless you say otherwise."""
    overlap = timedelta(hours=body.overlap_hours)
    return NewTokenOut(token=await tokens.rotate_token(call.ctx, call.principal, token_id, overlap))


@endpoint(
    "DELETE",
    "/v1/tokens/{token_id}",
    tag="people",
    needs=Scope.ADMIN,
    status=204,
    problems=(TokenNotFound, Forbidden),
)
async def revoke_token(call: Call, token_id: str) -> Response:
    """End a token here and now."""
    await tokens.revoke_token(call.ctx, call.principal, token_id)
    return Response(status_code=204)
