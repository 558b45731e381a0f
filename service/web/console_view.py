"""What the console's pages show, and the templates that draw it. Nothing here reads or changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from jinja2 import Environment
from starlette.responses import Response

from service.model.comments import Comment
from service.model.decisions import Action, Decision, Reason
from service.model.people import Scope
from service.model.screenings import NOT_CHECKED, Signal, Verdict
from service.web.endpoint import Call
from service.web.marks import Segment, segments
from service.web.templating import environment
from service.web.wire_moderation import marks_of

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cache-Control": "no-store",
    # With the usual no-referrer, browsers say `Origin: null` even to ourselves, which we must refuse.
    "Referrer-Policy": "same-origin",
}
# Longer texts scroll inside their own frame, so that one comment cannot bury the queue.
LONG_TEXT: Final = 1_800
LONG_LINES: Final = 24
_EXCERPT: Final = 240
_ADVICE: Final = {Verdict.APPROVE: "approve", Verdict.HOLD: "look at it", Verdict.REJECT: "reject"}
REASONS: Final = {
    Reason.SPAM: "Spam",
    Reason.ABUSE: "Abuse",
    Reason.OFF_TOPIC: "Off topic",
    Reason.OTHER: "Other",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill, numbered as its marks in the text are."""

    number: int
    sentence: str
    points: str
    evidence: Sequence[Sequence[Segment]]
    is_failure: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A comment as it is drawn."""

    comment: Comment
    name: Sequence[Segment]
    website: Sequence[Segment]
    text: Sequence[Segment]
    is_long: bool
    lines: Sequence[Line]
    score: str
    advice: str
    is_unchecked: bool
    parent: Comment | None

    @property
    def latest(self) -> Decision | None:
        """The latest decision, if there is one."""
        return self.comment.decisions[-1] if self.comment.decisions else None

    @property
    def can_undo(self) -> bool:
        """Whether the latest decision stands. One that was taken back is simply made again."""
        return self.latest is not None and self.latest.action is not Action.UNDO


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of a comment a moment ago: the caller's own decision, or one that was quicker."""

    comment: Comment
    decision: Decision
    came_late: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A rejection that was refused, as it was typed, and what is wrong with it."""

    note: str = ""
    problems: Sequence[str] = ()


def card(comment: Comment, parent: Comment | None = None) -> Card:
    """Prepare a comment for drawing."""
    comment = comment.as_seen()
    bill = list(enumerate(comment.signals, 1))
    return Card(
        comment=comment,
        name=segments(comment.name, marks_of(comment.signals, "name")),
        website=segments(comment.website or "", marks_of(comment.signals, "website")),
        text=segments(comment.text, marks_of(comment.signals, "text")),
        is_long=len(comment.text) > LONG_TEXT or len(comment.text.splitlines()) > LONG_LINES,
        lines=[_line(number, signal) for number, signal in bill],
        score=points(comment.score),
        advice=_ADVICE[comment.verdict],
        is_unchecked=any(signal.name == NOT_CHECKED for signal in comment.signals),
        parent=parent,
    )


def page(
    call: Call,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: object,
) -> Response:
    """Draw a page for this caller."""
    caller = call.caller
    given = {
        "caller": caller,
        "may_decide": caller is not None and caller.may(Scope.MODERATE),
        "csrf": csrf_token(call),
        "now": call.ctx.clock(),
        "notice": None,
        **values,
    }
    text = _environment().get_template(template).render(given)
    return Response(text, status, {**HEADERS, **(headers or {})}, media_type="text/html")


def csrf_token(call: Call) -> str:
    """What our own forms carry for this session, and no other page can know."""
    session = call.caller.session if call.caller else None
    return call.ctx.vault.sign("csrf", session) if session else ""


def points(number: float) -> str:
    """A number of points with its sign, as it is written by hand."""
    shown = f"{number:+.1f}"
    return "0" if float(shown) == 0 else shown.replace("-", "\u2212")


def when(at: datetime) -> str:
    """A time that needs no explanation."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in the largest unit that says enough."""
    passed = max(now - at, timedelta())
    if passed < timedelta(minutes=1):
        return "just now"
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if passed >= length:
            return _count(passed // length, unit)
    return _count(passed // timedelta(minutes=1), "minute")


def did(decision: Decision) -> str:
    """What a decision did, as the middle of a sentence: `ana <did> it`."""
    match decision.action:
        case Action.APPROVE:
            return "approved"
        case Action.REJECT:
            return "rejected"
        case Action.UNDO:
            return "took back the decision on"


def because(decision: Decision) -> str:
    """The end of that sentence: ` as spam`, where the reason says something."""
    reason = decision.reason
    return "" if reason is None or reason is Reason.OTHER else f" as {REASONS[reason].lower()}"


def excerpt(text: str) -> Sequence[Segment]:
    """The beginning of a text on one line."""
    flat = " ".join(text[: 2 * _EXCERPT].split())
    short = len(flat) <= _EXCERPT and len(text) <= 2 * _EXCERPT
    return segments(flat if short else f"{flat[:_EXCERPT].rstrip()}…")


def _count(number: int, unit: str) -> str:
    return f"1 {unit} ago" if number == 1 else f"{number:,} {unit}s ago"


def _line(number: int, signal: Signal) -> Line:
    return Line(
        number=number,
        sentence=signal.sentence,
        points=points(signal.points),
        evidence=[segments(quote) for quote in signal.evidence],
        is_failure=signal.name == NOT_CHECKED,
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = environment("console")
    env.filters |= {"when": when, "did": did, "because": because, "excerpt": excerpt, "segments": segments}
    env.globals |= {"ago": ago, "reasons": REASONS}
    return env
