"""What a page asks the network for, preflights and answers' cookies included."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page


@dataclass
class Traffic:
    """Requests in their order, as method, kind and address."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    @property
    def preflights(self) -> list[str]:
        """What the browser asked before it asked (CORS)."""
        return [url for method, _, url in self.asked if method == "OPTIONS"]

    def but(self, origin: str) -> list[tuple[str, str, str]]:
        """What was asked of any other origin."""
        return [each for each in self.asked if origin_of(each[2]) != origin]


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def overheard(page: Page) -> Iterator[Traffic]:
    """Everything that the page sends until the block ends."""
    traffic, session = Traffic(), page.context.new_cdp_session(page)

    def sent(event: dict[str, Any]) -> None:
        request = event["request"]
        traffic.asked.append((request["method"], event.get("type", ""), request["url"]))

    def answered(event: dict[str, Any]) -> None:
        traffic.cookies += [value for name, value in event["headers"].items() if name.lower() == "set-cookie"]

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.responseReceivedExtraInfo", answered)
    session.send("Network.enable")
    yield traffic
    session.detach()
