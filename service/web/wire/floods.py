"""Flood mode, as it is told and switched."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool

from service.model.floods import LONGEST, Flood, sentence
from service.web.wire.base import In, Out

MOST_MINUTES = int(LONGEST.total_seconds() // 60)


class FloodIn(In):
    """Switch it by hand, or (`on` null) leave it to what is measured."""

    on: StrictBool | None = Field(None, description="Null: leave it to what is measured.")
    minutes: Annotated[int, Field(strict=True, ge=1, le=MOST_MINUTES)] = 60


class FloodOut(Out):
    """Whether unknown senders are asked for a proof of work, and why."""

    on: bool
    by_hand: bool = Field(description="Whether somebody's word counts now, and not what is measured.")
    by: str | None = Field(description="Whose word.")
    until: datetime | None = Field(description="Until when it counts.")
    pressure: int = Field(description="Comments and requests for a proof in ten minutes, when last measured.")
    usual: float = Field(description="How many are usual at this hour.")
    threshold: float = Field(description="More than this begin a flood.")
    sentence: str
    since: datetime | None = Field(description="When it last began or ended; null: never.")

    @classmethod
    def of(cls, flood: Flood, now: datetime) -> "FloodOut":
        """As it stands now."""
        by_hand, seen = flood.is_by_hand(now), flood.measured
        return cls(
            on=flood.is_on(now),
            by_hand=by_hand,
            by=flood.wanted_by if by_hand else None,
            until=flood.wanted_until if by_hand else None,
            pressure=seen.pressure,
            usual=seen.usual,
            threshold=seen.threshold,
            sentence=sentence(flood, now),
            since=flood.told_at,
        )
