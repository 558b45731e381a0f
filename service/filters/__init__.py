"""The filters, in the order in which a moderator reads their lines."""

from typing import Final

from service.filters.fill_time import fill_time
from service.filters.honeypot import honeypot
from service.filters.links import links
from service.filters.profanity import profanity
from service.screening.filter import Filter

FILTERS: Final[tuple[Filter, ...]] = (
    # How it was sent
    honeypot,
    fill_time,
    # What it says
    links,
    profanity,
)
