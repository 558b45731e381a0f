"""What the world knows about a submission beside its words, gathered before the filters run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """How a submission came, and where it would stand.

    `honeypot` is what stood in the field that people do not see, `fill_seconds` how long the form was
    open (None: unknown), `own_hosts` the hosts of the site itself, lower-case: links to them are no sign
    of anything.
    """

    honeypot: str
    fill_seconds: float | None
    has_form_token: bool
    own_hosts: frozenset[str] = frozenset()
