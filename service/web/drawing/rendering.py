"""A thread and its form as HTML: the one rendering behind the widget, the plain page, and includes.

The templates escape everything but what is marked as HTML here: what `linkify`, the catalogues and these
templates themselves made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup

from service.errors import FieldError
from service.model.comments import Order, PublishedComment
from service.model.decisions import Reason
from service.model.email import MAX_EMAIL
from service.model.sites import Site
from service.model.submissions import MAX_NAME, MAX_TEXT
from service.model.urls import MAX_URL, Address
from service.web.drawing.catalogues import SOURCE_LANGUAGE, Catalogue, load
from service.web.drawing.linkify import REL, paragraphs
from service.web.drawing.listing import ThreadView, is_long, tree
from service.web.drawing.names import initial
from service.web.drawing.own import OwnView
from service.web.drawing.templating import environment
from service.web.wire.readers import ThreadOut

# Browsers count UTF-16 units and cut what is pasted. With room for one character more than is allowed, each
# of two units, no valid value is ever cut, and what was cut is still too long, so that the server says so.
_LENGTHS: Final = {
    name: 2 * (most + 1)
    for name, most in {"text": MAX_TEXT, "name": MAX_NAME, "email": MAX_EMAIL, "website": MAX_URL}.items()
}
# How a listing ends when its page takes no comments. Nobody's text can make it: text is escaped, and
# something always follows it.
_CLOSED_END: Final = Markup("<!--closed-->")
_CATALOGUES: Final = load()


@dataclass(frozen=True, slots=True)
class FormView:
    """What a form shows besides its fields: what was typed, what is wrong with it, what came of it.

    `values` may name a `parent`, the comment replied to. `sentence` says what failed where no field is
    to blame, `code` (of the problem) lets it be said in the page's language, `seconds` how long to wait.
    `first`: it stands above the comments. `published`: what was sent is to be read by everybody already.
    """

    token: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    sentence: str = ""
    sent: bool = False
    code: str = ""
    reported: bool = False
    seconds: int | None = None
    first: bool = False
    published: bool = False


@dataclass(frozen=True, slots=True)
class ReportView:
    """The form for a report: for which comment, where it goes, and what was wrong with it, with its code.

    Without an `action` it is the widget's, which is hidden until a reader asks for it.
    """

    comment_id: UUID | None = None
    action: str = ""
    sentence: str = ""
    code: str = ""


_NO_REPORT: Final = ReportView()
_FIRST_PAGE: Final = ThreadView()


@dataclass(frozen=True, slots=True)
class _Problem:
    """An error as it is shown; `field` is empty when no visible field has it."""

    field: str
    sentence: str


class ThreadPages:
    """Draws threads. Holds the compiled templates; safe to share."""

    def __init__(self) -> None:
        env = environment("thread")
        env.filters |= {"paragraphs": paragraphs, "rfc3339": _rfc3339, "plain_time": _plain_time}
        env.filters["initial"] = initial
        env.tests |= {"web_address": lambda text: text.startswith(("https://", "http://")), "long": is_long}
        env.globals |= {
            "rel": REL,
            "lengths": _LENGTHS,
            "closed_end": _CLOSED_END,
            "reasons": tuple(Reason),
            "report": _NO_REPORT,
        }
        self._listing = env.get_template("listing.html")
        self._fragment = env.get_template("fragment.html")
        self._page = env.get_template("page.html")
        self._own = env.get_template("own.html")

    def listing(
        self,
        thread: ThreadOut,
        shown: Sequence[PublishedComment],
        *,
        site: Site,
        lang: str,
        view: ThreadView = _FIRST_PAGE,
    ) -> bytes:
        """The comments alone: what `page` puts above its form."""
        return self._listing.render(self._thread(thread, shown, site, lang, view)).encode()

    def fragment(
        self,
        thread: ThreadOut,
        shown: Sequence[PublishedComment],
        *,
        site: Site,
        lang: str,
        view: ThreadView = _FIRST_PAGE,
    ) -> bytes:
        """The comments and an empty form: what the widget shows. The same bytes for every reader."""
        form = self._form(FormView(view.token, first=view.form_first), site, thread.page, lang)
        values = {**form, **self._thread(thread, shown, site, lang, view), "light": bool(view.home)}
        return self._fragment.render(values).encode()

    def counted(self, lang: str, number: int) -> str:
        """A number of comments in words."""
        return str(_CATALOGUES[lang].count("comments", number).unescape())

    def own(self, mine: Sequence[OwnView], page: str, *, site: Site, lang: str, closed: bool) -> str:
        """A reader's own comments on a page, with the forms that change them."""
        return self._own.render({**_common(site, page, lang), "mine": mine, "closed": closed})

    def page(
        self,
        listing: bytes,
        *,
        site: Site,
        page: Address,
        lang: str,
        form: FormView,
        own: str = "",
        report: ReportView = _NO_REPORT,
    ) -> bytes:
        """The whole document around a `listing`, which is empty when a form failed; `own` comes above it."""
        html = listing.decode()
        closed = html.endswith(_CLOSED_END)
        said = _translated(report.code, report.sentence, _CATALOGUES[lang])
        values = {
            "listing": Markup(html),
            "closed": closed,
            "own": Markup(own),
            "report": replace(report, sentence=said),
            "origins": " ".join(sorted(site.origins)),
            "site": site.slug,
        }
        return self._page.render({**values, **self._form(form, site, str(page), lang, whole=True)}).encode()

    def _thread(
        self,
        thread: ThreadOut,
        shown: Sequence[PublishedComment],
        site: Site,
        lang: str,
        view: ThreadView,
    ) -> dict[str, object]:
        return {
            **_common(site, thread.page, lang, view.order, view.home, form_first=view.form_first),
            "nodes": tree(shown),
            "begun": view.begun,
            "newest_first": view.order is Order.NEWEST,
            "count": thread.count,
            "closed": thread.closed,
            "next": thread.next,
        }

    def _form(
        self, form: FormView, site: Site, page: str, lang: str, *, whole: bool = False
    ) -> dict[str, object]:
        words = _CATALOGUES[lang]
        fields = site.asks.fields
        problems = [_problem(error, words, fields) for error in form.errors]
        # As their fields stand in the form; what has no field comes last.
        problems.sort(key=lambda problem: (*fields, "").index(problem.field))
        return {
            **_common(site, page, lang, form_first=form.first),
            "form": form,
            "asks": site.asks,
            "whole": whole,
            "light": False,
            "problems": problems,
            "problem_at": {problem.field: problem.sentence for problem in reversed(problems)},
            "sentence": _sentence(form, words, len({problem.field for problem in problems} - {""})),
            "says": _said_later(words, len(fields)),
        }


def _common(
    site: Site,
    page: str,
    lang: str,
    order: Order = Order.OLDEST,
    home: str = "",
    *,
    form_first: bool = False,
) -> dict[str, object]:
    base = f"{home}/v1/sites/{site.slug}"
    words = _CATALOGUES[lang]
    asked = {"page": page, "lang": lang} | ({"form": "top"} if form_first else {})
    oldest = f"{base}/thread.html?{urlencode(asked)}"
    newest = f"{oldest}&sort={Order.NEWEST}"
    return {
        "t": words.text,
        "counted": words.count,
        "lang": lang,
        "dir": words.direction,
        "page": page,
        "here": newest if order is Order.NEWEST else oldest,
        "otherwise": oldest if order is Order.NEWEST else newest,
        "action": f"{base}/submissions",
    }


def anonymous(lang: str) -> str:
    """What somebody is called who gave no name."""
    return _CATALOGUES[lang].sentences["anonymous"]


def _problem(error: FieldError, words: Catalogue, fields: Sequence[str]) -> _Problem:
    name = error.pointer.removeprefix("/")
    return _Problem(name if name in fields else "", _translated(error.code, error.detail, words))


def _sentence(form: FormView, words: Catalogue, wrong: int) -> str:
    """What is said above the form: how many fields are wrong, or what else failed."""
    if form.errors:
        return words.count("says.attention", wrong) if wrong else ""
    if form.seconds is not None:
        return words.text("says.wait", seconds=form.seconds)
    return _translated(form.code, form.sentence, words)


def _translated(code: str, detail: str, words: Catalogue) -> str:
    """The catalogue's sentence for a code; in English the failure's own, which may say more."""
    if words.lang == SOURCE_LANGUAGE:
        return detail
    return words.sentences.get(f"error.{code}", detail)


def _said_later(words: Catalogue, fields: int) -> Mapping[str, str]:
    """What the widget may have to say, so that it needs no catalogue and no plural rules of its own."""
    said = words.under("says.") | {"cancel": words.sentences["cancel_report"]}
    said = {key: sentence for key, sentence in said.items() if not key.startswith("attention_")}
    said |= {f"attention_{wrong}": words.count("says.attention", wrong) for wrong in range(1, fields + 1)}
    errors = {} if words.lang == SOURCE_LANGUAGE else words.under("error.")
    # The widget puts the number into it.
    return errors | said | {"rate_limited": said.pop("wait")}


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain_time(at: datetime) -> str:
    """A time that reads the same in every language."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
