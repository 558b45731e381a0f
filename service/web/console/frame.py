"""The frame of every page of the console: who is there, where one can go, in which language and light."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import Response

from service.ids import parse_id
from service.model.people import Scope
from service.web.console.addresses import QUEUE, comment_page, inside, sign_in_page
from service.web.console.wording import wording
from service.web.drawing.catalogues import SOURCE_LANGUAGE, Catalogue, load_console
from service.web.drawing.templating import environment
from service.web.http.endpoint import Call

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# For the page whose script it is; every other page has none.
ISLAND: Final = {"Content-Security-Policy": f"{_POLICY}; script-src 'self'; connect-src 'self'"}
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    # With the usual no-referrer, browsers say `Origin: null` even to ourselves, which we must refuse.
    "Referrer-Policy": "same-origin",
}
# In the order of the menu; one whose page is not in the table of endpoints is left out.
PLACES: Final = (
    ("queue", QUEUE),
    ("decided", "/console/decided"),
    ("campaigns", "/console/campaigns"),
    ("search", "/console/search"),
    ("reported", "/console/reported"),
    ("reviews", "/console/reviews"),
    ("standing", "/console/standing"),
    ("audit", "/console/audit"),
    ("rules", "/console/rules"),
    ("people", "/console/people"),
    ("metrics", "/console/metrics"),
    ("privacy", "/console/privacy"),
    ("settings", "/console/settings"),
)
LOOKS_COOKIE: Final = "greenroom-looks"
THEMES: Final = ("auto", "light", "dark")
# Each in its own script, so that who cannot read the others finds it.
LANGUAGES: Final = {"en": "English", "ur": "اردو", "ar": "العربية"}


@dataclass(frozen=True, slots=True)
class Looks:
    """How the console looks in this browser."""

    theme: str = THEMES[0]
    language: str = SOURCE_LANGUAGE

    @classmethod
    def of(cls, request: Request) -> "Looks":
        """As the browser's cookie has it, else in the first of its languages that is ours."""
        theme, _, language = request.cookies.get(LOOKS_COOKIE, "").partition(".")
        return cls(
            theme if theme in THEMES else THEMES[0],
            language if language in LANGUAGES else _spoken(request.headers.get("accept-language", "")),
        )

    def __str__(self) -> str:
        return f"{self.theme}.{self.language}"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the menu: the key of its name under `frame.to.`, and its address."""

    key: str
    address: str


def page(
    call: Call,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: object,
) -> Response:
    """Draw a page for this caller: `templates/console/<template>` with `values`.

    Every template also has `caller` (None for who is signed out), `may(scope)`, `may_decide`, `csrf`,
    `now`, `looks`, `places`, `address` (of this page), `flooded` (which of the caller's sites are) and `say`,
    the sentences of the caller's language.
    """
    caller, request = call.caller, call.request
    looks = Looks.of(request)
    given = {
        "caller": caller,
        "may": lambda scope: caller is not None and caller.may(Scope(scope)),
        "may_decide": caller is not None and caller.may(Scope.MODERATE),
        "csrf": csrf_token(call),
        "now": call.ctx.clock(),
        "looks": looks,
        "places": places_of(call) if caller else (),
        "address": _address(request),
        "notice": None,
        "flooded": call.flooded,
        **values,
    }
    text = _environment(looks.language).get_template(template).render(given)
    return Response(text, status, {**HEADERS, **(headers or {})}, media_type="text/html")


def catalogue_of(call: Call) -> Catalogue:
    """The sentences of the caller's language."""
    return _catalogues()[Looks.of(call.request).language]


def english() -> Catalogue:
    """The sentences that all others are translated from."""
    return _catalogues()[SOURCE_LANGUAGE]


def csrf_token(call: Call) -> str:
    """What our own forms carry for this session, and no other page can know."""
    session = call.caller.session if call.caller else None
    return call.ctx.vault.sign("csrf", session) if session else ""


def sign_in_from(call: Call) -> str:
    """The sign-in page that leads on to what was asked for, or to the comment that was to be decided."""
    request = call.request
    comment_id = parse_id(request.path_params.get("comment_id", ""))
    if request.method == "POST":
        return sign_in_page(comment_page(comment_id) if comment_id else QUEUE)
    return sign_in_page(_address(request))


def go_on(target: str) -> Response:
    """After a form: see other (RFC 9110, 15.4.4), so that reloading sends nothing twice."""
    return Response(status_code=303, headers={**HEADERS, "Location": target})


def _address(request: Request) -> str:
    """The address of this page; where it came by a form, the queue's."""
    return inside(f"{request.url.path}?{request.url.query}".rstrip("?")) if request.method == "GET" else QUEUE


def places_of(call: Call) -> Sequence[Place]:
    """The pages that are there and that the caller may read."""
    readable = call.state.readable
    return [
        Place(key, address)
        for key, address in PLACES
        if address in readable and ((needs := readable[address]) is None or call.principal.may(needs))
    ]


def _spoken(accepted: str) -> str:
    """The first language of an Accept-Language header that has a catalogue."""
    for part in accepted.lower().split(","):
        language = part.partition(";")[0].partition("-")[0].strip()
        if language in LANGUAGES:
            return language
    return SOURCE_LANGUAGE


@lru_cache(maxsize=1)
def _catalogues() -> Mapping[str, Catalogue]:
    return load_console()


@lru_cache(maxsize=len(LANGUAGES))
def _environment(language: str) -> Environment:
    catalogue = _catalogues()[language]
    env = environment("console")
    env.filters |= wording(catalogue, english())
    env.globals |= {
        "say": catalogue.say,
        "says": catalogue.sentences,
        "lang": language,
        "direction": catalogue.direction,
        "languages": LANGUAGES,
        "themes": THEMES,
    }
    return env
