"""Owners list and add sites, change their settings, and see beforehand what that would do."""

import httpx2
import pytest

from service.context import Context
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_site
from tests.conftest import Bearer, MakeComment

SITE, SITES = "/v1/sites/daily", "/v1/sites"
USUAL = {
    "origins": ["https://news.example"],
    "title": None,
    "language": "en",
    "close_after_days": None,
    "respond_hours": 24,
    "edit_minutes": 15,
    "review_share": 0.0,
    "keep_rejected_days": None,
    "keep_contacts_days": None,
    "name_required": True,
    "email_required": True,
    "website_shown": True,
    "comment_first": True,
    "consent_text": None,
    "consent_url": None,
    "version": 1,
}

pytestmark = pytest.mark.usefixtures("site")


async def test_settings_are_read_changed_as_a_whole_and_audited(
    client: httpx2.AsyncClient, bearer: Bearer, conn: Connection
) -> None:
    headers = await bearer("admin")
    read = (await client.get(SITE, headers=headers)).json()
    assert {name: read[name] for name in USUAL} == USUAL

    assert (await client.post(f"{SITE}/consequences", headers=headers, json=read)).status_code == 200
    new = read | {"title": "روزنامہ", "edit_minutes": 0, "close_after_days": 14}
    answer = await client.put(SITE, headers=headers, json=new)
    assert answer.status_code == 200
    assert answer.json() == new | {"version": 2}
    told = await conn.fetchrow("SELECT actor, before, after FROM audit_event WHERE action = 'site.set'")
    assert told is not None
    assert told["before"] == '{"title": null, "close_after_days": null, "edit_minutes": 15}'

    late = await client.put(SITE, headers=headers, json=new)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("over", "pointer", "code"),
    [
        ({"origins": []}, "/origins", "site.origin"),
        ({"origins": ["https://news.example/path"]}, "/origins", "origin.path"),
        ({"title": " "}, "/title", "title.length"),
        ({"title": "a\tb"}, "/title", "invalid_character"),
        ({"language": "English please"}, "/language", "language.invalid"),
        ({"respond_hours": 0}, "/respond_hours", "respond_hours.range"),
        ({"edit_minutes": -1}, "/edit_minutes", "edit_minutes.range"),
        ({"review_share": 1.5}, "/review_share", "review_share.range"),
        ({"keep_rejected_days": 0}, "/keep_rejected_days", "keep_rejected_days.range"),
        ({"keep_contacts_days": "30"}, "/keep_contacts_days", "keep_contacts_days.type"),
        ({"name_required": "yes"}, "/name_required", "name_required.type"),
        ({"consent_text": " "}, "/consent_text", "consent_text.length"),
        ({"consent_text": "a" * 501}, "/consent_text", "consent_text.length"),
        ({"consent_text": "a\nb"}, "/consent_text", "consent_text.character"),
        ({"consent_url": "https://a.example/"}, "/consent_text", "consent_text.missing"),
        (
            {"consent_text": "I agree.", "consent_url": "http://a.example/"},
            "/consent_url",
            "consent_url.invalid",
        ),
        ({"consent_text": "I agree.", "consent_url": "javascript:x"}, "/consent_url", "consent_url.invalid"),
        ({"version": 2**31}, "/version", "version.less_than_equal"),
        ({"nonsense": 1}, "/nonsense", "unknown"),
    ],
)
async def test_a_wrong_setting_is_refused_at_its_field(
    client: httpx2.AsyncClient, bearer: Bearer, over: dict[str, object], pointer: str, code: str
) -> None:
    answer = await client.put(SITE, headers=await bearer("admin"), json=USUAL | over)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_a_site_is_added_with_its_settings_by_who_governs_every_site(
    client: httpx2.AsyncClient, bearer: Bearer, site: Site
) -> None:
    new = USUAL | {"site": "weekly", "origins": ["https://weekly.example"], "language": "ur"}
    own = await bearer("admin", site_id=site.id)
    assert (await client.post(SITES, headers=own, json=new)).status_code == 403
    headers = await bearer("admin")
    added = await client.post(SITES, headers=headers, json=new)
    assert (added.status_code, added.json()["language"], added.json()["version"]) == (201, "ur", 1)
    assert (await client.post(SITES, headers=headers, json=new)).status_code == 409
    bad = await client.post(SITES, headers=headers, json=new | {"site": "No Spaces"})
    assert bad.json()["errors"][0]["code"] == "site.slug"
    listed = (await client.get(SITES, headers=headers)).json()["sites"]
    assert [each["site"] for each in listed] == ["daily", "weekly"]
    assert [each["site"] for each in (await client.get(SITES, headers=own)).json()["sites"]] == ["daily"]


async def test_another_site_is_not_there_for_who_does_not_govern_it(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    headers = await bearer("admin", site_id=other.id)
    assert (await client.get(SITE, headers=headers)).status_code == 404
    assert (await client.put(SITE, headers=headers, json=USUAL)).status_code == 404
    assert (await client.put(SITE, headers=await bearer("moderate"), json=USUAL)).status_code == 403


async def test_what_settings_would_close_and_delete_is_told_beforehand(
    client: httpx2.AsyncClient, bearer: Bearer, conn: Connection, make_comment: MakeComment
) -> None:
    headers = await bearer("admin")
    await make_comment()
    await conn.execute("UPDATE page SET created_at = now() - interval '20 days'")
    wanted = USUAL | {"close_after_days": 14, "keep_rejected_days": 30, "keep_contacts_days": 30}
    told = await client.post(f"{SITE}/consequences", headers=headers, json=wanted)
    assert told.json() == {"closed_pages": 1, "emptied_comments": 0, "deleted_contacts": 0}
    assert (await client.get(SITE, headers=headers)).json()["version"] == 1

    await client.put(SITE, headers=headers, json=wanted)
    again = await client.post(f"{SITE}/consequences", headers=headers, json=wanted | {"version": 2})
    assert again.json()["closed_pages"] == 0
