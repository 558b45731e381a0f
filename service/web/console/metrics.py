"""The page of metrics: what came in and what became of it, each chart with its table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup
from pydantic import Field, StrictStr
from starlette.responses import Response

from service.model.metrics import Span, summed
from service.model.people import Scope
from service.usecases.learner_report import LearnerReport, report
from service.usecases.measure import Measures, Range, measure
from service.web.console.frame import catalogue_of, page
from service.web.console.sign_in import HTML, failure_page
from service.web.console.sites import chosen_site
from service.web.drawing.catalogues import Catalogue
from service.web.drawing.charts import Series, Shape, chart
from service.web.http.endpoint import Call, endpoint
from service.web.wire.base import In

METRICS: Final = "/console/metrics"
# More bars than this are no picture any more.
_MOST_BARS: Final = 64

Value = float | int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with the numbers that it shows: a row for each label, a column for each series."""

    key: str
    drawing: Markup
    series: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


class MetricsQuery(In):
    """Which site, and how far back."""

    site: StrictStr | None = Field(None, max_length=63)
    range: Range = Range.WEEK


@endpoint("GET", METRICS, tag="console", needs=Scope.READ, media=HTML, error_page=failure_page)
async def show_metrics(call: Call, query: MetricsQuery) -> Response:
    """How comments, decisions and filters have fared."""
    mine, site = await chosen_site(call, query.site)
    if site is None:
        return page(call, "metrics.html", sites=mine, site=None)
    found = await measure(call.ctx, site.id, query.range)
    learner = await report(call.ctx, site.id)
    say = catalogue_of(call)
    return page(
        call,
        "metrics.html",
        sites=mine,
        site=site.slug,
        ranges=list(Range),
        range=query.range,
        figures=_figures(say, found, learner),
        total=found.total,
        changed=_changed(found),
        waited=_duration(say, found.total.wait(0.5)),
        filters=found.filters,
        learner=learner,
    )


def _changed(found: Measures) -> int | None:
    """By how many per cent more came in than in the range before."""
    before = found.before.submitted
    return round(100 * (found.total.submitted - before) / before) if before else None


def _figures(say: Catalogue, found: Measures, learner: LearnerReport) -> Sequence[Figure]:
    spans = _grouped(found.spans)
    labels = _labels([span.begins_at for span in spans])
    weeks = learner.weeks[::-1]

    def counted(key: str, names: Sequence[str], shape: Shape = "bars") -> Figure:
        values = {name: [getattr(span, name) for span in spans] for name in names}
        return _figure(say, key, shape, labels, values, "{:,.0f}".format)

    waits = {
        "wait_median": [span.wait(0.5) for span in spans],
        "wait_95": [span.wait(0.95) for span in spans],
    }
    ages = {"oldest": [span.oldest_seconds for span in spans]}
    quality = {
        "precision": [_percent(week.quality.precision) for week in weeks],
        "recall": [_percent(week.quality.recall) for week in weeks],
    }
    figures = [
        counted("inflow", ("approved", "rejected", "approved_by_policy", "rejected_by_policy")),
        counted("submitted", ("submitted",)),
        counted("pending", ("pending",), "lines"),
        _figure(say, "age", "lines", labels, ages, lambda seconds: _duration(say, seconds)),
        _figure(say, "wait", "lines", labels, waits, lambda seconds: _duration(say, seconds)),
    ]
    if weeks:
        names = [week.week for week in weeks]
        figures.append(_figure(say, "learner", "lines", names, quality, "{:.0f} %".format))
    return figures


def _figure(
    say: Catalogue,
    key: str,
    shape: Shape,
    labels: Sequence[str],
    values: Mapping[str, Sequence[Value]],
    written: Callable[[float], str],
) -> Figure:
    names = [str(say.say(f"metrics.series.{name}")) for name in values]
    series = [Series(name, held) for name, held in zip(names, values.values(), strict=True)]
    drawn = chart(
        "bars" if shape == "bars" else "lines", str(say.say(f"metrics.{key}")), labels, series, written
    )
    rows = zip(labels, zip(*values.values(), strict=True), strict=True)
    cells = [(label, ["–" if value is None else written(value) for value in row]) for label, row in rows]
    return Figure(key, drawn, names, cells)


def _grouped(spans: Sequence[Span]) -> Sequence[Span]:
    """So many spans taken together that a chart has room for all."""
    size = -(-len(spans) // _MOST_BARS)
    return [
        summed(spans[start].begins_at, spans[start : start + size]) for start in range(0, len(spans), size)
    ]


def _labels(begins: Sequence[datetime]) -> Sequence[str]:
    """Days, times, or both, whatever tells the spans apart; in numbers, for every language."""
    if all(each.hour == 0 for each in begins):
        return [f"{each:%m-%d}" for each in begins]
    if begins[-1] - begins[0] < timedelta(days=1):
        return [f"{each:%H:%M}" for each in begins]
    return [f"{each:%m-%d %H:%M}" for each in begins]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _duration(say: Catalogue, seconds: float | None) -> str:
    """A length of time in the unit that says enough."""
    if seconds is None:
        return "–"
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return str(say.say(f"metrics.{unit}", number=f"{seconds / length:.0f}"))
    return str(say.say("metrics.seconds", number=f"{seconds:.0f}"))
