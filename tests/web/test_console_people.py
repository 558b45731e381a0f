"""The pages about people, accounts, tokens, addresses and the trail, by forms alone."""

import re

import httpx2
import pyotp
import pytest
from argon2 import PasswordHasher

from service.context import Context
from service.model.people import Rights, Role
from service.model.sites import Site
from service.store.database import Connection
from tests.conftest import MakeComment
from tests.factories import PASSWORD
from tests.people import a_moderator, ok
from tests.web.console_forms import OWN, SIGN_IN, followed, sign_in, words

_CHEAP = PasswordHasher(1, 8, 1)
NEW = "an own, quite long passphrase"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.usecases.passwords._hasher", _CHEAP)


@pytest.fixture
async def admin(client: httpx2.AsyncClient, ctx: Context, site: Site) -> str:
    """Root, who may also open addresses, signed in."""
    await a_moderator(ctx, "root", Rights(Role.ADMIN, None, True), _CHEAP.hash(PASSWORD))
    ok(await sign_in(client, "root"), 303)
    return "root"


async def send(client: httpx2.AsyncClient, path: str, page: str, **form: str) -> httpx2.Response:
    """Send a form as the page that it is on would."""
    found = re.search(r'name="csrf" value="([^"]+)"', ok(await client.get(page)).text)
    assert found
    return await client.post(path, data={"csrf": found[1], **form}, headers=OWN)


def secret(html: str) -> str:
    found = re.search(r'<code class="secret" dir="ltr">([^<]+)</code>', html)
    assert found, words(html)
    return found[1].replace("&#43;", "+")


async def test_somebody_is_invited_and_led_to_a_password_of_their_own(
    client: httpx2.AsyncClient, admin: str
) -> None:
    form = {"name": "irene", "role": "moderator", "where": "some", "site-daily": "reader"}
    invited = ok(await send(client, "/console/people", "/console/people", **form))
    password = secret(invited.text)
    client.cookies.clear()
    ok(await sign_in(client, "irene", password), 303)
    led = ok(await client.get("/console"), 303)
    assert led.headers["location"] == "/console/account"
    assert "Choose a password of your own." in words((await client.get("/console/account")).text)
    change = {"current": password, "new": NEW}
    done = await send(client, "/console/account/password", "/console/account", **change)
    assert "Your password was changed." in await followed(client, done)
    ok(await client.get("/console"))
    assert (await client.get("/console/people")).status_code == 403


async def test_an_invitation_that_will_not_do_is_shown_again_as_it_was_typed(
    client: httpx2.AsyncClient, admin: str
) -> None:
    form = {"name": "root", "role": "admin"}
    again = await send(client, "/console/people", "/console/people", **form)
    assert again.status_code == 409
    assert "There is a moderator called root already." in words(again.text)
    assert 'value="admin" selected' in again.text
    blank = await send(client, "/console/people", "/console/people", name="\u3164", role="admin")
    assert (blank.status_code, 'aria-invalid="true"' in blank.text) == (422, True)
    strange = await send(client, "/console/people", "/console/people", name="x", role="admin", site="x")
    assert strange.status_code == 422


async def test_rights_change_people_are_kept_out_and_the_last_admin_stays(
    client: httpx2.AsyncClient, ctx: Context, admin: str, conn: Connection
) -> None:
    irene = await a_moderator(ctx, "irene", Rights(Role.READER))
    path = f"/console/people/{irene}"
    done = await send(client, path, path, role="moderator", where="every", may_disclose="on")
    assert "Changed what irene may do." in await followed(client, done)
    row = await conn.fetchrow("SELECT role, all_sites, may_disclose FROM moderator WHERE name = 'irene'")
    assert tuple(row or ()) == ("moderator", True, True)
    for act, said in (("disable", "irene is kept out."), ("enable", "irene may sign in again.")):
        assert said in await followed(client, await send(client, f"{path}/acts", path, act=act))
    assert secret((await send(client, f"{path}/acts", path, act="password")).text)
    for act, said in (("factor", "was removed"), ("sessions", "was signed out")):
        assert said in await followed(client, await send(client, f"{path}/acts", path, act=act))
    root = await conn.fetchval("SELECT id FROM moderator WHERE name = 'root'")
    own = f"/console/people/{root}"
    refused = await send(client, f"{own}/acts", own, act="disable")
    assert refused.status_code == 409
    assert "Nobody else is an admin of every site." in words(refused.text)


async def test_a_second_factor_is_set_up_asked_for_and_removed(
    client: httpx2.AsyncClient, ctx: Context, admin: str
) -> None:
    page = "/console/account"
    shown = ok(await send(client, f"{page}/second-factor", page))
    assert "<svg" in shown.text
    wrong = await send(client, f"{page}/second-factor/confirmation", page, code="000000")
    assert (wrong.status_code, secret(wrong.text)) == (422, secret(shown.text))
    totp = pyotp.TOTP(secret(shown.text))
    code = totp.at(ctx.clock())
    codes = ok(await send(client, f"{page}/second-factor/confirmation", page, code=code))
    recovery = re.findall(r"<li><code>([\w-]+)</code></li>", codes.text)
    assert len(recovery) == 10
    assert "10 recovery codes are left." in words((await client.get(page)).text)

    client.cookies.clear()
    asked = ok(await sign_in(client, "root", next="/console/decided"))
    found = re.search(r'name="challenge" value="([^"]+)"', asked.text)
    assert found
    form = {"challenge": found[1], "next": "/console/decided"}
    again = await client.post(f"{SIGN_IN}/code", data={**form, "code": "000000"}, headers=OWN)
    assert (again.status_code, "The code is not right" in words(again.text)) == (401, True)
    done = await client.post(f"{SIGN_IN}/code", data={**form, "code": recovery[0]}, headers=OWN)
    assert ok(done, 303).headers["location"] == "/console/decided"
    late = await client.post(f"{SIGN_IN}/code", data={"challenge": "x", "code": "1"}, headers=OWN)
    assert (late.status_code, "sign in again" in words(late.text)) == (401, True)

    wrong = await send(client, f"{page}/second-factor/removal", page, password="not mine")
    assert (wrong.status_code, "This is not your password." in words(wrong.text)) == (422, True)
    renewed = ok(await send(client, f"{page}/recovery-codes", page, password=PASSWORD))
    assert recovery[1] not in renewed.text
    removed = await send(client, f"{page}/second-factor/removal", page, password=PASSWORD)
    assert "The second factor was removed." in await followed(client, removed)


async def test_sessions_end_and_choices_are_kept(client: httpx2.AsyncClient, admin: str) -> None:
    page = "/console/account"
    kept = await send(client, f"{page}/preferences", page)
    assert "Your choice was kept." in await followed(client, kept)
    assert ok(await client.get("/v1/me/preferences")).json()["shortcuts"] is False
    ended = ok(await send(client, f"{page}/sessions", page), 303)
    assert ended.headers["location"] == SIGN_IN
    assert ok(await client.get(page), 303).headers["location"].startswith(SIGN_IN)


async def test_a_token_is_made_rotated_and_revoked(client: httpx2.AsyncClient, admin: str) -> None:
    page = "/console/tokens"
    none = await send(client, page, page, name="the importer")
    assert (none.status_code, "Choose at least one scope." in words(none.text)) == (422, True)
    form = {"name": "the importer", "site": "daily", "read": "on", "expires_days": "30"}
    token = secret(ok(await send(client, page, page, **form)).text)
    listed = words((await client.get(page)).text)
    assert "the importer" in listed
    assert token not in listed
    rotated = ok(await send(client, f"{page}/{token[3:11]}", page, act="rotate"))
    assert secret(rotated.text) != token
    revoked = await send(client, f"{page}/{token[3:11]}", page, act="revoke")
    assert "The token was revoked." in await followed(client, revoked)
    assert (await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401


async def test_an_address_is_shown_once_to_who_may_and_says_why(
    client: httpx2.AsyncClient, admin: str, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(email="a.reader@example.com")
    page = f"/console/comments/{comment_id}"
    assert f"{page}/disclosure" in (await client.get(page)).text
    asked = ok(await client.get(f"{page}/disclosure"))
    assert "a.reader" not in asked.text
    wrong = await send(client, f"{page}/disclosure", f"{page}/disclosure", reason="it is a@b.example")
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (422, True)
    shown = ok(await send(client, f"{page}/disclosure", f"{page}/disclosure", reason="They asked."))
    assert secret(shown.text) == "a.reader@example.com"
    assert shown.headers["cache-control"] == "no-store"
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action = 'contact.disclosed'") == 1


async def test_the_trail_is_searched_and_goes_back_page_by_page(
    client: httpx2.AsyncClient, admin: str, conn: Connection, site: Site
) -> None:
    await conn.execute(
        "INSERT INTO audit_event (site_id, actor, action, target, before, after) "
        "SELECT $1, 'ana', 'test.many', g::text, '<b>', 'x' FROM generate_series(1, 60) g",
        site.id,
    )
    first = ok(await client.get("/console/audit?actor=ana&action=test&site=daily&since=2026-01-01")).text
    assert first.count('<code dir="ltr">test.many</code>') == 50
    assert "&lt;b&gt;" in first
    older = re.search(r'href="(/console/audit[^"]+)" rel="next"', first)
    assert older
    second = ok(await client.get(older[1].replace("&amp;", "&"))).text
    assert second.count("test.many") == 10
    exports = re.findall(r'href="(/v1/audit/export[^"]+)"', first)
    assert len(exports) == 2
    for address in exports:
        lines = ok(await client.get(address.replace("&amp;", "&"))).text.splitlines()
        assert len(lines) in {60, 61}
    assert "No such event." in words(ok(await client.get("/console/audit?actor=nobody")).text)
    assert (await client.get("/console/audit?since=yesterday")).status_code == 422


@pytest.mark.parametrize(
    "path", ["/console/account/password", "/console/account/sessions", "/console/people", "/console/tokens"]
)
async def test_a_form_of_another_session_does_nothing(
    client: httpx2.AsyncClient, admin: str, path: str
) -> None:
    form = {"csrf": "x", "new": NEW, "name": "eve", "role": "admin", "read": "on"}
    known = {
        "password": ("csrf", "new"),
        "sessions": ("csrf",),
        "people": ("csrf", "name", "role"),
        "tokens": ("csrf", "name", "read"),
    }[path.rpartition("/")[2]]
    refused = await client.post(path, data={name: form[name] for name in known}, headers=OWN)
    assert refused.status_code == 403


@pytest.mark.parametrize("language", ["ur", "ar"])
async def test_the_pages_speak_the_other_languages_too(
    client: httpx2.AsyncClient, admin: str, language: str
) -> None:
    for path in ("account", "people", "tokens", "audit"):
        page = ok(await client.get(f"/console/{path}", headers={"Accept-Language": language}))
        assert f'<html lang="{language}" dir="rtl"' in page.text
