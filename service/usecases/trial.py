"""The comparison at the heart of a rehearsal: the bill of a decided comment under two sets of rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from service.filters import FILTERS
from service.model.rehearsals import MAX_EXCERPT, ChangedLine, Move, Rehearsal, Sample
from service.model.screenings import Policy, Screening, Signal, Verdict
from service.model.terms import Term
from service.screening.candidate import prepare
from service.screening.facts_json import facts_from_json
from service.screening.folding import fold
from service.screening.screen import screen, total
from service.screening.terms import Terms, compile_terms
from service.store.rehearsals import Decided
from service.usecases.set_policy import DEFAULT_WEIGHTS
from service.usecases.set_terms import Outcome

# The only filters that a site's terms have an effect on.
WORD_FILTERS: Final = tuple(
    each for each in FILTERS if each.name in {"terms", "profanity", "better_profanity"}
)
_WORD_NAMES: Final = frozenset(each.name for each in WORD_FILTERS)


class Trial:
    """Two sets of rules, and what they made of the comments so far.

    Lines are as stored, at the weights of each policy. Where a comment holds a term that is added or
    removed, the lines that terms have an effect on are made anew under both lists; anywhere else they
    are the same under both. What the learner said stays as it was.
    """

    def __init__(
        self, present: Policy, proposed: Policy, terms: Sequence[Term], change: Outcome | None
    ) -> None:
        """`terms` is the site's present list; `change` what the proposal does to it, None: nothing."""
        self._present, self._proposed = present, proposed
        self._changed: Terms | None = None
        if change:
            gone = set(change.removed)
            kept = [term for term in terms if term not in gone]
            self._changed = compile_terms([*change.added, *change.removed])
            self._before, self._after = compile_terms(terms), compile_terms([*kept, *change.added])
        self._examined = 0
        self._given: tuple[Counter[Verdict], Counter[Verdict]] = Counter(), Counter()
        self._moves = {verdict: Move() for verdict in Verdict}

    def add(self, comments: Sequence[Decided]) -> None:
        """Compare these comments' bills."""
        for comment in comments:
            before, after = self._compare(comment)
            self._examined += 1
            self._given[0][before.verdict] += 1
            self._given[1][after.verdict] += 1
            if before.verdict is not after.verdict:
                self._moves[after.verdict].add(_sample(comment, before, after))

    def result(self) -> Rehearsal:
        """What was found."""
        before, after = ({verdict: given[verdict] for verdict in Verdict} for given in self._given)
        return Rehearsal(self._examined, before, after, self._moves)

    def _compare(self, comment: Decided) -> tuple[Screening, Screening]:
        before: Sequence[Signal] = comment.signals()
        after: Sequence[Signal] = before
        if self._changed and self._is_touched(comment):
            before = _with_terms(comment, self._before)
            after = _with_terms(comment, self._after)
        return _bill(before, self._present), _bill(after, self._proposed)

    def _is_touched(self, comment: Decided) -> bool:
        assert self._changed is not None
        text, name, website = (fold(each or "") for each in comment.words)
        return bool(self._changed.find_all(name=name, text=text, website=website))


def _with_terms(comment: Decided, terms: Terms) -> Sequence[Signal]:
    """The comment's lines, with those that terms have an effect on made anew under these."""
    text, name, website = comment.words
    candidate = prepare(text, name=name, website=website, terms=terms)
    anew = screen(candidate, facts_from_json(comment.facts), WORD_FILTERS, Policy()).signals
    return [*(line for line in comment.signals() if line.name not in _WORD_NAMES), *anew]


def _bill(lines: Sequence[Signal], policy: Policy) -> Screening:
    """These lines at the weights of a policy; a filter that is no more keeps the weight it had."""
    return total([replace(line, weight=_weight(line, policy)) for line in lines], policy)


def _weight(line: Signal, policy: Policy) -> float:
    return policy.weights.get(line.name, DEFAULT_WEIGHTS.get(line.name, line.weight))


def _sample(comment: Decided, before: Screening, after: Screening) -> Sample:
    text = comment.words.text
    points = [{line.name: line.points for line in bill.signals} for bill in (before, after)]
    changed = [
        ChangedLine(name, points[0].get(name, 0.0), points[1].get(name, 0.0))
        for name in dict.fromkeys([*points[0], *points[1]])
        if points[0].get(name) != points[1].get(name)
    ]
    return Sample(
        comment_id=comment.id,
        excerpt=text if len(text) <= MAX_EXCERPT else text[: MAX_EXCERPT - 1] + "…",
        status=comment.status,
        reason=comment.reason,
        before=before.verdict,
        after=after.verdict,
        score_before=before.score,
        score_after=after.score,
        lines=changed,
    )
