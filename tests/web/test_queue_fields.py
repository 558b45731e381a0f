"""What the queue tells of a comment beside its bill: the deadline, whose it is, who holds it."""

from datetime import datetime, timedelta

import httpx2
import pytest

from service.model.sites import Site
from service.store.database import Connection
from tests.conftest import Bearer, MakeComment

pytestmark = pytest.mark.usefixtures("site")


async def only(client: httpx2.AsyncClient, headers: dict[str, str]) -> dict[str, object]:
    [comment] = (await client.get("/v1/queue", headers=headers)).json()["comments"]
    assert isinstance(comment, dict)
    return comment


async def test_a_comment_is_due_when_its_site_says(
    client: httpx2.AsyncClient, bearer: Bearer, site: Site, conn: Connection
) -> None:
    await conn.execute("UPDATE site SET respond_hours = 3")
    body = {"page": "https://news.example/a", "name": "Ana", "email": "a@example.com", "text": "Hello."}
    sent = await client.post(f"/v1/sites/{site.slug}/submissions", json=body)
    assert sent.status_code == 202
    comment = await only(client, await bearer("read"))
    due, made = (datetime.fromisoformat(str(comment[name])) for name in ("due_at", "created_at"))
    assert due - made == timedelta(hours=3)


async def test_a_plain_comment_is_anybodys_and_nobody_holds_it(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    await make_comment()
    comment = await only(client, await bearer("read"))
    for name in ("assigned_to", "escalated_at", "edited_at", "appealed_at", "lease"):
        assert comment[name] is None
    assert comment["open_reports"] == 0


async def test_a_running_lease_is_shown_and_one_that_ran_out_is_not(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id, headers = await make_comment(), await bearer("read")
    await conn.execute(
        "INSERT INTO lease (site_id, comment_id, holder, expires_at)"
        " SELECT site_id, id, 'ana', now() + interval '1 minute' FROM comment WHERE id = $1",
        comment_id,
    )
    lease = (await only(client, headers))["lease"]
    assert isinstance(lease, dict)
    assert lease["by"] == "ana"
    await conn.execute("UPDATE lease SET expires_at = now()")
    assert (await only(client, headers))["lease"] is None
