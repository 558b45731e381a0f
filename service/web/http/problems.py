"""The only map from failures to HTTP: RFC 9457 problem details for every error, on every route."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from service import errors
from service.errors import ServiceError

PROBLEM_JSON: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """What the family of an error is to HTTP. `type` on the wire is `/problems#<slug>`."""

    status: int
    slug: str
    title: str

    @property
    def code(self) -> str:
        """The slug as a program's word."""
        return self.slug.replace("-", "_")


PROBLEMS: Final[Mapping[type[ServiceError], Problem]] = {
    errors.SiteNotFound: Problem(404, "site-not-found", "Unknown site"),
    errors.CommentNotFound: Problem(404, "comment-not-found", "Unknown comment"),
    errors.CampaignNotFound: Problem(404, "campaign-not-found", "Unknown campaign"),
    errors.BatchNotFound: Problem(404, "batch-not-found", "Unknown batch"),
    errors.RuleNotFound: Problem(404, "rule-not-found", "Unknown rule"),
    errors.SelectionNotFound: Problem(404, "selection-not-found", "Unknown selection"),
    errors.ReviewNotFound: Problem(404, "review-not-found", "Unknown review"),
    errors.NotFound: Problem(404, "not-found", "Not found"),
    errors.InvalidFields: Problem(422, "invalid-fields", "Some fields need attention"),
    errors.InvalidProof: Problem(422, "pow-invalid", "Proof of work not good"),
    errors.KeyReused: Problem(422, "idempotency-key-reused", "Idempotency key used before"),
    errors.StaleForm: Problem(409, "form-expired", "The form is too old"),
    errors.UnsupportedMediaType: Problem(415, "unsupported-media-type", "Unsupported media type"),
    errors.InvalidRequest: Problem(400, "invalid-request", "Malformed request"),
    errors.Invalid: Problem(400, "invalid-request", "Malformed request"),
    errors.OriginNotAllowed: Problem(403, "origin-not-allowed", "Origin not allowed"),
    errors.ThreadClosed: Problem(403, "thread-closed", "Comments are closed"),
    errors.ProofNeeded: Problem(403, "proof-needed", "Proof of work needed"),
    errors.NotTheAuthor: Problem(403, "not-the-author", "For the author alone"),
    errors.EditClosed: Problem(403, "edit-closed", "Too late to change"),
    errors.Refused: Problem(403, "refused", "Refused"),
    errors.SecondFactorNeeded: Problem(401, "second-factor-needed", "A second factor is needed"),
    errors.Unauthenticated: Problem(401, "unauthenticated", "Sign in first"),
    errors.Forbidden: Problem(403, "forbidden", "Not allowed"),
    errors.AlreadyDecided: Problem(409, "already-decided", "Decided by somebody else"),
    errors.AlreadyExists: Problem(409, "already-exists", "Exists already"),
    errors.NoSecondLook: Problem(409, "no-second-look", "No second look"),
    errors.OwnDecision: Problem(409, "own-decision", "Your own decision"),
    errors.SaidBefore: Problem(409, "said-before", "Said before"),
    errors.ProofUsed: Problem(409, "pow-used", "Proof of work used before"),
    errors.LastAdmin: Problem(409, "last-admin", "The last admin"),
    errors.Conflict: Problem(409, "conflict", "Conflict"),
    errors.RateLimited: Problem(429, "rate-limited", "Too many at once"),
    errors.LinkGone: Problem(410, "link-gone", "Link gone"),
    errors.NotSetUp: Problem(409, "not-set-up", "Not set up here"),
    errors.TooLarge: Problem(413, "too-large", "Body too large"),
    errors.Unavailable: Problem(503, "unavailable", "Not available now"),
}
METHOD_NOT_ALLOWED: Final = Problem(405, "method-not-allowed", "Method not allowed")
INTERNAL: Final = Problem(500, "internal", "Something went wrong here")


def problem_of(error: ServiceError) -> Problem:
    """What this error is to HTTP."""
    return problem_of_class(type(error))


def problem_of_class(error: type[ServiceError]) -> Problem:
    """The nearest entry for this class."""
    for family in error.__mro__:
        if family in PROBLEMS:
            return PROBLEMS[family]
    return INTERNAL


def body_of(error: ServiceError, request_id: str) -> dict[str, object]:
    """The members of the problem document, extensions included."""
    problem = problem_of(error)
    body = _base(problem, error.detail, request_id)
    match error:
        case errors.InvalidFields():
            body["errors"] = [
                {"pointer": e.pointer, "code": e.code, "detail": e.detail} for e in error.errors
            ]
        case errors.InvalidRequest() | errors.Forbidden():
            body["code"] = error.code
        case errors.StaleForm():
            body["form_token"] = error.form_token
        case errors.SecondFactorNeeded():
            body["challenge"] = error.challenge
        case errors.AlreadyDecided():
            body["current"] = dict(error.current)
        case errors.SaidBefore():
            body["comment"] = str(error.comment_id)
        case errors.ProofNeeded():
            body["challenge"] = dict(error.challenge)
        case errors.RateLimited() if error.challenge:
            body |= {"retry_after": error.retry_after, "challenge": dict(error.challenge)}
        case errors.RateLimited() | errors.Unavailable():
            body["retry_after"] = error.retry_after
        case _:
            pass
    return body


def problem_response(error: ServiceError, request_id: str) -> Response:
    """The answer to a request that failed in a way the domain knows."""
    headers = {}
    if isinstance(error, errors.RateLimited | errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="greenroom"'
    return _response(body_of(error, request_id), headers)


def plain_problem(
    problem: Problem, detail: str, request_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer for what is no `ServiceError`: a wrong method, a crash."""
    return _response(_base(problem, detail, request_id), headers or {})


def _base(problem: Problem, detail: str, request_id: str) -> dict[str, object]:
    return {
        "type": f"/problems#{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        "instance": f"urn:uuid:{request_id}",
        "request_id": request_id,
    }


def _response(body: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    return Response(
        json.dumps(body, ensure_ascii=True),
        status_code=int(str(body["status"])),
        headers={"Cache-Control": "no-store", **headers},
        media_type=PROBLEM_JSON,
    )
