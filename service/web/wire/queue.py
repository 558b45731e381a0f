"""Which part of the queue somebody wants: filters as query parameters, as JSON, and as one line of text."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StrictInt, StrictStr, ValidationError
from pydantic_core import ErrorDetails

from service.errors import FieldError, FieldRefused, InvalidFields
from service.model.comments import Status
from service.model.decisions import Reason
from service.model.people import parse_moderator_name
from service.model.querying import MAX_QUERY, parse_line, parse_moment, parse_query, parse_words
from service.model.queue import Filters, Order, parse_view_name
from service.model.sites import page_id
from service.model.urls import MAX_URL, Address, parse_page
from service.web.wire.base import In, Out, by_rule
from service.web.wire.moderation import CommentOut

_Line: TypeAlias = Annotated[str, by_rule(parse_line, maxLength=MAX_QUERY)]
_Moment: TypeAlias = Annotated[datetime, by_rule(parse_moment, format="date-time")]

ViewName: TypeAlias = Annotated[str, by_rule(parse_view_name, minLength=1, maxLength=64)]


class FiltersIn(In):
    """Filters and an order. Those left out ask nothing; `q` says the same in one line."""

    q: StrictStr | None = Field(
        None,
        max_length=MAX_QUERY,
        description='Such as `site:daily author:"Ana B." before:2026-11-01 bridge`.',
    )
    order: Order | None = Field(None, description="`oldest`, or `newest` where other statuses are sought.")
    status: Literal["pending", "approved", "rejected", "all"] | None = Field(
        None, description="`pending`, or `all` where `reported` is sought."
    )
    site: _Line | None = Field(None, description="Only this site.")
    language: _Line | None = Field(None, description="Only sites in this language.")
    page: Annotated[Address, by_rule(parse_page, format="uri", maxLength=MAX_URL)] | None = Field(
        None, description="Only this article, by its address."
    )
    reason: StrictStr | None = Field(
        None, pattern=r"^[a-z][a-z_]{0,39}$", description="With this signal on the bill."
    )
    severity: Annotated[int, Field(ge=1, le=3)] | None = Field(
        None, description="With words at least so bad."
    )
    score_from: Annotated[float, Field(allow_inf_nan=False)] | None = None
    score_to: Annotated[float, Field(allow_inf_nan=False)] | None = None
    author: _Line | None = Field(None, description="With these words in the author's name.")
    author_of: UUID | None = Field(None, description="By whoever wrote this comment.")
    network_of: UUID | None = Field(None, description="From the network that this comment came from.")
    text: _Line | None = Field(None, description='With these words, or "phrases", in the text or the name.')
    assigned: _Line | None = Field(None, description="Passed to this moderator; also `me` and `nobody`.")
    escalated: bool | None = None
    reported: bool | None = None
    edited: bool | None = None
    appealed: bool | None = None
    overdue: bool | None = None
    rejected_as: Reason | None = None
    decided_by: _Line | None = Field(None, description="Last decided by this name.")
    before: _Moment | None = Field(None, description="Sent before this time or day.")
    after: _Moment | None = Field(None, description="Sent at or after this time or day.")
    available: bool = Field(False, description="Leave out what others hold or should decide.")

    def filters(self, me: str) -> Filters:
        """What is asked, `me` being who asks; `InvalidFields`, also for what `q` says."""
        asked = self._with_query()
        try:
            return asked._filters(me)
        except FieldRefused as refusal:
            pointer = "/q" if self.q else "/order" if refusal.code.startswith("order.") else "/text"
            raise InvalidFields([FieldError(pointer, refusal.code, refusal.detail)]) from None

    def _filters(self, me: str) -> Filters:
        status = self.status or ("all" if self.reported else "pending")
        words = (*parse_words(self.text or ""), *parse_words(self.author or "", in_name=True))
        if (self.text or self.author) and not words:
            raise FieldRefused("text.empty", "There is no word in this to search for.")
        return Filters(
            order=self.order or (Order.OLDEST if status == "pending" else Order.NEWEST),
            status=None if status == "all" else Status(status),
            site=self.site,
            language=self.language,
            page=page_id(self.page) if self.page else None,
            reason=self.reason,
            severity=self.severity,
            score_from=self.score_from,
            score_to=self.score_to,
            author_of=self.author_of,
            network_of=self.network_of,
            words=words,
            assigned_to={"me": me, "nobody": ""}.get(self.assigned, self.assigned) if self.assigned else None,
            escalated=self.escalated,
            reported=self.reported,
            edited=self.edited,
            appealed=self.appealed,
            overdue=self.overdue,
            rejected_as=self.rejected_as,
            decided_by=self.decided_by,
            before=self.before,
            after=self.after,
            available=self.available,
        )

    def _with_query(self) -> "FiltersIn":
        """The same with what `q` says beside the other filters; what is said twice is refused."""
        if not self.q:
            return self
        given = self.model_fields_set & FiltersIn.model_fields.keys() - {"q"}
        try:
            said = parse_query(self.q)
            twice = sorted(given & said.keys())
            if twice:
                raise FieldRefused("q.twice", f"The query and the filter {twice[0]} cannot both hold.")
            found = FiltersIn.model_validate(said)
        except FieldRefused as refusal:
            raise InvalidFields([FieldError("/q", refusal.code, refusal.detail)]) from None
        except ValidationError as error:
            raise InvalidFields([_in_query(each) for each in error.errors(include_input=False)]) from None
        return found.model_copy(update={name: getattr(self, name) for name in given})


class CountOut(Out):
    """How many comments a view has."""

    count: int = Field(description="At most 1,000.")
    exact: bool = Field(description="False: there are this many or more.")


class WaitingOut(Out):
    """How many comments each view of the queue has."""

    pending: CountOut
    mine: CountOut = Field(description="Passed to the caller.")
    escalated: CountOut = Field(description="Whatever their status.")
    overdue: CountOut
    edited: CountOut
    appealed: CountOut
    reported: CountOut = Field(description="Whatever their status.")
    held: CountOut = Field(description="Held by the caller.")


class TakeIn(FiltersIn):
    """How many comments to take, and of which part of the queue."""

    count: StrictInt = Field(10, ge=1, le=100)
    seconds: StrictInt = Field(300, ge=10, le=3_600, description="For how long; a heartbeat extends it.")


class TakenOut(Out):
    """What is the caller's to look at now."""

    comments: list[CommentOut]
    expires_at: datetime | None = Field(validation_alias="until", description="Null: there was nothing.")
    partial: bool = Field(description="The search stopped early: there may be more.")


class TakeTheseIn(In):
    """Which comments to take, and for how long from now."""

    comments: list[UUID] = Field(min_length=1, max_length=100)
    seconds: StrictInt = Field(300, ge=10, le=3_600)


class HeldIn(In):
    """Which comments; all that the caller holds, where nothing is said."""

    comments: list[UUID] | None = Field(None, max_length=100)


class HeartbeatIn(HeldIn):
    """Which comments, and for how long from now."""

    seconds: StrictInt = Field(300, ge=10, le=3_600)


class HandOverIn(HeldIn):
    """Which comments, and to whom."""

    to: Annotated[str, by_rule(parse_moderator_name, minLength=1, maxLength=64)] = Field(
        description="A moderator's name."
    )


class KeptOut(Out):
    """What became of leases."""

    comments: list[UUID] = Field(validation_alias="ids", description="The leases that were found running.")
    expires_at: datetime | None = Field(validation_alias="until", description="When the first of them ends.")
    lost: list[UUID] = Field(description="Named, but run out, decided, or somebody else's.")


class SavedViewIn(In):
    """Filters under a name."""

    name: ViewName
    query: FiltersIn


class ViewOut(Out):
    """A saved view; its query is what `GET /v1/queue` takes."""

    name: str
    query: dict[str, object]
    saved_at: datetime


class ViewsOut(Out):
    """The caller's views, by name."""

    views: list[ViewOut]


def _in_query(error: ErrorDetails) -> FieldError:
    """What the query's own words call it, and what is wrong with it there."""
    name = str(error["loc"][0])
    kind = error["type"]
    sentence = error["msg"] if "." in kind else f"{error['msg'].rstrip('.')}."
    key = {"decided_by": "by", "rejected_as": "reason", "score_from": "score", "score_to": "score"}
    return FieldError("/q", f"q.{name}", f"{key.get(name, name)}: {sentence}")
