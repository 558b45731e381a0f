"""What a site knows beyond the words of one comment: its own terms, and what its moderators taught."""

from dataclasses import dataclass

from service.model.terms import Term


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A site's terms and learned weights as stored; each version names its content for good.

    `weights` is what `Learner.to_bytes` gave, None while nothing was learned.
    """

    site_id: int
    terms: tuple[Term, ...] = ()
    terms_version: int = 0
    weights: bytes | None = None
    weights_version: int = 0

    def is_as_new_as(self, terms_version: int, weights_version: int) -> bool:
        """Whether this is at least what these versions name."""
        return self.terms_version >= terms_version and self.weights_version >= weights_version
