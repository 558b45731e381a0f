"""One address is opened for one person who may and says why; it is written down nowhere."""

import io
import json
import logging
from collections.abc import Iterator

import httpx2
import pytest
import structlog

from service.context import Context
from service.logs import set_up
from service.model.people import Rights, Role
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.disclose import BURST
from tests.conftest import Bearer, MakeComment
from tests.people import a_moderator, ok, signed_in

ADDRESS = "a.reader@example.com"
WHY = {"reason": "The author asked for it to be corrected."}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    found = io.StringIO()
    set_up("debug", "json", found)
    yield found
    logging.getLogger().handlers.clear()
    structlog.reset_defaults()


async def test_who_may_gets_the_address_and_the_trail_gets_the_reason(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment, conn: Connection, site: Site
) -> None:
    comment_id = await make_comment(email=ADDRESS)
    sana = await signed_in(ctx, await a_moderator(ctx, "sana", Rights(Role.MODERATOR, None, True)))
    opened = ok(await client.post(f"/v1/comments/{comment_id}/disclosures", json=WHY, headers=sana), 201)
    assert opened.json() == {"email": ADDRESS}
    assert opened.headers["cache-control"] == "no-store"
    [event] = await conn.fetch("SELECT * FROM audit_event WHERE action = 'contact.disclosed'")
    assert (event["site_id"], event["actor"], event["target"], event["after"]) == (
        site.id,
        "sana",
        str(comment_id),
        WHY["reason"],
    )
    assert (event["network"], str(event["request_id"])) == ("127.0.0.0/24", opened.headers["x-request-id"])


async def test_nobody_may_by_being_something_else(
    client: httpx2.AsyncClient, ctx: Context, make_comment: MakeComment, bearer: Bearer, conn: Connection
) -> None:
    path = f"/v1/comments/{await make_comment(email=ADDRESS)}/disclosures"
    callers = [
        await signed_in(ctx, await a_moderator(ctx, "root", Rights(Role.ADMIN))),
        await signed_in(ctx, await a_moderator(ctx, "irene", Rights(Role.READER, None, True))),
        await bearer("admin", "moderate", "export"),
    ]
    for headers in callers:
        refused = await client.post(path, json=WHY, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action LIKE 'contact%'") == 0
    ok(await client.post(path, json=WHY, headers=await bearer("disclose")), 201)


async def test_not_on_another_site(
    client: httpx2.AsyncClient, make_comment: MakeComment, bearer: Bearer, site: Site
) -> None:
    path = f"/v1/comments/{await make_comment()}/disclosures"
    headers = await bearer("disclose", site_id=site.id)
    ok(await client.post(path, json=WHY, headers=headers), 201)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("", "reason.string_too_short"),
        ("   ", "reason.length"),
        ("\u3164", "reason.length"),
        ("a\nb", "invalid_character"),
        ("it is a.reader@example.com", "reason.address"),
    ],
)
async def test_a_reason_says_why_and_holds_no_address(
    client: httpx2.AsyncClient,
    make_comment: MakeComment,
    bearer: Bearer,
    conn: Connection,
    reason: str,
    code: str,
) -> None:
    path = f"/v1/comments/{await make_comment(email=ADDRESS)}/disclosures"
    refused = await client.post(path, json={"reason": reason}, headers=await bearer("disclose"))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action LIKE 'contact%'") == 0


async def test_the_address_is_in_no_log_no_event_and_no_other_answer(
    client: httpx2.AsyncClient,
    make_comment: MakeComment,
    bearer: Bearer,
    conn: Connection,
    log: io.StringIO,
) -> None:
    comment_id = await make_comment(email=ADDRESS)
    headers = await bearer("disclose", "admin")
    ok(await client.post(f"/v1/comments/{comment_id}/disclosures", json=WHY, headers=headers), 201)
    told = [
        log.getvalue(),
        str(await conn.fetch("SELECT * FROM audit_event")),
        (await client.get(f"/v1/comments/{comment_id}", headers=headers)).text,
        (await client.get("/v1/audit", headers=headers)).text,
        (await client.get("/v1/audit/export", headers=headers)).text,
    ]
    assert "contact.disclosed" in told[0]
    assert all("a.reader" not in text for text in told)
    assert json.loads(log.getvalue().splitlines()[0])


async def test_reading_addresses_one_after_the_other_comes_to_an_end(
    client: httpx2.AsyncClient, make_comment: MakeComment, bearer: Bearer
) -> None:
    path = f"/v1/comments/{await make_comment()}/disclosures"
    headers = await bearer("disclose")
    codes = [(await client.post(path, json=WHY, headers=headers)).status_code for _ in range(BURST + 1)]
    assert codes == [201] * BURST + [429]


async def test_what_is_gone_or_cannot_be_opened_is_told_so(
    client: httpx2.AsyncClient, make_comment: MakeComment, bearer: Bearer, conn: Connection
) -> None:
    comment_id = await make_comment()
    path, headers = f"/v1/comments/{comment_id}/disclosures", await bearer("disclose")
    await conn.execute("UPDATE contact SET sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))")
    assert (await client.post(path, json=WHY, headers=headers)).status_code == 409
    await conn.execute("DELETE FROM contact")
    assert (await client.post(path, json=WHY, headers=headers)).status_code == 404
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action LIKE 'contact%'") == 0
