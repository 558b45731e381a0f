"""The Harbour Lamp: front page and two articles, and four pages of others, served with a strict policy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from service.demo.hosts import HOSTS

_FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Article:
    """One article: where it is, in which language, and the template with its words."""

    path: str
    lang: str
    direction: str
    template: str


FILES: Final[Mapping[str, str]] = {"lamp.css": "text/css", "lamp.svg": "image/svg+xml"}
ARTICLES: Final = (
    Article("/swing-bridge-to-close", "en", "ltr", "bridge.html"),
    Article("/purani-laltain", "ur", "rtl", "lantern.html"),
)


def demo_app(service_url: str, own_origin: str, site: str) -> Starlette:
    """The news site at `own_origin`, with comments of `site` from the service at `service_url`."""
    pages = _Pages(service_url, own_origin, site)
    routes = [Route("/", pages.front), *(Route(f"/{name}", pages.file) for name in FILES)]
    routes += [Route(article.path, pages.article) for article in ARTICLES]
    routes += [Route(host.path, pages.article) for host in HOSTS]
    routes += [Route(f"{host.path}.css", pages.file) for host in HOSTS]
    return Starlette(routes=routes)


class _Pages:
    """Draws the pages; each of them is the same for everybody."""

    def __init__(self, service_url: str, own_origin: str, site: str) -> None:
        env = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        common = {"service": service_url, "site": site, "articles": ARTICLES}
        self._headers = {"Content-Security-Policy": policy(service_url), **_ALWAYS}
        self._front = env.get_template("front.html").render(common)
        names = [*FILES, *(f"hosts/{host.name}.css" for host in HOSTS)]
        self._files = {name: (_FOLDER / name).read_text(encoding="utf-8") for name in names}
        self._articles = {}
        for path, lang, template, more in _drawn():
            page = own_origin + path
            query = urlencode({"page": page, "lang": lang})
            thread = f"{service_url}/v1/sites/{site}/thread.html?{query}"
            values = {**common, **more, "page": page, "thread": thread}
            self._articles[path] = env.get_template(template).render(values)

    async def front(self, request: Request) -> Response:
        """The front page."""
        return HTMLResponse(self._front, headers=self._headers)

    async def article(self, request: Request) -> Response:
        """An article, or a page of others, by its path."""
        return HTMLResponse(self._articles[request.url.path], headers=self._headers)

    async def file(self, request: Request) -> Response:
        """Style sheets and the icon."""
        name = request.url.path.removeprefix("/")
        return Response(self._files[name], media_type=FILES.get(name, "text/css"), headers=_ALWAYS)


def _drawn() -> Iterator[tuple[str, str, str, dict[str, object]]]:
    """Path, language, template and values of each page with comments."""
    for article in ARTICLES:
        yield article.path, article.lang, article.template, {"article": article}
    for host in HOSTS:
        yield host.path, host.lang, f"hosts/{host.name}.html", {"host": host}


def policy(service_url: str) -> str:
    """What the pages may load: nothing, but their own style sheet and what the widget needs."""
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self'; script-src {service_url}; "
        f"connect-src {service_url}; frame-src {service_url}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types comment-thread"
    )


_ALWAYS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-cache",
}
