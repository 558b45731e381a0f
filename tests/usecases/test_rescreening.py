"""What could not be screened is screened again; a stored bill adds up; automation acts behind its brake."""

import dataclasses
import json

import pytest

from service.context import Context
from service.filters import FILTERS
from service.model.decisions import Action, Choice
from service.model.people import Principal, Scope
from service.model.screenings import NOT_CHECKED, Policy, Verdict
from service.model.sites import Site
from service.model.terms import Term, TermKind, TermsProposal
from service.screening.candidate import Candidate, prepare
from service.screening.facts import Facts
from service.screening.facts_json import facts_from_json
from service.screening.filter import Filter
from service.screening.screen import screen, total
from service.screening.terms import compile_terms
from service.store import comments, sites
from service.store.database import Connection
from service.store.sites import policy_of
from service.usecases.brake import check_brakes
from service.usecases.decide import decide
from service.usecases.recheck import recheck
from service.usecases.set_policy import set_policy
from service.usecases.set_terms import set_terms
from service.usecases.submit import submit
from tests.factories import a_delivery, a_submission, submitted
from tests.screeners import InProcess

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)


def broken(_candidate: Candidate, _facts: Facts) -> None:
    raise RuntimeError("no")


def failing(ctx: Context) -> Context:
    return dataclasses.replace(ctx, screener=InProcess((Filter("f", 1.0, "F.", broken),)))


async def signals_of(conn: Connection) -> set[str]:
    return {row["name"] for row in await conn.fetch("SELECT name FROM signal")}


async def test_a_comment_that_could_not_be_screened_gets_its_bill_later(
    ctx: Context, site: Site, conn: Connection
) -> None:
    text = "what a load of shit, and more at http://spam.example.com"
    await submitted(failing(ctx), site, a_submission(text=text), a_delivery())
    assert await signals_of(conn) == {NOT_CHECKED}
    assert await recheck(ctx) == 0
    await conn.execute("UPDATE comment SET recheck_at = now()")
    assert await recheck(ctx) == 1

    row = await conn.fetchrow("SELECT score, severity, verdict, recheck_at, version FROM comment")
    assert row is not None
    assert (row["severity"], row["verdict"], row["recheck_at"], row["version"]) == (2, "hold", None, 1)
    assert row["score"] == pytest.approx(0.6)
    assert await signals_of(conn) == {"links", "profanity", "better_profanity"}


async def test_after_four_looks_in_vain_the_label_stays(ctx: Context, site: Site, conn: Connection) -> None:
    await submitted(failing(ctx), site, a_submission(), a_delivery())
    waits = []
    for _ in range(4):
        await conn.execute("UPDATE comment SET recheck_at = now()")
        assert await recheck(failing(ctx)) == 1
        waits.append(await conn.fetchval("SELECT extract(epoch FROM recheck_at - now()) FROM comment"))
    assert [None if wait is None else round(wait / 60) for wait in waits] == [1, 5, 60, None]


async def test_a_late_bill_never_changes_what_a_person_decided(
    ctx: Context, site: Site, conn: Connection
) -> None:
    comment_id = await submitted(failing(ctx), site, a_submission(), a_delivery())
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    await conn.execute("UPDATE comment SET recheck_at = now()")
    assert await recheck(ctx) == 0
    assert await conn.fetchval("SELECT status FROM comment") == "approved"
    assert await signals_of(conn) == {NOT_CHECKED}


async def test_a_stored_bill_adds_up_and_can_be_made_again_from_what_is_stored(
    ctx: Context, site: Site, conn: Connection
) -> None:
    texts = (
        "Earn 500 dollars a day from home, shit! http://a.example.top",
        "A fair point.",
        "f**k this, contact me on telegram @someone for a loan",
    )
    for text in texts:
        await submitted(ctx, site, a_submission(text=text, website="http://b.example.bet"), a_delivery())
    for row in await conn.fetch("SELECT id, facts, policy_version FROM comment"):
        stored = await comments.get(conn, [site.id], row["id"])
        assert stored is not None
        again = total(stored.signals, Policy(version=row["policy_version"]))
        assert (again.score, again.severity, again.verdict) == (stored.score, stored.severity, stored.verdict)
        candidate = prepare(stored.text, name=stored.name, website=stored.website)
        anew = screen(candidate, facts_from_json(row["facts"]), FILTERS, Policy())
        assert [json.dumps(dataclasses.asdict(each)) for each in anew.signals] == [
            json.dumps(dataclasses.asdict(each)) for each in stored.signals
        ]


async def test_a_bill_can_be_made_again_from_the_policy_and_the_terms_that_it_names(
    ctx: Context, site: Site, conn: Connection
) -> None:
    comment_id = await submitted(
        ctx, site, a_submission(text="That quango again: http://a.example.top"), a_delivery()
    )
    await set_terms(ctx, site, TermsProposal([Term(TermKind.BLOCK, "quango")]), actor="ana")
    await set_policy(ctx, site, Policy(weights={"links": 1.25, "terms": 4.5}, reject_at=3.5), actor="ana")
    assert await recheck(ctx) == 1
    await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
    await set_terms(ctx, site, TermsProposal(remove=[(TermKind.BLOCK, "quango")]), actor="ana")
    await set_policy(ctx, site, Policy(version=2, weights={"links": 0.0}), actor="ana")
    assert await recheck(ctx) == 0

    stored = await comments.get(conn, [site.id], comment_id)
    assert stored is not None
    assert (stored.policy_version, stored.terms_version, stored.verdict) == (2, 1, Verdict.REJECT)
    rows = await conn.fetch(
        "SELECT kind, text, severity FROM term WHERE since <= $1 AND $1 < coalesce(until, $1 + 1)",
        stored.terms_version,
    )
    terms = compile_terms([Term(TermKind(kind), text, severity) for kind, text, severity in rows])
    [row] = await conn.fetch("SELECT * FROM policy WHERE version = $1", stored.policy_version)
    policy = policy_of(row)
    facts = facts_from_json(await conn.fetchval("SELECT facts FROM comment"))
    candidate = prepare(stored.text, name=stored.name, website=stored.website, terms=terms)
    again = screen(candidate, facts, FILTERS, policy)
    assert [json.dumps(dataclasses.asdict(each)) for each in again.signals] == [
        json.dumps(dataclasses.asdict(each)) for each in stored.signals
    ]
    assert (again.score, again.severity, again.verdict) == (stored.score, stored.severity, stored.verdict)


async def test_a_changed_list_has_what_waits_screened_anew(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await submitted(ctx, site, a_submission(text="The quango met again."), a_delivery())
    change = await set_terms(ctx, site, TermsProposal([Term(TermKind.BLOCK, "Quango")]), actor="ana")
    assert (change.added, change.version) == (1, 1)
    assert (
        await set_terms(ctx, site, TermsProposal([Term(TermKind.BLOCK, "Quango")]), actor="ana")
    ).known == 1
    assert await recheck(ctx) == 1
    assert await signals_of(conn) == {"terms"}

    gone = await set_terms(ctx, site, TermsProposal(remove=[(TermKind.BLOCK, "QUANGO")]), actor="ana")
    assert (gone.removed, gone.version) == (1, 2)
    assert await recheck(ctx) == 1
    assert await signals_of(conn) == set()
    assert await conn.fetchval("SELECT count(*) FROM audit_event WHERE action LIKE 'terms.%'") == 2


async def automate(conn: Connection, site: Site, target: float = 0.9) -> None:
    """The owner wants both kinds of advice carried out."""
    await conn.execute(
        "INSERT INTO policy (site_id, version, automatic, target_precision, unseen_share, set_by) "
        "VALUES ($1, 2, '{approve,reject}', $2, 0.01, 'test')",
        site.id,
        target,
    )
    await conn.execute("UPDATE site SET policy_version = 2 WHERE id = $1", site.id)


async def test_automation_waits_for_evidence_acts_on_it_and_stops_when_people_disagree(
    ctx: Context, site: Site, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await automate(conn, site)

    async def post(name: str) -> str:
        found = await sites.by_slug(conn, site.slug)
        assert found is not None
        made = a_submission(text=f"{name} has a point.", email=f"{name}@example.org")
        receipt = await submit(ctx, *found, made, a_delivery(network=name))
        await conn.execute("UPDATE comment SET facts = '{}' WHERE id = $1", receipt.comment_id)
        return str(await conn.fetchval("SELECT status FROM comment WHERE id = $1", receipt.comment_id))

    assert await check_brakes(ctx) == 2  # both are told to be on
    for number in range(30):
        assert await post(f"reader{number}") == "pending"
    for row in await conn.fetch("SELECT id FROM comment"):
        await decide(ctx, ANA, row["id"], Choice(Action.APPROVE, 1))
    assert await check_brakes(ctx) == 1

    monkeypatch.setattr("service.usecases.submit._chance.random", lambda: 0.5)
    assert await post("acted") == "approved"
    decided = await conn.fetchrow("SELECT automatic, decided_by FROM decision ORDER BY id DESC LIMIT 1")
    assert decided is not None
    assert tuple(decided) == (True, "policy")
    monkeypatch.setattr("service.usecases.submit._chance.random", lambda: 0.0)
    assert await post("unseen") == "pending"
    unseen = await conn.fetchrow("SELECT id FROM comment WHERE unseen")
    assert unseen is not None
    blind = await comments.get(conn, [site.id], unseen["id"])
    assert blind is not None
    assert (blind.is_blind, blind.as_seen().verdict) == (True, Verdict.HOLD)

    for number in range(4):
        await post(f"later{number}")
    for row in await conn.fetch("SELECT id FROM comment WHERE status = 'pending'"):
        await decide(ctx, ANA, row["id"], Choice(Action.REJECT, 1))
    assert await check_brakes(ctx) == 1
    monkeypatch.setattr("service.usecases.submit._chance.random", lambda: 0.5)
    assert await post("held") == "pending"
    events = await conn.fetch("SELECT action FROM audit_event WHERE action LIKE 'automation.%' ORDER BY id")
    told = [row["action"].removeprefix("automation.") for row in events]
    assert told == ["braked", "braked", "released", "braked"]
