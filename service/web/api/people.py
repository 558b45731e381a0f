"""Moderators, for whoever runs the installation."""

from collections.abc import Mapping
from uuid import UUID

from starlette.responses import Response

from service.errors import (
    AlreadyExists,
    Conflict,
    FieldError,
    FieldRefused,
    Forbidden,
    InvalidFields,
    LastAdmin,
    ModeratorNotFound,
    NotFound,
)
from service.model.people import Moderator, Rights, Role, Scope
from service.store import people, sites
from service.usecases import moderators
from service.usecases.moderators import Change, require_governor
from service.web.api.account import sessions_of
from service.web.http.endpoint import Call, endpoint
from service.web.wire.people import (
    InvitedOut,
    ModeratorChangeIn,
    ModeratorIn,
    ModeratorOut,
    ModeratorsOut,
    OneTimePasswordOut,
    RightsIn,
    SessionsOut,
)

_ONE = "/v1/moderators/{moderator_id}"
_MISSING = (ModeratorNotFound, Forbidden)


@endpoint("GET", "/v1/moderators", tag="people", needs=Scope.ADMIN)
async def read_moderators(call: Call) -> ModeratorsOut:
    """Everybody who may sign in, or once could."""
    require_governor(call.principal)
    async with call.ctx.db.read(moderation=True) as conn:
        found = await people.every(conn)
    names = await site_names(call)
    return ModeratorsOut(moderators=[_out(moderator, names) for moderator in found])


@endpoint(
    "POST",
    "/v1/moderators",
    tag="people",
    needs=Scope.ADMIN,
    status=201,
    problems=(InvalidFields, AlreadyExists, Forbidden),
)
async def invite_moderator(call: Call, body: ModeratorIn) -> InvitedOut:
    """Invite somebody with a one-time password, good for three days to choose an own one."""
    require_governor(call.principal)
    names = await site_names(call)
    rights = rights_from(body, names)
    try:
        found, password = await moderators.invite(call.ctx, body.name, rights, actor=call.principal.name)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/name", refusal.code, refusal.detail)]) from None
    return InvitedOut(**_out(found, names).model_dump(), password=password)


@endpoint("GET", _ONE, tag="people", needs=Scope.ADMIN, problems=_MISSING)
async def read_moderator(call: Call, moderator_id: UUID) -> ModeratorOut:
    """One of them."""
    require_governor(call.principal)
    return _out(await moderators.get(call.ctx, moderator_id), await site_names(call))


@endpoint(
    "PATCH",
    _ONE,
    tag="people",
    needs=Scope.ADMIN,
    problems=(*_MISSING, InvalidFields, LastAdmin, AlreadyExists, Conflict),
)
async def change_moderator(call: Call, moderator_id: UUID, body: ModeratorChangeIn) -> ModeratorOut:
    """Change what somebody may do, or keep them out; their sessions end."""
    require_governor(call.principal)
    names = await site_names(call)
    rights = rights_from(body.rights, names, "/rights") if body.rights else None
    wanted = Change(rights, body.disabled, body.subject)
    changed = await moderators.change(
        call.ctx, moderator_id, wanted, actor=call.principal.name, by=call.principal
    )
    return _out(changed, names)


@endpoint("POST", f"{_ONE}/password", tag="people", needs=Scope.ADMIN, status=201, problems=_MISSING)
async def reset_password(call: Call, moderator_id: UUID) -> OneTimePasswordOut:
    """Give somebody a one-time password; their sessions end."""
    require_governor(call.principal)
    made = await moderators.set_password(call.ctx, moderator_id, None, actor=call.principal.name)
    assert made is not None
    return OneTimePasswordOut(password=made)


@endpoint("DELETE", f"{_ONE}/second-factor", tag="people", needs=Scope.ADMIN, status=204, problems=_MISSING)
async def reset_second_factor(call: Call, moderator_id: UUID) -> Response:
    """Forget somebody's second factor, because they lost it; their sessions end."""
    require_governor(call.principal)
    await moderators.reset_second_factor(call.ctx, moderator_id, actor=call.principal.name)
    return Response(status_code=204)


@endpoint("GET", f"{_ONE}/sessions", tag="people", needs=Scope.ADMIN, problems=_MISSING)
async def read_sessions(call: Call, moderator_id: UUID) -> SessionsOut:
    """Where somebody is signed in."""
    require_governor(call.principal)
    return await sessions_of(call, moderator_id)


@endpoint("DELETE", f"{_ONE}/sessions", tag="people", needs=Scope.ADMIN, status=204, problems=_MISSING)
async def end_sessions(call: Call, moderator_id: UUID) -> Response:
    """Sign somebody out everywhere."""
    require_governor(call.principal)
    await moderators.end_sessions(call.ctx, moderator_id, actor=call.principal.name)
    return Response(status_code=204)


@endpoint(
    "DELETE",
    f"{_ONE}/sessions/{{session_id}}",
    tag="people",
    needs=Scope.ADMIN,
    status=204,
    problems=(*_MISSING, NotFound),
)
async def end_one_session(call: Call, moderator_id: UUID, session_id: UUID) -> Response:
    """Sign somebody out in one place."""
    require_governor(call.principal)
    actor = call.principal.name
    await moderators.end_sessions(call.ctx, moderator_id, actor=actor, session_id=session_id)
    return Response(status_code=204)


async def site_names(call: Call) -> dict[int, str]:
    """Every site's name, by its id."""
    async with call.ctx.db.read(moderation=True) as conn:
        return {site.id: site.slug for site in await sites.every(conn)}


def rights_from(body: RightsIn, names: Mapping[int, str], within: str = "") -> Rights:
    """As the domain has them; `InvalidFields` for a site that there is none of."""
    if body.sites is None:
        return Rights(body.role, None, body.may_disclose)
    ids = {name: site_id for site_id, name in names.items()}
    unknown = [name for name in body.sites if name not in ids]
    if unknown:
        sentence = f"There is no site called {unknown[0][:63]!a}."
        raise InvalidFields([FieldError(f"{within}/sites", "sites.unknown", sentence)])
    where: dict[int, Role | None] = {ids[name]: role for name, role in body.sites.items()}
    return Rights(body.role, where, body.may_disclose)


def _out(moderator: Moderator, names: Mapping[int, str]) -> ModeratorOut:
    rights = moderator.rights
    assert moderator.created_at is not None
    where = rights.sites
    return ModeratorOut(
        id=moderator.id,
        name=moderator.name,
        role=rights.role,
        sites=None if where is None else {names[i]: role or rights.role for i, role in where.items()},
        may_disclose=rights.may_disclose,
        second_factor=moderator.has_second_factor,
        linked=moderator.is_linked,
        invited_until=moderator.one_time_until,
        created_at=moderator.created_at,
        disabled_at=moderator.disabled_at,
    )
