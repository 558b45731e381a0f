"""From a request to its endpoint's handler and back: origin, method, caller, query, body, answer."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import Any, Final, get_origin
from uuid import UUID

import structlog
from pydantic import BaseModel
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from service.errors import (
    CommentNotFound,
    FieldError,
    InvalidFields,
    InvalidRequest,
    NotFound,
    ServiceError,
    Unavailable,
)
from service.ids import parse_id
from service.store import audit, belts
from service.web.http import body, cors
from service.web.http.client import audited_network
from service.web.http.crash import describe
from service.web.http.endpoint import Call, Endpoint
from service.web.http.fields import check
from service.web.http.problems import INTERNAL, METHOD_NOT_ALLOWED, plain_problem, problem_response
from service.web.http.security import origin_of, principal, require
from service.web.http.state import State

_SHORT_QUERY: Final = 512
_READERS: Final = frozenset({"authors", "privacy", "reading", "submitting"})
_log = structlog.get_logger("greenroom.http")


def routes(endpoints: Sequence[Endpoint], state: State) -> list[Route]:
    """One route for each path, which knows its methods and refuses the others."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for declared in endpoints:
        by_path.setdefault(declared.path, {})[declared.method] = declared
    return [Route(path, _Resource(path, found, state)) for path, found in by_path.items()]


class _Resource:
    """All endpoints of one path, as an ASGI application."""

    def __init__(self, path: str, endpoints: Mapping[str, Endpoint], state: State) -> None:
        self._path = path
        self._endpoints = endpoints
        self._state = state
        self._public = any(found.public for found in endpoints.values())
        # What readers do is recorded without their network: the trail is for good, and theirs is forgotten.
        self._is_readers = all(found.tag in _READERS and found.needs is None for found in endpoints.values())
        # Whoever watches over the service is answered whatever goes on, and asks little.
        self._is_watched = all(found.tag == "operations" for found in endpoints.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["route"] = self._path
        call = Call(Request(scope, receive, send), self._state)
        network = None if self._is_readers else audited_network(scope, call.ctx.settings.trusted_proxies)
        with audit.coming_from(audit.Whence(network, UUID(call.request_id))), belts.within_reach():
            response = await self._respond(call)
            await response(scope, receive, send)

    async def _respond(self, call: Call) -> Response:
        try:
            with self._gate():
                response = await self._in_time(call)
        except ServiceError as error:
            self._recall(call)
            response = problem_response(error, call.request_id)
        except Exception as error:  # noqa: BLE001 - a crash is answered here, where CORS headers are known
            _log.error("request.crashed", request_id=call.request_id, **describe(error))
            sentence = "The failure was noted under the request id."
            response = plain_problem(INTERNAL, sentence, call.request_id)
        if call.site:
            cors.dress(response, call.origin)
        return response

    def _gate(self) -> AbstractContextManager[None]:
        if self._is_watched:
            return nullcontext()
        return self._state.readers_gate if self._public else self._state.others_gate

    async def _in_time(self, call: Call) -> Response:
        """Readers wait so long at most; what moderators do may be long, and is limited by statement."""
        if not self._public:
            return await self._answer(call)
        limit = asyncio.timeout(self._state.ctx.settings.request_seconds)
        try:
            async with limit:
                await self._locate(call)
                return await self._answer(call)
        except TimeoutError:
            if not limit.expired():
                raise
            raise Unavailable("This takes too long just now. Please try again.") from None

    async def _locate(self, call: Call) -> None:
        """Find the site in the path, and the origin that may read the answer."""
        call.site, call.policy = await self._state.sites.by_slug(call.request.path_params["site"])
        call.origin = cors.allowed_origin(call.request, call.site, lambda: origin_of(call.ctx, call.request))

    def _recall(self, call: Call) -> None:
        """Who may read a refusal that came before the site was found: who may read its other answers."""
        if self._public and call.site is None:
            call.site = self._state.sites.known(call.request.path_params["site"])
            origin = call.request.headers.get("origin")
            call.origin = origin if call.site and origin in call.site.origins else None

    async def _answer(self, call: Call) -> Response:
        method = call.request.method
        if method == "OPTIONS" and self._public:
            return cors.preflight(call.origin)
        found = self._endpoints.get("GET" if method == "HEAD" else method)
        if found is None:
            allowed = sorted({*self._endpoints, *({"HEAD"} if "GET" in self._endpoints else ())})
            sentence = f"Use {' or '.join(allowed)} here."
            headers = {"Allow": ", ".join(allowed)}
            return plain_problem(METHOD_NOT_ALLOWED, sentence, call.request_id, headers)
        return await _run(found, call)


async def _run(found: Endpoint, call: Call) -> Response:
    try:
        arguments = await _arguments(found, call)
        if call.caller and found.tag == "console":
            flooded = await call.state.floods.on()
            call.flooded = [slug for site_id, slug in flooded.items() if call.caller.sees(site_id)]
        answer = await found.handler(call, **arguments)
    except ServiceError as error:
        page = await found.error_page(call, error) if found.error_page else None
        if page is None:
            raise
        return page
    if isinstance(answer, Response):
        return answer
    headers = {"Cache-Control": "no-store"}
    return Response(answer.model_dump_json(), found.status, headers, media_type="application/json")


async def _arguments(found: Endpoint, call: Call) -> dict[str, object]:
    request, arguments = call.request, dict[str, object]()
    if found.needs or found.signed_in:
        call.caller = await principal(call.ctx, request)
    if call.caller and found.needs:
        require(call.caller, found.needs)
        call.caller = call.caller.within(found.needs)
    if call.caller:
        belts.limit(call.caller.site_ids)
    for name, raw in request.path_params.items():
        if name != "site":
            arguments[name] = raw if name in found.words else _id(name, raw)
    if found.query:
        arguments["query"] = _query(found.query, request.scope["query_string"])
    if found.body:
        kind = body.media_type(request)
        if kind != body.JSON and not (found.form and kind == body.FORM):
            body.decode(b"", kind, form_allowed=found.form)
        raw_body = await body.read(request, call.ctx.settings.max_body_bytes)
        call.is_form = kind == body.FORM
        call.given = body.decode(raw_body, kind, form_allowed=found.form)
        more = found.wants(call) if found.wants else ()
        arguments["body"] = check(found.body, call.given, empty_is_missing=call.is_form, more=more)
    return arguments


def _id(name: str, raw: str) -> UUID:
    found = parse_id(raw)
    if found is None:
        raise CommentNotFound if name == "comment_id" else NotFound("There is nothing of this id here.")
    return found


def _query(model: type[BaseModel], raw: bytes) -> BaseModel:
    """The checked query string. The same few are asked again and again, so short ones are remembered."""
    return _read_query_again(model, raw) if len(raw) <= _SHORT_QUERY else _read_query(model, raw)


def _read_query(model: type[BaseModel], raw: bytes) -> BaseModel:
    """Lists where the model wants lists, every other name once."""
    given = QueryParams(raw)
    found: dict[str, Any] = {}
    for name in given:
        values = given.getlist(name)
        field = model.model_fields.get(name)
        if field and get_origin(field.annotation) is list:
            found[name] = values
        elif len(values) > 1:
            raise InvalidRequest("duplicate_key", f"The parameter {name[:32]!a} is given twice.")
        else:
            found[name] = values[0]
        if field and any("\0" in value for value in values):
            # No text of ours holds one, and the database refuses to compare with it.
            raise InvalidFields([FieldError(f"/{name}", "invalid_character", "This must not hold a NUL.")])
    return check(model, found, empty_is_missing=True)


_read_query_again = lru_cache(maxsize=1024)(_read_query)
