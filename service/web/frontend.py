"""The front-end files, as they are served: read once, compressed once, with a tag of their content.

Each has a second name with that tag in it, under which it never changes: for pages that name its digest
(Subresource Integrity). `Content-Location` tells it.

A file gets what it imports put into it, so that one request brings everything; `widget.js` gets
`thread.css` too, so that no page has to allow style sheets. Comments and indentation are left out of
what is sent, and scripts for readers have short names (`squeeze`); the files stay readable.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from service.web.http.problems import METHOD_NOT_ALLOWED, plain_problem
from service.web.squeeze import squeezed
from service.web.wire.coding import Rendered, coding_of

_FOLDER: Final = Path(__file__).parents[1] / "frontend"
# Path on the wire: the file that is served there. One that is not there is left out.
FILES: Final[Mapping[str, str]] = {
    "/cw/1/widget.js": "widget/widget.js",
    "/cw/1/frame.js": "widget/frame.js",
    "/cw/1/framed.js": "widget/framed.js",
    "/cw/1/thread.css": "widget/page.css",
    "/cw/1/light.css": "widget/light.css",
    "/cw/1/acts.js": "widget/acts.js",
    "/cw/1/refusal.js": "widget/refusal.js",
    "/cw/1/counter.js": "widget/counter.js",
    "/cw/1/proof.js": "widget/proof.js",
    "/cw/1/proof.html": "widget/proof.html",
    "/console/console.css": "console/console.css",
    "/console/charts.css": "console/charts.css",
    "/console/triage.css": "console/triage.css",
    "/console/triage.js": "console/triage.js",
    "/console/start.js": "console/start.js",
}
_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
_CACHING: Final = "public, max-age=3600, stale-while-revalidate=86400"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
# For every other origin's pages, which embed them; without credentials there is nothing to leak.
_EMBEDDED: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
# For the one document among the files: a frame in anybody's page, which starts a worker and nothing else.
_FRAMED: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *"
}
_IMPORT: Final = re.compile(r'(?m)^(?:import \{[^}]*\} from|import|@import) "\./([\w-]+\.(?:js|css))";\n')
_EXPORT: Final = re.compile(r"(?m)^export (?=async|function|class|const)")
_STYLE_SLOT: Final = '"@thread.css@"'
_BLOCK: Final = re.compile(r"/\*(?:[^*]|\*(?!/))*\*/ ?")
_LINE: Final = re.compile(r"(?m)^[ \t]*//[^\n]*\n")
_INDENT: Final = re.compile(r"(?m)^[ \t]+|\n(?=\n)")
_PRIVATE: Final = re.compile(r"(?<![\w-])--(?!cw-)\w{2,}")
_CSS_SPACE: Final = re.compile(r"\s*\n\s*|(?<=[:,;{>]) +| +(?=[{}>])|;(?=\s*\})")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; `alias` is its name for good."""

    rendered: Rendered
    media_type: str
    alias: str
    embedded: bool

    @classmethod
    def of(cls, text: str, path: str) -> "Asset":
        """Prepare a text for sending at a path."""
        rendered, place = Rendered(text.encode(), thorough=True), Path(path)
        alias = place.with_stem(f"{place.stem}-{rendered.etag[1:-1]}").as_posix()
        return cls(rendered, _MEDIA_TYPES[place.suffix], alias, embedded=path.startswith("/cw/"))

    async def answer(self, request: Request) -> Response:
        """The file, or 304 for a client that has it (RFC 9110, section 13)."""
        coding = coding_of(request.headers.get("accept-encoding", ""))
        if not self.rendered.has(coding):
            # The first one to ask waits a quarter of a second at most; the others go on.
            await asyncio.to_thread(self.rendered.coded, coding)
        body, etag, coded = self.rendered.coded(coding)
        caching = _FOR_GOOD if request.url.path == self.alias else _CACHING
        headers = {
            "ETag": etag,
            "Cache-Control": caching,
            "Vary": "Accept-Encoding",
            "Content-Location": self.alias,
        }
        if self.embedded:
            headers |= _EMBEDDED
        if self.media_type == "text/html":
            headers |= _FRAMED
        known = request.headers.get("if-none-match", "").replace("W/", "").split(",")
        if etag in map(str.strip, known):
            return Response(b"", 304, headers)
        headers |= coded | {"Content-Length": str(len(body))}
        if request.method == "HEAD":
            body = b""
        return Response(body, 200, headers, media_type=self.media_type)


def static_routes() -> list[Route]:
    """Two routes for each front-end file that is there: its name, and its name for good."""
    found = {path: _load(path, name) for path, name in FILES.items() if (_FOLDER / name).exists()}
    return [
        Route(name, _Resource(path, asset)) for path, asset in found.items() for name in (path, asset.alias)
    ]


class _Resource:
    """One file as an ASGI application."""

    def __init__(self, path: str, asset: Asset) -> None:
        self._path = path
        self._asset = asset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["route"] = self._path
        request = Request(scope, receive, send)
        if request.method in {"GET", "HEAD"}:
            response = await self._asset.answer(request)
        else:
            request_id = str(scope["state"]["request_id"])
            headers = {"Allow": "GET, HEAD"}
            response = plain_problem(METHOD_NOT_ALLOWED, "Use GET or HEAD here.", request_id, headers)
        await response(scope, receive, send)


def _load(path: str, name: str) -> Asset:
    suffix = Path(name).suffix
    text = _PREPARED.get(suffix, str)(_joined(name, set()))
    if path.startswith("/cw/") and suffix == ".js":
        text = squeezed(text).replace(_STYLE_SLOT, _quoted("widget/thread.css"))
    return Asset.of(text, path)


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _joined(name: str, seen: set[str]) -> str:
    """The file after everything that it imports from its folder, each once."""
    seen.add(name)
    folder = Path(name).parent

    def imported(found: re.Match[str]) -> str:
        wanted = str(folder / found[1])
        return "" if wanted in seen else _EXPORT.sub("", _joined(wanted, seen))

    return _IMPORT.sub(imported, _read(name))


def _script(text: str) -> str:
    return _INDENT.sub("", _LINE.sub("", _BLOCK.sub("", text)))


def _quoted(style: str) -> str:
    """A style sheet as a script's string, with short names for the variables that it keeps to itself."""
    text = _style(_read(style))
    for letter, name in zip(ascii_lowercase, sorted(set(_PRIVATE.findall(text))), strict=False):
        text = re.sub(rf"{name}(?![\w-])", f"--{letter}", text)
    return json.dumps(text, ensure_ascii=False) if set(text) & set("`\\$") else f"`{text}`"


def _style(text: str) -> str:
    return _CSS_SPACE.sub("", _BLOCK.sub("", text)).strip()


_PREPARED: Final[Mapping[str, Callable[[str], str]]] = {".js": _script, ".css": _style}
