"""Many decisions over the API: answered item by item, sent again without harm, taken back as one."""

from uuid import uuid4

import httpx2
import pytest

from service.store.database import Connection
from tests.conftest import Bearer, MakeComment
from tests.factories import ARTICLE

pytestmark = pytest.mark.usefixtures("site")
BULK = "/v1/decisions"


async def test_items_are_answered_one_by_one_in_their_order(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    ids = [str(await make_comment(text=f"{n}")) for n in range(3)]
    headers = await bearer("moderate")
    items = [
        {"comment_id": ids[2], "version": 1, "action": "reject", "reason": "abuse", "note": "a threat"},
        {"comment_id": ids[0], "version": 7},
        {"comment_id": str(uuid4()), "version": 1},
        {"comment_id": ids[1], "version": 1},
    ]
    response = await client.post(BULK, json={"action": "approve", "items": items}, headers=headers)
    answer = response.json()

    assert (response.status_code, answer["decided"]) == (200, 2)
    assert [each["status"] for each in answer["outcomes"]] == [201, 409, 404, 201]
    assert [each["code"] for each in answer["outcomes"]] == [
        None,
        "already_decided",
        "comment_not_found",
        None,
    ]
    assert answer["outcomes"][1]["current"] == {"status": "pending", "version": 1}
    assert [each["after"] for each in answer["outcomes"]] == ["rejected", None, None, "approved"]

    undone = await client.post(f"/v1/batches/{answer['batch_id']}/undo", headers=headers)
    assert {each["after"] for each in undone.json()["outcomes"]} == {"pending"}


async def test_items_with_keys_of_their_own_are_no_batch(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    headers = await bearer("moderate")
    items = [
        {"comment_id": str(await make_comment(text=f"{n}")), "version": 1, "key": f"k{n}"} for n in range(2)
    ]
    for _ in range(2):
        answer = (await client.post(BULK, json={"action": "approve", "items": items}, headers=headers)).json()
        assert (answer["batch_id"], answer["decided"]) == (None, 2)
    del items[1]["key"]
    refused = await client.post(BULK, json={"action": "approve", "items": items}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/items/1/key")


async def test_a_thousand_items_go_and_one_more_is_refused(
    client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    headers = await bearer("moderate")
    items = [{"comment_id": str(uuid4()), "version": 1} for _ in range(1_001)]
    body = {"action": "reject", "reason": "spam", "items": items[:1_000]}
    answer = (await client.post(BULK, json=body, headers=headers)).json()
    assert (answer["decided"], len(answer["outcomes"])) == (0, 1_000)
    refused = await client.post(BULK, json={**body, "items": items}, headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/items")


async def test_what_is_no_list_of_decisions_is_refused_as_a_whole(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    comment_id, headers = str(await make_comment()), await bearer("moderate")
    item = {"comment_id": comment_id, "version": 1}
    for items, pointer in (
        ([item], "/items/0/action"),
        ([{**item, "action": "approve"}, {**item, "action": "approve"}], "/items/1/comment_id"),
        ([{**item, "action": "approve", "reason": "spam"}], "/items/0/reason"),
    ):
        response = await client.post(BULK, json={"items": items}, headers=headers)
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
    shown = (await client.get(f"/v1/comments/{comment_id}", headers=headers)).json()
    assert shown["version"] == 1
    assert (await client.post(BULK, json={"items": [item]}, headers=await bearer("read"))).status_code == 403


async def test_decisions_sent_again_with_their_key_get_the_first_answer(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, conn: Connection
) -> None:
    ids = [str(await make_comment(text=f"{n}")) for n in range(3)]
    headers = await bearer("moderate")
    keyed = {**headers, "Idempotency-Key": "k-1"}
    single = f"/v1/comments/{ids[0]}/decisions"
    body = {"action": "approve", "version": 1}
    first, again = [await client.post(single, json=body, headers=keyed) for _ in range(2)]
    assert (again.status_code, again.json()) == (201, first.json())
    other = await client.post(single, json={"action": "reject", "version": 1}, headers=keyed)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")

    items = [{"comment_id": each, "version": 1} for each in ids[1:]]
    bulk = {"action": "reject", "reason": "spam", "items": items}
    first, again = [await client.post(BULK, json=bulk, headers=keyed) for _ in range(2)]
    assert again.json() == first.json()
    assert await conn.fetchval("SELECT count(*) FROM decision") == 3
    bad = await client.post(BULK, json=bulk, headers={**headers, "Idempotency-Key": "a key"})
    assert (bad.status_code, bad.json()["code"]) == (400, "idempotency_key")


async def test_readers_see_at_once_what_a_bulk_published_and_took_back(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment
) -> None:
    items = [{"comment_id": str(await make_comment(text=f"{n}")), "version": 1} for n in range(3)]
    headers = await bearer("moderate")

    async def count() -> int:
        answer = await client.get("/v1/sites/daily/thread", params={"page": ARTICLE})
        return int(answer.json()["count"])

    assert await count() == 0
    body = {"action": "approve", "items": items}
    batch = (await client.post(BULK, json=body, headers=headers)).json()["batch_id"]
    assert await count() == 3
    await client.post(f"/v1/batches/{batch}/undo", headers=headers)
    assert await count() == 0


async def test_rules_are_made_listed_and_ended(
    client: httpx2.AsyncClient, bearer: Bearer, make_comment: MakeComment, conn: Connection
) -> None:
    comment_id, headers = str(await make_comment()), await bearer("moderate")
    path = "/v1/sites/daily/rules"
    host = {"kind": "host", "value": "spam.example", "action": "reject", "reason": "spam", "hours": 24}
    author = {"kind": "author", "like": comment_id, "action": "approve", "hours": 1}
    made = [await client.post(path, json=body, headers=headers) for body in (host, author)]
    assert [each.status_code for each in made] == [201, 201]

    ended = await client.post(f"{path}/{made[0].json()['id']}/end", headers=headers)
    assert ended.json()["ended_at"]
    listed = (await client.get(path, headers=await bearer("read"))).json()["rules"]
    assert [(each["kind"], each["value"]) for each in listed] == [("author", None), ("host", "spam.example")]
    digest = await conn.fetchval("SELECT value FROM rule WHERE kind = 'author'")
    assert digest not in str(listed)

    for wrong in ({**host, "hours": 169}, {**host, "value": "x"}, {**author, "like": None}):
        assert (await client.post(path, json=wrong, headers=headers)).status_code == 422
    unknown = await client.post(path, json={**author, "like": str(uuid4())}, headers=headers)
    stray = await client.post(path, json={**host, "batch_id": str(uuid4())}, headers=headers)
    assert (unknown.json()["code"], stray.json()["code"]) == ("comment_not_found", "batch_not_found")
    gone = await client.post(f"{path}/{uuid4()}/end", headers=headers)
    assert (gone.status_code, gone.json()["code"]) == (404, "rule_not_found")
