"""Search: every comment by what is known of it, as one line of text, and searches that somebody saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode

from pydantic import Field, StrictStr
from starlette.responses import Response

from service.errors import CommentNotFound, InvalidFields, SiteNotFound
from service.model.people import Scope
from service.model.querying import split_query
from service.model.queue import Found, Order, View
from service.store import views
from service.usecases.views import forget_view, save_view
from service.web.api.queue import find
from service.web.console.addresses import inside
from service.web.console.frame import go_on, page
from service.web.console.notices import NoticeQuery, around
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.console.view import card
from service.web.http.endpoint import Call, endpoint
from service.web.http.fields import check
from service.web.wire.queue import FiltersIn, ViewName

SEARCH: Final = "/console/search"
PAGE_SIZE: Final = 25
_IN_FORM: Final = ("q", "order", "status", "site")


class SearchQuery(FiltersIn, NoticeQuery):
    """What is looked for, and from where on."""

    cursor: StrictStr | None = Field(None, max_length=64)


class SaveForm(OwnForm):
    """A name for a search, which comes as its address has it."""

    name: ViewName
    query: StrictStr = Field("", max_length=4_000)


class ForgetForm(OwnForm):
    """Which saved search to delete."""

    name: ViewName
    back: StrictStr | None = Field(None, max_length=1200)


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is asked, and the address of the search without it."""

    says: str
    without: str


@endpoint("GET", SEARCH, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_search(call: Call, query: SearchQuery) -> Response:
    """A form, what is asked as chips, saved searches, and what was found as in the queue."""
    asked = {name: _text(value) for name, value in call.request.query_params.items() if value}
    asked = {name: value for name, value in asked.items() if name in FiltersIn.model_fields}
    found, problem = Found((), None), None
    if asked:
        try:
            wanted = query.filters(call.principal.name)
            found = await find(call, wanted, query.cursor, PAGE_SIZE)
        except InvalidFields as error:
            problem = " ".join(each.detail for each in error.errors)
        except (SiteNotFound, CommentNotFound) as error:
            problem = error.detail
    async with call.ctx.db.read(moderation=True) as conn:
        mine, parents, notice = await around(conn, call.principal, found.comments, query)
        person = call.principal.moderator_id
        saved = await views.of_moderator(conn, person) if person else ()
    return page(
        call,
        "search.html",
        status=422 if problem else 200,
        cards=[card(comment, parents.get(comment.parent_id)) for comment in found.comments],
        sites=mine,
        asked=asked,
        kept={name: value for name, value in asked.items() if name not in _IN_FORM},
        chips=_chips(asked),
        orders=list(Order),
        problem=problem,
        partial=found.partial,
        start=_address(asked) if query.cursor else None,
        more=_address({**asked, "cursor": found.next}) if found.next else None,
        everywhere=None if {"status", "q"} & asked.keys() else _address({**asked, "status": "all"}),
        query=urlencode(asked),
        saved=[(view.name, address_of(view)) for view in saved],
        is_person=person is not None,
        notice=notice,
    )


@endpoint(
    "POST", "/console/views", tag="console", needs=Scope.READ, form=True, media=HTML, error_page=failure_page
)
async def save_search(call: Call, body: SaveForm) -> Response:
    """Save a search under a name, and show it again."""
    require_own_form(call, body.csrf)
    asked = dict(parse_qsl(body.query))
    check(FiltersIn, asked).filters(call.principal.name)
    await save_view(call.ctx, call.principal, body.name, asked)
    return go_on(_address(asked))


@endpoint(
    "POST",
    "/console/views/forget",
    tag="console",
    needs=Scope.READ,
    form=True,
    media=HTML,
    error_page=failure_page,
)
async def forget_search(call: Call, body: ForgetForm) -> Response:
    """Delete a saved search, and go back."""
    require_own_form(call, body.csrf)
    await forget_view(call.ctx, call.principal, body.name)
    return go_on(inside(body.back))


def address_of(view: View) -> str:
    """Where a saved view is shown."""
    return _address({name: _text(value) for name, value in view.query.items() if value is not None})


def _address(asked: Mapping[str, str]) -> str:
    return f"{SEARCH}?{urlencode(asked)}" if asked else SEARCH


def _text(value: object) -> str:
    """A value of a query, as addresses have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _chips(asked: Mapping[str, str]) -> Sequence[Chip]:
    """Of the line, one for each of its parts; of other filters, one for each."""
    parts = split_query(asked.get("q", ""))
    chips = []
    for number, part in enumerate(parts):
        others = " ".join(each for place, each in enumerate(parts) if place != number)
        rest = {**asked, "q": others} if others else {k: v for k, v in asked.items() if k != "q"}
        chips.append(Chip(part, _address(rest)))
    for name, value in asked.items():
        if name != "q":
            rest = {other: said for other, said in asked.items() if other != name}
            chips.append(Chip(f"{name}:{value}", _address(rest)))
    return chips
