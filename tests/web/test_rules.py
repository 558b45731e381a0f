"""Owners read and change a site's policy and terms, try them first, and see what was learned."""

from collections.abc import Mapping

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.govern import add_site
from service.usecases.recheck import recheck
from tests.conftest import Bearer, MakeComment

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
POLICY, TERMS = "/v1/sites/daily/policy", "/v1/sites/daily/terms"
REHEARSALS, LEARNER = "/v1/sites/daily/rehearsals", "/v1/sites/daily/learner"

pytestmark = pytest.mark.usefixtures("site")


def changed(policy: Mapping[str, object], **over: object) -> dict[str, object]:
    """A policy as it was read, made into one to send."""
    return {**policy, **over}


async def test_a_policy_is_read_changed_and_what_waits_is_screened_anew(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer, conn: Connection, make_comment: MakeComment
) -> None:
    await make_comment(text="Look what the council has to say about it: https://example.org/")
    headers = await bearer("admin", "read")
    policy = (await client.get(POLICY, headers=headers)).json()
    assert (policy["version"], policy["weights"], policy["automatic"]) == (1, {}, [])
    assert {"name": "links", "weight": 3.0}.items() <= next(
        each for each in policy["filters"] if each["name"] == "links"
    ).items()

    new = changed(policy, weights={"links": 30}, reject_at=5.5)
    answer = await client.put(POLICY, headers=headers, json=new)
    assert answer.status_code == 200
    assert (answer.json()["version"], answer.json()["weights"]) == (2, {"links": 30.0})
    assert await recheck(ctx) == 1
    assert tuple(await conn.fetchrow("SELECT score, verdict, policy_version FROM comment") or ()) == (
        6.0,
        "reject",
        2,
    )
    told = await conn.fetchrow("SELECT before, after FROM audit_event WHERE action = 'policy.set'")
    assert told is not None
    assert tuple(told) == (
        '{"weights": {}, "reject_at": 6.0}',
        '{"weights": {"links": 30.0}, "reject_at": 5.5}',
    )

    late = await client.put(POLICY, headers=headers, json=new)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert "version 2 now" in late.json()["detail"]


@pytest.mark.parametrize(
    ("over", "pointer", "code"),
    [
        ({"weights": {"nonsense": 1}}, "/weights", "weights.unknown"),
        ({"weights": {"links": 1000}}, "/weights", "weights.range"),
        ({"approve_at": 4}, "", "policy.order"),
        ({"automatic": ["hold"]}, "/automatic/0", "automatic.literal_error"),
        ({"target_precision": 0.2}, "/target_precision", "target_precision.greater_than_equal"),
        ({"version": 2**31}, "/version", "version.less_than_equal"),
        ({"weights": {"links": "2"}}, "/weights/links", "weights.float_type"),
    ],
)
async def test_a_wrong_policy_is_refused_at_its_field(
    client: httpx2.AsyncClient, bearer: Bearer, over: dict[str, object], pointer: str, code: str
) -> None:
    headers = await bearer("admin", "read")
    policy = (await client.get(POLICY, headers=headers)).json()
    answer = await client.put(POLICY, headers=headers, json=changed(policy, **over))
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_terms_are_added_and_removed_as_one_act_and_listed_page_by_page(
    client: httpx2.AsyncClient, bearer: Bearer, conn: Connection
) -> None:
    headers = await bearer("admin", "read")
    words = [{"kind": "block", "text": f" word{number} "} for number in range(5)]
    added = await client.post(
        TERMS, headers=headers, json={"add": [*words, {"kind": "allow", "text": "Scunthorpe"}]}
    )
    assert added.json() == {"version": 1, "added": 6, "known": 0, "removed": 0}
    again = await client.post(
        TERMS,
        headers=headers,
        json={
            "add": [words[0], {"kind": "block", "text": "WORD1", "severity": 2}],
            "remove": [{"kind": "block", "text": "Word4"}, {"kind": "block", "text": "never there"}],
        },
    )
    assert again.json() == {"version": 2, "added": 0, "known": 1, "removed": 1}

    found, cursor = list[tuple[str, str, int]](), None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(TERMS, headers=headers, params=query)).json()
        assert page["version"] == 2
        found += [(each["kind"], each["text"], each["severity"]) for each in page["terms"]]
        if (cursor := page["next"]) is None:
            break
    assert found == [
        ("allow", "Scunthorpe", 0),
        ("block", "WORD1", 2),
        ("block", "word0", 0),
        ("block", "word2", 0),
        ("block", "word3", 0),
    ]
    assert (await client.get(TERMS, headers=headers, params={"cursor": "zzz"})).status_code == 400
    [_, told] = await conn.fetch(
        "SELECT before, after FROM audit_event WHERE action = 'terms.changed' ORDER BY id"
    )
    assert told["before"].split(", ") == ["block word1 (0)", "block word4 (0)"]
    assert told["after"] == "version 2: block WORD1 (2)"


async def test_the_trail_tells_a_long_list_by_its_beginning_and_never_an_address(
    client: httpx2.AsyncClient, bearer: Bearer, conn: Connection
) -> None:
    words = ["pest@example.com", *(f"word{number}" for number in range(30))]
    body = {"add": [{"kind": "block", "text": word} for word in words]}
    await client.post(TERMS, headers=await bearer("admin"), json=body)
    told = await conn.fetchval("SELECT after FROM audit_event WHERE action = 'terms.changed'")
    assert told.startswith("version 1: block an address (0), block word0 (0)")
    assert told.endswith("and 11 more")


async def test_every_wrong_term_is_told_with_its_place(client: httpx2.AsyncClient, bearer: Bearer) -> None:
    body = {"add": [{"kind": "block", "text": " "}, {"kind": "allow", "text": "x", "severity": 1}]}
    answer = await client.post(TERMS, headers=await bearer("admin"), json=body)
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/add/0", "term.blank"),
        ("/add/1", "term.severity"),
    ]


async def test_rules_are_rehearsed_before_they_bite(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer, conn: Connection, make_comment: MakeComment
) -> None:
    comment_id = await make_comment(text="The quango has its own page: https://example.org/")
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    headers = await bearer("admin", "read")
    policy = changed((await client.get(POLICY, headers=headers)).json(), weights={"links": 0})
    body = {"policy": policy, "terms": {"add": [{"kind": "block", "text": "quango"}]}}
    answer = (await client.post(REHEARSALS, headers=headers, json=body)).json()
    assert answer["examined"] == 1
    assert answer["before"] == answer["after"] == {"approve": 0, "hold": 1, "reject": 0}

    del body["terms"]
    through = (await client.post(REHEARSALS, headers=headers, json=body)).json()["newly_approved"]
    assert (through["comments"], through["contradicted"]) == (1, 0)
    [sample] = through["samples"]
    assert (sample["comment"], sample["status"], sample["after"]) == (str(comment_id), "approved", "approve")
    assert sample["lines"] == [{"name": "links", "before": pytest.approx(0.6), "after": 0.0}]
    assert await conn.fetchval("SELECT policy_version FROM site") == 1

    wrong = {"policy": policy | {"weights": {"nonsense": 1}}}
    refused = await client.post(REHEARSALS, headers=headers, json=wrong)
    assert refused.json()["errors"][0]["pointer"] == "/policy/weights"


async def test_what_was_learned_is_told_by_week(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer, conn: Connection, make_comment: MakeComment
) -> None:
    headers = await bearer("read")
    empty = (await client.get(LEARNER, headers=headers)).json()
    assert empty == {
        "version": 0,
        "spam": 0,
        "ham": 0,
        "speaks": False,
        "learned_at": None,
        "untrusted": [],
        "weeks": [],
    }
    comment_id = await make_comment()
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    await conn.execute("UPDATE comment SET learned = 0.25")
    [week] = (await client.get(LEARNER, headers=headers)).json()["weeks"]
    assert week["quality"] == {
        "comments": 1,
        "spam": 0,
        "precision": None,
        "recall": None,
        "recall_at_1": None,
        "calibration_error": 0.25,
    }


async def test_rules_belong_to_their_site_and_need_their_scopes(
    ctx: Context, client: httpx2.AsyncClient, bearer: Bearer
) -> None:
    other = await add_site(ctx, "weekly", ["https://weekly.example"], actor="test")
    reader, foreign = await bearer("read"), await bearer("admin", "read", site_id=other.id)
    empty: dict[str, object] = {}
    for method, address in (("PUT", POLICY), ("POST", TERMS), ("POST", REHEARSALS)):
        assert (await client.request(method, address, json=empty)).status_code == 401
        assert (await client.request(method, address, json=empty, headers=reader)).status_code == 403
    for address in (POLICY, TERMS, LEARNER):
        assert (await client.get(address, headers=foreign)).status_code == 404


async def test_many_that_wait_are_all_screened_anew(
    ctx: Context,
    site: Site,
    conn: Connection,
    client: httpx2.AsyncClient,
    bearer: Bearer,
    make_comment: MakeComment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.usecases.recheck.AT_ONCE", 2)
    for number in range(5):
        await make_comment(text=f"Look, {number}: https://example.org/{number}")
    headers = await bearer("admin", "read")
    policy = (await client.get(POLICY, headers=headers)).json()
    await client.put(POLICY, headers=headers, json=changed(policy, weights={"links": 0}))
    assert await recheck(ctx) == 5
    assert await conn.fetchval("SELECT array_agg(DISTINCT score) FROM comment") == [0.0]
    assert await conn.fetchval("SELECT renew_after FROM site WHERE id = $1", site.id) is None
