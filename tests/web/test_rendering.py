"""Threads and forms as HTML: one rendering, nothing of the writer's that is not escaped."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from service.errors import FieldError
from service.model.asking import Asks
from service.model.comments import PublishedComment
from service.model.decisions import Reason
from service.model.sites import Site
from service.model.urls import parse_page
from service.web.drawing import catalogues
from service.web.drawing.listing import MAX_DEPTH, tree
from service.web.drawing.rendering import FormView, ThreadPages
from service.web.wire.readers import ThreadOut
from tests.factories import ARTICLE, SITE_ORIGIN

PAGES = ThreadPages()
SITE = Site(1, "daily", frozenset({SITE_ORIGIN}), "en", None)
PAGE = parse_page(ARTICLE)
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"


def a_comment(number: int, parent: int | None = None, **over: Any) -> PublishedComment:
    made = PublishedComment(
        id=UUID(int=number),
        parent_id=UUID(int=parent) if parent else None,
        parent_name=f"Reader {parent}" if parent else None,
        root_id=UUID(int=1),
        name=f"Reader {number}",
        website=None,
        text=f"Comment {number}.",
        created_at=datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC),
    )
    return replace(made, **over)


def a_thread(**over: object) -> ThreadOut:
    given: dict[str, object] = {"page": ARTICLE, "count": 1, "closed": False, "comments": [], "next": None}
    return ThreadOut.model_validate({**given, **over})


def fragment(*shown: PublishedComment, lang: str = "en", **over: object) -> str:
    return PAGES.fragment(a_thread(**over), shown, site=SITE, lang=lang).decode()


def page(form: FormView = FormView(), lang: str = "en", listing: bytes = b"") -> str:  # noqa: B008
    return PAGES.page(listing, site=SITE, page=PAGE, lang=lang, form=form).decode()


class Outline(HTMLParser):
    """Tags with their attributes, to be looked at without a browser."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def having(self, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of every tag that has these."""
        return [found for _, found in self.tags if wanted.items() <= found.items()]


def test_no_sentence_is_shipped_that_nothing_says() -> None:
    folder = Path(catalogues.__file__).parent
    sources = "".join(path.read_text() for path in (folder / "templates" / "thread").glob("*.html"))
    sources += "".join(path.read_text() for path in (folder.parents[1] / "frontend" / "widget").glob("*.js"))
    spoken = (key for key in catalogues.load()["en"].sentences if not key.startswith("error."))
    # The widget asks for `wait` by the code of the problem.
    computed = {"direction", "anonymous", "says.wait", "form.consent"}
    computed |= {f"form.{name}" for name in Asks().fields}
    computed |= {f"report.{reason.value}" for reason in Reason} | {"own.pending", "own.not_published"}
    for key in set(spoken) - computed:
        assert re.sub("_(one|other)$|^says[.]", "", key) in sources, key


def test_replies_stand_below_what_they_reply_to() -> None:
    one, three = tree([a_comment(1), a_comment(2, 1), a_comment(3)])

    assert [node.comment.id.int for node in one.replies] == [2]
    assert not one.aside
    assert not three.replies


def test_deep_exchanges_go_on_side_by_side_in_their_order() -> None:
    chain = [a_comment(1), *(a_comment(number, number - 1) for number in range(2, 9))]
    node, depth = tree(chain)[0], 1
    while node.replies and depth < MAX_DEPTH - 1:
        node, depth = node.replies[0], depth + 1

    assert [reply.comment.id.int for reply in node.replies] == [4, 5, 6, 7, 8]
    assert [reply.aside for reply in node.replies] == [False, True, True, True, True]
    html = fragment(*chain)
    assert html.count("<ol") == MAX_DEPTH
    assert f'In reply to <a href="#comment-{UUID(int=7)}"><bdi>Reader 7</bdi></a>' in html


def test_a_reply_without_its_parent_says_whom_it_answers_if_that_is_known() -> None:
    known = fragment(a_comment(7, 3))
    assert f'In reply to <a href="#comment-{UUID(int=3)}"><bdi>Reader 3</bdi></a>' in known
    assert f'data-parent="{UUID(int=3)}"' in known
    assert "In reply to" not in fragment(a_comment(7, 3, parent_name=None))


def test_circles_in_the_replies_do_no_harm() -> None:
    html = fragment(a_comment(1, 2), a_comment(2, 1), a_comment(3, 3))
    assert [html.count(f'id="comment-{UUID(int=n)}"') for n in (1, 2, 3)] == [1, 1, 1]


def test_everything_that_people_write_is_escaped() -> None:
    hostile = a_comment(2, 9, name=HOSTILE, text=HOSTILE, parent_name=HOSTILE, website="javascript:alert(1)")
    values = dict.fromkeys(("text", "name", "email", "website", "parent", "page_title"), HOSTILE)
    form = FormView(HOSTILE, values, [FieldError(f"/{HOSTILE}", "x", HOSTILE)], HOSTILE)

    listing = PAGES.listing(a_thread(next=HOSTILE), [hostile], site=SITE, lang="en")
    for html in (fragment(hostile, next=HOSTILE), page(form, listing=listing), page(form, lang="ur")):
        outline = Outline(html)
        assert {tag for tag, _ in outline.tags}.isdisjoint({"img", "style"})
        assert {found["src"] for tag, found in outline.tags if tag == "script"} <= {"/cw/1/frame.js"}
        for _, attributes in outline.tags:
            assert not any(name.startswith("on") or name == "style" for name in attributes)
            assert not (attributes.get("href") or "").lower().startswith(("javascript", "data"))
        assert "{{ 7*7 }}" in html
    assert HOSTILE in [found.get("value") for found in Outline(page(form)).having(name="name")]


def test_a_website_is_a_link_on_the_name_that_passes_no_credit() -> None:
    outline = Outline(fragment(a_comment(1, website="https://ana.example/")))
    (found,) = outline.having(href="https://ana.example/")
    assert found["rel"] == "nofollow ugc noopener noreferrer"


def test_times_are_said_twice_for_programs_and_for_people() -> None:
    html = fragment(a_comment(1))
    assert 'datetime="2026-11-23T14:05:09Z"' in html
    assert ">2026-11-23 14:05 UTC</time>" in html


@pytest.mark.parametrize(
    ("lang", "number", "title"),
    [
        ("en", 0, "0 comments"),
        ("en", 1, "1 comment"),
        ("en", 1234, "1,234 comments"),
        ("ur", 1, "1 تبصرہ"),
        ("ur", 2, "2 تبصرے"),
    ],
)
def test_the_heading_counts(lang: str, number: int, title: str) -> None:
    assert f">{title}</h2>" in fragment(count=number, lang=lang)


def test_an_empty_thread_invites_and_a_closed_one_has_no_form() -> None:
    empty, closed = fragment(count=0), fragment(a_comment(1), closed=True)

    assert "Be the first" in empty
    assert "Comments are closed." in closed
    assert not Outline(closed).having(id="form")
    assert "data-reply" not in closed


def test_the_page_around_a_closed_thread_has_no_form_either() -> None:
    for shown in ([], [a_comment(1, text="<!--closed-->")]):
        closed = PAGES.listing(a_thread(closed=True), shown, site=SITE, lang="en")
        opened = PAGES.listing(a_thread(), shown, site=SITE, lang="en")
        assert not Outline(page(listing=closed)).having(id="form")
        assert Outline(page(listing=opened)).having(id="form")


def test_the_next_page_has_its_address() -> None:
    (found,) = Outline(fragment(a_comment(1), next="abc-_")).having(rel="next")
    query = "page=https%3A%2F%2Fnews.example%2Fbridge&lang=en&cursor=abc-_#count"
    assert found["href"] == f"/v1/sites/daily/thread.html?{query}"
    assert found["data-turn"] == "next"


def test_the_form_has_the_fields_that_the_service_reads() -> None:
    outline = Outline(page(FormView("token")))
    fields = {found["name"]: found for tag, found in outline.tags if tag in {"input", "textarea"}}

    assert list(fields) == [
        *("text", "name", "email", "website", "url2"),
        *("page", "page_title", "parent", "form_token", "lang", "redirect_to"),
    ]
    assert fields["form_token"]["value"] == "token"
    assert fields["page"]["value"] == ARTICLE
    assert fields["redirect_to"]["value"] == "thread"
    assert (fields["email"]["type"], fields["email"]["dir"]) == ("email", "ltr")
    assert [fields[name].get("autocomplete") for name in ("name", "email", "website", "url2")] == [
        *("name", "email", "url", "off"),
    ]
    assert fields["url2"]["tabindex"] == "-1"
    for name in ("text", "name", "email", "website", "url2"):
        assert outline.having(**{"for": name})


def test_the_fragment_has_the_same_form_but_nothing_of_one_reader() -> None:
    outline = Outline(fragment())
    assert not outline.having(name="redirect_to")
    assert outline.having(name="form_token") == [{"type": "hidden", "name": "form_token", "value": ""}]


def test_errors_stand_at_their_fields_and_in_a_list_above_and_what_was_typed_stays() -> None:
    errors = [
        FieldError("/email", "email.invalid", "No address."),
        FieldError("/text", "text.blank", "No text."),
        FieldError("/parent", "parent.unknown", "No parent."),
    ]
    html = page(FormView("t", {"name": "Ana", "text": "\n one"}, errors, "Some."))
    outline = Outline(html)

    assert outline.having(name="email", **{"aria-invalid": "true", "aria-describedby": "email-error"})
    assert outline.having(id="email-error")
    assert not outline.having(name="name", **{"aria-invalid": "true"})
    assert [found["href"] for found in outline.having() if (found.get("href") or "")[:1] == "#"] == [
        *("#text", "#email"),
    ]
    assert "<li>No parent.</li>" in html
    assert ">\n\n one</textarea>" in html
    assert outline.having(name="name", value="Ana")


def test_errors_are_said_in_the_language_of_the_page() -> None:
    errors = [FieldError("/name", "name.blank", "English."), FieldError("/text", "new.code", "Only here.")]
    html = page(FormView("t", {}, errors, "English."), lang="ur")

    assert "English." not in html
    assert "براہِ کرم ایسا نام لکھیں جو نظر آئے۔" in html
    assert "Only here." in html
    limited = page(FormView("t", {}, (), "English.", code="rate_limited"), lang="ur")
    assert "English." not in limited
    assert "English." in page(FormView("t", {}, (), "English.", code="rate_limited"))


def test_a_sent_form_says_that_the_comment_waits() -> None:
    html = page(FormView("t", sent=True))
    assert '<p id="status" role="status" tabindex="-1">Your comment is awaiting moderation.</p>' in html
    assert "awaiting moderation" not in page()


def test_a_reply_without_script_names_its_parent_and_can_be_called_off() -> None:
    html = page(FormView("t", {"parent": str(UUID(int=4))}))
    outline = Outline(html)
    assert outline.having(name="parent", value=str(UUID(int=4)))
    assert outline.having(href=f"#comment-{UUID(int=4)}")
    assert "Cancel reply" in html


def test_the_urdu_page_is_urdu_from_right_to_left() -> None:
    html = page(lang="ur")
    assert Outline(html).having(lang="ur", dir="rtl")
    assert "Leave" not in html
    assert '<div class="thread" lang="ur" dir="rtl" part="thread">' in fragment(lang="ur")


def test_the_page_has_the_frames_script_and_no_style_of_its_own_and_is_not_indexed() -> None:
    outline = Outline(page())
    assert not [tag for tag, found in outline.tags if tag == "style" or "style" in found]
    [script] = [found for tag, found in outline.tags if tag == "script"]
    assert script["src"] == "/cw/1/frame.js"
    assert outline.having(name="robots", content="noindex")
    assert outline.having(rel="stylesheet", href="/cw/1/thread.css")
