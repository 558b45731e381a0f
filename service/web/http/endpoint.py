"""One declaration per endpoint: it is the route, the decoder, the guard, and the documentation.

    @endpoint("POST", "/v1/comments/{comment_id}/decisions", tag="moderation", needs=Scope.MODERATE,
              status=201, problems=(CommentNotFound, AlreadyDecided))
    async def add_decision(call: Call, body: DecisionIn) -> CommentOut: ...

The handler's parameters say what it wants: `body` and `query` are checked against their models. It
returns a model, which becomes JSON, or a `Response` of its own. Whatever it raises becomes a problem.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias, get_type_hints

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from service.context import Context
from service.errors import FieldError, Forbidden, ServiceError, SiteNotFound
from service.model.people import Principal, Scope
from service.model.screenings import Policy
from service.model.sites import Site
from service.usecases.sign_in import Visitor
from service.web.http.body import JsonObject
from service.web.http.client import browser, network_of
from service.web.http.state import State

Handler: TypeAlias = Callable[..., Awaitable[BaseModel | Response]]
Wants: TypeAlias = Callable[["Call"], Sequence[FieldError]]
ErrorPage: TypeAlias = Callable[["Call", ServiceError], Awaitable[Response | None]]


@dataclass(slots=True)
class Call:
    """One request, with what was found out about it so far."""

    request: Request
    state: State
    site: Site | None = None
    # The page of another origin that may read the answer.
    origin: str | None = None
    policy: Policy = field(default_factory=Policy)
    caller: Principal | None = None
    given: JsonObject = field(default_factory=dict)
    is_form: bool = False
    flooded: Sequence[str] = ()

    @property
    def ctx(self) -> Context:
        """What use cases may touch."""
        return self.state.ctx

    @property
    def here(self) -> Site:
        """The site in the path."""
        assert self.site is not None
        return self.site

    @property
    def principal(self) -> Principal:
        """The caller of an endpoint that needs a scope."""
        assert self.caller is not None
        return self.caller

    @property
    def request_id(self) -> str:
        """This request's id, as in the log."""
        return str(self.request.scope["state"]["request_id"])

    async def own_site(self) -> Site:
        """The site in the path, if it is one of the caller's; `SiteNotFound`."""
        return await self.site_of(self.request.path_params["site"])

    async def site_of(self, slug: str) -> Site:
        """The site of this name, if it is one of the caller's.

        Raises `SiteNotFound`, and `Forbidden` where they may do something there, but not this.
        """
        site, _ = await self.state.sites.by_slug(slug)
        if not self.principal.sees(site.id) and site.id in self.principal.by_site:
            raise Forbidden("scope_missing", f"On the site {site.slug} you may not do this.")
        if not self.principal.sees(site.id):
            raise SiteNotFound(site.slug)
        return site

    @property
    def visitor(self) -> Visitor:
        """Who is at the other end, for what counts attempts and begins sessions."""
        headers = self.request.headers
        network = network_of(self.request.scope, self.ctx.settings.trusted_proxies)
        return Visitor(network, browser(headers.get("user-agent", "")))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What `@endpoint` found out; `public` endpoints are for the site's own pages, with CORS."""

    method: str
    path: str
    handler: Handler
    name: str
    says: str
    tag: str
    needs: Scope | None
    signed_in: bool
    public: bool
    status: int
    problems: Sequence[type[ServiceError]]
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    form: bool
    error_page: ErrorPage | None
    wants: Wants | None
    media: Sequence[str]
    headers: Sequence[str]
    words: frozenset[str]


def endpoint(
    method: str,
    path: str,
    *,
    tag: str,
    needs: Scope | None = None,
    signed_in: bool = False,
    public: bool = False,
    status: int = 200,
    problems: Sequence[type[ServiceError]] = (),
    form: bool = False,
    error_page: ErrorPage | None = None,
    wants: Wants | None = None,
    media: Sequence[str] = ("application/json",),
    headers: Sequence[str] = (),
    answer: type[BaseModel] | None = None,
) -> Callable[[Handler], Endpoint]:
    """Declare an endpoint. `needs` is the scope that its caller holds; `signed_in` wants a caller without
    asking for a scope, for what people do about themselves. `media` are the types it answers with, `headers`
    the request headers it reads, `answer` the model of a JSON body that the handler makes by itself. `form`
    lets the body come from an HTML form too; `error_page` may answer a browser's failed form. `wants` says
    what else is wrong with the fields, beyond what their model knows.
    """
    return partial(
        _declare,
        method=method,
        path=path,
        tag=tag,
        needs=needs,
        signed_in=signed_in,
        public=public,
        status=status,
        problems=tuple(problems),
        form=form,
        error_page=error_page,
        wants=wants,
        media=tuple(media),
        headers=tuple(headers),
        answer=answer,
    )


def _declare(handler: Handler, *, answer: type[BaseModel] | None, **said: Any) -> Endpoint:
    """What was said in the declaration, and what the handler's own signature says."""
    hints = get_type_hints(handler)
    returned = hints.get("return")
    is_model = inspect.isclass(returned) and issubclass(returned, BaseModel)
    return Endpoint(
        handler=handler,
        name=handler.__name__,
        says=inspect.getdoc(handler) or "",
        body=hints.get("body"),
        query=hints.get("query"),
        answer=answer or (returned if is_model else None),
        words=frozenset(name for name, hint in hints.items() if hint is str and name != "return"),
        **said,
    )
