"""The page of a site's rules: its policy and its terms, tried on what people decided before they bite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictStr, create_model
from starlette.responses import Response

from service.errors import Conflict, FieldError, FieldRefused, InvalidFields, ServiceError
from service.model.people import Scope
from service.model.rehearsals import Proposal, Rehearsal
from service.model.screenings import Policy, Verdict
from service.model.sites import Site
from service.model.terms import Term, TermKind, TermsProposal
from service.store import brakes, policies, terms
from service.usecases.brake import sentence
from service.usecases.rehearse import rehearse
from service.usecases.set_policy import DEFAULT_WEIGHTS, set_policy
from service.usecases.set_terms import set_terms
from service.web.console.frame import go_on, page
from service.web.console.sign_in import HTML, OwnForm, failure_page, require_own_form
from service.web.console.sites import chosen_site
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In

RULES: Final = "/console/rules"
_REHEARSED: Final = 2_000
_MOST_SHOWN: Final = 500
_WEIGHT: Final = "weight_"
Number = Annotated[float, Field(allow_inf_nan=False)]


class RulesQuery(In):
    """Which site's rules."""

    site: StrictStr | None = Field(None, max_length=63)


class RulesForm(OwnForm):
    """What both forms have: whether to save or only to try."""

    act: Literal["try", "save"]


class _PolicyForm(RulesForm):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    approve_at: Number
    spam_at: Number
    reject_at: Number
    automatic_approve: Literal["on"] | None = None
    automatic_reject: Literal["on"] | None = None
    target_percent: Annotated[float, Field(ge=50, le=99.9)]
    unseen_percent: Annotated[float, Field(ge=1, le=100)]

    def to_policy(self) -> Policy:
        """As the domain has it, with the weights that differ from the usual ones; `InvalidFields`."""
        given = {name: getattr(self, _WEIGHT + name) for name in DEFAULT_WEIGHTS}
        try:
            return Policy(
                weights={n: w for n, w in given.items() if w is not None and w != DEFAULT_WEIGHTS[n]},
                approve_at=self.approve_at,
                spam_at=self.spam_at,
                reject_at=self.reject_at,
                automatic=frozenset(
                    advice
                    for advice in (Verdict.APPROVE, Verdict.REJECT)
                    if getattr(self, f"automatic_{advice.value}")
                ),
                target_precision=self.target_percent / 100,
                unseen_share=self.unseen_percent / 100,
                version=self.version,
            )
        except FieldRefused as refusal:
            name = "approve_at" if refusal.code == "policy.order" else "weights"
            raise InvalidFields([FieldError(f"/{name}", refusal.code, refusal.detail)]) from None


_weights: Final[dict[str, Any]] = {_WEIGHT + name: (Number | None, None) for name in DEFAULT_WEIGHTS}
PolicyForm = create_model(
    "PolicyForm",
    __base__=_PolicyForm,
    __doc__="The fields of a policy: a weight for each filter, too.",
    **_weights,
)


class TermsForm(RulesForm):
    """Terms to add, one to a line, and terms to take off: `block:word` or `allow:word`, one to a line."""

    kind: Literal["block", "allow"] = "block"
    severity: Annotated[int, Field(ge=0, le=3)] = 0
    add: StrictStr | None = Field(None, max_length=50_000)
    remove: StrictStr | None = Field(None, max_length=50_000)

    def to_proposal(self) -> TermsProposal:
        """As the domain has it; `InvalidFields`."""
        words = [line.strip() for line in (self.add or "").splitlines() if line.strip()]
        kind = TermKind(self.kind)
        severity = self.severity if kind is TermKind.BLOCK else 0
        try:
            added = [Term(kind, word, severity) for word in words]
        except FieldRefused as refusal:
            raise InvalidFields([FieldError("/add", refusal.code, refusal.detail)]) from None
        pairs = [line.partition(":") for line in (self.remove or "").splitlines() if line.strip()]
        return TermsProposal(
            added, [(TermKind(kind), word.strip()) for kind, _, word in pairs if kind in set(TermKind)]
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was sent, what is wrong with it, and what a rehearsal of it has told."""

    given: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    told: Rehearsal | None = None


async def rules_refused(call: Call, error: ServiceError) -> Response:
    """The page once more with what was sent, and every field that is wrong."""
    if not isinstance(error, InvalidFields | Conflict):
        return await failure_page(call, error)
    given = {name: str(value) for name, value in call.given.items()}
    wrong = {e.pointer[1:]: e.detail for e in error.errors} if isinstance(error, InvalidFields) else {}
    problem = None if wrong else error.detail
    site = await call.own_site()
    return await _show(call, site.slug, Attempt(given, wrong, problem), 422 if wrong else 409)


@endpoint("GET", RULES, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_rules(call: Call, query: RulesQuery) -> Response:
    """The rules as they are."""
    return await _show(call, query.site, Attempt())


@endpoint(
    "POST",
    f"{RULES}/{{site}}/policy",
    tag="console",
    needs=Scope.ADMIN,
    form=True,
    media=HTML,
    error_page=rules_refused,
)
async def try_policy(call: Call, body: PolicyForm) -> Response:
    """Save a policy, or try it."""
    assert isinstance(body, _PolicyForm)
    require_own_form(call, body.csrf)
    site = await call.own_site()
    policy = body.to_policy()
    if body.act == "try":
        return await _rehearse(call, site, Proposal(policy=policy))
    await set_policy(call.ctx, site, policy, actor=call.principal.name)
    return go_on(f"{RULES}?site={site.slug}#notice")


@endpoint(
    "POST",
    f"{RULES}/{{site}}/terms",
    tag="console",
    needs=Scope.ADMIN,
    form=True,
    media=HTML,
    error_page=rules_refused,
)
async def try_terms(call: Call, body: TermsForm) -> Response:
    """Change the terms, or try the change."""
    require_own_form(call, body.csrf)
    site = await call.own_site()
    proposal = body.to_proposal()
    try:
        if body.act == "try":
            return await _rehearse(call, site, Proposal(terms=proposal))
        await set_terms(call.ctx, site, proposal, actor=call.principal.name)
    except FieldRefused as refusal:
        raise InvalidFields([FieldError("/add", refusal.code, refusal.detail)]) from None
    return go_on(f"{RULES}?site={site.slug}#terms")


async def _rehearse(call: Call, site: Site, proposal: Proposal) -> Response:
    told = await rehearse(call.ctx, site, proposal, last=_REHEARSED)
    given = {name: str(value) for name, value in call.given.items()}
    return await _show(call, site.slug, Attempt(given, told=told))


async def _show(call: Call, slug: str | None, attempt: Attempt, status: int = 200) -> Response:
    mine, site = await chosen_site(call, slug)
    if site is None:
        return page(call, "rules.html", sites=mine, site=None)
    async with call.ctx.db.read(moderation=True) as conn:
        stored = await policies.current(conn, site.id)
        _, listed = await terms.present(conn, site.id)
        automation = await brakes.of_site(conn, site.id)
    # A box that is not ticked is not sent at all, so a policy that was sent stands for itself.
    given = attempt.given if "spam_at" in attempt.given else {**_as_form(stored.policy), **attempt.given}
    return page(
        call,
        "rules.html",
        status=status,
        sites=mine,
        site=site.slug,
        stored=stored,
        given=given,
        attempt=attempt,
        weights=[(name, given.get(_WEIGHT + name, ""), usual) for name, usual in DEFAULT_WEIGHTS.items()],
        terms=_shown(listed),
        more_terms=max(0, len(listed) - _MOST_SHOWN),
        automation=[sentence(brake) for brake in automation if brake.wanted],
        verdicts=list(Verdict),
    )


def _as_form(policy: Policy) -> dict[str, str]:
    """A policy as the values of its fields."""
    return {
        "version": str(policy.version),
        "approve_at": f"{policy.approve_at:g}",
        "spam_at": f"{policy.spam_at:g}",
        "reject_at": f"{policy.reject_at:g}",
        "target_percent": f"{100 * policy.target_precision:g}",
        "unseen_percent": f"{100 * policy.unseen_share:g}",
        **{f"automatic_{advice.value}": "on" for advice in policy.automatic},
        **{_WEIGHT + name: f"{policy.weights.get(name, usual):g}" for name, usual in DEFAULT_WEIGHTS.items()},
    }


def _shown(listed: Sequence[Term]) -> Sequence[Term]:
    return sorted(listed, key=lambda term: (term.kind.value, term.text))[:_MOST_SHOWN]
