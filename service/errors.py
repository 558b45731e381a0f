"""Every failure the domain knows.

::

    ServiceError
    ├── NotFound          SiteNotFound, CommentNotFound, CampaignNotFound, BatchNotFound
    ├── Invalid           InvalidFields, InvalidRequest, StaleForm, KeyReused, StaleCursor
    ├── Refused           OriginNotAllowed, ThreadClosed
    ├── Unauthenticated   WrongCredentials, SessionRequired
    ├── Forbidden         ScopeMissing, CrossSiteRequest
    ├── Conflict          AlreadyDecided, AlreadyExists
    ├── TooMany           RateLimited
    ├── TooLarge
    └── Unavailable

Nothing here knows HTTP: `service.web.problems` says how each is told to a client. A message is safe
to show to whoever caused it; it never holds an e-mail address or a comment's text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class ServiceError(Exception):
    """A failure with a sentence that its cause may read."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


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

    def __init__(self) -> None:
        super().__init__("There is no such comment, or it belongs to a site that is not yours.")


class CampaignNotFound(NotFound):
    """No campaign of this site has this id."""

    def __init__(self) -> None:
        super().__init__("There is no such campaign on this site.")


class BatchNotFound(NotFound):
    """No act on many comments has this id, or the caller may not see it."""

    def __init__(self) -> None:
        super().__init__("There is no such batch of decisions, or it belongs to a site that is not yours.")


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


class KeyReused(Invalid):
    """The idempotency key was used before for a different submission."""

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for a different submission. Use a new key for each comment."
        )


class Refused(ServiceError):
    """Understood, and not allowed by a rule."""


class OriginNotAllowed(Refused):
    """The page that sent this is not one of the site's origins."""

    def __init__(self) -> None:
        super().__init__(
            "Comments for this site are not accepted from this origin. "
            "The site's owner can change them with `greenroom site origins`."
        )


class ThreadClosed(Refused):
    """The page takes no more comments."""

    def __init__(self) -> None:
        super().__init__("Comments on this page are closed.")


class Unauthenticated(ServiceError):
    """Nobody is signed in, or the token is not good."""


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


class RateLimited(ServiceError):
    """Too many from one place; `retry_after` is whole seconds, at least 1."""

    def __init__(self, retry_after: int, detail: str) -> None:
        super().__init__(detail)
        self.retry_after = max(1, retry_after)


class TooLarge(ServiceError):
    """The body is larger than the endpoint reads."""


class Unavailable(ServiceError):
    """The service cannot answer now but soon may; `retry_after` is whole seconds."""

    def __init__(self, detail: str, retry_after: int = 2) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class WrongKey(ServiceError):
    """The key ring does not fit the database; starting would write what nobody can read."""
