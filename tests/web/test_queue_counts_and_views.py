"""How much waits in each view, and views that people save."""

import httpx2
import pytest

from service.context import Context
from service.model.people import Role
from service.model.queue import Count
from service.store import counts
from service.store.database import Connection
from service.usecases.govern import add_moderator, add_site
from tests.conftest import Bearer, MakeComment
from tests.factories import PASSWORD
from tests.web.console_forms import OWN, sign_in

pytestmark = pytest.mark.usefixtures("site")


async def test_each_view_is_counted_to_a_thousand(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, conn: Connection, ctx: Context
) -> None:
    await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    headers = await bearer("moderate")
    _, b, c = [await make_comment() for _ in range(3)]
    body = {"action": "approve", "version": 1}
    decided = await client.post(f"/v1/comments/{c}/decisions", json=body, headers=headers)
    me = decided.json()["decisions"][0]["by"]
    await client.post("/v1/queue/leases", json={"count": 1}, headers=headers)
    await conn.execute("UPDATE comment SET open_reports = 2 WHERE id = $1", c)
    await conn.execute(
        "UPDATE comment SET assigned_to = $2, escalated_at = now(), due_at = now() WHERE id = $1", b, me
    )
    found = (await client.get("/v1/queue/counts", headers=headers)).json()
    expected = {"pending": 2, "mine": 1, "escalated": 1, "overdue": 1, "edited": 0, "appealed": 0}
    expected |= {"reported": 1, "held": 1}
    assert found == {name: {"count": count, "exact": True} for name, count in expected.items()}
    elsewhere = (await client.get("/v1/queue/counts?site=weekly", headers=headers)).json()
    assert {view["count"] for view in elsewhere.values()} == {0}
    assert (await client.get("/v1/queue/counts?site=nowhere", headers=headers)).status_code == 404


async def test_a_thousand_is_a_thousand_or_more(
    ctx: Context, make_comment: MakeComment, conn: Connection
) -> None:
    await make_comment()
    more = (
        "INSERT INTO comment (site_id, id, page_id, root_id, depth, name, text, score, verdict)"
        " SELECT site_id, gen_random_uuid(), page_id, root_id, depth, name, text, score, verdict"
        " FROM comment, generate_series(1, $1)"
    )
    await conn.execute(more, 998)
    assert (await counts.by_view(conn, [1], "ana"))["pending"] == Count(999, exact=True)
    await conn.execute("DELETE FROM comment WHERE id <> root_id")
    await conn.execute(more, 1_500)
    assert (await counts.by_view(conn, [1], "ana"))["pending"] == Count(1_000, exact=False)


async def test_views_are_saved_replaced_and_forgotten_each_person_for_themselves(
    client: httpx2.AsyncClient, ctx: Context, moderator: str
) -> None:
    await add_moderator(ctx, "bilal", PASSWORD, role=Role.MODERATOR, site_ids=None, actor="test")
    await sign_in(client)
    query = {"order": "riskiest", "q": 'site:daily "town council"', "assigned": "me"}
    saved = await client.put("/v1/views", json={"name": " Spam? ", "query": query}, headers=OWN)
    assert saved.status_code == 200, saved.text
    [view] = saved.json()["views"]
    assert (view["name"], view["query"]) == ("Spam?", query)
    assert (await client.get("/v1/queue", params=view["query"])).status_code == 200
    await client.put("/v1/views", json={"name": "Spam?", "query": {"reported": True}}, headers=OWN)
    [view] = (await client.get("/v1/views")).json()["views"]
    assert view["query"] == {"reported": True}

    await sign_in(client, "bilal")
    assert (await client.get("/v1/views")).json() == {"views": []}
    await client.delete("/v1/views", params={"name": "Spam?"}, headers=OWN)
    await sign_in(client)
    assert len((await client.get("/v1/views")).json()["views"]) == 1
    gone = await client.delete("/v1/views", params={"name": "Spam?"}, headers=OWN)
    assert gone.json() == {"views": []}


async def test_a_view_that_could_not_be_asked_is_not_saved(
    client: httpx2.AsyncClient, bearer: Bearer, moderator: str
) -> None:
    await sign_in(client)
    for name, query, pointer in (
        ("a", {"q": "colour:red"}, "/q"),
        ("a", {"severity": 9}, "/query/severity"),
        ("a", {"colour": "red"}, "/query/colour"),
        ("a", {"order": "riskiest", "status": "all"}, "/order"),
        ("\u200b", {}, "/name"),
    ):
        refused = await client.put("/v1/views", json={"name": name, "query": query}, headers=OWN)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    for number in range(50):
        await client.put("/v1/views", json={"name": f"{number}", "query": {}}, headers=OWN)
    assert (await client.put("/v1/views", json={"name": "x", "query": {}}, headers=OWN)).status_code == 409
    assert (await client.put("/v1/views", json={"name": "7", "query": {}}, headers=OWN)).status_code == 200
    client.cookies.clear()
    assert (await client.get("/v1/views", headers=await bearer("moderate"))).status_code == 403
