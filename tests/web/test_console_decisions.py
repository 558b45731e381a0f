"""The console without JavaScript: deciding by forms, and what must be refused."""

import httpx2
import pytest

from service.context import Context
from service.model.people import Role
from service.store.database import Connection
from service.usecases.govern import add_moderator, add_site
from tests.conftest import Bearer, MakeComment
from tests.factories import PASSWORD
from tests.web.console_forms import OWN, csrf, decide, decisions, followed, sign_in, words

pytestmark = pytest.mark.usefixtures("site", "moderator")


async def test_a_comment_is_approved_and_the_notice_offers_to_undo(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment(name="Zoë")
    await sign_in(client)
    response = await decide(client, comment_id, "approve", back="/console?site=daily&decided=x")
    location = response.headers["location"]
    assert location == f"/console?site=daily&decided={comment_id}#notice"
    assert "Approved the comment by Zoë. Undo" in await followed(client, response)
    assert await conn.fetchval("SELECT status FROM comment") == "approved"

    undone = await decide(client, comment_id, "undo", version=2, back=location.partition("#")[0])
    assert "it is pending again" in await followed(client, undone)
    assert await conn.fetchval("SELECT status FROM comment") == "pending"


async def test_a_comment_is_rejected_with_a_reason_and_a_note(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    response = await decide(client, comment_id, "reject", reason="off_topic", note="about\r\nferries")
    assert "Rejected the comment by Bilal as off topic." in await followed(client, response)
    row = await conn.fetchrow("SELECT reason, note, decided_by FROM decision")
    assert row is not None
    assert tuple(row) == ("off_topic", "about\r\nferries", "ana")

    for path in ("/console/decided", f"/console/comments/{comment_id}"):
        read = words((await client.get(path)).text)
        assert "Rejected" in read
        assert "ana rejected it as off topic, just now" in read
        assert "about ferries" in read
        assert "Undo" in read


async def test_a_thread_shows_the_decision_at_once(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    comment_id, thread = await make_comment(), "/v1/sites/daily/thread?page=https://news.example/bridge"
    assert (await client.get(thread)).json()["comments"] == []
    await sign_in(client)
    await decide(client, comment_id, "approve")

    assert len((await client.get(thread)).json()["comments"]) == 1


async def test_who_comes_too_late_is_told_who_decided_what(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context
) -> None:
    comment_id = await make_comment(name="Zoë")
    await add_moderator(ctx, "ben", PASSWORD, role=Role.MODERATOR, site_ids=None, actor="test")
    await sign_in(client)
    await decide(client, comment_id, "approve")
    client.cookies.clear()
    await sign_in(client, name="ben")
    response = await decide(client, comment_id, "reject", reason="spam")

    read = await followed(client, response)
    assert "ana approved this comment by Zoë before you. Nothing was changed." in read
    assert "Undo" not in read


async def test_sending_a_form_twice_is_told_as_ones_own(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    await decide(client, comment_id, "approve")

    read = await followed(client, await decide(client, comment_id, "approve"))
    assert "You approved this comment by Bilal before you sent this form." in read


async def test_there_is_nothing_to_undo_on_a_fresh_comment(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    response = await decide(client, comment_id, "undo")

    assert response.status_code == 409
    assert "nothing to undo" in words(response.text)


@pytest.mark.parametrize(
    ("note", "sentence"), [("x" * 1001, "1000"), ("a\x01b", "control character")], ids=["long", "control"]
)
async def test_a_refused_note_is_shown_again_with_what_is_wrong(
    client: httpx2.AsyncClient, make_comment: MakeComment, note: str, sentence: str
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    response = await decide(client, comment_id, "reject", reason="spam", note=note)

    assert response.status_code == 422
    assert '<details class="reject" open>' in response.text
    assert note in response.text
    assert sentence in words(response.text)


@pytest.mark.parametrize("token", [None, "", "1.AAAAAAAAAAAAAAAAAAAAAA", "é"])
async def test_a_form_without_the_sessions_token_is_refused(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection, token: str | None
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    form = {"action": "approve", "version": "1"} | ({} if token is None else {"csrf": token})
    response = await client.post(decisions(comment_id), data=form, headers=OWN)

    assert response.status_code == 403
    assert response.headers["content-type"].startswith("text/html")
    assert await conn.fetchval("SELECT status FROM comment") == "pending"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {}],
    ids=["origin", "null", "fetch-metadata", "none"],
)
async def test_a_form_of_another_site_is_refused(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection, headers: dict[str, str]
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    form = {"action": "approve", "version": "1", "csrf": await csrf(client)}
    response = await client.post(decisions(comment_id), data=form, headers=headers)

    assert response.status_code == 403
    assert await conn.fetchval("SELECT status FROM comment") == "pending"


async def test_a_moderator_of_another_site_sees_nothing_of_this_one(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context
) -> None:
    comment_id = await make_comment(text="Only for the daily.")
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    await add_moderator(
        ctx, "ben", PASSWORD, role=Role.MODERATOR, site_ids=frozenset({other.id}), actor="test"
    )
    await sign_in(client, name="ben")

    seen = (await client.get("/console", params={"decided": str(comment_id)})).text
    assert "Queue clear." in seen
    assert "daily" not in seen
    assert (await client.get("/console", params={"site": "daily"})).status_code == 404
    assert (await client.get(f"/console/comments/{comment_id}")).status_code == 404
    assert (await decide(client, comment_id, "approve")).status_code == 404


async def test_the_queue_of_one_site_leaves_out_the_others(
    client: httpx2.AsyncClient, make_comment: MakeComment, ctx: Context
) -> None:
    await make_comment(text="Only for the daily.")
    await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    await sign_in(client)

    daily = (await client.get("/console", params={"site": "daily"})).text
    assert "Only for the daily." in daily
    assert "<option selected>daily</option>" in daily
    assert "Nothing waits on weekly." in words((await client.get("/console?site=weekly")).text)


async def test_who_may_only_read_sees_no_buttons_and_cannot_decide(
    client: httpx2.AsyncClient, make_comment: MakeComment, bearer: Bearer
) -> None:
    comment_id, headers = await make_comment(), await bearer("read")
    for path in ("/console", "/console/decided", f"/console/comments/{comment_id}"):
        page = await client.get(path, headers=headers)
        assert page.status_code == 200
        assert "/decisions" not in page.text
    form = {"action": "approve", "version": "1"}
    response = await client.post(decisions(comment_id), data=form, headers=headers)

    assert response.status_code == 403
    assert "scope moderate" in words(response.text)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/comments/01990000-0000-7000-8000-000000000000", 404),
        ("/console/comments/nonsense", 404),
        ("/console?cursor=nonsense", 400),
        ("/console?nonsense=1", 422),
    ],
)
async def test_what_goes_wrong_is_told_on_a_page(client: httpx2.AsyncClient, path: str, status: int) -> None:
    await sign_in(client)
    page = await client.get(path)

    assert page.status_code == status
    assert page.headers["content-type"].startswith("text/html")
    assert "Go to the queue" in page.text


async def test_looking_changes_nothing(
    client: httpx2.AsyncClient, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id = await make_comment()
    await sign_in(client)
    for path in (f"/console?decided={comment_id}", "/console/decided", f"/console/comments/{comment_id}"):
        assert (await client.get(path)).status_code == 200
    for path in (decisions(comment_id), "/console/sign-out"):
        assert (await client.get(path)).status_code == 405
    assert await conn.fetchval("SELECT version FROM comment") == 1
