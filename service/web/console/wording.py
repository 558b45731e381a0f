"""Times, points and decisions in the words of a language, and the filters that templates have of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from markupsafe import Markup, escape

from service.model.decisions import Action, Decision
from service.web.drawing.catalogues import Catalogue
from service.web.drawing.details import Details
from service.web.drawing.sentences import Sentences, as_it_is
from service.web.wire.marks import Segment, segments

_EXCERPT: Final = 240


def wording(catalogue: Catalogue, english: Catalogue) -> Mapping[str, Callable[..., object]]:
    """The filters of a language: `when`, `ago`, `told_why`, `told`, `did`, and those that need no words."""
    sentences = Sentences(english, catalogue)
    details = Details(english, catalogue)

    def _when(at: datetime) -> Markup:
        return when(catalogue, at)

    def _ago(at: datetime, now: datetime) -> Markup:
        return ago(catalogue, at, now)

    def _told_why(sentence: str) -> Markup:
        if catalogue.lang == english.lang:
            return escape(sentence)
        return sentences.told(sentence) or as_it_is(sentence)

    def _told(detail: str) -> Markup:
        if catalogue.lang == english.lang:
            return escape(detail)
        return details.told(detail) or as_it_is(detail)

    return {
        "when": _when,
        "ago": _ago,
        "told_why": _told_why,
        "told": _told,
        "did": did,
        "excerpt": excerpt,
        "segments": segments,
        "points": points,
        "key_name": key_name,
    }


def when(catalogue: Catalogue, at: datetime) -> Markup:
    """A time that needs no explanation."""
    at = at.astimezone(UTC)
    month = catalogue.say(f"time.month.{at.month}")
    return catalogue.say("time.when", day=at.day, month=month, year=at.year, time=f"{at:%H:%M}")


def ago(catalogue: Catalogue, at: datetime, now: datetime) -> Markup:
    """How long ago, in the largest unit that says enough."""
    passed = max(now - at, timedelta())
    if passed < timedelta(minutes=1):
        return catalogue.say("time.now")
    for unit, length in (("days", timedelta(days=1)), ("hours", timedelta(hours=1))):
        if passed >= length:
            return catalogue.say(f"time.{unit}", count=passed // length)
    return catalogue.say("time.minutes", count=passed // timedelta(minutes=1))


def did(decision: Decision) -> str:
    """What a decision did, as the end of a sentence's key: `approve`, `reject_spam`, `undo`."""
    if decision.action is Action.REJECT and decision.reason:
        return f"reject_{decision.reason.value}"
    return decision.action.value


def points(number: float) -> str:
    """A number of points with its sign, as it is written by hand."""
    shown = f"{number:+.1f}"
    return "0" if float(shown) == 0 else shown.replace("-", "\u2212")


def key_name(key: str) -> str:
    """A key as people read it."""
    if len(key) == 1:
        return f"⇧{key}" if key.isupper() else key
    return key.replace("Mod+", "Ctrl+").replace("Arrow", "")


def excerpt(text: str) -> Sequence[Segment]:
    """The beginning of a text on one line."""
    flat = " ".join(text[: 2 * _EXCERPT].split())
    short = len(flat) <= _EXCERPT and len(text) <= 2 * _EXCERPT
    return segments(flat if short else f"{flat[:_EXCERPT].rstrip()}…")
