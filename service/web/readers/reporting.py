"""Where readers report what was published."""

from urllib.parse import quote
from uuid import UUID

from starlette.responses import Response

from service.errors import (
    CommentNotFound,
    FieldError,
    InvalidFields,
    OriginNotAllowed,
    RateLimited,
    ServiceError,
    SiteNotFound,
    StaleForm,
)
from service.ids import parse_id
from service.model.sites import page_id
from service.model.submissions import Delivery
from service.usecases import form_tokens
from service.usecases.report import report
from service.web.drawing.languages import language_of
from service.web.drawing.rendering import FormView
from service.web.http.client import network_of
from service.web.http.endpoint import Call, endpoint
from service.web.http.problems import problem_of
from service.web.readers.reading import page_response, refuse_foreign_page, report_view, wants_html
from service.web.readers.submitting import page_of
from service.web.wire.authors import ReaderReportIn, ReportedOut


async def report_page(call: Call, error: ServiceError) -> Response | None:
    """For a browser's form: the form again, with what went wrong."""
    comment_id, page = parse_id(call.request.path_params["comment_id"]), page_of(call)
    if comment_id is None or page is None:
        return None
    lang = language_of(str(call.given.get("lang") or ""), call.here.language)
    first = error.errors[0] if isinstance(error, InvalidFields) else error
    code = first.code if isinstance(first, FieldError) else problem_of(error).code
    form = FormView(token=form_tokens.issue(call.ctx, call.here.id, page_id(page)))
    shown = report_view(call, comment_id, first.detail, code)
    return page_response(call, page, lang, b"", form, problem_of(error).status, report=shown)


@endpoint(
    "POST",
    "/v1/sites/{site}/comments/{comment_id}/reports",
    tag="reading",
    public=True,
    status=202,
    form=True,
    error_page=report_page,
    answer=ReportedOut,
    problems=(SiteNotFound, OriginNotAllowed, CommentNotFound, InvalidFields, RateLimited),
)
async def add_report(call: Call, comment_id: UUID, body: ReaderReportIn) -> Response:
    """Report a published comment to the moderators; once for each network."""
    if body.page:
        refuse_foreign_page(body.page, call.here)
    await report(call.ctx, call.here, comment_id, body.reason, body.note or None, _delivery(call, body))
    if body.page and body.redirect_to and call.is_form and wants_html(call.request):
        lang = f"&lang={quote(body.lang)}" if body.lang else ""
        thread = f"/v1/sites/{call.here.slug}/thread.html?page={quote(str(body.page), safe='')}"
        headers = {"Location": f"{thread}{lang}&reported=1#status", "Cache-Control": "no-store"}
        return Response(status_code=303, headers=headers)
    out = ReportedOut().model_dump_json()
    return Response(out, 202, {"Cache-Control": "no-store"}, media_type="application/json")


def _delivery(call: Call, body: ReaderReportIn) -> Delivery:
    seconds = None
    if body.form_token and body.page:
        page = page_id(body.page)
        try:
            seconds = form_tokens.fill_seconds(call.ctx, body.form_token, call.here.id, page)
        except StaleForm:
            # A thread may lie open for days before somebody finds fault with it.
            seconds = float(form_tokens.MAX_AGE_SECONDS)
    return Delivery(
        network=network_of(call.request.scope, call.ctx.settings.trusted_proxies),
        honeypot=body.url2 or "",
        fill_seconds=seconds,
        has_form_token=body.form_token is not None,
        key=None,
        key_is_explicit=False,
    )
