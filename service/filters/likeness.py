"""Likeness: the same words, or nearly the same, were sent before."""

from service.model.screenings import Signal
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import filter


@filter("likeness", weight=5.0, says="Nearly the same was sent before.")
def likeness(_candidate: Candidate, facts: Facts) -> Signal | None:
    """Speak when others like it were rejected, or stand on several pages; one honest double costs little."""
    like = facts.likeness
    count = like.same + like.similar
    if not count:
        return None
    spread = 0.15 * min(like.pages - 1, 4) + 0.08 * min(count - 1, 5)
    against = 0.6 * min(1.0, like.record.spam / 2) + 0.2 * (like.record.rejected > 0)
    told = f"{count} earlier {'comment says' if count == 1 else 'comments say'} nearly the same"
    fate = f", {like.record.spam} of them rejected as spam" if like.record.spam else ""
    return likeness.signal(
        min(1.0, 0.08 + spread + against),
        says=f"{told}, on {like.pages} {'page' if like.pages == 1 else 'pages'}{fate}.",
    )
