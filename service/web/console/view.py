"""What the console's pages show of comments. Nothing here reads or changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.model.comments import Comment
from service.model.decisions import Action, Decision
from service.model.screenings import NOT_CHECKED, Signal
from service.web.console.wording import points
from service.web.wire.marks import Segment, segments
from service.web.wire.moderation import marks_of

# Longer texts scroll inside their own frame, so that one comment cannot bury the queue.
LONG_TEXT: Final = 1_800
LONG_LINES: Final = 24


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
    kinds: Sequence[str]
    score: str
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
        kinds=[signal.kind for signal in comment.signals],
        score=points(comment.score),
        is_unchecked=any(signal.name == NOT_CHECKED for signal in comment.signals),
        parent=parent,
    )


def _line(number: int, signal: Signal) -> Line:
    return Line(
        number=number,
        sentence=signal.sentence,
        points=points(signal.points),
        evidence=[segments(quote) for quote in signal.evidence],
        is_failure=signal.name == NOT_CHECKED,
    )
