"""A provider's account is linked by its owner or by an admin, and by nobody else."""

import httpx2

from service.context import Context
from service.model.people import Rights, Role
from service.store.database import Connection
from service.usecases.sign_in import session_digest
from tests.people import a_cookie, a_moderator, an_admin, ok
from tests.provider import ISSUER
from tests.web.provider.conftest import SUBJECT, there


async def test_an_account_is_linked_by_its_owner_and_unlinked_where_a_password_is_left(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection, browser: httpx2.AsyncClient
) -> None:
    irene = await a_moderator(ctx, "irene", Rights(Role.MODERATOR))
    cookie = await a_cookie(ctx, irene)
    headers = {"Origin": "http://testserver", "Cookie": f"greenroom={cookie}"}
    forged = await client.post("/console/account/provider", data={"csrf": "x"}, headers=headers)
    assert forged.status_code == 403
    csrf = ctx.vault.sign("csrf", session_digest(cookie))
    shown = ok(await client.post("/console/account/provider", data={"csrf": csrf}, headers=headers))
    leaving = shown.text.split('href="https://id.example')[1].split('"')[0].replace("&amp;", "&")
    back = (await browser.get(f"{ISSUER}{leaving}")).headers["location"]
    flow = shown.headers["set-cookie"].split(";")[0]
    stranger = f"greenroom={await a_cookie(ctx, await a_moderator(ctx, 'eve', Rights(Role.READER)))}"
    assert (await client.get(back, headers={"Cookie": f"{flow}; {stranger}"})).status_code == 401
    assert await conn.fetchval("SELECT oidc_subject FROM moderator WHERE name = 'eve'") is None

    shown = ok(await client.post("/console/account/provider", data={"csrf": csrf}, headers=headers))
    leaving = shown.text.split('href="https://id.example')[1].split('"')[0].replace("&amp;", "&")
    back = (await browser.get(f"{ISSUER}{leaving}")).headers["location"]
    flow = shown.headers["set-cookie"].split(";")[0]
    ok(await client.get(back, headers={"Cookie": f"{flow}; greenroom={cookie}"}), 303)
    assert await conn.fetchval("SELECT oidc_subject FROM moderator WHERE name = 'irene'") == SUBJECT
    only_way = await client.delete("/v1/me/provider", headers=headers)
    assert (only_way.status_code, only_way.json()["code"]) == (403, "only_way_in")
    await conn.execute("UPDATE moderator SET password_hash = 'x'")
    ok(await client.delete("/v1/me/provider", headers=headers), 204)


async def test_an_admin_links_an_account_that_is_nobody_elses(
    client: httpx2.AsyncClient, ctx: Context, browser: httpx2.AsyncClient
) -> None:
    admin = await an_admin(ctx)
    irene, eve = [await a_moderator(ctx, name, Rights(Role.READER)) for name in ("irene", "eve")]
    body = {"subject": SUBJECT}
    ok(await client.patch(f"/v1/moderators/{irene}", json=body, headers=admin))
    taken = await client.patch(f"/v1/moderators/{eve}", json=body, headers=admin)
    assert taken.status_code == 409
    ok(await client.get(await there(client, browser)), 303)
    ok(await client.patch(f"/v1/moderators/{irene}", json={"subject": ""}, headers=admin))
    client.cookies.clear()
    assert (await client.get(await there(client, browser))).status_code == 403
