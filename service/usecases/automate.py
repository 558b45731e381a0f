"""What follows from screening's advice: a comment waits, tests the advice, or the policy carries it out."""

from collections.abc import Callable
from enum import Enum, auto

from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.screenings import Policy, Screening, Verdict


class Course(Enum):
    """Where a new comment goes.

    `WAIT`: into the queue with its bill. `UNSEEN`: into the queue without it, although the policy could
    decide, so that people's unswayed decision measures the advice. `ACT`: the policy carries the advice out.
    """

    WAIT = auto()
    UNSEEN = auto()
    ACT = auto()


def choose(policy: Policy, screening: Screening, random: Callable[[], float]) -> Course:
    """The course of a comment. `random` gives a number from 0 up to 1, such as `SystemRandom().random`.

    `policy.automatic` is what the owner wants and the brake lets through.
    """
    if screening.verdict not in policy.automatic:
        return Course.WAIT
    return Course.UNSEEN if random() < policy.unseen_share else Course.ACT


def policy_principal(site_id: int) -> Principal:
    """Who decides when the policy does."""
    return Principal("policy", frozenset({Scope.MODERATE}), frozenset({site_id}))


def carried_out(screening: Screening, version: int) -> Choice:
    """The decision that carries the advice out, on this version of the comment."""
    if screening.verdict is Verdict.REJECT:
        return Choice(Action.REJECT, version, Reason.SPAM)
    return Choice(Action.APPROVE, version)
