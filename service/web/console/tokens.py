"""The page about tokens of programs."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import FieldError, FieldRefused, InvalidFields, ServiceError
from service.model.people import Scope
from service.usecases import tokens
from service.web.api.people import site_names
from service.web.console.addresses import TOKENS
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In

_OVERLAP = timedelta(hours=24)


class DoneQuery(In):
    """What was done a moment ago."""

    done: Literal["revoked"] | None = None


class TokenForm(OwnForm):
    """A token to make; a box for each scope."""

    name: StrictStr = Field(min_length=1, max_length=64)
    site: StrictStr | None = Field(None, max_length=63)
    expires_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    read: Literal["on"] | None = None
    moderate: Literal["on"] | None = None
    disclose: Literal["on"] | None = None
    export: Literal["on"] | None = None
    admin: Literal["on"] | None = None

    def scopes(self) -> frozenset[Scope]:
        """Those whose boxes are ticked; `InvalidFields` where none is."""
        found = frozenset(scope for scope in Scope if getattr(self, scope.value) == "on")
        if not found:
            raise InvalidFields([FieldError("/scopes", "scopes.required", "Choose at least one scope.")])
        return found


class TokenActForm(OwnForm):
    """What is to become of a token."""

    act: Literal["revoke", "rotate"]


async def draw_tokens(call: Call, error: ServiceError | None = None, done: str | None = None) -> Response:
    """The list, and the form for a new one."""
    caller, names = call.principal, await site_names(call)
    mine = {i: name for i, name in names.items() if caller.may(Scope.ADMIN, i)}
    return page(
        call,
        "tokens.html",
        status=status_of(error),
        tokens=await tokens.list_tokens(call.ctx, caller),
        sites=mine,
        governs=caller.governs,
        scopes=[scope for scope in Scope if caller.may(scope)],
        given=call.given,
        wrong=wrongs(error),
        done=done,
    )


@endpoint("GET", TOKENS, tag="console", needs=Scope.ADMIN, media=HTML, error_page=failure_page)
async def show_tokens(call: Call, query: DoneQuery) -> Response:
    """The tokens of the caller's sites."""
    return await draw_tokens(call, done=query.done)


@endpoint(
    "POST", TOKENS, tag="console", needs=Scope.ADMIN, form=True, media=HTML, error_page=again(draw_tokens)
)
async def add_token_by_form(call: Call, body: TokenForm) -> Response:
    """Make a token and show it, this once."""
    require_own_form(call, body.csrf)
    site = await call.site_of(body.site) if body.site else None
    try:
        name = tokens.parse_token_name(body.name)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/name", refusal.code, refusal.detail)]) from None
    made = await tokens.add_own_token(
        call.ctx,
        call.principal,
        body.scopes(),
        site_id=site.id if site else None,
        lasts=timedelta(days=body.expires_days) if body.expires_days else None,
        name=name,
    )
    return page(call, "new_token.html", token=made, name=name)


@endpoint(
    "POST",
    f"{TOKENS}/{{token_id}}",
    tag="console",
    needs=Scope.ADMIN,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def act_on_token(call: Call, token_id: str, body: TokenActForm) -> Response:
    """Revoke a token, or put a new one in its place, which is shown this once."""
    require_own_form(call, body.csrf)
    if body.act == "revoke":
        await tokens.revoke_token(call.ctx, call.principal, token_id)
        return go_on(f"{TOKENS}?done=revoked#notice")
    made = await tokens.rotate_token(call.ctx, call.principal, token_id, _OVERLAP)
    return page(call, "new_token.html", token=made, name=None)
