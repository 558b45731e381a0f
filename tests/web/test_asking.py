"""What a site asks of a submission: less than usual, or consent; and nothing is said twice."""

import asyncio

import httpx2
import pytest

from service.context import Context
from service.model.asking import Consent
from service.model.sites import Site, page_id
from service.model.urls import parse_page
from service.store.database import Connection
from service.usecases import form_tokens, own_comments
from service.usecases.set_site import change_site
from tests.conftest import Bearer
from tests.factories import ARTICLE, SITE_ORIGIN, a_body

PATH, THREAD = "/v1/sites/daily/submissions", "/v1/sites/daily/thread.html"
BROWSER = {"Accept": "text/html", "Origin": SITE_ORIGIN}
WORDING = Consent("I agree to the [rules].", "https://news.example/rules")


async def ask(ctx: Context, **change: object) -> None:
    await change_site(ctx, "daily", change, actor="test")


def codes(answer: httpx2.Response) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


@pytest.mark.usefixtures("site")
async def test_what_is_optional_may_be_left_out_and_leaves_nothing_behind(
    ctx: Context, client: httpx2.AsyncClient, conn: Connection
) -> None:
    await ask(ctx, name_required=False, email_required=False, website_shown=False, language="ur")
    sent = a_body(name=None, email=None, website="https://bilal.example/")
    assert (await client.post(PATH, json=sent)).status_code == 202
    row = await conn.fetchrow("SELECT name, website FROM comment")
    assert row is not None
    assert tuple(row) == ("گمنام", None)
    assert await conn.fetchval("SELECT count(*) FROM contact") == 0
    # What is given is checked as ever.
    assert codes(await client.post(PATH, json=a_body(email="nobody"))) == {"/email": "email.invalid"}


@pytest.mark.usefixtures("site")
async def test_one_may_be_required_without_the_other(ctx: Context, client: httpx2.AsyncClient) -> None:
    await ask(ctx, email_required=False)
    assert codes(await client.post(PATH, json={"page": ARTICLE})) == {
        "/text": "text.required",
        "/name": "name.required",
    }


@pytest.mark.usefixtures("site")
async def test_consent_is_kept_in_the_words_that_the_form_had(
    ctx: Context, client: httpx2.AsyncClient, conn: Connection
) -> None:
    await ask(ctx, consent_text=WORDING.text, consent_url=WORDING.url)
    assert codes(await client.post(PATH, json=a_body(email="no"))) == {
        "/email": "email.invalid",
        "/consent": "consent.required",
    }
    assert codes(await client.post(PATH, json=a_body(consent="other"))) == {"/consent": "consent.changed"}
    page = (await client.get(THREAD, params={"page": ARTICLE}, headers=BROWSER)).text
    assert f'name="consent" value="{WORDING.id}"' in page
    assert '<a href="https://news.example/rules" target="_blank" rel="noopener">rules</a>.' in page
    answer = await client.post(PATH, json=a_body(consent=WORDING.id))
    assert answer.status_code == 202
    row = await conn.fetchrow("SELECT wording, url, given_at > now() - interval '1 minute' FROM consent")
    assert row is not None
    assert tuple(row) == (WORDING.text, WORDING.url, True)

    await ask(ctx, consent_text="I agree to everything.", consent_url=None)
    assert await conn.fetchval("SELECT wording FROM consent") == WORDING.text


async def test_consent_goes_with_the_comment(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    await ask(ctx, consent_text=WORDING.text)
    sent = await client.post(PATH, json=a_body(consent="yes"))
    await own_comments.withdraw(ctx, site, await conn.fetchval("SELECT id FROM comment"))
    assert sent.status_code == 202
    assert await conn.fetchval("SELECT count(*) FROM consent") == 0


@pytest.mark.usefixtures("site")
async def test_a_program_of_a_moderator_is_asked_for_no_consent_and_nobody_else_gets_by(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    await ask(ctx, consent_text=WORDING.text)
    assert (await client.post(PATH, json=a_body(), headers=await bearer("moderate"))).status_code == 202
    assert codes(await client.post(PATH, json=a_body(), headers=await bearer("read"))) == {
        "/consent": "consent.required"
    }


def test_a_wording_is_another_when_its_link_is() -> None:
    assert WORDING.parts == ("I agree to the ", "rules", ".")
    assert Consent("I [agree].").parts == ("I [agree].", "", "")
    assert WORDING.id != Consent(WORDING.text, "https://news.example/other").id


def a_form(ctx: Context, site: Site, **over: str) -> dict[str, str]:
    token = form_tokens.issue(ctx, site.id, page_id(parse_page(ARTICLE)))
    return a_body(form_token=token) | over


async def test_forms_say_a_thing_once_in_one_place(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    first = await client.post(PATH, json=a_form(ctx, site))
    again = await client.post(PATH, json=a_form(ctx, site))
    assert (again.status_code, again.json()["code"]) == (409, "said_before")
    assert again.json()["comment"] == first.json()["id"]
    for other in ({"email": "other@example.com"}, {"page": f"{SITE_ORIGIN}/other"}, {"text": "Else."}):
        given = a_form(ctx, site) | other
        if "page" in other:
            del given["form_token"]
        assert (await client.post(PATH, json=given)).status_code == 202
    # Programs that have no form decide for themselves.
    assert (await client.post(PATH, json=a_body())).status_code == 202
    assert await conn.fetchval("SELECT count(*) FROM comment") == 5


async def test_of_the_same_words_sent_at_once_one_is_taken(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    answers = await asyncio.gather(
        *(client.post(PATH, json=a_form(ctx, site, idempotency_key=f"key-{number}")) for number in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 5
    assert await conn.fetchval("SELECT count(*) FROM comment") == 1


async def test_what_was_taken_back_may_be_said_again_and_again(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    for _ in range(3):
        sent = await client.post(PATH, json=a_form(ctx, site))
        assert sent.status_code == 202
        assert (await client.post(PATH, json=a_form(ctx, site))).status_code == 409
        [latest] = await conn.fetch("SELECT id FROM comment WHERE gone_at IS NULL")
        await own_comments.withdraw(ctx, site, latest["id"])


async def test_without_an_address_the_same_words_of_another_network_are_somebody_elses(
    ctx: Context, site: Site, client: httpx2.AsyncClient
) -> None:
    await ask(ctx, name_required=False, email_required=False)
    given = a_form(ctx, site)
    del given["name"], given["email"]
    assert (await client.post(PATH, json=given)).status_code == 202
    second = a_form(ctx, site)
    del second["name"], second["email"]
    assert (await client.post(PATH, json=second)).status_code == 409
