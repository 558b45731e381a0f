"""A campaign: comments that say the same, or nearly so, known by the id of the first of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.model.comments import Comment


@dataclass(frozen=True, slots=True)
class Campaign:
    """How many comments it has by status, on how many pages, and what its latest one says.

    `first_at` and `last_at` are when its first and its latest comment came; `last_id` is the latest one's
    id, so that a decision can leave alone what came after somebody looked.
    """

    id: UUID
    site: str
    pending: int
    approved: int
    rejected: int
    pages: int
    first_at: datetime
    last_at: datetime
    last_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Scores from the least to the most, with the quarters between."""

    least: float
    lower: float
    median: float
    upper: float
    most: float


@dataclass(frozen=True, slots=True)
class Likenesses:
    """How alike a campaign's latest comments are.

    `compared` of them say `texts` different things, and `different` of them have little in common with
    what most say. `outliers` and `typical` are the latest of each to look at.
    """

    compared: int
    texts: int
    different: int
    outliers: Sequence[Comment]
    typical: Sequence[Comment]


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign looked at closely, before somebody decides on all of it."""

    campaign: Campaign
    spread: Spread
    hosts: Sequence[tuple[str, int]]
    likenesses: Likenesses
