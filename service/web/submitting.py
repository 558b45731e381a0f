"""Where readers' comments come in: one address for programs, for the widget, and for plain forms."""

import re
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from service.errors import (
    FieldRefused,
    InvalidFields,
    InvalidRequest,
    KeyReused,
    OriginNotAllowed,
    RateLimited,
    ServiceError,
    SiteNotFound,
    StaleForm,
    ThreadClosed,
    TooLarge,
    UnsupportedMediaType,
)
from service.model.people import Scope
from service.model.sites import Page, page_id
from service.model.submissions import Delivery, Receipt, Submission
from service.model.urls import Address, parse_page
from service.usecases import form_tokens
from service.usecases.submit import submit
from service.web.client import network_of
from service.web.endpoint import Call, endpoint
from service.web.problems import problem_of
from service.web.reading import page_response, refuse_foreign_page, wants_html
from service.web.rendering import FormView, language_of
from service.web.security import origin_of, principal
from service.web.wire import ReceiptOut, SubmissionIn

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
_OWN_PAGE: Final = "thread"


async def form_page(call: Call, error: ServiceError) -> Response | None:
    """For a browser's form: the page again, filled as it was, with every error at its field."""
    if not (call.is_form and call.site and wants_html(call.request)):
        return None
    given = {name: str(value) for name, value in call.given.items()}
    try:
        page = parse_page(given.get("page", ""))
        refuse_foreign_page(page, call.here)
    except (FieldRefused, InvalidFields):
        return None
    token = form_tokens.issue(call.ctx, call.here.id, page_id(page))
    errors = error.errors if isinstance(error, InvalidFields) else ()
    code = problem_of(error).code
    form = FormView(token=token, values=given, errors=errors, sentence=error.detail, code=code)
    lang = language_of(given.get("lang") or call.here.language)
    response = page_response(call, page, lang, b"", form, problem_of(error).status)
    if isinstance(error, RateLimited):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@endpoint(
    "POST",
    "/v1/sites/{site}/submissions",
    tag="submitting",
    public=True,
    status=202,
    form=True,
    error_page=form_page,
    answer=ReceiptOut,
    headers=("Idempotency-Key",),
    problems=(
        SiteNotFound,
        OriginNotAllowed,
        ThreadClosed,
        InvalidFields,
        KeyReused,
        StaleForm,
        InvalidRequest,
        TooLarge,
        UnsupportedMediaType,
        RateLimited,
    ),
)
async def add_submission(call: Call, body: SubmissionIn) -> Response:
    """Send a comment. It waits for a moderator; 202 means that it is stored."""
    refuse_foreign_page(body.page, call.here)
    delivery = await _delivery(call, body)
    submission = Submission(
        page=Page(page_id(body.page), str(body.page), body.page_title),
        name=body.name,
        email=body.email,
        website=body.website,
        text=body.text,
        parent_id=body.parent,
    )
    knowledge = await call.state.sites.knowledge(call.here)
    receipt = await submit(call.ctx, call.here, call.policy, submission, delivery, knowledge)
    accept = call.request.headers.get("accept", "").lower()
    if call.is_form and (wants_html(call.request) or "json" not in accept):
        return _go_on(call, body, receipt)
    return _answer(receipt)


async def _delivery(call: Call, body: SubmissionIn) -> Delivery:
    own_key = call.request.headers.get("idempotency-key", body.idempotency_key)
    if own_key is not None and not _KEY.fullmatch(own_key):
        raise InvalidRequest("idempotency_key", "An Idempotency-Key is 1 to 128 visible ASCII characters.")
    seconds = None
    if body.form_token:
        seconds = form_tokens.fill_seconds(call.ctx, body.form_token, call.here.id, page_id(body.page))
    key = own_key or body.form_token
    return Delivery(
        network=network_of(call.request.scope, call.ctx.settings.trusted_proxies),
        honeypot=body.url2 or "",
        fill_seconds=seconds,
        has_form_token=body.form_token is not None,
        key=key.encode() if key else None,
        key_is_explicit=own_key is not None,
        trusted=await _is_trusted(call),
    )


async def _is_trusted(call: Call) -> bool:
    """A program with a moderator's token, such as an import, is not limited."""
    if "authorization" not in call.request.headers:
        return False
    caller = await principal(call.ctx, call.request)
    return caller.may(Scope.MODERATE) and caller.sees(call.here.id)


def _answer(receipt: Receipt) -> Response:
    out = ReceiptOut(id=receipt.comment_id, status="pending", author_token=receipt.author_token)
    headers = {"Cache-Control": "no-store", "Location": f"/v1/comments/{receipt.comment_id}"}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(out.model_dump_json(), 202, headers, media_type="application/json")


def _go_on(call: Call, body: SubmissionIn, receipt: Receipt) -> Response:
    """Where a browser's form goes on: to our own page, where it asked for; else back to the article."""
    if body.redirect_to == _OWN_PAGE:
        lang = f"&lang={quote(body.lang)}" if body.lang else ""
        thread = f"/v1/sites/{call.here.slug}/thread.html?page={quote(str(body.page), safe='')}"
        target = f"{thread}{lang}&sent=1#status"
    else:
        target = f"{_target(call, body)}#comments"
    headers = {"Location": target, "Cache-Control": "no-store"}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(status_code=303, headers=headers)


def _target(call: Call, body: SubmissionIn) -> Address:
    """`redirect_to` where it leads to one of the site's origins or ourselves, else the article."""
    if body.redirect_to:
        try:
            asked = parse_page(body.redirect_to)
        except FieldRefused:
            return body.page
        if asked.origin in call.here.origins or asked.origin == origin_of(call.ctx, call.request):
            return asked
    return body.page
