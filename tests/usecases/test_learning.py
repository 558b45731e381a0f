"""What moderators decide teaches the site's learner; what is undone or erased has never been taught."""

from uuid import UUID

import pytest

from service.context import Context
from service.model.decisions import Action, Choice, Reason
from service.model.people import Principal, Scope
from service.model.screenings import LEARNED, Policy
from service.model.sites import Site
from service.screening.learner.learner import Learner
from service.store import learners, lessons
from service.store.database import Connection
from service.usecases.decide import decide
from service.usecases.knowledge import knowledge
from service.usecases.learn import learn_all, learn_site
from service.usecases.submit import submit
from tests.factories import a_delivery, a_submission, submitted

ANA = Principal("ana", frozenset({Scope.MODERATE}), None)
BOB = Principal("bob", frozenset({Scope.MODERATE}), None)
GOODS = (
    *("watches", "handbags", "trainers", "perfume", "sunglasses", "wallets"),
    *("belts", "jackets", "phones", "tablets", "laptops", "cameras"),
)
TOPICS = (
    *("bridge", "council", "budget", "teacher", "hospital", "river", "library", "election"),
    *("railway", "museum", "bakery", "school", "theatre", "garden", "harbour", "station"),
    *("ferry", "market", "cinema", "stadium", "bypass", "tunnel", "airport", "cathedral"),
)


async def taught(ctx: Context, site: Site, by: Principal = ANA) -> tuple[list[UUID], list[UUID]]:
    """Twelve rejected advertisements and twenty-four approved comments."""
    spam, ham = [], []
    for thing in GOODS:
        text = f"Genuine replica {thing} at a discount, order {thing} with free shipping"
        spam.append(await submitted(ctx, site, a_submission(text=text), a_delivery()))
        await decide(ctx, by, spam[-1], Choice(Action.REJECT, 1, Reason.SPAM))
    for topic in TOPICS:
        text = f"I do not agree that the {topic} was ever worth what the town paid for its {topic}"
        ham.append(await submitted(ctx, site, a_submission(text=text), a_delivery()))
        await decide(ctx, by, ham[-1], Choice(Action.APPROVE, 1))
    return spam, ham


async def weights(ctx: Context, site: Site) -> bytes | None:
    async with ctx.db.read() as conn:
        found = await learners.get(conn, site.id)
    return found.weights if found else None


@pytest.fixture
async def lone_votes(conn: Connection) -> None:
    """Without campaigns, so that each of these like texts has its own vote."""
    await conn.execute(
        """
        CREATE FUNCTION alone() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.campaign_id = NULL; RETURN NEW; END';
        CREATE TRIGGER alone BEFORE INSERT OR UPDATE ON comment FOR EACH ROW EXECUTE FUNCTION alone();
        """
    )


pytestmark = pytest.mark.usefixtures("lone_votes")


async def test_the_learner_is_silent_until_it_has_seen_enough_and_then_explains_itself(
    ctx: Context, site: Site, conn: Connection
) -> None:
    spam, _ = await taught(ctx, site)
    await decide(ctx, ANA, spam[0], Choice(Action.UNDO, 2))
    await decide(ctx, ANA, spam[1], Choice(Action.UNDO, 2))
    await decide(ctx, ANA, spam[2], Choice(Action.UNDO, 2))
    assert await learn_all(ctx) == 1
    assert await weights(ctx, site) is None

    for each in spam[:3]:
        await decide(ctx, ANA, each, Choice(Action.REJECT, 3, Reason.SPAM))
    assert await learn_all(ctx) == 1
    pitch = a_submission(text="Replica handbags and watches, order now with free shipping to all countries")
    await submit(ctx, site, Policy(), pitch, a_delivery(), await knowledge(conn, site.id))
    line = await conn.fetchrow("SELECT * FROM signal WHERE name = $1", LEARNED)
    assert line is not None
    assert line["strength"] > 0
    assert "rejected as spam" in line["sentence"]
    assert any(word in line["evidence"] for word in ("replica", "shipping", "order", "handbags"))
    assert await conn.fetchval("SELECT max(learned) FROM comment") > 0.5


async def test_an_undone_decision_and_an_erased_comment_leave_no_trace(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await taught(ctx, site)
    await learn_all(ctx)
    before = await weights(ctx, site)

    pitch = a_submission(text="Cheap flights and hotels, book your holiday with this secret code")
    extra = await submitted(ctx, site, pitch, a_delivery())
    await decide(ctx, ANA, extra, Choice(Action.REJECT, 1, Reason.SPAM))
    await learn_site(ctx, site.id)
    assert await weights(ctx, site) != before
    await decide(ctx, ANA, extra, Choice(Action.UNDO, 2))
    await learn_site(ctx, site.id)
    assert await weights(ctx, site) == before

    await decide(ctx, ANA, extra, Choice(Action.REJECT, 3, Reason.SPAM))
    await learn_site(ctx, site.id)
    await conn.execute("DELETE FROM comment WHERE id = $1", extra)
    await learn_site(ctx, site.id)
    assert await weights(ctx, site) == before


async def test_rejections_for_other_reasons_and_the_policys_decisions_teach_nothing(
    ctx: Context, site: Site
) -> None:
    await taught(ctx, site)
    await learn_all(ctx)
    before = await weights(ctx, site)
    for reason, automatic in ((Reason.ABUSE, False), (Reason.OFF_TOPIC, False), (Reason.SPAM, True)):
        text = f"Something else, {reason} {automatic}"
        extra = await submitted(ctx, site, a_submission(text=text), a_delivery())
        await decide(ctx, ANA, extra, Choice(Action.REJECT, 1, reason), automatic=automatic)
    await learn_site(ctx, site.id)
    assert await weights(ctx, site) == before


async def test_a_teacher_who_is_not_trusted_has_never_taught(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await taught(ctx, site)
    await learn_all(ctx)
    before = await weights(ctx, site)
    extra = await submitted(ctx, site, a_submission(text="An honest word about the new bridge"), a_delivery())
    await decide(ctx, BOB, extra, Choice(Action.REJECT, 1, Reason.SPAM))
    await learn_site(ctx, site.id)
    assert await weights(ctx, site) != before

    await lessons.distrust(conn, [site.id], "bob")
    await learn_site(ctx, site.id)
    assert await weights(ctx, site) == before


async def test_an_undone_decision_leaves_the_lesson_to_whoever_taught_it_before(
    ctx: Context, site: Site, conn: Connection
) -> None:
    spam, _ = await taught(ctx, site)
    await learn_all(ctx)
    before = await weights(ctx, site)
    await decide(ctx, BOB, spam[0], Choice(Action.REJECT, 2, Reason.SPAM))
    await decide(ctx, ANA, spam[0], Choice(Action.UNDO, 3))
    await lessons.distrust(conn, [site.id], "bob")
    await learn_site(ctx, site.id)
    assert await weights(ctx, site) == before


async def test_undoing_an_undo_twice_brings_back_the_reason_that_stood_there(
    ctx: Context, site: Site, conn: Connection
) -> None:
    spam, _ = await taught(ctx, site)
    await decide(ctx, BOB, spam[0], Choice(Action.REJECT, 2, Reason.ABUSE))
    for version, reason in ((3, "spam"), (4, "abuse"), (5, "spam")):
        await decide(ctx, ANA, spam[0], Choice(Action.UNDO, version))
        assert await conn.fetchval("SELECT reason FROM comment WHERE id = $1", spam[0]) == reason


async def test_learning_twice_changes_nothing_and_weights_come_back_as_they_were(
    ctx: Context, site: Site
) -> None:
    await taught(ctx, site)
    assert await learn_site(ctx, site.id)
    stored = await weights(ctx, site)
    assert not await learn_site(ctx, site.id)
    assert stored is not None
    learner = Learner.from_bytes(stored)
    assert learner is not None
    assert learner.to_bytes() == stored


async def test_what_an_earlier_release_learned_is_silent_until_it_is_learned_anew(
    ctx: Context, site: Site, conn: Connection
) -> None:
    await taught(ctx, site)
    await learn_all(ctx)
    now = await weights(ctx, site)
    assert now is not None
    await conn.execute(
        "UPDATE learner SET weights = $1, lessons = 'other', read_at = now() + interval '1 hour'", now[:-1]
    )
    await conn.execute("UPDATE lesson SET reading = 2, features = ''")
    assert Learner.from_bytes(now[:-1]) is None
    assert await learn_all(ctx) == 1
    assert await weights(ctx, site) == now
    assert await learn_all(ctx) == 0


async def test_comments_older_than_their_facts_teach_too(ctx: Context, site: Site, conn: Connection) -> None:
    await taught(ctx, site)
    await conn.execute("UPDATE comment SET facts = '{}'")
    assert await learn_site(ctx, site.id)
    assert await weights(ctx, site) is not None
