"""What the triage view is given with its page: who is there, the sentences, the keys, and what to ask for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request

from service.model.people import Scope
from service.model.sites import Site
from service.web.console.addresses import KEYS, queue
from service.web.console.frame import ISLAND, Looks, catalogue_of, english, places_of
from service.web.console.keys import keys_of
from service.web.http.endpoint import Call
from service.web.wire.queue import FiltersIn

HEADERS: Final = ISLAND
_SPOKEN: Final = (
    "triage.",
    "key.",
    "notice.",
    "told.",
    "reason.",
    "act.",
    "bill.",
    "comment.",
    "time.",
    "filter.",
    "mark.",
)
# What the service says in English is said anew in the other languages.
_FOREIGN: Final = ("sentence.", "problem.")
_ALSO: Final = (
    "flood.strip",
    "queue.title",
    "queue.clear",
    "list.comma",
    "sign_in.",
    "frame.theme",
    "frame.to.",
    "campaign.scores",
    "campaign.texts",
    "campaign.hosts",
    "campaign.different",
)
# What the menu of views offers, in the words of `/v1/queue/counts`, and what each asks of the queue.
VIEWS: Final[Mapping[str, Mapping[str, str]]] = {
    "pending": {},
    "mine": {"assigned": "me"},
    "escalated": {"escalated": "true", "status": "all"},
    "overdue": {"overdue": "true"},
    "edited": {"edited": "true"},
    "appealed": {"appealed": "true"},
}
# What a view keeps of another: where, and in which order.
_KEPT: Final = ("site", "order")


@dataclass(frozen=True, slots=True)
class QueueView:
    """A line of the menu of views."""

    name: str
    address: str
    is_current: bool


def asked_of(request: Request) -> dict[str, str]:
    """The filters in the page's address."""
    return {
        name: value
        for name, value in request.query_params.items()
        if value and name in FiltersIn.model_fields
    }


def views_of(asked: Mapping[str, str]) -> Sequence[QueueView]:
    """The views, in the same place and order as this one."""
    kept = {name: asked[name] for name in _KEPT if name in asked}
    rest = {name: value for name, value in asked.items() if name not in _KEPT}
    return [QueueView(name, queue(**kept, **wants), rest == wants) for name, wants in VIEWS.items()]


def settings(call: Call, mine: Sequence[Site], preferences: Mapping[str, object]) -> Markup:
    """The settings as JSON that can stand in a `script` element."""
    caller = call.principal
    catalogue = catalogue_of(call)
    is_english = catalogue is english()
    spoken = _SPOKEN + _ALSO + (() if is_english else _FOREIGN)
    chosen = preferences.get("keys")
    given = {
        "lang": Looks.of(call.request).language,
        "says": {key: said for key, said in catalogue.sentences.items() if key.startswith(spoken)},
        "english": None
        if is_english
        else {key: said for key, said in english().sentences.items() if key.startswith(_FOREIGN[0])},
        "me": caller.name,
        "may": caller.may(Scope.MODERATE),
        "keys": keys_of(chosen if isinstance(chosen, dict) else {})
        if preferences.get("shortcuts", True)
        else None,
        "sites": [site.slug for site in mine],
        "places": {place.key: place.address for place in places_of(call)} | {"keys": KEYS},
        "query": urlencode(asked_of(call.request)),
    }
    # In a script element only `<` can end or open anything.
    text = json.dumps(given, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 - JSON of ours, with what could end the element escaped
