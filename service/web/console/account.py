"""The page of one's own account."""

from typing import Literal
from uuid import UUID

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import Conflict, ServiceError
from service.ids import parse_id
from service.store import people, second_factors
from service.usecases import account, moderators, second_factor
from service.web.console.addresses import ACCOUNT, SIGN_IN
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.drawing.codes import qr_svg
from service.web.http.endpoint import Call, endpoint
from service.web.http.security import clear_cookie
from service.web.wire.base import In
from service.web.wire.people import CodeIn, PasswordIn, PreferencesOut, ProofIn


class DoneQuery(In):
    """What was done a moment ago."""

    done: Literal["password", "removed", "ended", "linked", "unlinked", "kept"] | None = None


class PasswordForm(OwnForm, PasswordIn):
    """The fields of the password's form."""


class ProofForm(OwnForm, ProofIn):
    """The fields of a form that asks for the password."""


class CodeForm(OwnForm, CodeIn):
    """The fields of the form that confirms a second factor."""


class SessionForm(OwnForm):
    """Which session; none: every one."""

    session: StrictStr | None = Field(None, max_length=36)


class PreferencesForm(OwnForm):
    """The fields of the form of preferences."""

    shortcuts: Literal["on"] | None = None


async def draw(call: Call, error: ServiceError | None = None, done: str | None = None) -> Response:
    """The page, with what is wrong in one of its forms."""
    me = await account.myself(call.ctx, call.principal)
    async with call.ctx.db.read(moderation=True) as conn:
        left = await second_factors.count_codes(conn, me.id)
        chosen = PreferencesOut.model_validate(await people.preferences(conn, me.id))
    return page(
        call,
        "account.html",
        status=status_of(error),
        me=me,
        codes_left=left,
        sessions=await account.own_sessions(call.ctx, me),
        current=call.principal.session,
        chosen=chosen,
        provider=call.ctx.settings.oidc_label if call.state.provider else None,
        wrong=wrongs(error),
        form=call.request.url.path.rpartition("/")[2] if error else "",
        done=done,
    )


async def draw_enrolment(call: Call, error: ServiceError | None = None) -> Response:
    """The secret as a QR code and in letters, and the form that confirms it."""
    me = await account.myself(call.ctx, call.principal)
    made = second_factor.enrolment_of(call.ctx, me)
    if made is None:
        raise Conflict("There is no second factor to confirm. Set one up first.")
    drawn = qr_svg(made.uri)
    return page(call, "second_factor.html", status=status_of(error), made=made, qr=drawn, wrong=wrongs(error))


@endpoint("GET", ACCOUNT, tag="console", signed_in=True, media=HTML, error_page=failure_page)
async def show_account(call: Call, query: DoneQuery) -> Response:
    """Password, second factor, sessions and preferences of whoever is signed in."""
    return await draw(call, done=query.done)


@endpoint(
    "POST",
    f"{ACCOUNT}/password",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=again(draw),
)
async def change_password_by_form(call: Call, body: PasswordForm) -> Response:
    """Choose another password."""
    require_own_form(call, body.csrf)
    network = call.visitor.network
    await account.change_password(call.ctx, call.principal, body.current, body.new, network=network)
    return go_on(f"{ACCOUNT}?done=password#notice")


@endpoint(
    "POST",
    f"{ACCOUNT}/second-factor",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=again(draw),
)
async def begin_second_factor_by_form(call: Call, body: OwnForm) -> Response:
    """Make a secret and show it."""
    require_own_form(call, body.csrf)
    me = await account.myself(call.ctx, call.principal)
    await second_factor.enrol(call.ctx, me.id)
    return await draw_enrolment(call)


@endpoint(
    "POST",
    f"{ACCOUNT}/second-factor/confirmation",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=again(draw_enrolment),
)
async def confirm_second_factor_by_form(call: Call, body: CodeForm) -> Response:
    """Show the recovery codes, this once."""
    require_own_form(call, body.csrf)
    me = await account.myself(call.ctx, call.principal)
    codes = await second_factor.confirm(call.ctx, me.id, body.code)
    return page(call, "recovery_codes.html", codes=codes)


@endpoint(
    "POST",
    f"{ACCOUNT}/second-factor/removal",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=again(draw),
)
async def remove_second_factor_by_form(call: Call, body: ProofForm) -> Response:
    """Go back to the password alone."""
    require_own_form(call, body.csrf)
    network = call.visitor.network
    await account.remove_second_factor(call.ctx, call.principal, body.password, network=network)
    return go_on(f"{ACCOUNT}?done=removed#notice")


@endpoint(
    "POST",
    f"{ACCOUNT}/recovery-codes",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=again(draw),
)
async def renew_codes_by_form(call: Call, body: ProofForm) -> Response:
    """Show new recovery codes, this once."""
    require_own_form(call, body.csrf)
    network = call.visitor.network
    codes = await account.renew_recovery_codes(call.ctx, call.principal, body.password, network=network)
    return page(call, "recovery_codes.html", codes=codes)


@endpoint(
    "POST",
    f"{ACCOUNT}/sessions",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def end_sessions_by_form(call: Call, body: SessionForm) -> Response:
    """Sign out somewhere else, or everywhere."""
    require_own_form(call, body.csrf)
    me = await account.myself(call.ctx, call.principal)
    session_id: UUID | None = parse_id(body.session or "")
    await moderators.end_sessions(call.ctx, me.id, actor=me.name, session_id=session_id)
    if session_id is not None:
        return go_on(f"{ACCOUNT}?done=ended#notice")
    response = go_on(SIGN_IN)
    clear_cookie(call.ctx, call.request, response)
    return response


@endpoint(
    "POST",
    f"{ACCOUNT}/preferences",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def keep_preferences(call: Call, body: PreferencesForm) -> Response:
    """Whether single keys do something; the rest of the preferences stays."""
    require_own_form(call, body.csrf)
    me = await account.myself(call.ctx, call.principal)
    async with call.ctx.db.read(moderation=True) as conn:
        before = await people.preferences(conn, me.id)
    await account.set_preferences(call.ctx, call.principal, {**before, "shortcuts": body.shortcuts == "on"})
    return go_on(f"{ACCOUNT}?done=kept#notice")


@endpoint(
    "POST",
    f"{ACCOUNT}/provider/removal",
    tag="console",
    signed_in=True,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def unlink_by_form(call: Call, body: OwnForm) -> Response:
    """Take the provider's account off one's own."""
    require_own_form(call, body.csrf)
    await account.unlink(call.ctx, call.principal)
    return go_on(f"{ACCOUNT}?done=unlinked#notice")
