"""The front-end files, as they are served: read once, compressed once, with a tag of their content.

`widget.js` gets what it imports and `thread.css` put into it, so that one request brings everything and
no page has to allow style sheets. Comments and indentation are left out of what is sent; the files stay
readable.
"""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from service.web.problems import METHOD_NOT_ALLOWED, plain_problem

_FOLDER: Final = Path(__file__).parents[1] / "frontend"
# Path on the wire: the file that is served there. One that is not there is left out.
FILES: Final[Mapping[str, str]] = {
    "/cw/1/widget.js": "widget.js",
    "/cw/1/thread.css": "thread.css",
    "/console/console.css": "console.css",
}
_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
_CACHING: Final = "public, max-age=3600, stale-while-revalidate=86400"
# For every other origin's pages, which embed them; without credentials there is nothing to leak.
_EMBEDDED: Final = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_IMPORT: Final = re.compile(r'(?m)^import \{[^}]*\} from "\./(\w+\.js)";\n')
_EXPORT: Final = re.compile(r"(?m)^export (?=function|class|const)")
_STYLE_SLOT: Final = '"@thread.css@"'
_BLOCK: Final = re.compile(r"/\*(?:[^*]|\*(?!/))*\*/ ?")
_LINE: Final = re.compile(r"(?m)^[ \t]*//[^\n]*\n")
_INDENT: Final = re.compile(r"(?m)^[ \t]+|\n(?=\n)")
_CSS_SPACE: Final = re.compile(r"\s*\n\s*|(?<=[:,;{]) +| +(?=[{}])|;(?=\s*\})")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent, with and without compression; tags are strong, one for each form."""

    plain: bytes
    gzipped: bytes
    etag: str
    media_type: str
    embedded: bool

    @classmethod
    def of(cls, text: str, media_type: str, *, embedded: bool) -> "Asset":
        """Prepare a text for sending."""
        plain = text.encode()
        etag = blake2b(plain, digest_size=12).hexdigest()
        return cls(plain, gzip.compress(plain, 9, mtime=0), etag, media_type, embedded)

    def answer(self, request: Request) -> Response:
        """The file, or 304 for a client that has it (RFC 9110, section 13)."""
        zipped = _takes_gzip(request.headers.get("accept-encoding", ""))
        body, etag = (self.gzipped, f'"{self.etag}-gz"') if zipped else (self.plain, f'"{self.etag}"')
        headers = {"ETag": etag, "Cache-Control": _CACHING, "Vary": "Accept-Encoding"}
        if self.embedded:
            headers |= _EMBEDDED
        known = request.headers.get("if-none-match", "").replace("W/", "").split(",")
        if etag in map(str.strip, known):
            return Response(b"", 304, headers)
        if zipped:
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        if request.method == "HEAD":
            body = b""
        return Response(body, 200, headers, media_type=self.media_type)


def static_routes() -> list[Route]:
    """A route for each front-end file that is there."""
    return [
        Route(path, _Resource(path, _load(path, name)))
        for path, name in FILES.items()
        if (_FOLDER / name).exists()
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
            response = self._asset.answer(request)
        else:
            request_id = str(scope["state"]["request_id"])
            headers = {"Allow": "GET, HEAD"}
            response = plain_problem(METHOD_NOT_ALLOWED, "Use GET or HEAD here.", request_id, headers)
        await response(scope, receive, send)


def _load(path: str, name: str) -> Asset:
    suffix = Path(name).suffix
    prepare = _PREPARED.get(suffix, str)
    text = prepare(_read(name))
    return Asset.of(text, _MEDIA_TYPES[suffix], embedded=path.startswith("/cw/"))


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _script(text: str) -> str:
    text = _IMPORT.sub(lambda found: _EXPORT.sub("", _read(found[1])), text)
    text = _INDENT.sub("", _LINE.sub("", _BLOCK.sub("", text)))
    if _STYLE_SLOT in text:
        style = json.dumps(_style(_read("thread.css")), ensure_ascii=False)
        text = text.replace(_STYLE_SLOT, style)
    return text


def _style(text: str) -> str:
    return _CSS_SPACE.sub("", _BLOCK.sub("", text)).strip()


_PREPARED: Final[Mapping[str, Callable[[str], str]]] = {".js": _script, ".css": _style}


def _takes_gzip(accept: str) -> bool:
    """Whether an Accept-Encoding header allows gzip."""
    for coding in accept.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
