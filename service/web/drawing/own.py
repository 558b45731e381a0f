"""What the thread shows of a reader's own comments: how they stand, and what may be done to them."""

from dataclasses import dataclass
from datetime import datetime

from service.model.authoring import OwnComment, Told


@dataclass(frozen=True, slots=True)
class OwnView:
    """An own comment as it is drawn; `acts` are the forms that change it."""

    comment: OwnComment
    told: Told
    may_edit: bool
    may_withdraw: bool
    may_appeal: bool

    @classmethod
    def of(cls, comment: OwnComment, now: datetime, *, acts: bool) -> "OwnView":
        """The comment as it stands now."""
        told = comment.told(now)
        return cls(
            comment=comment,
            told=told,
            may_edit=acts and comment.may_edit(now),
            may_withdraw=acts and told is not Told.REMOVED,
            may_appeal=acts and comment.may_appeal(now),
        )
