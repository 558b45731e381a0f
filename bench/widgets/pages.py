"""A server on loopback: host pages that embed a widget, and a stand-in for a widget's service."""

import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

Answer = tuple[int, str, bytes, Mapping[str, str]]
_READABLE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Allow-Methods": "*",
}


class Quiet(BaseHTTPRequestHandler):
    """Keeps connections, and says nothing: the figures are the output."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(handler: type[Quiet]) -> Iterator[str]:
    """The origin of a server on loopback, for as long as the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def answering(answer: Callable[[str], Answer]) -> Iterator[str]:
    """The origin of a server that gives `answer(path)` to every GET, and lets every page read it."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body, headers = answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_OPTIONS(self) -> None:
            self.do_GET()

    with served(Handler) as origin:
        yield origin


def files(folder: Path) -> Callable[[str], Answer]:
    """Files of a folder, readable from every page."""

    def answer(path: str) -> Answer:
        found = folder / path.partition("?")[0].lstrip("/")
        if not found.is_file():
            return 404, "text/plain", b"", _READABLE
        return 200, mimetypes.guess_type(found.name)[0] or "text/plain", found.read_bytes(), _READABLE

    return answer


def as_json(value: object) -> Answer:
    """A JSON answer that every page may read."""
    return 200, "application/json", json.dumps(value).encode(), _READABLE
