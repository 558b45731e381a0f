"""A site's policy is replaced by its next version, which nobody can change afterwards."""

import json
from dataclasses import replace
from typing import Final

from service.context import Context
from service.errors import Conflict, FieldRefused
from service.filters import FILTERS
from service.model.people import AuditEvent
from service.model.screenings import LEARNED, Policy
from service.model.sites import Site
from service.screening.learner.learner import WEIGHT
from service.store import audit, policies

# What one unit of each line's strength is worth where a site says nothing else.
DEFAULT_WEIGHTS: Final = {each.name: each.weight for each in FILTERS} | {LEARNED: WEIGHT}


async def set_policy(ctx: Context, site: Site, policy: Policy, *, actor: str) -> Policy:
    """Make `policy` the site's next one; its `version` is the one that the caller saw, and replaces.

    Raises `FieldRefused` for the weight of a filter that there is none of, `Conflict` where somebody has
    changed the policy since.
    """
    refuse_unknown_weights(policy)
    async with ctx.db.transaction(moderation=True) as conn:
        before = (await policies.current(conn, site.id)).policy
        version = await policies.add(conn, site.id, policy, actor)
        if version is None:
            raise Conflict(f"The policy is version {before.version} now. Read it again, and change that one.")
        told = _differences(before, policy), _differences(policy, before)
        await audit.record(conn, AuditEvent("policy.set", actor, site.id, site.slug, *told))
    return replace(policy, version=version)


def refuse_unknown_weights(policy: Policy) -> None:
    """`FieldRefused` unless every weight belongs to a filter."""
    for name in policy.weights:
        if name not in DEFAULT_WEIGHTS:
            raise FieldRefused(
                "weights.unknown", f"There is no filter called {name[:40]!a}. The policy lists them all."
            )


def _differences(policy: Policy, other: Policy) -> str:
    """What this policy says otherwise than the other, as JSON."""
    here, there = policy_as_json(policy), policy_as_json(other)
    return json.dumps({name: value for name, value in here.items() if value != there[name]})


def policy_as_json(policy: Policy) -> dict[str, object]:
    """What a policy says, without its version, in values of JSON."""
    return {
        "weights": dict(sorted(policy.weights.items())),
        "approve_at": policy.approve_at,
        "spam_at": policy.spam_at,
        "reject_at": policy.reject_at,
        "automatic": sorted(policy.automatic),
        "target_precision": policy.target_precision,
        "unseen_share": policy.unseen_share,
    }
