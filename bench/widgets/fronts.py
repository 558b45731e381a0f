"""A server in front of a widget's service, alike for all: answers to scripts come later, files at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import Final
from urllib.parse import urlsplit

from bench.widgets.pages import Quiet, served

DELAY_SECONDS: Final = 0.08
# What is between two machines and not between a reader and a service (RFC 9110, 7.6.1).
_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "date", "server"}


@contextmanager
def fronted(origin: str) -> Iterator[str]:
    """The origin of a server that asks `origin` for everything that it is asked for."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._ask()

        def do_POST(self) -> None:
            self._ask()

        def do_OPTIONS(self) -> None:
            self._ask()

        def _ask(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            # Only what a script fetches goes to nowhere; the browser's question before it is not counted.
            if self.headers.get("sec-fetch-dest") == "empty" and self.command != "OPTIONS":
                time.sleep(DELAY_SECONDS)
            there = HTTPConnection(urlsplit(origin).netloc)
            there.request(self.command, self.path, body or None, dict(self.headers))
            answer = there.getresponse()
            content = answer.read()
            there.close()
            self.send_response(answer.status)
            kept = [each for each in answer.getheaders() if each[0].lower() not in _HOP | {"content-length"}]
            for name, value in [*kept, ("Content-Length", str(len(content)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    with served(Handler) as front:
        yield front
