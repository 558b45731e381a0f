"""What a stranger can learn: nothing that ties comments together, and nothing about who is blocked."""

from statistics import median
from time import perf_counter

import httpx2
import pytest

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.rules import RuleKind
from service.model.sites import Site
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.govern import add_site
from service.usecases.make_rule import NewRule, make_rule
from service.usecases.tokens import add_token, revoke_token
from tests.conftest import MakeComment
from tests.factories import ARTICLE, SITE_ORIGIN, a_body, a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
ROOT = Principal("root", frozenset(Scope), None)
PATH = "/v1/sites/daily/submissions"


async def test_t35_nothing_public_ties_two_comments_of_one_address_together(
    client: httpx2.AsyncClient, ctx: Context, site: Site
) -> None:
    weekly = await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    shown = []
    for where, page, name in ((site, ARTICLE, "One"), (weekly, f"{SITE_ORIGIN}/other", "Two")):
        said = a_submission(page=page, name=name, text=f"{name} says something.")
        comment_id = await submitted(ctx, where, said, a_delivery())
        await decide(ctx, ANA, comment_id, Choice(Action.APPROVE, 1))
        thread = await client.get(f"/v1/sites/{where.slug}/thread", params={"page": page})
        shown += thread.json()["comments"]
    one, two = [{str(value) for value in comment.values()} for comment in shown]
    assert one & two <= {"None", "False"}


async def test_t36_a_blocked_author_is_answered_like_any_other(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    model = await make_comment(email="blocked@example.com")
    await make_rule(ctx, ANA, site, NewRule(RuleKind.AUTHOR, Action.REJECT, Reason.SPAM, 1, like=model))
    answers = [
        await client.post(PATH, json=a_body(email=email, text="The ferry is late again."))
        for email in ("blocked@example.com", "fresh@example.com")
    ]
    told = [
        (a.status_code, sorted(a.json()), a.json()["status"], sorted(set(a.headers) - {"date"}))
        for a in answers
    ]
    assert told[0] == told[1]


async def test_t36_and_is_answered_no_sooner_and_no_later(
    client: httpx2.AsyncClient, ctx: Context, site: Site, make_comment: MakeComment
) -> None:
    model = await make_comment(email="blocked@example.com")
    await make_rule(ctx, ANA, site, NewRule(RuleKind.AUTHOR, Action.REJECT, Reason.SPAM, 1, like=model))
    seconds: dict[str, list[float]] = {"blocked@example.com": [], "fresh@example.com": []}
    for number in range(100):
        # Turn about, so that whatever else the machine does falls on both.
        for email, taken in seconds.items():
            began = perf_counter()
            answer = await client.post(PATH, json=a_body(email=email, text=f"The ferry {number} is late."))
            taken.append(perf_counter() - began)
            assert answer.status_code == 202
    blocked, fresh = map(median, seconds.values())
    assert abs(blocked - fresh) < max(0.005, 0.2 * fresh)


@pytest.mark.usefixtures("site")
async def test_t77_a_token_that_will_not_do_is_refused_in_the_same_words(
    client: httpx2.AsyncClient, ctx: Context, site: Site, conn: Connection
) -> None:
    weekly = await add_site(ctx, "weekly", [SITE_ORIGIN], actor="test")
    token = await add_token(ctx, [Scope.READ], actor="test", site_id=site.id)
    revoked, expired = [await add_token(ctx, [Scope.READ], actor="test", site_id=site.id) for _ in range(2)]
    await revoke_token(ctx, ROOT, revoked[3:11])
    await conn.execute("UPDATE api_token SET expires_at = now() WHERE id = $1", expired[3:11])
    off_by_one = token[:-1] + ("0" if token[-1] != "0" else "1")
    wrong = [off_by_one, f"{token}x", "gr_00000000_x_000000", "x", revoked, expired]
    refusals = [await client.get("/v1/queue", headers={"Authorization": f"Bearer {each}"}) for each in wrong]
    told = {(r.status_code, r.json()["code"], r.json()["detail"]) for r in refusals}
    assert len(told) == 1
    assert next(iter(told))[0] == 401
    good = {"Authorization": f"Bearer {token}"}
    other = await client.get(f"/v1/queue?site={weekly.slug}", headers=good)
    assert other.status_code == 404
    may_not = await client.post("/v1/queue/leases", json={"site": "daily"}, headers=good)
    assert (may_not.status_code, may_not.json()["code"]) == (403, "scope_missing")
    in_url = await client.get(f"/v1/queue?token={token}")
    assert (in_url.status_code, in_url.json()["code"]) == (400, "token_in_url")
