"""Threads of any length and content, written past the queue, and pages of any kind around the widget."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import httpx2
from playwright.sync_api import Browser, Page, Route

from bench import pending
from service.ids import new_id
from service.model.sites import page_id
from service.model.urls import parse_page
from tests.e2e.conftest import Newsroom
from tests.e2e.reading import ANSWERED, context

_PAGE: Final = """
INSERT INTO page (site_id, id, url, approved_count)
SELECT id, $1, $2, $3 FROM site WHERE slug = 'demo'
"""
_COMMENTS: Final = """
INSERT INTO comment
       (site_id, id, page_id, parent_id, root_id, depth, name, website, text, score, verdict, status,
        decided_by)
SELECT s.id, c.id, $1, c.parent_id, c.root_id, 0, c.name, c.website, c.text, 0, 'approve', 'approved',
       'person'
  FROM site s,
       unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])
           AS c (id, parent_id, root_id, name, website, text)
 WHERE s.slug = 'demo'
"""


@dataclass(frozen=True)
class Said:
    """A published comment; `under` is the place in the list of the one that it replies to."""

    text: str
    name: str = "Bilal"
    website: str | None = None
    under: int | None = None


def publish(newsroom: Newsroom, path: str, said: Sequence[Said]) -> tuple[str, list[str]]:
    """A new page of the demo's origin with these comments: its address, and the ids of the comments."""
    url = f"{newsroom.demo_url}/{path}"
    page = page_id(parse_page(url))
    # A millisecond apart: their order is that of their ids.
    start = new_id().int
    ids = [UUID(int=start + (number << 80)) for number in range(len(said))]
    roots: list[UUID] = []
    for each, own in zip(said, ids, strict=True):
        roots.append(own if each.under is None else roots[each.under])
    parents = [None if each.under is None else ids[each.under] for each in said]
    names, sites = [each.name for each in said], [each.website for each in said]
    texts = [each.text for each in said]
    data = newsroom.service.data_dir
    pending.query(data, _PAGE, page, url, len(said))
    pending.query(data, _COMMENTS, page, ids, parents, roots, names, sites, texts)
    return url, [str(own) for own in ids]


def embedded(page: str, *, inside: str = '<a href="/elsewhere">Comments</a>', **attributes: str) -> str:
    """The element as a publisher writes it."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<comment-thread site="demo" page="{page}"{more}>{inside}</comment-thread>'


def html(newsroom: Newsroom, body: str, *, head: str = "", lang: str = "en") -> str:
    """A bare page of the demo's origin with the widget's script in it."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>An article</title>'
        '<meta name="viewport" content="width=device-width">'
        f'{head}<script type="module" src="{newsroom.service_url}/cw/1/widget.js"></script></head>'
        f"<body>{body}</body></html>"
    )


@contextmanager
def hosted(
    browser: Browser,
    newsroom: Newsroom,
    document: str,
    *,
    path: str = "hosted",
    policy: str | None = None,
    script: str = "",
    **options: Any,
) -> Iterator[Page]:
    """This document at the demo's origin under the demo's strict policy; what that stops fails the test.

    `script` runs before anything else does. The page has not been opened yet: `go` does.
    """
    strict = httpx2.get(newsroom.english_url).headers["content-security-policy"]
    headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy or strict}
    with context(browser, **ANSWERED, **options) as fresh:
        page, trouble = fresh.new_page(), list[str]()
        page.on("console", lambda said: trouble.append(said.text) if "violates" in said.text else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.route(f"{newsroom.demo_url}/{path}", lambda route: route.fulfill(body=document, headers=headers))
        if script:
            page.add_init_script(script)
        yield page
        assert trouble == [] or policy is not None


def go(page: Page, newsroom: Newsroom, path: str = "hosted") -> None:
    """Open the page that is hosted there, perhaps at a comment."""
    page.goto(f"{newsroom.demo_url}/{path}")


def thread_html(newsroom: Newsroom, page: str, **more: str) -> str:
    """The address of a thread as a page of the service."""
    rest = "".join(f"&{name}={quote(value, safe='')}" for name, value in more.items())
    return f"{newsroom.service_url}/v1/sites/demo/thread.html?page={quote(page, safe='')}{rest}"


def reads(page: Page) -> list[str]:
    """What the page asks the service for from now on, but for the script."""
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(f"{sent.method} {sent.url}") if "/v1/" in sent.url else None)
    return asked


def held(page: Page, pattern: str) -> list[Route]:
    """What is asked for there waits until the test lets it go on."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(pattern, hold)
    return waiting
