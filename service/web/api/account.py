"""One's own account: password, second factor, sessions, preferences."""

from uuid import UUID

from starlette.responses import Response

from service.errors import Conflict, Forbidden, InvalidFields, NotFound, RateLimited
from service.store import people, second_factors
from service.usecases import account, moderators, second_factor
from service.web.drawing.codes import qr_svg
from service.web.http.endpoint import Call, endpoint
from service.web.http.security import clear_cookie
from service.web.wire.people import (
    CodeIn,
    EnrolmentOut,
    PasswordIn,
    PreferencesIn,
    PreferencesOut,
    ProofIn,
    RecoveryCodesOut,
    SecondFactorOut,
    SessionOut,
    SessionsOut,
)

_PROVED = (InvalidFields, RateLimited, Forbidden)


@endpoint("PUT", "/v1/me/password", tag="people", signed_in=True, status=204, problems=_PROVED)
async def change_own_password(call: Call, body: PasswordIn) -> Response:
    """Choose another password; every other session of yours ends."""
    network = call.visitor.network
    await account.change_password(call.ctx, call.principal, body.current, body.new, network=network)
    return Response(status_code=204)


@endpoint("GET", "/v1/me/second-factor", tag="people", signed_in=True)
async def read_second_factor(call: Call) -> SecondFactorOut:
    """Whether a second factor counts, and how many recovery codes are left."""
    me = await account.myself(call.ctx, call.principal)
    async with call.ctx.db.read(moderation=True) as conn:
        left = await second_factors.count_codes(conn, me.id)
    return SecondFactorOut(active=me.has_second_factor, recovery_codes=left)


@endpoint(
    "POST", "/v1/me/second-factor", tag="people", signed_in=True, status=201, problems=(Conflict, Forbidden)
)
async def begin_second_factor(call: Call) -> EnrolmentOut:
    """Make a secret for an authenticator; it counts once a code from it is sent to `…/confirmation`."""
    me = await account.myself(call.ctx, call.principal)
    made = await second_factor.enrol(call.ctx, me.id)
    return EnrolmentOut(secret=made.secret, uri=made.uri, qr=str(qr_svg(made.uri)))


@endpoint(
    "POST",
    "/v1/me/second-factor/confirmation",
    tag="people",
    signed_in=True,
    status=201,
    problems=(Conflict, InvalidFields, Forbidden),
)
async def confirm_second_factor(call: Call, body: CodeIn) -> RecoveryCodesOut:
    """From now on a code is asked for; the answer has the recovery codes, this once."""
    me = await account.myself(call.ctx, call.principal)
    return RecoveryCodesOut(recovery_codes=await second_factor.confirm(call.ctx, me.id, body.code))


@endpoint("POST", "/v1/me/second-factor/removal", tag="people", signed_in=True, status=204, problems=_PROVED)
async def remove_second_factor(call: Call, body: ProofIn) -> Response:
    """Go back to the password alone."""
    network = call.visitor.network
    await account.remove_second_factor(call.ctx, call.principal, body.password, network=network)
    return Response(status_code=204)


@endpoint(
    "POST",
    "/v1/me/recovery-codes",
    tag="people",
    signed_in=True,
    status=201,
    problems=(*_PROVED, Conflict),
)
async def renew_recovery_codes(call: Call, body: ProofIn) -> RecoveryCodesOut:
    """Ten new recovery codes; those before are worth nothing any more."""
    network = call.visitor.network
    codes = await account.renew_recovery_codes(call.ctx, call.principal, body.password, network=network)
    return RecoveryCodesOut(recovery_codes=codes)


@endpoint("GET", "/v1/me/sessions", tag="people", signed_in=True)
async def read_own_sessions(call: Call) -> SessionsOut:
    """Where you are signed in."""
    return await sessions_of(call, (await account.myself(call.ctx, call.principal)).id)


@endpoint("DELETE", "/v1/me/sessions", tag="people", signed_in=True, status=204, problems=(Forbidden,))
async def end_own_sessions(call: Call) -> Response:
    """Sign out everywhere, here too."""
    me = await account.myself(call.ctx, call.principal)
    await moderators.end_sessions(call.ctx, me.id, actor=me.name)
    response = Response(status_code=204)
    clear_cookie(call.ctx, call.request, response)
    return response


@endpoint(
    "DELETE",
    "/v1/me/sessions/{session_id}",
    tag="people",
    signed_in=True,
    status=204,
    problems=(NotFound, Forbidden),
)
async def end_own_session(call: Call, session_id: UUID) -> Response:
    """Sign out somewhere else."""
    me = await account.myself(call.ctx, call.principal)
    await moderators.end_sessions(call.ctx, me.id, actor=me.name, session_id=session_id)
    return Response(status_code=204)


@endpoint("GET", "/v1/me/preferences", tag="people", signed_in=True)
async def read_preferences(call: Call) -> PreferencesOut:
    """What the console should be like for you."""
    me = await account.myself(call.ctx, call.principal)
    async with call.ctx.db.read(moderation=True) as conn:
        return PreferencesOut.model_validate(await people.preferences(conn, me.id))


@endpoint("PUT", "/v1/me/preferences", tag="people", signed_in=True, problems=(InvalidFields, Forbidden))
async def replace_preferences(call: Call, body: PreferencesIn) -> PreferencesOut:
    """Replace all of them."""
    chosen = body.model_dump(mode="json", exclude_defaults=True)
    await account.set_preferences(call.ctx, call.principal, chosen)
    return PreferencesOut.model_validate(chosen)


@endpoint("DELETE", "/v1/me/provider", tag="people", signed_in=True, status=204, problems=(Forbidden,))
async def unlink_provider(call: Call) -> Response:
    """Take the provider's account off yours; the console links one."""
    await account.unlink(call.ctx, call.principal)
    return Response(status_code=204)


async def sessions_of(call: Call, moderator_id: UUID) -> SessionsOut:
    """Where a moderator is signed in, for the wire."""
    moderator = await moderators.get(call.ctx, moderator_id)
    found = await account.own_sessions(call.ctx, moderator)
    own = call.principal.session
    return SessionsOut(
        sessions=[
            SessionOut(
                id=each.id,
                created_at=each.created_at,
                seen_at=each.seen_at,
                expires_at=each.expires_at,
                agent=each.agent,
                network=each.network,
                current=each.digest == own,
            )
            for each in found
        ]
    )
