"""Proof of work, and the limits before and behind it (T51 and T54 to T57)."""

import asyncio
import base64
import dataclasses
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.app import build_app
from service.context import Context
from service.errors import InvalidProof
from service.model.sites import Site, page_id
from service.model.urls import parse_page
from service.store.database import Connection
from service.usecases import proof_of_work
from service.usecases.tidy import tidy
from service.vault import MasterKey, Vault
from tests.factories import ARTICLE, SITE_ORIGIN, a_body
from tests.web.proving import put_together, solve, taken_apart

PATH = "/v1/sites/daily/submissions"
BROWSER = {"Accept": "text/html", "Origin": SITE_ORIGIN}
PAGE = page_id(parse_page(ARTICLE))
pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def narrow(ctx: Context) -> AsyncIterator[httpx2.AsyncClient]:
    """A service whose networks may send two comments at once, and ten behind that."""
    few = ctx.settings.model_copy(update={"submission_burst": 2, "submissions_per_minute": 0.01})
    app = build_app(dataclasses.replace(ctx, settings=few))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as found:
        yield found


async def challenge_of(client: httpx2.AsyncClient) -> dict[str, Any]:
    """Send until the limit is reached, and give the challenge that comes with the refusal."""
    for number in range(3):
        answer = await client.post(PATH, json=a_body(text=f"Number {number}."))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    found: dict[str, Any] = answer.json()["challenge"]
    return found


async def test_t51_who_meets_the_limit_waits_or_goes_on_with_a_proof(
    narrow: httpx2.AsyncClient, conn: Connection
) -> None:
    proof = solve(await challenge_of(narrow))
    answer = await narrow.post(PATH, json=a_body(text="With a proof.", proof=proof))

    assert answer.status_code == 202, answer.text
    assert await conn.fetchval("SELECT count(*) FROM comment") == 3
    assert await conn.fetchval("SELECT count(*) FROM used_proof") == 1


async def test_behind_the_limit_is_a_second_one_that_no_proof_opens(
    ctx: Context, site: Site, narrow: httpx2.AsyncClient
) -> None:
    await challenge_of(narrow)
    statuses = []
    for number in range(11):
        proof = solve(proof_of_work.challenge(ctx, site.id, PAGE))
        answer = await narrow.post(PATH, json=a_body(text=f"Proved {number}.", proof=proof))
        statuses.append(answer.status_code)
    assert statuses == [202] * 10 + [429]
    assert "challenge" not in answer.json()


async def test_a_plain_form_cannot_prove_anything_and_is_not_locked_out(
    narrow: httpx2.AsyncClient, conn: Connection
) -> None:
    await challenge_of(narrow)
    for number in range(10):
        sent = await narrow.post(PATH, data=a_body(text=f"Plain {number}."), headers=BROWSER)
        assert sent.status_code == 303
    assert await conn.fetchval("SELECT count(*) FROM signal WHERE name = 'unproved'") == 10
    last = await narrow.post(PATH, data=a_body(text="One too many."), headers=BROWSER)
    assert last.status_code == 429
    assert f"Please wait {last.headers['retry-after']} s" in last.text
    assert "One too many." in last.text


async def test_a_page_without_https_says_that_it_cannot_and_is_held(
    narrow: httpx2.AsyncClient, conn: Connection
) -> None:
    await challenge_of(narrow)
    assert (await narrow.post(PATH, json=a_body(text="From http.", proof="none"))).status_code == 202
    assert await conn.fetchval("SELECT count(*) FROM signal WHERE name = 'unproved'") == 1


async def test_t54_a_filled_honeypot_is_answered_like_everything_else_and_never_published(
    client: httpx2.AsyncClient, conn: Connection
) -> None:
    good = await client.post(PATH, json=a_body())
    bad = await client.post(PATH, json=a_body(text="Buy it.", url2="https://spam.example"))

    assert (bad.status_code, bad.json().keys()) == (good.status_code, good.json().keys())
    assert bad.headers.keys() == good.headers.keys()
    row = await conn.fetchrow("SELECT status, verdict FROM comment WHERE text = 'Buy it.'")
    assert row is not None
    assert tuple(row) == ("pending", "reject")
    assert "Buy it." not in (await client.get(f"/v1/sites/daily/thread?page={ARTICLE}")).text


async def test_t55_a_proof_is_good_for_one_comment(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    proof = solve(proof_of_work.challenge(ctx, site.id, PAGE))
    key = {"Idempotency-Key": "one"}
    first = await client.post(PATH, json=a_body(proof=proof), headers=key)
    assert first.status_code == 202
    replayed = await client.post(PATH, json=a_body(proof=proof), headers=key)
    assert (replayed.status_code, replayed.headers["idempotency-replayed"]) == (202, "true")

    other = await client.post(PATH, json=a_body(text="Another.", proof=proof))
    assert (other.status_code, other.json()["code"]) == (409, "pow_used")
    assert await conn.fetchval("SELECT count(*) FROM comment") == 1
    # What was refused has used up nothing: the same words come in with a proof of their own.
    again = solve(proof_of_work.challenge(ctx, site.id, PAGE))
    assert (await client.post(PATH, json=a_body(text="Another.", proof=again))).status_code == 202


async def test_t55_of_many_at_once_one_is_let_in(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    proof = solve(proof_of_work.challenge(ctx, site.id, PAGE))
    bodies = [a_body(text=f"At once, {number}.", proof=proof) for number in range(8)]
    answers = await asyncio.gather(*(client.post(PATH, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    assert await conn.fetchval("SELECT count(*) FROM comment") == 1


async def test_used_proofs_are_kept_while_they_last_and_then_tidied(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    await client.post(PATH, json=a_body(proof=solve(proof_of_work.challenge(ctx, site.id, PAGE))))
    await tidy(ctx)
    assert await conn.fetchval("SELECT count(*) FROM used_proof") == 1
    await conn.execute("UPDATE used_proof SET expires_at = now() - interval '1 second'")
    await tidy(ctx)
    assert await conn.fetchval("SELECT count(*) FROM used_proof") == 0


def _with(over: dict[str, Any]) -> Callable[[str], str]:
    """The same payload with other parameters."""

    def change(payload: str) -> str:
        found = taken_apart(payload)
        found["challenge"]["parameters"] |= over
        return put_together(found)

    return change


def _unsigned(payload: str) -> str:
    found = taken_apart(payload)
    del found["challenge"]["signature"]
    return put_together(found)


def _unsolved(payload: str) -> str:
    found = taken_apart(payload)
    found["solution"] = {"counter": found["solution"]["counter"] + 1, "derivedKey": "00" * 32}
    return put_together(found)


DEEP = base64.b64encode(b'{"challenge":' * 100 + b"1" + b"}" * 100).decode()


@pytest.mark.parametrize(
    "spoil",
    [
        _with({"cost": 1}),
        _with({"keyPrefix": ""}),
        _with({"data": {"site": "1", "page": "0" * 32}}),
        _with({"expiresAt": 4_102_444_800}),
        _with({"nonce": "00" * 16}),
        _unsigned,
        _unsolved,
        lambda payload: payload[:-9],
        lambda payload: "never base64 €",
        lambda payload: DEEP,
        lambda payload: put_together([1, 2]),
        lambda payload: put_together({"challenge": [], "solution": {}}),
        lambda payload: payload + "A" * 3_000,
    ],
)
async def test_t56_what_is_no_proof_is_refused(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection, spoil: Callable[[str], str]
) -> None:
    proof = spoil(solve(proof_of_work.challenge(ctx, site.id, PAGE)))
    answer = await client.post(PATH, json=a_body(proof=proof))
    assert (answer.status_code, answer.json()["code"]) == (422, "pow_invalid"), answer.text
    assert await conn.fetchval("SELECT count(*) FROM comment") == 0


async def test_t56_a_proof_of_another_site_another_page_or_another_time_is_refused(
    ctx: Context, site: Site, client: httpx2.AsyncClient
) -> None:
    past = dataclasses.replace(ctx, clock=lambda: ctx.clock() - timedelta(minutes=9, seconds=59.5))
    for made in (
        proof_of_work.challenge(ctx, site.id + 1, PAGE),
        proof_of_work.challenge(ctx, site.id, page_id(parse_page(f"{SITE_ORIGIN}/other"))),
    ):
        answer = await client.post(PATH, json=a_body(proof=solve(made)))
        assert (answer.status_code, answer.json()["code"]) == (422, "pow_invalid")
    late = dataclasses.replace(ctx, clock=lambda: ctx.clock() + timedelta(minutes=11))
    good = solve(proof_of_work.challenge(ctx, site.id, PAGE))
    with pytest.raises(InvalidProof):
        proof_of_work.read(late, good, site.id, PAGE)
    assert proof_of_work.read(past, good, site.id, PAGE).nonce


ANYTHING = st.text(max_size=200) | st.recursive(
    st.none() | st.integers() | st.text(max_size=20),
    lambda inner: st.dictionaries(
        st.sampled_from(["challenge", "solution", "parameters", "signature", "nonce", "expiresAt"]), inner
    ),
).map(put_together)


async def test_t56_no_payload_does_anything_but_be_refused(ctx: Context) -> None:
    @settings(max_examples=200, deadline=None)
    @given(payload=ANYTHING)
    def refused(payload: str) -> None:
        with pytest.raises(InvalidProof):
            proof_of_work.read(ctx, payload, 1, PAGE)

    refused()


async def test_t57_what_is_no_proof_costs_no_derivation_and_no_question_to_the_database(
    ctx: Context, site: Site, client: httpx2.AsyncClient, conn: Connection
) -> None:
    good = solve(proof_of_work.challenge(ctx, site.id, PAGE))
    bad = _with({"cost": 1})(good)
    began = time.process_time()
    for _ in range(1_000):
        with pytest.raises(InvalidProof):
            proof_of_work.read(ctx, bad, site.id, PAGE)
    a_thousand = time.process_time() - began
    # A thousand derivations take some seconds of a processor; a thousand signatures a fraction of one.
    began = time.process_time()
    await proof_of_work.confirm(proof_of_work.read(ctx, good, site.id, PAGE))
    one = time.process_time() - began
    assert a_thousand < 1_000 * one
    assert (await client.post(PATH, json=a_body(proof=bad))).status_code == 422
    assert await conn.fetchval("SELECT count(*) FROM rate_limit") == 0


async def test_a_proof_outlives_a_rotation_of_the_keys(ctx: Context, site: Site) -> None:
    old, new = MasterKey(1, b"1" * 32), MasterKey(2, b"2" * 32)
    before, after = Vault(lambda: [old]), Vault(lambda: [new, old])
    payload = solve(proof_of_work.challenge(dataclasses.replace(ctx, vault=before), site.id, PAGE))
    proof = proof_of_work.read(dataclasses.replace(ctx, vault=after), payload, site.id, PAGE)
    await proof_of_work.confirm(proof)
    with pytest.raises(InvalidProof):
        proof_of_work.read(dataclasses.replace(ctx, vault=Vault(lambda: [new])), payload, site.id, PAGE)
