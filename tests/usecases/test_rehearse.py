"""A rehearsal tells what other rules would have made of what people decided, and changes nothing."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.context import Context
from service.errors import FieldRefused
from service.filters import FILTERS
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.rehearsals import Proposal
from service.model.screenings import Policy, Signal, Verdict
from service.model.sites import Site
from service.model.terms import Term, TermKind, TermsProposal
from service.screening.candidate import prepare
from service.screening.facts import Facts
from service.screening.screen import screen
from service.screening.terms import compile_terms
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.rehearse import rehearse
from service.usecases.set_policy import set_policy
from service.usecases.set_terms import set_terms
from service.usecases.trial import WORD_FILTERS
from tests.conftest import MakeComment

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
BLOCK, ALLOW = TermKind.BLOCK, TermKind.ALLOW


async def decided(ctx: Context, make_comment: MakeComment, text: str, action: Action) -> UUID:
    comment_id = await make_comment(text=text)
    reason = Reason.SPAM if action is Action.REJECT else None
    await decide(ctx, ANA, comment_id, Choice(action, 1, reason))
    return comment_id


async def everything(conn: Connection) -> list[object]:
    tables = ("site", "policy", "term", "comment", "signal", "decision", "audit_event")
    return [await conn.fetch(f"SELECT t::text FROM {table} t ORDER BY 1") for table in tables]


async def test_weights_are_tried_on_decided_comments_and_contradictions_come_first(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    good = await decided(
        ctx, make_comment, "See https://example.org/ for the figures of last year.", Action.APPROVE
    )
    await decided(
        ctx, make_comment, "The paper of the day is here, as always: https://example.com/", Action.REJECT
    )
    await decided(ctx, make_comment, "Nothing to see here.", Action.APPROVE)
    await make_comment(text="Not decided yet: https://example.net/")
    before = await everything(conn)

    found = await rehearse(ctx, site, Proposal(Policy(weights={"links": 40.0})), last=100)
    assert await everything(conn) == before
    assert found.examined == 3
    assert (found.before[Verdict.REJECT], found.after[Verdict.REJECT]) == (0, 2)
    move = found.moves[Verdict.REJECT]
    assert (move.comments, move.contradicted) == (2, 1)
    [sample] = [each for each in move.samples if each.is_contradiction]
    assert (sample.comment_id, sample.before, sample.after) == (good, Verdict.HOLD, Verdict.REJECT)
    [line] = sample.lines
    assert line.name == "links"
    assert [line.before, line.after] == pytest.approx([0.6, 8.0])

    silent = await rehearse(ctx, site, Proposal(Policy(weights={"links": 0.0})), last=100)
    through = silent.moves[Verdict.APPROVE]
    assert (through.comments, through.contradicted) == (2, 1)


async def test_advice_that_comes_nearer_to_what_people_decided_is_no_contradiction(
    ctx: Context, site: Site, conn: Connection, make_comment: MakeComment
) -> None:
    for text, action in (
        ("See https://example.org/ for the figures of last year.", Action.APPROVE),
        ("The paper of the day is here: https://example.com/", Action.REJECT),
    ):
        await decided(ctx, make_comment, text, action)
    await set_policy(ctx, site, Policy(weights={"links": 40.0}), actor="ana")
    held = Policy(version=2, weights={"links": 20.0})
    found = await rehearse(ctx, site, Proposal(held), last=100)
    move = found.moves[Verdict.HOLD]
    assert (move.comments, move.contradicted) == (2, 0)
    through = (await rehearse(ctx, site, Proposal(Policy(version=2, weights={"links": 0.0})), last=100)).moves
    assert (through[Verdict.APPROVE].comments, through[Verdict.APPROVE].contradicted) == (2, 1)


async def test_only_the_newest_are_looked_at_and_progress_is_told(
    ctx: Context, site: Site, make_comment: MakeComment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.usecases.rehearse.AT_ONCE", 2)
    for number in range(5):
        await decided(ctx, make_comment, f"Comment {number}.", Action.APPROVE)
    told: list[tuple[int, int]] = []
    found = await rehearse(ctx, site, Proposal(), last=3, progress=lambda done, of: told.append((done, of)))
    assert (found.examined, told) == (3, [(2, 3), (3, 3)])
    assert all(move.comments == 0 for move in found.moves.values())


async def test_terms_are_tried_where_they_stand(ctx: Context, site: Site, make_comment: MakeComment) -> None:
    await set_terms(ctx, site, TermsProposal([Term(BLOCK, "quango"), Term(ALLOW, "shit lane")]), actor="ana")
    await decided(ctx, make_comment, "The quango met again.", Action.APPROVE)
    await decided(ctx, make_comment, "I live in Shit Lane.", Action.APPROVE)
    await decided(ctx, make_comment, "Buy widgets, friends.", Action.REJECT)

    proposed = TermsProposal(add=[Term(BLOCK, "WIDGETS")], remove=[(BLOCK, "Quango"), (ALLOW, "Shit Lane")])
    found = await rehearse(ctx, site, Proposal(terms=proposed), last=100)
    through, held = found.moves[Verdict.APPROVE], found.moves[Verdict.HOLD]
    assert [each.excerpt for each in through.samples] == ["The quango met again."]
    assert through.contradicted == 0
    assert {each.excerpt: each.is_contradiction for each in held.samples} == {
        "I live in Shit Lane.": True,
        "Buy widgets, friends.": False,
    }


async def test_terms_are_tried_on_websites_too(ctx: Context, site: Site, make_comment: MakeComment) -> None:
    comment_id = await make_comment(text="Fine.", website="https://quango.example/")
    await decide(ctx, ANA, comment_id, Choice(Action.REJECT, 1, Reason.SPAM))
    proposal = Proposal(Policy(reject_at=3.0), TermsProposal([Term(BLOCK, "quango")]))
    found = await rehearse(ctx, site, proposal, last=100)
    [sample] = found.moves[Verdict.REJECT].samples
    assert [(line.name, line.before) for line in sample.lines] == [("terms", 0.0)]


async def test_what_would_be_refused_cannot_be_rehearsed(ctx: Context, site: Site) -> None:
    with pytest.raises(FieldRefused, match="no filter called"):
        await rehearse(ctx, site, Proposal(Policy(weights={"nonsense": 1.0})), last=1)


WORDS = ("shit", "scunthorpe", "quango", "the", "casino", "lane", "buy", "f**k", "http://a.example.top")


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12),
    st.sets(st.sampled_from([(kind, word) for kind in TermKind for word in WORDS[:7]]), max_size=4),
    st.integers(0, 3),
)
def test_terms_have_an_effect_on_the_lines_of_three_filters_only(
    words: list[str], terms: set[tuple[TermKind, str]], severity: int
) -> None:
    listed = compile_terms([Term(kind, word, severity if kind is BLOCK else 0) for kind, word in terms])
    facts = Facts(honeypot=False, fill_seconds=9, has_form_token=True)
    names = {each.name for each in WORD_FILTERS}

    def others(signals: object) -> list[Signal]:
        assert isinstance(signals, tuple)
        return [each for each in signals if each.name not in names]

    text = " ".join(words)
    plain = screen(prepare(text), facts, FILTERS, Policy())
    with_terms = screen(prepare(text, terms=listed), facts, FILTERS, Policy())
    assert others(plain.signals) == others(with_terms.signals)
