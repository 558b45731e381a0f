"""Looking for likenesses stays an index's work, however much there is."""

from service.model.likeness import Print
from service.screening.likeness import BANDS, SIMILAR
from service.store.database import Connection
from service.store.likenesses import FIND, bands_of

MANY = f"""
INSERT INTO likeness (site_id, comment_id, digest, bands, normal)
SELECT 1, gen_random_uuid(), decode(md5(n::text), 'hex'),
       ARRAY(SELECT n::bigint * 1000003 + k * 7919 FROM generate_series(1, {BANDS}) k),
       'a text of some length that stands for what people write ' || n
  FROM generate_series(1, 5000) n
"""


async def test_bands_are_looked_up_and_never_compared_row_by_row(conn: Connection) -> None:
    # Rows without comments, because only the plan matters.
    await conn.execute("ALTER TABLE likeness DROP CONSTRAINT likeness_site_id_comment_id_fkey")
    await conn.execute(MANY)
    await conn.execute("VACUUM ANALYZE likeness")
    printed = Print("a text of some length", b"0" * 16, range(BANDS))
    given = (1, printed.digest, bands_of(1, printed), printed.normal, SIMILAR, None)
    plans = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        await conn.execute(f"SET plan_cache_mode = {mode}")
        plans.append("\n".join(row[0] for row in await conn.fetch(f"EXPLAIN {FIND}", *given)))
    for plan in plans:
        assert "Bitmap Index Scan on likeness_bands" in plan
        assert "Seq Scan on likeness" not in plan, plan


async def test_texts_are_compared_once_also_where_nothing_is_known_of_the_tables_yet(
    conn: Connection,
) -> None:
    # Before a new installation's first ANALYZE, one comment is expected, and whatever hangs on it is cheap.
    printed = Print("a text of some length", b"0" * 16, range(BANDS))
    given = (1, printed.digest, bands_of(1, printed), printed.normal, SIMILAR, None)
    plan = "\n".join(row[0] for row in await conn.fetch(f"EXPLAIN {FIND}", *given))
    _, _, joined = plan.partition("CTE near")
    assert "CTE Scan on near" in joined, plan
