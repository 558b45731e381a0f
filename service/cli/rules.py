"""Options that `greenroom policy set` and `greenroom rehearse` share: what a policy can say."""

from dataclasses import replace
from typing import Annotated, TypeAlias

import typer

from service.errors import FieldRefused
from service.model.screenings import Policy, Verdict
from service.usecases.set_policy import DEFAULT_WEIGHTS

Weights: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--weight", metavar="FILTER=N", help="What a filter counts; `FILTER=usual` takes it back. Repeatable."
    ),
]
ApproveAt: TypeAlias = Annotated[
    float | None, typer.Option(help="Up to this score a comment is fit to approve.")
]
SpamAt: TypeAlias = Annotated[float | None, typer.Option(help="From this score on it looks like spam.")]
RejectAt: TypeAlias = Annotated[float | None, typer.Option(help="From this score on it should be rejected.")]


def changed(
    policy: Policy,
    weights: list[str] | None,
    approve_at: float | None,
    spam_at: float | None,
    reject_at: float | None,
) -> Policy:
    """The policy with what the command line says; `FieldRefused` for what will not do."""
    found = dict(policy.weights)
    for each in weights or ():
        name, _, value = each.partition("=")
        if name not in DEFAULT_WEIGHTS:
            raise FieldRefused(
                "weights.unknown", f"There is no filter called {name}: greenroom policy show SITE lists them."
            )
        if value == "usual":
            found.pop(name, None)
        else:
            found[name] = _number(each, value)
    return replace(
        policy,
        weights=found,
        approve_at=policy.approve_at if approve_at is None else approve_at,
        spam_at=policy.spam_at if spam_at is None else spam_at,
        reject_at=policy.reject_at if reject_at is None else reject_at,
    )


def automatic(names: list[str]) -> frozenset[Verdict]:
    """The advice to carry out: approve and reject, or none."""
    if not set(names) <= {"approve", "reject", "none"} or ("none" in names and len(names) > 1):
        raise FieldRefused("automatic.unknown", "--automatic is approve, reject (or both), or none.")
    return frozenset(Verdict(name) for name in names if name != "none")


def _number(option: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise FieldRefused("weights.number", f"--weight {option}: write it as links=2.5.") from None
