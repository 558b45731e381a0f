"""The page where admins copy or erase what a site keeps under an address, for somebody who asked them."""

import json
from typing import Final, Literal

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import FieldError, InvalidFields, ServiceError
from service.model.people import Scope
from service.model.privacy import Erased
from service.usecases.erase import erase
from service.usecases.export import as_document, export
from service.web.console.forms import again, status_of, wrongs
from service.web.console.frame import HEADERS, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.console.sites import chosen_site
from service.web.drawing.privacy import naming_of
from service.web.http.endpoint import Call, endpoint
from service.web.wire.privacy import ErasureIn

PRIVACY: Final = "/console/privacy"


class PrivacyForm(OwnForm, ErasureIn):
    """Whose data, where, and what is to become of it."""

    site: StrictStr = Field(max_length=63)
    act: Literal["copy", "erase"]
    sure: Literal["on"] | None = None


async def draw_privacy(
    call: Call, error: ServiceError | None = None, erased: Erased | None = None, site: str | None = None
) -> Response:
    """The form. An address that was typed is never put back into a page."""
    mine, chosen = await chosen_site(call, None)
    given = site or str(call.given.get("site") or "") or (chosen.slug if chosen else "")
    return page(
        call,
        "privacy.html",
        status=status_of(error),
        sites=[each.slug for each in mine],
        site=given,
        wrong=wrongs(error),
        erased=erased,
    )


@endpoint("GET", PRIVACY, tag="console", needs=Scope.ADMIN, media=HTML, error_page=failure_page)
async def show_privacy_page(call: Call) -> Response:
    """The form."""
    return await draw_privacy(call)


@endpoint(
    "POST",
    PRIVACY,
    tag="console",
    needs=Scope.ADMIN,
    form=True,
    media=HTML,
    error_page=again(draw_privacy),
)
async def act_on_address(call: Call, body: PrivacyForm) -> Response:
    """Give a copy as a file, or erase, which wants to be ticked as well."""
    require_own_form(call, body.csrf)
    site, by = await call.site_of(body.site), call.principal.name
    if body.act == "copy":
        found = await export(call.ctx, [site], body.email, actor=by)
        document = as_document(found, body.email, call.ctx.clock())
        name = {"Content-Disposition": 'attachment; filename="comments.json"'}
        text = json.dumps(document, ensure_ascii=False, indent=1)
        return Response(text, 200, {**HEADERS, **name}, media_type="application/json")
    if body.sure is None:
        sentence = "Tick that you are sure: what is erased does not come back."
        raise InvalidFields([FieldError("/sure", "sure.required", sentence)])
    erased = await erase(call.ctx, [site], body.email, actor=by, naming=naming_of(body.mode))
    return await draw_privacy(call, erased=erased, site=site.slug)
