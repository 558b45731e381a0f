"""The pages of sites and their settings, and the way from an empty installation to the first comment."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Final, Literal

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import (
    AlreadyExists,
    Conflict,
    FieldError,
    FieldRefused,
    Forbidden,
    InvalidFields,
    ServiceError,
    SiteNotFound,
)
from service.model.people import Scope
from service.model.site_settings import SiteSettings, StoredSettings
from service.model.sites import Site
from service.store import comments, site_settings, sites
from service.usecases.govern import add_site
from service.usecases.set_site import foresee_site, set_site
from service.web.console.frame import ISLAND, go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.http.endpoint import Call, endpoint
from service.web.http.security import origin_of
from service.web.wire.sites import refused_setting

SETTINGS: Final = "/console/settings"
START: Final = "/console/start"
_NUMBERS: Final = (
    "close_after_days",
    "respond_hours",
    "edit_minutes",
    "keep_rejected_days",
    "keep_contacts_days",
)
_SWITCHES: Final = ("name_required", "email_required", "website_shown", "comment_first")
Ticked = Literal["on"] | None
Number = Annotated[int, Field(ge=0, le=100_000)]


class SettingsForm(OwnForm):
    """The fields of a site's settings, as a form has them."""

    origins: StrictStr = Field(max_length=8_000, description="One to a line.")
    title: StrictStr | None = Field(None, max_length=1_000)
    language: StrictStr = Field("en", max_length=35)
    close_after_days: Number | None = None
    respond_hours: Number = 24
    edit_minutes: Number = 0
    review_percent: Annotated[float, Field(ge=0, le=100)] = 0.0
    keep_rejected_days: Number | None = None
    keep_contacts_days: Number | None = None
    name_required: Ticked = None
    email_required: Ticked = None
    website_shown: Ticked = None
    comment_first: Ticked = None
    consent_text: StrictStr | None = Field(None, max_length=2_000)
    consent_url: StrictStr | None = Field(None, max_length=8_192)
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] = 1
    act: Literal["try", "save"] = "save"

    def to_settings(self) -> SiteSettings:
        """As the domain has them; `InvalidFields`."""
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        switches = {name: getattr(self, name) == "on" for name in _SWITCHES}
        try:
            return SiteSettings(
                origins=tuple(self.origins.split()),
                title=(self.title or "").strip() or None,
                language=self.language,
                review_share=self.review_percent / 100,
                consent_text=(self.consent_text or "").strip() or None,
                consent_url=(self.consent_url or "").strip() or None,
                version=self.version,
                **numbers,
                **switches,
            )
        except FieldRefused as refusal:
            raise refused_setting(refusal) from None


class NewSiteForm(OwnForm):
    """The fields of a new site."""

    site: StrictStr = Field(max_length=63)
    origins: StrictStr = Field(max_length=8_000)
    language: StrictStr = Field("en", max_length=35)


async def chosen_site(call: Call, slug: str | None) -> tuple[Sequence[Site], Site | None]:
    """The caller's sites, and the one that is asked for (without a name the first); `SiteNotFound`."""
    async with call.ctx.db.read(moderation=True) as conn:
        mine = [site for site in await sites.every(conn) if call.principal.sees(site.id)]
    found = next((site for site in mine if slug in {None, site.slug}), None)
    if slug is not None and found is None:
        raise SiteNotFound(slug)
    return mine, found


async def settings_refused(call: Call, error: ServiceError) -> Response:
    """The form once more, as it was sent, with every field that is wrong."""
    if isinstance(error, InvalidFields | Conflict) and not isinstance(error, AlreadyExists):
        wrong = error.errors if isinstance(error, InvalidFields) else []
        sentence = error.detail if isinstance(error, Conflict) else None
        given = {name: str(value) for name, value in call.given.items()}
        status = 422 if wrong else 409
        return await _settings_page(call, given, wrong=wrong, sentence=sentence, status=status)
    return await failure_page(call, error)


async def new_site_refused(call: Call, error: ServiceError) -> Response:
    """The first step once more, with what is wrong."""
    if isinstance(error, InvalidFields | AlreadyExists):
        wrong = (
            error.errors
            if isinstance(error, InvalidFields)
            else [FieldError("/site", "site.exists", error.detail)]
        )
        given = {name: str(value) for name, value in call.given.items()}
        return page(call, "start.html", status=422, step=1, given=given, wrong=_by_field(wrong))
    return await failure_page(call, error)


@endpoint("GET", SETTINGS, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_sites(call: Call) -> Response:
    """The caller's sites."""
    async with call.ctx.db.read(moderation=True) as conn:
        found = await site_settings.of_sites(conn, await sites.visible(conn, call.principal))
    return page(call, "settings.html", found=found)


@endpoint("GET", f"{SETTINGS}/{{site}}", tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_settings(call: Call) -> Response:
    """One site's settings, and how it is embedded."""
    stored = await _stored(call)
    return await _settings_page(call, _as_form(stored.settings))


@endpoint(
    "POST",
    f"{SETTINGS}/{{site}}",
    tag="console",
    needs=Scope.ADMIN,
    form=True,
    media=HTML,
    error_page=settings_refused,
)
async def change_settings(call: Call, body: SettingsForm) -> Response:
    """Save the settings, or show what they would do."""
    require_own_form(call, body.csrf)
    site, settings = await call.own_site(), body.to_settings()
    if body.act == "try":
        told = await foresee_site(call.ctx, site, settings)
        return await _settings_page(call, _as_form(settings), told=told)
    stored = await set_site(call.ctx, site, settings, actor=call.principal.name)
    return await _settings_page(call, _as_form(stored.settings), saved=True)


@endpoint("GET", START, tag="console", needs=Scope.ADMIN, media=HTML, error_page=failure_page)
async def show_start(call: Call) -> Response:
    """The way to the first comment: a site, its snippet, a comment that arrives."""
    _, site = await chosen_site(call, None)
    if site is None:
        _require_every_site(call)
        return page(call, "start.html", step=1, given={}, wrong={})
    async with call.ctx.db.read(moderation=True) as conn:
        arrived = await comments.newest(conn, site.id)
    return page(
        call,
        "start.html",
        headers=ISLAND,
        step=3 if arrived else 2,
        site=site.slug,
        origin=min(site.origins),
        service=origin_of(call.ctx, call.request),
        arrived=arrived,
    )


@endpoint("POST", START, tag="console", needs=Scope.ADMIN, form=True, media=HTML, error_page=new_site_refused)
async def add_first_site(call: Call, body: NewSiteForm) -> Response:
    """Add a site and go on."""
    require_own_form(call, body.csrf)
    _require_every_site(call)
    try:
        await add_site(
            call.ctx, body.site, body.origins.split(), actor=call.principal.name, language=body.language
        )
    except FieldRefused as refusal:
        field = "site" if refusal.code == "site.slug" else refused_setting(refusal).errors[0].pointer[1:]
        raise InvalidFields([FieldError(f"/{field}", refusal.code, refusal.detail)]) from None
    return go_on(START)


def _require_every_site(call: Call) -> None:
    if call.principal.site_ids is not None:
        raise Forbidden("every_site", "Only an admin of every site can add another.")


async def _stored(call: Call) -> StoredSettings:
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        return (await site_settings.of_sites(conn, [site.id]))[0]


async def _settings_page(
    call: Call,
    given: dict[str, str],
    *,
    wrong: Sequence[FieldError] = (),
    sentence: str | None = None,
    told: object = None,
    saved: bool = False,
    status: int = 200,
) -> Response:
    stored = await _stored(call)
    return page(
        call,
        "site.html",
        status=status,
        site=stored.site,
        origin=stored.settings.origins[0],
        service=origin_of(call.ctx, call.request),
        given=given,
        wrong=_by_field(wrong),
        sentence=sentence,
        told=told,
        saved=saved,
    )


def _as_form(settings: SiteSettings) -> dict[str, str]:
    """Settings as the values of their fields."""
    values = {name: "" if value is None else str(value) for name, value in asdict(settings).items()}
    values["origins"] = "\n".join(settings.origins)
    values |= {name: "on" if getattr(settings, name) else "" for name in _SWITCHES}
    values["review_percent"] = f"{100 * settings.review_share:g}"
    return values


def _by_field(wrong: Sequence[FieldError]) -> dict[str, str]:
    return {found.pointer[1:]: found.detail for found in wrong}
