"""What the world knows about a submission beside its words, gathered before the filters run."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """What people decided about earlier comments that have something in common with this one."""

    approved: int = 0
    spam: int = 0
    rejected: int = 0

    @property
    def decided(self) -> int:
        """How many comments this rests on; `rejected` counts rejections for other reasons than spam."""
        return self.approved + self.spam + self.rejected


@dataclass(frozen=True, slots=True)
class Likeness:
    """Earlier comments with the same words, or nearly the same.

    `same` of them are equal once normalised, `similar` nearly so; `pages` is on how many pages they
    stand, and `record` what people decided about them.
    """

    same: int = 0
    similar: int = 0
    pages: int = 0
    record: Record = Record()


@dataclass(frozen=True, slots=True)
class Facts:
    """How a submission came, and where it would stand. Plain values: they are stored with the bill.

    `honeypot` says that the field that people do not see was filled in, `fill_seconds` how long the form
    was open (None: unknown), `own_hosts` the hosts of the site itself, lower-case: links to them are no
    sign of anything. `language` is the primary subtag of the site's language.

    Counts of comments, this one not included: `network_recent` from the same network in ten minutes,
    `page_recent` on the same page in an hour. `page_age_days` is how old the page is, `page_quiet_days`
    how long it had no comment before that hour (None: unknown). `unproved` says that a proof of work was due,
    which could not be asked for, `poses` that the author's name looks like a moderator's or the site's.
    """

    honeypot: bool
    fill_seconds: float | None
    has_form_token: bool
    own_hosts: frozenset[str] = frozenset()
    language: str = "en"
    disposable_email: bool = False
    network_recent: int = 0
    page_recent: int = 0
    page_age_days: float | None = None
    page_quiet_days: float | None = None
    author: Record = Record()
    network: Record = Record()
    hosts: Mapping[str, Record] = field(default_factory=dict)
    likeness: Likeness = Likeness()
    unproved: bool = False
    poses: bool = False
