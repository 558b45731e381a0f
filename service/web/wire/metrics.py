"""What an hour or a day brought."""

from datetime import datetime

from pydantic import Field

from service.model.metrics import Span
from service.web.wire.base import Out


class SpanOut(Out):
    """What was counted from `begins_at` on, until the next span."""

    begins_at: datetime
    submitted: int
    approved: int = Field(description="Decisions of people.")
    rejected: int = Field(description="Decisions of people, spam included.")
    spam: int
    approved_by_policy: int
    rejected_by_policy: int
    undone: int
    wait_median: float | None = Field(description="Seconds until a person's first decision.")
    wait_95: float | None = Field(description="The same for 95 of 100 comments.")
    pending: int | None = Field(description="The length of the queue at the end; null: nobody looked.")
    oldest_seconds: int | None = Field(description="The age of its oldest comment.")

    @classmethod
    def of(cls, span: Span) -> "SpanOut":
        """With the quantiles of the waits instead of their histogram."""
        shown = {name: getattr(span, name) for name in cls.model_fields if not name.startswith("wait_")}
        return cls(**shown, wait_median=span.wait(0.5), wait_95=span.wait(0.95))


class FilterRecordOut(Out):
    """How often a filter spoke against comments that people decided, and what they decided then."""

    name: str
    comments: int
    rejected: int
    spam: int


class MetricsOut(Out):
    """The metrics of a site over a range of time."""

    range: str
    spans: list[SpanOut] = Field(description="Oldest first, without gaps.")
    total: SpanOut
    before: SpanOut = Field(description="The range of the same length before this one.")
    filters: list[FilterRecordOut] = Field(description="On the last 5,000 comments that people decided.")
