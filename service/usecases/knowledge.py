"""What a site knows beyond the words of one comment, read from the database."""

from service.screening.knowledge import Knowledge
from service.store import learners, terms
from service.store.database import Connection


async def knowledge(conn: Connection, site_id: int) -> Knowledge:
    """The site's terms and what its learner knows, each with its version."""
    version, present = await terms.present(conn, site_id)
    learner = await learners.get(conn, site_id)
    return Knowledge(
        site_id=site_id,
        terms=present,
        terms_version=version,
        weights=learner.weights if learner else None,
        weights_version=learner.version if learner else 0,
    )
