"""Screeners for tests: one without a process, for filters that a test makes up."""

from collections.abc import Sequence

from service.model.screenings import Policy, Screening
from service.screening.candidate import Words, prepare
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.knowledge import Knowledge
from service.screening.screen import screen
from service.screening.screener import Screener


class InProcess(Screener):
    """Runs the filters it is given at once."""

    def __init__(self, filters: Sequence[Filter]) -> None:
        super().__init__("", 5)
        self._given = filters

    async def screen(self, words: Words, facts: Facts, policy: Policy, knowledge: Knowledge) -> Screening:
        """The bill, without terms and learner."""
        candidate = prepare(words.text, name=words.name, website=words.website)
        return screen(candidate, facts, self._given, policy)
