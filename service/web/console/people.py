"""The pages about moderators: who there is, somebody new, and what one of them may do."""

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StrictStr
from starlette.responses import Response

from service.errors import FieldError, FieldRefused, InvalidFields, ServiceError
from service.ids import parse_id
from service.model.people import Rights, Role, Scope
from service.store import people
from service.usecases import account, moderators
from service.usecases.moderators import Change, require_governor
from service.web.api.people import site_names
from service.web.console.addresses import PEOPLE, TOKENS
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In

_ONE = f"{PEOPLE}/{{moderator_id}}"
# A select of its own for each site: `site-daily`.
_SITE = "site-"


class DoneQuery(In):
    """What was done a moment ago."""

    done: Literal["changed", "disabled", "enabled", "factor", "ended", "linked"] | None = None


class RightsForm(OwnForm):
    """What somebody may do; beside these fields there is one for each site."""

    model_config = ConfigDict(extra="allow")

    role: Role
    where: Literal["every", "some"] = "every"
    may_disclose: Literal["on"] | None = None
    name: StrictStr | None = Field(None, max_length=64)

    def rights(self, names: dict[int, str]) -> Rights:
        """As the domain has them; `InvalidFields` for a site that there is none of."""
        given = {key.removeprefix(_SITE): role for key, role in (self.model_extra or {}).items()}
        ids = {name: site_id for site_id, name in names.items()}
        try:
            chosen: dict[int, Role | None] = {ids[name]: Role(role) for name, role in given.items()}
        except (KeyError, ValueError):
            sentence = "There is no such site or role."
            raise InvalidFields([FieldError("/where", "sites.unknown", sentence)]) from None
        where = chosen if self.where == "some" else None
        return Rights(self.role, where, self.may_disclose == "on")


class SubjectForm(OwnForm):
    """Somebody's account at the provider, by its `sub`; none takes the link away."""

    subject: StrictStr = Field("", max_length=255)


class ActForm(OwnForm):
    """What is to become of somebody."""

    act: Literal["disable", "enable", "password", "factor", "sessions"]
    session: StrictStr | None = Field(None, max_length=36)


async def draw_people(call: Call, error: ServiceError | None = None) -> Response:
    """The list, and the form for somebody new."""
    async with call.ctx.db.read(moderation=True) as conn:
        found = await people.every(conn)
    return page(
        call,
        "people.html",
        status=status_of(error),
        people=found,
        sites=await site_names(call),
        roles=list(Role),
        given=call.given,
        wrong=wrongs(error),
    )


async def draw_person(call: Call, error: ServiceError | None = None, done: str | None = None) -> Response:
    """One of them, with a form for everything that can be changed."""
    moderator_id = parse_id(call.request.path_params["moderator_id"])
    moderator = await moderators.get(call.ctx, moderator_id or UUID(int=0))
    return page(
        call,
        "person.html",
        status=status_of(error),
        person=moderator,
        sessions=await account.own_sessions(call.ctx, moderator),
        sites=await site_names(call),
        roles=list(Role),
        provider=call.ctx.settings.oidc_label if call.state.provider else None,
        wrong=wrongs(error),
        done=done,
    )


@endpoint("GET", PEOPLE, tag="console", needs=Scope.ADMIN, media=HTML, error_page=failure_page)
async def show_people(call: Call) -> Response:
    """Everybody who may sign in. Who administers some sites only goes on to their tokens."""
    if not call.principal.governs:
        return go_on(TOKENS)
    return await draw_people(call)


@endpoint(
    "POST", PEOPLE, tag="console", needs=Scope.ADMIN, form=True, media=HTML, error_page=again(draw_people)
)
async def invite_by_form(call: Call, body: RightsForm) -> Response:
    """Invite somebody, and show their one-time password, this once."""
    require_own_form(call, body.csrf)
    require_governor(call.principal)
    rights = body.rights(await site_names(call))
    try:
        found, password = await moderators.invite(
            call.ctx, body.name or "", rights, actor=call.principal.name
        )
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/name", refusal.code, refusal.detail)]) from None
    return page(call, "one_time_password.html", person=found, password=password)


@endpoint("GET", _ONE, tag="console", needs=Scope.ADMIN, media=HTML, error_page=failure_page)
async def show_person(call: Call, moderator_id: UUID, query: DoneQuery) -> Response:
    """What one of them may do, and where they are signed in."""
    require_governor(call.principal)
    return await draw_person(call, done=query.done)


@endpoint(
    "POST", _ONE, tag="console", needs=Scope.ADMIN, form=True, media=HTML, error_page=again(draw_person)
)
async def change_by_form(call: Call, moderator_id: UUID, body: RightsForm) -> Response:
    """Change what somebody may do."""
    require_own_form(call, body.csrf)
    require_governor(call.principal)
    wanted = Change(body.rights(await site_names(call)))
    by = call.principal
    await moderators.change(call.ctx, moderator_id, wanted, actor=by.name, by=by)
    return go_on(f"{PEOPLE}/{moderator_id}?done=changed#notice")


@endpoint(
    "POST",
    f"{_ONE}/account",
    tag="console",
    needs=Scope.ADMIN,
    form=True,
    media=HTML,
    error_page=again(draw_person),
)
async def link_by_form(call: Call, moderator_id: UUID, body: SubjectForm) -> Response:
    """Link somebody's account at the provider, or take the link away."""
    require_own_form(call, body.csrf)
    require_governor(call.principal)
    by = call.principal
    await moderators.change(call.ctx, moderator_id, Change(subject=body.subject), actor=by.name, by=by)
    return go_on(f"{PEOPLE}/{moderator_id}?done=linked#notice")


@endpoint(
    "POST",
    f"{_ONE}/acts",
    tag="console",
    needs=Scope.ADMIN,
    form=True,
    media=HTML,
    error_page=again(draw_person),
)
async def act_by_form(call: Call, moderator_id: UUID, body: ActForm) -> Response:
    """Keep somebody out or let them in, sign them out, or help them to get in again."""
    require_own_form(call, body.csrf)
    require_governor(call.principal)
    by, done = call.principal, "ended"
    match body.act:
        case "password":
            made = await moderators.set_password(call.ctx, moderator_id, None, actor=by.name)
            found = await moderators.get(call.ctx, moderator_id)
            return page(call, "one_time_password.html", person=found, password=made)
        case "factor":
            await moderators.reset_second_factor(call.ctx, moderator_id, actor=by.name)
            done = "factor"
        case "sessions":
            one = parse_id(body.session or "")
            await moderators.end_sessions(call.ctx, moderator_id, actor=by.name, session_id=one)
        case _:
            wanted = Change(disabled=body.act == "disable")
            await moderators.change(call.ctx, moderator_id, wanted, actor=by.name, by=by)
            done = f"{body.act}d"
    return go_on(f"{PEOPLE}/{moderator_id}?done={done}#notice")
