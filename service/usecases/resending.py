"""How a request that is sent again is known: by ids that its Idempotency-Key makes.

Nothing is stored for a key. The random part of a decision's id comes from who decides, the key, and the
comment, so that a decision that is already there can be told from somebody else's; the id of a batch is
made of the same, so that a request that broke off goes on under it.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from service.ids import is_drawn, new_id


@dataclass(frozen=True, slots=True)
class Key:
    """A caller's Idempotency-Key: `by` is who sent it, `name` what they called it."""

    by: str
    name: str

    def decision_id(self, comment_id: UUID) -> UUID:
        """A new id for this request's decision on a comment."""
        return new_id(drawn=self._drawn(b"decision", comment_id.bytes))

    def made(self, decision_id: UUID, comment_id: UUID) -> bool:
        """Whether a decision on this comment was made by this request, sent before."""
        return is_drawn(decision_id, self._drawn(b"decision", comment_id.bytes))

    def batch_id(self) -> UUID:
        """The id of this request's batch, the same each time."""
        return UUID(bytes=self._digest(b"batch")[:16], version=4)

    def _drawn(self, purpose: bytes, about: bytes) -> bytes:
        return self._digest(purpose, about)[:10]

    def _digest(self, purpose: bytes, about: bytes = b"") -> bytes:
        # No part but the last can hold a NUL, so that joining by it cannot make two requests look the same.
        parts = (purpose, self.by.encode(), self.name.encode(), about)
        return hashlib.sha256(b"\x00".join(parts)).digest()


def undoing_of(batch_id: UUID) -> UUID:
    """The id of the batch that undoes this one, the same each time: an undoing that broke off goes on."""
    return UUID(bytes=hashlib.sha256(b"undo\x00" + batch_id.bytes).digest()[:16], version=4)
