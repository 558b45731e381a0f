"""What the policy may do without a person, and what its brake says about that."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from service.errors import SiteNotFound
from service.model.people import Scope
from service.store import brakes
from service.store.brakes import Brake
from service.usecases.brake import sentence
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import Out


class BrakeOut(Out):
    """One kind of advice: whether it may be carried out, and what people's decisions tell about it."""

    action: Literal["approve", "reject"]
    wanted: bool = Field(description="The owner's wish.")
    released: bool = Field(description="Whether it is carried out now.")
    agreed: int
    decided: int
    bound: float = Field(description="Clopper and Pearson's lower 95 % bound of the share that agrees.")
    target: float
    sentence: str
    since: datetime | None = Field(description="When `released` changed last; null: never checked.")


class AutomationOut(Out):
    """Both kinds of advice that can be automatic."""

    actions: list[BrakeOut]


@endpoint("GET", "/v1/sites/{site}/automation", tag="governance", needs=Scope.READ, problems=(SiteNotFound,))
async def read_automation(call: Call) -> AutomationOut:
    """Whether the policy decides anything by itself, and how far people agree with its advice."""
    site = await call.own_site()
    async with call.ctx.db.read(moderation=True) as conn:
        return AutomationOut(actions=[_out(brake) for brake in await brakes.of_site(conn, site.id)])


def _out(brake: Brake) -> BrakeOut:
    return BrakeOut(
        action=brake.action.value,
        wanted=brake.wanted,
        released=brake.released,
        agreed=brake.tally.agreed,
        decided=brake.tally.decided,
        bound=brake.tally.bound,
        target=brake.target,
        sentence=sentence(brake),
        since=brake.since,
    )
