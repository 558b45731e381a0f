"""A site's metrics, for its console and for programs."""

from pydantic import Field

from service.errors import SiteNotFound
from service.model.people import Scope
from service.usecases.measure import Range, measure
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In
from service.web.wire.metrics import FilterRecordOut, MetricsOut, SpanOut


class MetricsQuery(In):
    """How far back."""

    range: Range = Field(Range.WEEK, description="Hour by hour for 24h and 7d, else day by day (UTC).")


@endpoint("GET", "/v1/sites/{site}/metrics", tag="governance", needs=Scope.READ, problems=(SiteNotFound,))
async def read_metrics(call: Call, query: MetricsQuery) -> MetricsOut:
    """What came in, what was decided by whom, how long it waited, and how the filters did."""
    site = await call.own_site()
    found = await measure(call.ctx, site.id, query.range)
    return MetricsOut(
        range=query.range.value,
        spans=[SpanOut.of(span) for span in found.spans],
        total=SpanOut.of(found.total),
        before=SpanOut.of(found.before),
        filters=[FilterRecordOut.model_validate(each) for each in found.filters],
    )
