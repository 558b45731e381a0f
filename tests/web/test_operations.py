"""Signs of life, metrics, and pages closed over the API."""

import httpx2

from service.context import Context
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.govern import add_site
from service.web.http.state import State
from tests.conftest import Bearer, MakeComment
from tests.factories import ARTICLE, a_body


async def test_a_living_service_with_its_database_is_alive_and_ready(client: httpx2.AsyncClient) -> None:
    for path in ("/livez", "/readyz"):
        response = await client.get(path)
        assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")


async def test_a_service_that_is_stopping_is_alive_and_not_ready(
    client: httpx2.AsyncClient, state: State
) -> None:
    state.draining = True

    assert (await client.get("/livez")).status_code == 200
    response = await client.get("/readyz")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert int(response.headers["retry-after"]) >= 1


async def test_a_service_on_another_schema_is_not_ready(client: httpx2.AsyncClient, conn: Connection) -> None:
    await conn.execute("INSERT INTO schema_version (version) VALUES (999)")

    response = await client.get("/readyz")
    assert response.status_code == 503
    assert "newer release" in response.json()["detail"]


async def test_without_its_database_the_service_says_503_and_lives(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    await client.get("/v1/sites/daily/thread", params={"page": ARTICLE})
    await ctx.db.close()

    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503
    headers = {"Origin": "https://news.example"}
    response = await client.post("/v1/sites/daily/submissions", json=a_body(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.headers["access-control-allow-origin"] == "https://news.example"


async def test_metrics_count_answers_by_route_and_hold_nothing_of_anybody(
    client: httpx2.AsyncClient, make_comment: MakeComment
) -> None:
    await make_comment(name="Unmistakable")
    await client.get("/v1/sites/daily/thread", params={"page": ARTICLE})
    text = (await client.get("/metrics")).text

    assert 'greenroom_requests_total{method="GET",route="/v1/sites/{site}/thread",status="200"} 1.0' in text
    assert "Unmistakable" not in text


async def test_an_admin_closes_and_opens_a_page_over_the_api(
    client: httpx2.AsyncClient, site: Site, bearer: Bearer, ctx: Context, conn: Connection
) -> None:
    path, query = "/v1/sites/daily/page", {"page": f"{ARTICLE}?utm_source=x"}
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    admin, stranger = await bearer("admin"), await bearer("admin", site_id=other.id)
    close = {"closed": True}

    assert (await client.put(path, params=query, json=close)).status_code == 401
    moderator = await bearer("moderate")
    assert (await client.put(path, params=query, json=close, headers=moderator)).status_code == 403
    assert (await client.put(path, params=query, json=close, headers=stranger)).status_code == 404
    closed = await client.put(path, params=query, json=close, headers=admin)
    assert closed.json() == {"page": ARTICLE, "closed": True}
    assert (await client.get("/v1/sites/daily/thread", params={"page": ARTICLE})).json()["closed"] is True
    assert (await client.post("/v1/sites/daily/submissions", json=a_body())).status_code == 403
    await client.put(path, params=query, json={"closed": False}, headers=admin)
    assert (await client.post("/v1/sites/daily/submissions", json=a_body())).status_code == 202
    actions = [row["action"] for row in await conn.fetch("SELECT action FROM audit_event ORDER BY id")]
    assert actions[-2:] == ["page.closed", "page.opened"]


async def test_old_articles_close_by_themselves(
    client: httpx2.AsyncClient, ctx: Context, conn: Connection
) -> None:
    await add_site(ctx, "daily", ["https://news.example"], actor="test", close_after_days=14)
    assert (await client.post("/v1/sites/daily/submissions", json=a_body())).status_code == 202
    await conn.execute("UPDATE page SET created_at = now() - interval '15 days'")

    response = await client.post("/v1/sites/daily/submissions", json=a_body(text="Too late."))
    assert (response.status_code, response.json()["code"]) == (403, "thread_closed")
