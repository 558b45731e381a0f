"""A thread and its form as HTML: the one rendering behind the widget, the plain page, and includes.

The templates escape everything that they are not told to trust, and are told to trust only what
`linkify` and the catalogues made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup

from service.errors import FieldError
from service.model.comments import PublishedComment
from service.model.email import MAX_EMAIL
from service.model.sites import Site
from service.model.submissions import MAX_NAME, MAX_TEXT
from service.model.urls import MAX_URL, Address
from service.web.catalogues import SOURCE_LANGUAGE, Catalogue, load
from service.web.linkify import REL, paragraphs
from service.web.templating import environment
from service.web.wire import ThreadOut

MAX_DEPTH: Final = 4
FIELDS: Final = ("text", "name", "email", "website")
# Browsers count UTF-16 units and cut what is pasted. With twice the limit no valid value is ever cut,
# and what was cut is still too long, so that the server says so.
_LENGTHS: Final = {
    "text": 2 * MAX_TEXT,
    "name": 2 * MAX_NAME,
    "email": 2 * MAX_EMAIL,
    "website": 2 * MAX_URL,
}
# How a listing ends when its page takes no comments. Nobody's text can make it: text is escaped, and
# something always follows it.
_CLOSED_END: Final = Markup("<!--closed-->")
_CATALOGUES: Final = load()


@dataclass(frozen=True, slots=True)
class FormView:
    """What a form shows besides its fields: what was typed, what is wrong with it, what came of it.

    `values` may name a `parent`, the comment replied to. `sentence` says what failed where no field is
    to blame, and `code` (of the problem) lets it be said in the page's language.
    """

    token: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    sentence: str = ""
    sent: bool = False
    code: str = ""


@dataclass(slots=True)
class _Node:
    """A comment with its replies. `aside`: it does not stand right below what it replies to."""

    comment: PublishedComment
    siblings: "list[_Node]"
    depth: int
    aside: bool
    replies: "list[_Node]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Problem:
    """An error as it is shown; `field` is empty when no visible field has it."""

    field: str
    sentence: str


def language_of(tag: str) -> str:
    """The nearest shipped catalogue to a BCP 47 tag: its language's, else the English one."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return language if language in _CATALOGUES else SOURCE_LANGUAGE


def tree(shown: Sequence[PublishedComment]) -> list[_Node]:
    """The comments as exchanges, `MAX_DEPTH` deep at most; deeper replies follow one another.

    A reply finds its parent only among the comments before it, so that no data can make a circle.
    """
    top: list[_Node] = []
    nodes: dict[UUID, _Node] = {}
    for comment in shown:
        parent = nodes.get(comment.parent_id) if comment.parent_id else None
        if parent is None:
            node = _Node(comment, top, 1, aside=comment.parent_id is not None)
        elif parent.depth < MAX_DEPTH:
            node = _Node(comment, parent.replies, parent.depth + 1, aside=False)
        else:
            node = _Node(comment, parent.siblings, parent.depth, aside=True)
        node.siblings.append(node)
        nodes[comment.id] = node
    return top


class ThreadPages:
    """Draws threads. Holds the compiled templates; safe to share."""

    def __init__(self) -> None:
        env = environment("thread")
        env.filters |= {"paragraphs": paragraphs, "rfc3339": _rfc3339, "plain_time": _plain_time}
        env.tests |= {"web_address": lambda text: text.startswith(("https://", "http://"))}
        env.globals |= {"rel": REL, "lengths": _LENGTHS, "closed_end": _CLOSED_END}
        self._listing = env.get_template("listing.html")
        self._fragment = env.get_template("fragment.html")
        self._page = env.get_template("page.html")

    def listing(
        self, thread: ThreadOut, shown: Sequence[PublishedComment], *, site: Site, lang: str
    ) -> bytes:
        """The comments alone: what `page` puts above its form."""
        return self._listing.render(self._thread(thread, shown, site, lang)).encode()

    def fragment(
        self, thread: ThreadOut, shown: Sequence[PublishedComment], *, site: Site, lang: str
    ) -> bytes:
        """The comments and an empty form: what the widget shows. The same bytes for every reader."""
        form = self._form(FormView(), site, thread.page, lang)
        return self._fragment.render({**self._thread(thread, shown, site, lang), **form}).encode()

    def page(self, listing: bytes, *, site: Site, page: Address, lang: str, form: FormView) -> bytes:
        """The whole document around a `listing`, which is empty when a form failed."""
        html = listing.decode()
        values = {"listing": html, "closed": html.endswith(_CLOSED_END)}
        return self._page.render({**values, **self._form(form, site, str(page), lang, whole=True)}).encode()

    def _thread(
        self, thread: ThreadOut, shown: Sequence[PublishedComment], site: Site, lang: str
    ) -> dict[str, object]:
        return {
            **_common(site, thread.page, lang),
            "nodes": tree(shown),
            "count": thread.count,
            "closed": thread.closed,
            "next": thread.next,
        }

    def _form(
        self, form: FormView, site: Site, page: str, lang: str, *, whole: bool = False
    ) -> dict[str, object]:
        words = _CATALOGUES[lang]
        problems = sorted((_problem(error, words) for error in form.errors), key=_place)
        return {
            **_common(site, page, lang),
            "form": form,
            "whole": whole,
            "problems": problems,
            "problem_at": {problem.field: problem.sentence for problem in reversed(problems)},
            "sentence": _sentence(form, words),
            "says": _said_later(words),
        }


def _common(site: Site, page: str, lang: str) -> dict[str, object]:
    base = f"/v1/sites/{site.slug}"
    words = _CATALOGUES[lang]
    return {
        "t": words.text,
        "counted": words.count,
        "lang": lang,
        "dir": words.direction,
        "page": page,
        "here": f"{base}/thread.html?{urlencode({'page': page, 'lang': lang})}",
        "action": f"{base}/submissions",
    }


def _problem(error: FieldError, words: Catalogue) -> _Problem:
    name = error.pointer.removeprefix("/")
    return _Problem(name if name in FIELDS else "", _translated(error.code, error.detail, words))


def _place(problem: _Problem) -> int:
    """Errors are listed as their fields stand; what has no field comes last."""
    return FIELDS.index(problem.field) if problem.field else len(FIELDS)


def _sentence(form: FormView, words: Catalogue) -> str:
    """What is said above the form: about the fields, or what else failed."""
    if form.errors:
        return words.text("says.attention")
    return _translated(form.code, form.sentence, words)


def _translated(code: str, detail: str, words: Catalogue) -> str:
    """The catalogue's sentence for a code; in English the failure's own, which may say more."""
    if words.lang == SOURCE_LANGUAGE:
        return detail
    return words.sentences.get(f"error.{code}", detail)


def _said_later(words: Catalogue) -> Mapping[str, str]:
    """What the widget may have to say, so that it needs no catalogue of its own."""
    said = words.under("says.")
    return said if words.lang == SOURCE_LANGUAGE else said | words.under("error.")


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain_time(at: datetime) -> str:
    """A time that reads the same in every language."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
