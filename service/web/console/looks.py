"""Choosing how the console looks in this browser: its language, and light or dark."""

from dataclasses import replace
from typing import Final

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.web.console.addresses import LOOKS, inside
from service.web.console.frame import LANGUAGES, LOOKS_COOKIE, THEMES, Looks, go_on
from service.web.console.sign_in import HTML, failure_page
from service.web.http.endpoint import Call, endpoint
from service.web.http.security import is_https, refuse_cross_site
from service.web.wire.base import In

_YEAR: Final = 365 * 86_400


class LooksForm(In):
    """Either of the two, and the page to go back to."""

    theme: StrictStr | None = Field(None, pattern=f"^({'|'.join(THEMES)})$")
    language: StrictStr | None = Field(None, pattern=f"^({'|'.join(LANGUAGES)})$")
    back: StrictStr | None = Field(None, max_length=1200)


@endpoint("POST", LOOKS, tag="console", form=True, media=HTML, error_page=failure_page)
async def choose_looks(call: Call, body: LooksForm) -> Response:
    """Keep the choice in the browser, also of who is signed out, and go back."""
    refuse_cross_site(call.ctx, call.request)
    looks = Looks.of(call.request)
    chosen = replace(looks, theme=body.theme or looks.theme, language=body.language or looks.language)
    response = go_on(inside(body.back))
    response.set_cookie(
        LOOKS_COOKIE,
        str(chosen),
        max_age=_YEAR,
        path="/console",
        secure=is_https(call.ctx, call.request),
        httponly=True,
        samesite="lax",
    )
    return response
