"""Own comments, removed ones and reports as HTML: what each state offers, and nothing more."""

import gzip
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from service.model.authoring import OwnComment
from service.model.comments import Status
from service.web.drawing.own import OwnView
from tests.factories import ARTICLE
from tests.web.test_rendering import HOSTILE, PAGES, SITE, Outline, a_comment, fragment

NOW = datetime(2026, 11, 23, 14, 10, tzinfo=UTC)


def own(acts: bool = True, lang: str = "en", closed: bool = False, **over: Any) -> str:
    given: dict[str, Any] = {
        "id": UUID(int=7),
        "site_id": 1,
        "page_id": UUID(int=1),
        "page_url": ARTICLE,
        "parent_id": None,
        "parent_name": None,
        "root_id": UUID(int=7),
        "name": "Bilal",
        "website": None,
        "text": "\nFirst line empty.",
        "created_at": NOW - timedelta(minutes=1),
        "edited_at": None,
        "edit_until": NOW + timedelta(minutes=14),
        "due_at": NOW + timedelta(days=1),
        "appealed_at": None,
        "status": Status.PENDING,
        "by_policy": False,
        "gone": False,
        "version": 1,
    }
    view = OwnView.of(OwnComment(**{**given, **over}), NOW, acts=acts)
    return PAGES.own([view], ARTICLE, site=SITE, lang=lang, closed=closed)


@pytest.mark.parametrize(
    ("over", "badge", "acts"),
    [
        ({}, "Awaiting moderation", ["text", "withdrawal"]),
        ({"edit_until": NOW}, "Awaiting moderation", ["withdrawal"]),
        ({"status": Status.APPROVED}, None, ["text", "withdrawal"]),
        ({"status": Status.REJECTED}, "Not published", ["appeal", "withdrawal"]),
        ({"status": Status.REJECTED, "appealed_at": NOW}, "Not published", ["withdrawal"]),
        ({"status": Status.REJECTED, "by_policy": True}, "Awaiting moderation", ["text", "withdrawal"]),
        ({"status": Status.APPROVED, "gone": True, "name": "", "text": ""}, None, []),
    ],
)
def test_each_state_offers_what_may_be_done(over: dict[str, Any], badge: str | None, acts: list[str]) -> None:
    html = own(**over)
    outline = Outline(html)
    assert [found["data-act"] for tag, found in outline.tags if tag == "form"] == [
        f"comments/{UUID(int=7)}/{act}" for act in acts
    ]
    assert (f'<span class="badge" part="badge">{badge}</span>' in html) == (badge is not None)
    assert ("[comment removed]" in html) == bool(over.get("gone"))
    assert "<form" not in own(acts=False, **over)


def test_the_text_to_edit_is_the_text_to_the_letter() -> None:
    assert ">\n\nFirst line empty.</textarea>" in own()
    assert HOSTILE not in own(text=HOSTILE, name=HOSTILE)


def test_one_may_answer_oneself_where_the_page_is_open() -> None:
    assert "data-reply" in own(status=Status.APPROVED)
    assert "data-reply" not in own()
    assert "data-reply" not in own(status=Status.APPROVED, closed=True)


def test_a_removed_comment_has_a_place_and_replies_but_nothing_to_do() -> None:
    html = fragment(a_comment(1, removed=True, name="", text=""), a_comment(2, 1, parent_name=None))
    first, _, rest = html.partition("</article>")
    assert '<p class="removed">[comment removed]</p>' in first
    assert "<a " not in first
    assert f'data-reply="{UUID(int=2)}"' in rest
    assert "In reply to" not in html


def test_the_form_for_reports_is_hidden_until_it_is_asked_for() -> None:
    outline = Outline(fragment(a_comment(1)))
    [form] = outline.having(id="report")
    assert "hidden" in form
    assert outline.having(**{"data-report": str(UUID(int=1))})
    assert [found["value"] for tag, found in outline.tags if tag == "option"] == [
        *("spam", "abuse", "off_topic", "other"),
    ]


def test_fifty_comments_cost_a_few_kilobytes() -> None:
    text = "The bridge should have been mended last year, before the winter came. "
    shown = [
        a_comment(number, text=text[number:] + text[:number], id=UUID(int=hash(str(number)) & 2**128 - 1))
        for number in range(1, 51)
    ]
    assert len(gzip.compress(fragment(*shown, count=50).encode())) < 8_000
