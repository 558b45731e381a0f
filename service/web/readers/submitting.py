"""Where readers' comments come in: one address for programs, for the widget, and for plain forms."""

from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from service.errors import (
    FieldError,
    FieldRefused,
    InvalidFields,
    InvalidProof,
    InvalidRequest,
    KeyReused,
    OriginNotAllowed,
    ProofNeeded,
    ProofUsed,
    RateLimited,
    SaidBefore,
    ServiceError,
    SiteNotFound,
    StaleForm,
    ThreadClosed,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
)
from service.model.comments import Status
from service.model.people import Scope
from service.model.sites import Page, page_id
from service.model.submissions import Delivery, Receipt, Submission
from service.model.urls import Address, parse_page
from service.usecases import form_tokens
from service.usecases.author_tokens import view_token
from service.usecases.own_comments import look
from service.usecases.submit import submit
from service.web.drawing.languages import language_of
from service.web.drawing.rendering import FormView, anonymous
from service.web.http.client import network_of
from service.web.http.endpoint import Call, endpoint
from service.web.http.idempotency import is_key
from service.web.http.problems import problem_of
from service.web.http.security import origin_of, principal
from service.web.readers.asking import TICK, given_consent, missing
from service.web.readers.own_comments import draw
from service.web.readers.reading import page_response, refuse_foreign_page, wants_html
from service.web.wire.readers import ReceiptOut, SubmissionIn

_OWN_PAGE: Final = "thread"


async def form_page(call: Call, error: ServiceError) -> Response | None:
    """For a browser's form: the page again, filled as it was, with every error at its field."""
    page = page_of(call)
    if page is None:
        return None
    given = {name: str(value) for name, value in call.given.items()}
    token = form_tokens.issue(call.ctx, call.here.id, page_id(page))
    errors = error.errors if isinstance(error, InvalidFields) else ()
    code = problem_of(error).code
    form = FormView(
        token=token,
        values=given,
        errors=errors,
        sentence=error.detail,
        code=code,
        seconds=error.retry_after if isinstance(error, RateLimited) else None,
    )
    lang = language_of(given.get("lang"), call.here.language)
    response = page_response(call, page, lang, b"", form, problem_of(error).status)
    if isinstance(error, RateLimited | Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def page_of(call: Call) -> Address | None:
    """The page that a browser's form names, if it is one of the site's; None for all other requests."""
    if not (call.is_form and call.site and wants_html(call.request)):
        return None
    try:
        page = parse_page(str(call.given.get("page", "")))
        refuse_foreign_page(page, call.here)
    except (FieldRefused, InvalidFields):
        return None
    return page


@endpoint(
    "POST",
    "/v1/sites/{site}/submissions",
    tag="submitting",
    public=True,
    status=202,
    form=True,
    error_page=form_page,
    wants=missing,
    answer=ReceiptOut,
    headers=("Idempotency-Key",),
    problems=(
        SiteNotFound,
        OriginNotAllowed,
        ThreadClosed,
        ProofNeeded,
        InvalidFields,
        InvalidProof,
        KeyReused,
        StaleForm,
        SaidBefore,
        ProofUsed,
        InvalidRequest,
        TooLarge,
        UnsupportedMediaType,
        RateLimited,
    ),
)
async def add_submission(call: Call, body: SubmissionIn) -> Response:
    """Send a comment. It waits for a moderator; 202 means that it is stored."""
    receipt = await take(call, body)
    if is_plain_form(call):
        return _go_on(call, body, receipt)
    html = None
    if body.shape:
        own = await look(call.ctx, call.here, receipt.comment_id)
        html = await draw(call, [own], own.page_id, body.lang, call.ctx.clock())
    return _answer(receipt, html)


async def take(call: Call, body: SubmissionIn) -> Receipt:
    """Submit what a body says, as the site that it came to asks for it."""
    refuse_foreign_page(body.page, call.here)
    delivery, here = await _delivery(call, body), call.here
    consent = given_consent(call, body.consent)
    if here.asks.consent and not consent and not delivery.trusted:
        raise InvalidFields([FieldError("/consent", "consent.required", TICK)])
    submission = Submission(
        page=Page(page_id(body.page), str(body.page), body.page_title),
        name=body.name or anonymous(language_of(here.language)),
        email=body.email,
        website=body.website if here.asks.website else None,
        text=body.text,
        parent_id=body.parent,
        consent=consent,
    )
    knowledge = await call.state.sites.knowledge(here)
    receipt = await submit(call.ctx, here, call.policy, submission, delivery, knowledge)
    if here.rules or call.policy.automatic:
        own = await look(call.ctx, here, receipt.comment_id)
        if own.status is Status.APPROVED:
            # Its author looks for it at once.
            call.state.threads.drop(here.id, submission.page.id)
    return receipt


def is_plain_form(call: Call) -> bool:
    """Whether a browser sent a form without script, and goes where it is sent."""
    accept = call.request.headers.get("accept", "").lower()
    return call.is_form and (wants_html(call.request) or "json" not in accept)


async def _delivery(call: Call, body: SubmissionIn) -> Delivery:
    own_key = call.request.headers.get("idempotency-key", body.idempotency_key)
    if own_key is not None and not is_key(own_key):
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
        once=body.form_token is not None or is_plain_form(call),
        proof="" if body.proof in {None, "none"} else str(body.proof),
        can_prove=body.proof != "none" and not is_plain_form(call),
    )


async def _is_trusted(call: Call) -> bool:
    """A program with a moderator's token, such as an import, is not limited."""
    if "authorization" not in call.request.headers:
        return False
    caller = await principal(call.ctx, call.request)
    return caller.may(Scope.MODERATE, call.here.id)


def _answer(receipt: Receipt, html: str | None) -> Response:
    token = receipt.author_token
    out = ReceiptOut(id=receipt.comment_id, status="pending", author_token=token, html=html)
    headers = {"Cache-Control": "no-store", "Location": f"/v1/comments/{receipt.comment_id}"}
    if receipt.replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(out.model_dump_json(exclude_none=True), 202, headers, media_type="application/json")


def _go_on(call: Call, body: SubmissionIn, receipt: Receipt) -> Response:
    """Where a browser's form goes on: to our own page, where it asked for; else back to the article."""
    if body.redirect_to == _OWN_PAGE:
        lang = f"&lang={quote(body.lang)}" if body.lang else ""
        thread = f"/v1/sites/{call.here.slug}/thread.html?page={quote(str(body.page), safe='')}"
        target = f"{thread}{lang}&sent=1&mine={view_token(call.ctx, receipt.comment_id)}#status"
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
