"""What the product says about rows: its own screening, asked once for each row."""

from dataclasses import dataclass
from functools import lru_cache

from eval.data import Row
from service.filters import FILTERS
from service.model.screenings import Axis, Policy, Screening
from service.screening.candidate import prepare
from service.screening.facts import Facts
from service.screening.learner.features import Features
from service.screening.learner.features import read as read_features
from service.screening.screen import screen

POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Screened:
    """The bill of a row, and what the learner reads in it."""

    screening: Screening
    features: Features

    @property
    def is_profane(self) -> bool:
        """Whether it holds a listed word."""
        return self.screening.severity > 0

    @property
    def is_spam(self) -> bool:
        """Whether its score reaches the threshold."""
        return self.screening.score >= POLICY.spam_at

    def profane_places(self) -> set[tuple[int, int]]:
        """Where words were found in the text."""
        return {
            (span.start, span.end)
            for line in self.screening.signals
            if line.axis is Axis.PROFANITY
            for span in line.spans
            if span.field == "text"
        }


@lru_cache(maxsize=100_000)
def screened(row: Row) -> Screened:
    """A row as a comment that came in the usual way, of an author nobody knows."""
    candidate = prepare(row.text, name=row.author, website=row.url)
    facts = Facts(honeypot=False, fill_seconds=30, has_form_token=True, language=row.language)
    screening = screen(candidate, facts, FILTERS, POLICY)
    return Screened(screening, read_features(candidate, facts, screening.signals))
