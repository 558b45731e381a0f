"""The table: every endpoint in one screen."""

from typing import Final

from starlette.responses import Response

from service.web import (
    automation,
    campaigns,
    governance,
    learner,
    moderation,
    openapi,
    operations,
    policies,
    reading,
    rehearsals,
    sessions,
    submitting,
    terms,
)
from service.web.console import CONSOLE
from service.web.endpoint import Call, Endpoint, endpoint


@endpoint("GET", "/openapi.json", tag="operations")
async def read_openapi(call: Call) -> Response:
    """This description."""
    return Response(openapi.text(ENDPOINTS), media_type="application/json")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    # Readers, on any page of the site's origins
    reading.read_thread,
    reading.read_thread_page,
    reading.read_counts,
    submitting.add_submission,
    # Moderators and their programs
    moderation.read_queue,
    moderation.read_comment,
    moderation.add_decision,
    campaigns.read_campaigns,
    campaigns.read_campaign,
    campaigns.add_campaign_decision,
    campaigns.undo_decisions,
    # People and sites
    sessions.begin_session,
    sessions.end_session,
    sessions.read_me,
    governance.set_page,
    policies.read_policy,
    policies.replace_policy,
    terms.read_terms,
    terms.change_terms,
    rehearsals.rehearse_rules,
    automation.read_automation,
    learner.read_learner,
    # Operations
    operations.livez,
    operations.readyz,
    operations.metrics,
    read_openapi,
    # The console
    *CONSOLE,
)
