"""What campaigns look like."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from service.model.campaigns import CampaignView
from service.web.wire.base import Out
from service.web.wire.moderation import CommentOut


class CampaignOut(Out):
    """Comments that say the same, or nearly so."""

    id: UUID
    site: str
    pending: int
    approved: int
    rejected: int
    pages: int
    first_at: datetime
    last_at: datetime
    last_id: UUID
    text: str = Field(description="What its latest comment says.")


class CampaignsOut(Out):
    """Campaigns with pending comments, the most pending first."""

    campaigns: list[CampaignOut]


class SpreadOut(Out):
    """Scores from the least to the most, with the quarters between."""

    least: float
    lower: float
    median: float
    upper: float
    most: float


class HostOut(Out):
    """Where comments lead, and how many of them."""

    host: str
    count: int


class CampaignViewOut(Out):
    """A campaign looked at closely. Deciding with `last` set to `last_id` hits what was counted here."""

    campaign: CampaignOut
    spread: SpreadOut
    hosts: list[HostOut]
    compared: int = Field(description="Of how many comments the texts were compared: the latest.")
    texts: int = Field(description="How many different things they say.")
    different: int = Field(description="How many have little in common with what most say.")
    outliers: list[CommentOut] = Field(description="Up to 10 of those.")
    typical: list[CommentOut] = Field(description="Up to 5 of the others.")

    @classmethod
    def of(cls, view: CampaignView) -> "CampaignViewOut":
        """A campaign as moderators see it."""
        found = view.likenesses
        return cls(
            campaign=CampaignOut.model_validate(view.campaign),
            spread=SpreadOut.model_validate(view.spread),
            hosts=[HostOut(host=host, count=count) for host, count in view.hosts],
            compared=found.compared,
            texts=found.texts,
            different=found.different,
            outliers=[CommentOut.of(comment) for comment in found.outliers],
            typical=[CommentOut.of(comment) for comment in found.typical],
        )
