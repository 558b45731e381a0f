"""What a site's learner knows, and how far it can be trusted."""

from datetime import datetime

from pydantic import Field

from service.errors import SiteNotFound
from service.model.people import Scope
from service.usecases.learner_report import report
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import Out


class QualityOut(Out):
    """How good probabilities of spam were, against what people decided; null where nothing can be divided."""

    comments: int
    spam: int
    precision: float | None = Field(description="Of probabilities from a half on.")
    recall: float | None
    recall_at_1: float | None = Field(description="The recall where 1 % of the others would be flagged.")
    calibration_error: float | None = Field(description="Expected, over ten bins.")


class WeekOut(Out):
    """One ISO week."""

    week: str
    quality: QualityOut


class LearnerOut(Out):
    """The learner of a site."""

    version: int
    spam: int = Field(description="Lessons that people gave by rejecting spam.")
    ham: int = Field(description="Lessons that people gave by approving.")
    speaks: bool = Field(description="Whether that is enough for a line of the bill.")
    learned_at: datetime | None
    untrusted: list[str] = Field(description="Moderators whose decisions teach nothing here.")
    weeks: list[WeekOut] = Field(description="The last twelve, newest first.")


@endpoint("GET", "/v1/sites/{site}/learner", tag="governance", needs=Scope.READ, problems=(SiteNotFound,))
async def read_learner(call: Call) -> LearnerOut:
    """What people's decisions have taught here, and how good the predictions were, week by week."""
    site = await call.own_site()
    return LearnerOut.model_validate(await report(call.ctx, site.id))
