"""Every failure the domain knows.

::

    ServiceError
    ├── NotFound          SiteNotFound, CommentNotFound, CampaignNotFound, BatchNotFound, RuleNotFound,
    │                     SelectionNotFound, ReviewNotFound, ModeratorNotFound, TokenNotFound
    ├── Invalid           InvalidFields, InvalidRequest, StaleForm, KeyReused, StaleCursor, InvalidProof
    ├── Refused           OriginNotAllowed, ThreadClosed, NotTheAuthor, EditClosed, ProofNeeded
    ├── Unauthenticated   SecondFactorNeeded
    ├── Forbidden
    ├── Conflict          AlreadyDecided, AlreadyExists, NoSecondLook, OwnDecision, LastAdmin, SaidBefore,
    │                     ProofUsed
    ├── TooMany           RateLimited
    └── TooLarge, LinkGone, NotSetUp, Unavailable

Nothing here knows HTTP: `service.web.http.problems` says how each is told to a client. A message is safe
to show to whoever caused it; it never holds an e-mail address or a comment's text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


class ServiceError(Exception):
    """A failure with a sentence that its cause may read; `sentence` is its kind's own."""

    sentence = ""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.sentence)
        self.detail = detail or self.sentence


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field: `pointer` is a JSON pointer (RFC 6901), `code` is stable."""

    pointer: str
    code: str
    detail: str


class FieldRefused(ValueError):
    """Raised by the rules in `service.model`: this value will not do, and why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class NotFound(ServiceError):
    """There is no such thing, or it is not yours to see."""


class SiteNotFound(NotFound):
    """No site has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__("There is no site of this name here.")
        self.slug = slug


class CommentNotFound(NotFound):
    """No comment has this id, or the caller may not see it."""

    sentence = "There is no such comment, or it belongs to a site that is not yours."


class CampaignNotFound(NotFound):
    """No campaign of this site has this id."""

    sentence = "There is no such campaign on this site."


class BatchNotFound(NotFound):
    """No act on many comments has this id, or the caller may not see it."""

    sentence = "There is no such batch of decisions, or it belongs to a site that is not yours."


class RuleNotFound(NotFound):
    """No standing rule of this site has this id."""

    sentence = "There is no such rule on this site."


class SelectionNotFound(NotFound):
    """No selection has this id, it has run out, or somebody else made it."""

    sentence = "There is no such selection of yours, or it has run out. Make it anew."


class ReviewNotFound(NotFound):
    """Nothing with this id waits for the caller's second opinion."""

    sentence = "There is no such review for you: it was done, or the decision no longer stands."


class ModeratorNotFound(NotFound):
    """Nobody has this id or name."""

    sentence = "There is no such moderator."


class TokenNotFound(NotFound):
    """No token has this id, it was revoked, or it is of a site that is not theirs."""

    sentence = "There is no such token, or it has ended."


class Invalid(ServiceError):
    """The request cannot be understood or accepted as it is."""


class InvalidFields(Invalid):
    """One or more fields are wrong; every error is listed at once (at most 20)."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("Some fields need attention; each error says which and why.")
        self.errors = tuple(errors[:20])


class InvalidRequest(Invalid):
    """The request is malformed before any field can be looked at; `code` says how."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class UnsupportedMediaType(Invalid):
    """The body is of a type that this endpoint does not read."""


class StaleForm(Invalid):
    """The form was opened too long ago; `form_token` is a fresh one to send again with."""

    def __init__(self, form_token: str) -> None:
        super().__init__("This form was opened more than a day ago. Please send it again.")
        self.form_token = form_token


class InvalidProof(Invalid):
    """The proof of work is none of ours, has run out, is for another page, or is wrong."""

    sentence = "The proof of work is not good, or no longer. Please send it again."


class KeyReused(Invalid):
    """The idempotency key was used before for something else."""

    sentence = "This Idempotency-Key was used for something else. Use a new key for each comment or decision."


class Refused(ServiceError):
    """Understood, and not allowed by a rule."""


class OriginNotAllowed(Refused):
    """The page that sent this is not one of the site's origins."""

    sentence = "Comments for this site are not accepted from this origin: see `greenroom site origins`."


class ThreadClosed(Refused):
    """The page takes no more comments."""

    sentence = "Comments on this page are closed."


class NotTheAuthor(Refused):
    """The author token is missing, or belongs to another comment."""

    sentence = "This is for the comment's author: send the author token that came with it."


class EditClosed(Refused):
    """The author may not change the comment any more."""

    sentence = "This comment cannot be changed any more."


class ProofNeeded(Refused):
    """The site is flooded, and nothing is known of the sender; `challenge` is what proves some work."""

    def __init__(self, challenge: Mapping[str, object]) -> None:
        super().__init__("Very many comments are coming in. Send it again with a proof of work.")
        self.challenge = challenge


class Unauthenticated(ServiceError):
    """Nobody is signed in, or the token is not good."""


class SecondFactorNeeded(Unauthenticated):
    """The password was right; `challenge` is to be sent back with a code."""

    def __init__(self, challenge: str) -> None:
        super().__init__("Enter the code that your authenticator shows, or a recovery code.")
        self.challenge = challenge


class Forbidden(ServiceError):
    """Signed in, but this is not allowed; `code` says which right is missing."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Conflict(ServiceError):
    """The world has moved on, or the thing exists already."""


class AlreadyDecided(Conflict):
    """The version seen is not the present one; `current` tells who decided what, for the wire."""

    def __init__(self, detail: str, current: Mapping[str, object]) -> None:
        super().__init__(detail)
        self.current = current


class AlreadyExists(Conflict):
    """A thing of this name exists already."""


class NoSecondLook(Conflict):
    """There is nothing to look at again, or somebody has looked again already."""

    sentence = "A second look is possible once, after a comment was not published."


class OwnDecision(Conflict):
    """The author has asked for a second look at a decision of the very moderator who decides now."""

    sentence = "You decided this comment before: its author has asked somebody else to look at it."


class SaidBefore(Conflict):
    """The same author has just said the same in the same place; `comment_id` is where."""

    def __init__(self, comment_id: UUID) -> None:
        super().__init__("You have said this here already.")
        self.comment_id = comment_id


class ProofUsed(Conflict):
    """The proof of work came with another comment before."""

    sentence = "This proof of work was used for another comment. Please send it again."


class LastAdmin(Conflict):
    """It would leave nobody to run the installation."""

    sentence = "Nobody else is an admin of every site. Make somebody one first."


class RateLimited(ServiceError):
    """Too many from one place: wait `retry_after` seconds, at least 1, or solve the `challenge`."""

    def __init__(self, retry_after: int, detail: str, challenge: Mapping[str, object] | None = None) -> None:
        super().__init__(detail)
        self.retry_after = max(1, retry_after)
        self.challenge = challenge


class TooLarge(ServiceError):
    """The body is larger than the endpoint reads."""


class LinkGone(ServiceError):
    """A link from a mail that was used, or whose time is over."""

    sentence = "This link was used, or its time is over. Ask for another one."


class NotSetUp(ServiceError):
    """The installation cannot do this, because its operator has not set it up."""


class Unavailable(ServiceError):
    """The service cannot answer now but soon may; `retry_after` is whole seconds."""

    def __init__(self, detail: str, retry_after: int = 2) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class WrongKey(ServiceError):
    """The key ring does not fit the database; starting would write what nobody can read."""
