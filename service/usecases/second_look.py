"""A second look is somebody else's: who decided before may not decide again, unless nobody else is there."""

from service.errors import OwnDecision
from service.model.comments import LockedComment
from service.model.people import Principal
from service.store import own
from service.store.database import Connection


async def refuse_own_appeal(conn: Connection, by: Principal, locked: LockedComment) -> None:
    """Raise `OwnDecision` where the author of this comment wants another than `by` to decide it."""
    earlier = await own.decided_before_appeal(conn, locked.site_id, locked.id)
    if earlier == by.name and await own.somebody_else(conn, locked.site_id, by.name):
        raise OwnDecision
