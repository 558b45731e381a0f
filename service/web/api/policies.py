"""A site's policy: read with every filter it can weigh, and replaced as a whole."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from service.errors import Conflict, FieldError, FieldRefused, InvalidFields, SiteNotFound
from service.filters import FILTERS
from service.model.people import Scope
from service.model.screenings import LEARNED, Policy, Verdict
from service.store import policies
from service.store.policies import StoredPolicy
from service.usecases.set_policy import DEFAULT_WEIGHTS, set_policy
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In, Out

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_SAYS = {each.name: each.says for each in FILTERS} | {LEARNED: "What this site's moderators taught."}


class PolicyIn(In):
    """A whole policy, in the place of the one that was read."""

    told = frozenset({"filters", "set_by", "set_at"})

    version: StrictInt = Field(ge=1, le=2**31 - 1, description="Of the policy that this one replaces.")
    weights: dict[str, Number] = Field(
        max_length=100, description="By filter, where they differ from the usual ones; 0 silences a filter."
    )
    approve_at: Number
    spam_at: Number
    reject_at: Number
    automatic: list[Literal["approve", "reject"]] = Field(max_length=2)
    target_precision: Number = Field(ge=0.5, le=0.999)
    unseen_share: Number = Field(ge=0.01, le=1)

    def to_policy(self) -> Policy:
        """As the domain has it; `InvalidFields`."""
        try:
            return Policy(
                weights=self.weights,
                approve_at=self.approve_at,
                spam_at=self.spam_at,
                reject_at=self.reject_at,
                automatic=frozenset(map(Verdict, self.automatic)),
                target_precision=self.target_precision,
                unseen_share=self.unseen_share,
                version=self.version,
            )
        except FieldRefused as refusal:
            raise refused_policy(refusal) from None


class FilterOut(Out):
    """A filter, with what a policy can change about it."""

    name: str
    weight: float = Field(description="What its strength is multiplied with where the policy says nothing.")
    sentence: str


class PolicyOut(Out):
    """The policy as its owner wants it, and every filter that it can weigh."""

    version: int
    weights: dict[str, float]
    approve_at: float
    spam_at: float
    reject_at: float
    automatic: list[Literal["approve", "reject"]]
    target_precision: float
    unseen_share: float
    set_by: str
    set_at: datetime
    filters: list[FilterOut]


@endpoint("GET", "/v1/sites/{site}/policy", tag="governance", needs=Scope.READ, problems=(SiteNotFound,))
async def read_policy(call: Call) -> PolicyOut:
    """What the site makes of the filters' findings."""
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        return _out(await policies.current(conn, site.id))


@endpoint(
    "PUT",
    "/v1/sites/{site}/policy",
    tag="governance",
    needs=Scope.ADMIN,
    problems=(SiteNotFound, InvalidFields, Conflict),
)
async def replace_policy(call: Call, body: PolicyIn) -> PolicyOut:
    """Replace the policy. What waits is screened anew; what is decided stays so."""
    site = await call.own_site()
    policy = body.to_policy()
    try:
        await set_policy(call.ctx, site, policy, actor=call.principal.name)
    except FieldRefused as refusal:
        raise refused_policy(refusal) from None
    async with call.ctx.db.read(moderation=True) as conn:
        return _out(await policies.current(conn, site.id))


def refused_policy(refusal: FieldRefused, within: str = "") -> InvalidFields:
    """A rule's refusal, at the field that its code begins with; `within` points at the policy."""
    field = refusal.code.partition(".")[0]
    pointer = within if field == "policy" else f"{within}/{field}"
    return InvalidFields([FieldError(pointer, refusal.code, refusal.detail)])


def _out(stored: StoredPolicy) -> PolicyOut:
    policy = stored.policy
    return PolicyOut(
        version=policy.version,
        weights=dict(policy.weights),
        approve_at=policy.approve_at,
        spam_at=policy.spam_at,
        reject_at=policy.reject_at,
        automatic=sorted(verdict.value for verdict in policy.automatic if verdict is not Verdict.HOLD),
        target_precision=policy.target_precision,
        unseen_share=policy.unseen_share,
        set_by=stored.set_by,
        set_at=stored.set_at,
        filters=[
            FilterOut(name=name, weight=weight, sentence=_SAYS[name])
            for name, weight in DEFAULT_WEIGHTS.items()
        ],
    )
