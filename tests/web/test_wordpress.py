"""A form made for WordPress posts here as it is."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from service.context import Context
from service.store.database import Connection
from service.usecases.set_site import change_site
from tests.conftest import MakeComment
from tests.factories import ARTICLE, SITE_ORIGIN

PATH = "/v1/sites/daily/wp-comments-post.php"
BROWSER = {"Accept": "text/html,*/*;q=0.8", "Origin": SITE_ORIGIN}
# As twenty years of themes send it, with what plugins add.
FORM = {
    "comment": "The bridge should have been mended last year.",
    "author": "Bilal",
    "email": "reader@example.com",
    "url": "",
    "wp-comment-cookies-consent": "yes",
    "submit": "Post Comment",
    "comment_post_ID": "12",
    "comment_parent": "0",
    "akismet_comment_nonce": "1c4f",
    "ak_js": "250",
    "ak_hp_textarea": "",
}
pytestmark = pytest.mark.usefixtures("site")


async def test_such_a_form_is_taken_and_leads_back_to_its_comment(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    answer = await client.post(PATH, data=FORM | {"redirect_to": f"{ARTICLE}#respond"}, headers=BROWSER)

    assert answer.status_code == 303
    row = await conn.fetchrow(
        "SELECT c.id, c.name, c.text, p.url FROM comment c JOIN page p ON p.id = c.page_id"
    )
    assert row is not None
    assert (row["name"], row["text"], row["url"]) == ("Bilal", FORM["comment"], ARTICLE)
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == ARTICLE
    assert back.fragment == f"comment-{row['id']}"
    told = parse_qs(back.query)
    assert told["unapproved"] == [str(row["id"])]
    seen = await client.get(
        "/v1/sites/daily/thread.html",
        params={"page": answer.headers["location"], "mine": told["moderation-hash"][0]},
        headers=BROWSER,
    )
    assert FORM["comment"] in seen.text


@pytest.mark.parametrize(
    ("given", "headers", "page"),
    [
        ({"page": ARTICLE, "redirect_to": f"{SITE_ORIGIN}/thanks"}, {}, ARTICLE),
        ({"redirect_to": "https://elsewhere.example/"}, {"Referer": f"{ARTICLE}?utm_source=x"}, ARTICLE),
        ({}, {"Referer": f"{SITE_ORIGIN}/"}, f"{SITE_ORIGIN}/?p=12"),
        ({}, {"Referer": "https://elsewhere.example/a"}, f"{SITE_ORIGIN}/?p=12"),
    ],
)
async def test_the_article_is_known_by_what_the_form_says_or_by_its_number(
    client: httpx2.AsyncClient, conn: Connection, given: dict[str, str], headers: dict[str, str], page: str
) -> None:
    assert (await client.post(PATH, data=FORM | given, headers=BROWSER | headers)).status_code == 303
    assert await conn.fetchval("SELECT url FROM page") == page


async def test_a_form_that_tells_no_article_is_refused(client: httpx2.AsyncClient) -> None:
    given = {name: value for name, value in FORM.items() if name != "comment_post_ID"}
    answer = await client.post(PATH, data=given, headers=BROWSER)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "page.required"


async def test_a_reply_names_its_parent(
    client: httpx2.AsyncClient, conn: Connection, make_comment: MakeComment
) -> None:
    parent = await make_comment()
    await conn.execute("UPDATE comment SET status = 'approved'")
    given = FORM | {"page": ARTICLE, "comment_parent": str(parent), "comment": "I agree."}
    assert (await client.post(PATH, data=given, headers=BROWSER)).status_code == 303
    assert await conn.fetchval("SELECT parent_id FROM comment WHERE text = 'I agree.'") == parent
    other = await client.post(PATH, data=given | {"comment_parent": "7"}, headers=BROWSER)
    assert (other.status_code, "not on this page" in other.text) == (422, True)


async def test_every_error_is_shown_at_its_field_and_nothing_typed_is_lost(
    client: httpx2.AsyncClient,
) -> None:
    given = FORM | {"page": ARTICLE, "author": "", "email": "nobody", "url": "javascript:x"}
    answer = await client.post(PATH, data=given, headers=BROWSER)

    assert answer.status_code == 422
    assert FORM["comment"] in answer.text
    for field in ("name", "email", "website"):
        assert re.search(
            rf'id="{field}"[^>]*aria-invalid="true" aria-describedby="{field}-error"', answer.text
        )
        assert re.search(rf'<p class="error" id="{field}-error">\S', answer.text)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_program_is_told_in_the_words_of_the_form(client: httpx2.AsyncClient) -> None:
    given = FORM | {"page": ARTICLE, "author": "", "comment": " "}
    answer = await client.post(PATH, data=given, headers={"Accept": "application/json"})
    wrong = {found["pointer"]: found["code"] for found in answer.json()["errors"]}
    assert wrong == {"/author": "name.required", "/comment": "text.blank"}


async def test_saying_the_same_again_is_refused_as_wordpress_does(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    given = FORM | {"page": ARTICLE}
    await client.post(PATH, data=given, headers=BROWSER)
    again = await client.post(PATH, data=given, headers=BROWSER)
    assert (again.status_code, "You have said this here already." in again.text) == (409, True)
    assert FORM["comment"] in again.text
    assert await conn.fetchval("SELECT count(*) FROM comment") == 1


async def test_a_plugins_honeypot_counts_as_ours(client: httpx2.AsyncClient, conn: Connection) -> None:
    given = FORM | {"page": ARTICLE, "ak_hp_textarea": "buy"}
    assert (await client.post(PATH, data=given, headers=BROWSER)).status_code == 303
    assert await conn.fetchval("SELECT name FROM signal WHERE name = 'honeypot'") == "honeypot"


async def test_a_foreign_page_and_a_foreign_origin_are_refused(client: httpx2.AsyncClient) -> None:
    given = FORM | {"page": "https://elsewhere.example/a"}
    assert (await client.post(PATH, data=given, headers=BROWSER)).status_code == 422
    foreign = BROWSER | {"Origin": "https://elsewhere.example"}
    assert (await client.post(PATH, data=FORM, headers=foreign)).status_code == 403


async def test_what_the_site_makes_optional_is_optional_here_too(
    client: httpx2.AsyncClient, conn: Connection, ctx: Context
) -> None:
    change = {"name_required": False, "email_required": False, "consent_text": "I agree."}
    await change_site(ctx, "daily", change, actor="test")
    given = FORM | {"page": ARTICLE, "author": "", "email": ""}
    refused = await client.post(PATH, data=given, headers=BROWSER)
    assert (refused.status_code, 'id="consent-error"' in refused.text) == (422, True)
    assert (await client.post(PATH, data=given | {"consent": "yes"}, headers=BROWSER)).status_code == 303
    row = await conn.fetchrow("SELECT c.name, s.wording FROM comment c JOIN consent s ON s.comment_id = c.id")
    assert row is not None
    assert tuple(row) == ("Anonymous", "I agree.")
    assert await conn.fetchval("SELECT count(*) FROM contact") == 0
