"""The filters on a submission's way into the queue: their bill, their failures, and their time budget."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from service.context import Context
from service.model.screenings import Policy, Signal, Span
from service.model.sites import Site
from service.model.submissions import Submission
from service.screening.candidate import Candidate
from service.screening.facts import Facts
from service.screening.filter import Filter
from service.screening.screener import Screener
from service.store.database import Connection
from service.usecases.set_site import change_site
from service.usecases.submit import submit
from tests.factories import a_delivery, a_submission, submitted
from tests.screeners import InProcess
from tests.troublesome import REFERENCE


async def the_comment(conn: Connection) -> asyncpg.Record:
    row = await conn.fetchrow("SELECT * FROM comment")
    assert row is not None
    return row


def screening_with(ctx: Context, *functions: Callable[[Candidate, Facts], Any]) -> Context:
    """The context with these functions as its filters."""
    filters = [Filter(f"f{n}", 1.0, "It says.", function) for n, function in enumerate(functions)]
    return dataclasses.replace(ctx, screener=InProcess(filters))


async def test_signals_are_stored_in_the_order_of_the_filters(
    ctx: Context, site: Site, conn: Connection
) -> None:
    def loud(candidate: Candidate, _facts: Facts) -> Signal:
        return Signal("loud", 1.0, 9.9, "It is loud.", [Span("text", 0, 3)], [candidate.text[:3]])

    def quiet(_candidate: Candidate, _facts: Facts) -> None:
        return None

    def kind(_candidate: Candidate, _facts: Facts) -> Signal:
        return Signal("kind", -0.5, 9.9, "It is kind.")

    await submitted(screening_with(ctx, loud, quiet, kind), site, a_submission(text="سلام"), a_delivery())

    rows = await conn.fetch("SELECT * FROM signal ORDER BY position")
    assert [(r["position"], r["name"], r["strength"], r["weight"]) for r in rows] == [
        (0, "loud", 1.0, 1.0),
        (1, "kind", -0.5, 1.0),
    ]
    assert json.loads(rows[0]["spans"]) == [["text", 0, 3]]
    assert json.loads(rows[0]["evidence"]) == ["سلا"]
    assert (await the_comment(conn))["score"] == 0.5


async def test_a_sites_own_weights_make_its_bill(ctx: Context, site: Site, conn: Connection) -> None:
    policy = Policy(weights={"honeypot": 2.5})
    await submit(ctx, site, policy, a_submission(), a_delivery(honeypot="x"))
    assert await conn.fetchval("SELECT weight FROM signal WHERE name = 'honeypot'") == 2.5


async def test_a_filter_that_raises_costs_a_label_and_never_the_comment(
    ctx: Context, site: Site, conn: Connection
) -> None:
    def broken(_candidate: Candidate, _facts: Facts) -> Signal:
        raise ZeroDivisionError

    def sure(_candidate: Candidate, _facts: Facts) -> Signal:
        return Signal("sure", 1.0, 1.0, "It is sure.")

    policy = Policy(weights={"f1": 50.0})
    receipt = await submit(screening_with(ctx, broken, sure), site, policy, a_submission(), a_delivery())

    row = await the_comment(conn)
    assert (row["id"], row["status"], row["verdict"], row["score"]) == (
        receipt.comment_id,
        "pending",
        "hold",
        50.0,
    )
    assert await names(conn) == ["not_checked", "sure"]


@pytest.mark.parametrize(
    "garbage",
    [
        Signal("f0", 7.0, 1.0, "Too strong."),
        Signal("f0", float("nan"), 1.0, "No number."),
        Signal("f0", 1.0, 1.0, "Past the end.", [Span("text", 0, 10_000)]),
        Signal("f0", 1.0, 1.0, "No such field.", [Span("email", 0, 1)]),
        "a string",
    ],
    ids=str,
)
async def test_a_filter_that_talks_nonsense_is_not_believed(
    ctx: Context, site: Site, conn: Connection, garbage: object
) -> None:
    await submitted(screening_with(ctx, lambda *_: garbage), site, a_submission(), a_delivery())
    assert await names(conn) == ["not_checked"]


@pytest.fixture(params=[1.5])
async def troubled(ctx: Context, request: pytest.FixtureRequest) -> AsyncIterator[Context]:
    """A context whose filter does what the text says, and has so many seconds for it."""
    screener = Screener(REFERENCE, request.param, 256)
    await screener.start()
    yield dataclasses.replace(ctx, screener=screener)
    await screener.close()


@pytest.mark.parametrize("trouble", ["hang", "eat", "raise", "exit"])
async def test_a_filter_in_trouble_costs_a_label_and_the_next_comment_is_checked_again(
    troubled: Context, site: Site, conn: Connection, trouble: str
) -> None:
    for text in (trouble, "well"):
        await submitted(troubled, site, a_submission(text=text), a_delivery())
    assert await names(conn) == ["not_checked", "trouble"]
    rows = await conn.fetch("SELECT status, verdict, recheck_at IS NOT NULL AS due FROM comment ORDER BY id")
    assert [tuple(row) for row in rows] == [("pending", "hold", True), ("pending", "hold", False)]


# Twice the budget is what those behind have: a busy machine needs some of it for another process.
@pytest.mark.parametrize("troubled", [4.0], indirect=True)
async def test_comments_behind_one_that_hangs_are_stored_too(
    troubled: Context, site: Site, conn: Connection
) -> None:
    texts = ("hang", *("well" for _ in range(9)))
    await asyncio.gather(
        *(submitted(troubled, site, a_submission(text=text), a_delivery()) for text in texts)
    )
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE status = 'pending'") == 10
    assert sorted(await names(conn)) == ["not_checked", *["trouble"] * 9]


async def names(conn: Connection) -> list[str]:
    return [row["name"] for row in await conn.fetch("SELECT name FROM signal ORDER BY comment_id, position")]


async def test_a_filled_honeypot_gets_the_same_answer_as_anybody(
    ctx: Context, site: Site, conn: Connection
) -> None:
    honest = await submit(ctx, site, Policy(), a_submission(), a_delivery())
    robot = await submit(ctx, site, Policy(), a_submission(), a_delivery(honeypot="https://spam.example"))

    assert [type(value) for value in dataclasses.astuple(honest)] == [
        type(value) for value in dataclasses.astuple(robot)
    ]
    assert len(honest.author_token) == len(robot.author_token)
    rows = await conn.fetch("SELECT status, verdict FROM comment ORDER BY id")
    assert [tuple(row) for row in rows] == [("pending", "approve"), ("pending", "reject")]
    assert "spam.example" not in str(await conn.fetch("SELECT * FROM signal"))


async def test_a_link_to_the_site_itself_is_none_of_the_filters_business(
    ctx: Context, site: Site, conn: Connection
) -> None:
    seen: list[Facts] = []

    def noting(_candidate: Candidate, facts: Facts) -> None:
        seen.append(facts)

    origins = ("https://news.example", "http://localhost:8001")
    await change_site(ctx, site.slug, {"origins": origins}, actor="test")
    given: Submission = a_submission()
    sites = dataclasses.replace(site, origins=frozenset({"https://news.example", "http://localhost:8001"}))
    await submitted(
        screening_with(ctx, noting), sites, given, a_delivery(fill_seconds=None, has_form_token=False)
    )
    [facts] = seen
    assert (facts.honeypot, facts.fill_seconds, facts.has_form_token) == (False, None, False)
    assert facts.own_hosts == {"news.example", "localhost"}
