"""Rehearsals: what other rules would have made of what people have decided."""

from typing import Literal
from uuid import UUID

from pydantic import Field, StrictInt

from service.errors import FieldError, FieldRefused, InvalidFields, SiteNotFound
from service.model.people import Scope
from service.model.rehearsals import Move, Proposal, Rehearsal
from service.model.screenings import Verdict
from service.usecases.rehearse import rehearse
from service.web.api.policies import PolicyIn, refused_policy
from service.web.api.terms import TermsIn
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In, Out


class RehearsalIn(In):
    """The rules to try; what is left out stays as it is."""

    policy: PolicyIn | None = None
    terms: TermsIn = Field(default_factory=TermsIn)
    last: StrictInt = Field(2_000, ge=1, le=20_000, description="On how many decided comments, newest first.")


class ChangedLineOut(Out):
    """A line of the bill whose points would be others; 0 where there is no such line."""

    name: str
    before: float
    after: float


class SampleOut(Out):
    """A comment whose advice would be another."""

    comment: UUID = Field(validation_alias="comment_id")
    excerpt: str
    status: Literal["approved", "rejected"] = Field(description="What people decided.")
    reason: Literal["spam", "abuse", "off_topic", "other"] | None
    before: Literal["approve", "hold", "reject"]
    after: Literal["approve", "hold", "reject"]
    score_before: float
    score_after: float
    lines: list[ChangedLineOut]


class MoveOut(Out):
    """Comments that would newly get this advice."""

    comments: int
    contradicted: int = Field(
        description="Of these, where it moved away from what people decided: they rejected what it would "
        "approve, or approved what it would reject, or hold and does not yet."
    )
    samples: list[SampleOut] = Field(description="Ten at most, contradictions first.")


class AdviceOut(Out):
    """How many comments get each advice."""

    approve: int
    hold: int
    reject: int


class RehearsalOut(Out):
    """What would have been. Nothing was changed."""

    examined: int
    before: AdviceOut
    after: AdviceOut
    newly_approved: MoveOut
    newly_held: MoveOut
    newly_rejected: MoveOut

    @classmethod
    def of(cls, rehearsal: Rehearsal) -> "RehearsalOut":
        """As the wire has it."""
        return cls(
            examined=rehearsal.examined,
            before=AdviceOut.model_validate({each.value: n for each, n in rehearsal.before.items()}),
            after=AdviceOut.model_validate({each.value: n for each, n in rehearsal.after.items()}),
            newly_approved=_move(rehearsal.moves[Verdict.APPROVE]),
            newly_held=_move(rehearsal.moves[Verdict.HOLD]),
            newly_rejected=_move(rehearsal.moves[Verdict.REJECT]),
        )


@endpoint(
    "POST",
    "/v1/sites/{site}/rehearsals",
    tag="governance",
    needs=Scope.ADMIN,
    problems=(SiteNotFound, InvalidFields),
)
async def rehearse_rules(call: Call, body: RehearsalIn) -> RehearsalOut:
    """Try a policy, weights or terms on the comments that people decided last. Changes nothing."""
    site = await call.own_site()
    proposal = Proposal(
        policy=body.policy.to_policy() if body.policy else None, terms=body.terms.to_proposal("/terms")
    )
    try:
        return RehearsalOut.of(await rehearse(call.ctx, site, proposal, last=body.last))
    except FieldRefused as refusal:
        if refusal.code.startswith("terms."):
            raise InvalidFields([FieldError("/terms/add", refusal.code, refusal.detail)]) from None
        raise refused_policy(refusal, "/policy") from None


def _move(move: Move) -> MoveOut:
    shown = sorted(move.samples, key=lambda each: not each.is_contradiction)
    return MoveOut(
        comments=move.comments,
        contradicted=move.contradicted,
        samples=[SampleOut.model_validate(each) for each in shown],
    )
