"""Whatever authors, readers and moderators do, in any order: counts are right, nothing unseen is shown."""

from contextlib import suppress
from random import Random
from uuid import UUID

from service.context import Context
from service.errors import ServiceError
from service.model.authoring import Report
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.screenings import Policy
from service.model.sites import Site
from service.store import reports
from service.store.database import Connection
from service.usecases import own_comments
from service.usecases.decide import decide
from service.usecases.report import dismiss_reports
from tests.conftest import MakeComment

PEOPLE = [Principal(name, frozenset({Scope.MODERATE}), None) for name in ("ana", "ben")]
ACTS = ("approve", "approve", "reject", "undo", "edit", "appeal", "report", "dismiss", "go")
# Of every comment: what the page counts, what is waiting, and how reports are counted.
BROKEN = """
SELECT count(*) FROM comment c
 WHERE c.status = 'pending' AND c.gone_at IS NOT NULL
    OR c.gone_at IS NOT NULL AND (c.text <> '' OR c.name <> '' OR c.website IS NOT NULL)
    OR (c.status = 'rejected' AND c.gone_at IS NULL) <> (c.reason IS NOT NULL)
    OR c.open_reports <> (SELECT count(*) FROM report r
                           WHERE r.comment_id = c.id AND r.resolved_at IS NULL)
"""
MISCOUNTED = """
SELECT p.approved_count - (SELECT count(*) FROM comment c
                            WHERE c.page_id = p.id AND c.status = 'approved' AND c.gone_at IS NULL)
  FROM page p
"""


async def test_in_any_order_the_counts_are_right_and_what_is_shown_was_seen(
    ctx: Context, site: Site, make_comment: MakeComment, conn: Connection
) -> None:
    chance = Random(4)  # noqa: S311 - an order of acts, no secret
    ids = [await make_comment(text=f"Comment {number}.") for number in range(4)]
    seen: set[tuple[UUID, str]] = set()

    async def act(comment_id: UUID, number: int) -> None:
        row = await conn.fetchrow("SELECT version, text FROM comment WHERE id = $1", comment_id)
        assert row
        by, text = chance.choice(PEOPLE), f"Text {number}."
        match chance.choice(
            ("approve", "approve", "reject", "undo", "edit", "appeal", "report", "dismiss", "go")
        ):
            case "edit":
                await own_comments.edit(ctx, site, Policy(), comment_id, text, "192.0.2.0/24")
            case "appeal":
                await own_comments.appeal(ctx, site, comment_id)
            case "go" if chance.random() < 0.2:
                await own_comments.withdraw(ctx, site, comment_id)
            case "report":
                reporter = bytes([number % 256]) * 16
                await reports.add(conn, site.id, comment_id, Report(reporter, Reason.SPAM, None))
            case "dismiss":
                await dismiss_reports(ctx, by, comment_id, row["version"], None)
            case "approve" | "reject" | "undo" as action:
                await decide(ctx, by, comment_id, Choice(Action(action), row["version"]))
                seen.add((comment_id, row["text"]))

    for number in range(150):
        with suppress(ServiceError):
            await act(chance.choice(ids), number)
        assert await conn.fetchval(BROKEN) == 0, number
        assert await conn.fetchval(MISCOUNTED) == 0, number
        shown = "SELECT id, text FROM comment WHERE status = 'approved' AND gone_at IS NULL"
        assert {tuple(row) for row in await conn.fetch(shown)} <= seen, number
    assert await conn.fetchval("SELECT count(*) FROM revision") > 0
    assert await conn.fetchval("SELECT count(*) FROM comment WHERE gone_at IS NOT NULL") > 0
