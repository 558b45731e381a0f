"""Admins copy and erase for somebody who asked them, on a page that never shows the address again."""

import re

import httpx2

from service.context import Context
from service.model.people import Rights, Role
from service.model.sites import Site
from service.store.database import Connection
from tests.conftest import MakeComment
from tests.people import a_moderator, an_admin, ok, signed_in
from tests.planted import CANARY

ADDRESS = CANARY
PATH = "/console/privacy"


async def test_an_admin_gets_a_copy_and_erases_once_sure(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(email=ADDRESS)
    admin = await an_admin(ctx)
    page = ok(await client.get(PATH, headers=admin))
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    form = {"csrf": token[1], "site": "daily", "email": ADDRESS}

    copy = ok(await client.post(PATH, data={**form, "act": "copy"}, headers=admin))
    assert copy.headers["content-disposition"].startswith("attachment")
    assert copy.json()["sites"][0]["comments"][0]["id"] == str(comment_id)
    unsure = ok(await client.post(PATH, data={**form, "act": "erase"}, headers=admin), 422)
    assert ADDRESS not in unsure.text
    assert await conn.fetchval("SELECT count(*) FROM contact") == 1
    done = ok(await client.post(PATH, data={**form, "act": "erase", "sure": "on"}, headers=admin))
    assert "Comments erased: 1." in done.text
    assert ADDRESS not in done.text
    assert await conn.fetchval("SELECT count(*) FROM contact") == 0
    foreign = await client.post(
        PATH, data={**form, "act": "copy", "csrf": "x"}, headers=admin, follow_redirects=False
    )
    assert foreign.status_code == 403


async def test_nobody_else_finds_the_page(client: httpx2.AsyncClient, ctx: Context, site: Site) -> None:
    ana = await signed_in(ctx, await a_moderator(ctx, "ana", Rights(Role.MODERATOR, may_disclose=True)))
    assert (await client.get(PATH, headers=ana)).status_code == 403
    assert PATH not in (await client.get("/console", headers=ana)).text
