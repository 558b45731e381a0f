"""Flood mode as owners see and switch it: the API, the console's page and strip, the metric."""

import httpx2
import pytest

from service.context import Context
from service.model.people import Role
from service.store.database import Connection
from service.usecases.govern import add_moderator
from tests.conftest import Bearer
from tests.factories import PASSWORD, a_body
from tests.web.console_forms import OWN, sign_in, words
from tests.web.proving import solve
from tests.web.test_console_sites import send

FLOOD, SUBMIT = "/v1/sites/daily/flood", "/v1/sites/daily/submissions"
PAGE = "/console/settings/daily/flood"
pytestmark = pytest.mark.usefixtures("site")


async def test_an_owner_switches_flood_mode_for_a_while_and_senders_are_asked(
    client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    headers = await bearer("admin")
    calm = (await client.get(FLOOD, headers=headers)).json()
    assert (calm["on"], calm["by_hand"], calm["since"]) == (False, False, None)
    on = await client.put(FLOOD, headers=headers, json={"on": True, "minutes": 5})
    assert (on.status_code, on.json()["on"], on.json()["by_hand"]) == (200, True, True)
    assert on.json()["sentence"] == "Flooded: by hand."

    asked = await client.post(SUBMIT, json=a_body())
    assert (asked.status_code, asked.json()["code"]) == (403, "proof_needed")
    proof = solve(asked.json()["challenge"])
    assert (await client.post(SUBMIT, json=a_body(proof=proof))).status_code == 202
    metrics = (await client.get("/metrics")).text
    assert 'greenroom_flooded{site="daily"} 1.0' in metrics

    off = await client.put(FLOOD, headers=headers, json={"on": None})
    assert (off.json()["on"], off.json()["by_hand"]) == (False, False)
    assert 'site="daily"' not in "".join(
        line for line in (await client.get("/metrics")).text.splitlines() if "flooded" in line
    )


@pytest.mark.parametrize(
    "body", [{"on": "yes"}, {"off": True}, {"on": True, "minutes": 0}, {"on": True, "minutes": 10_081}]
)
async def test_what_is_no_switch_is_refused(
    client: httpx2.AsyncClient, bearer: Bearer, body: dict[str, object]
) -> None:
    assert (await client.put(FLOOD, headers=await bearer("admin"), json=body)).status_code == 422


async def test_the_console_shows_a_strip_on_every_page_while_a_site_is_flooded(
    ctx: Context, client: httpx2.AsyncClient, conn: Connection
) -> None:
    await add_moderator(ctx, "root", PASSWORD, role=Role.ADMIN, site_ids=None, actor="test")
    await sign_in(client, name="root")
    assert "is flooded" not in (await client.get("/console/settings")).text
    sent = await send(client, PAGE, PAGE, wanted="on", minutes="30")
    assert (sent.status_code, sent.headers["location"]) == (303, PAGE)
    for place in (PAGE, "/console/settings", "/console?plain=1"):
        assert "daily is flooded" in words((await client.get(place)).text)
    assert "root , until" in words((await client.get(PAGE)).text).replace("root,", "root ,")
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action = 'flood.set'") == 1

    wrong = await client.post(PAGE, data={"wanted": "on", "minutes": "0", "csrf": "x"}, headers=OWN)
    assert wrong.status_code == 422
    await send(client, PAGE, PAGE, wanted="measured")
    assert "is flooded" not in (await client.get("/console/settings")).text
