"""The filters, in the order in which a moderator reads their lines."""

from typing import Final

from service.filters.better_profanity import better_profanity
from service.filters.busy_page import busy_page
from service.filters.contacts import contacts
from service.filters.discussion import discussion
from service.filters.disguise import disguise
from service.filters.disposable_email import disposable_email
from service.filters.fill_time import fill_time
from service.filters.gibberish import gibberish
from service.filters.history import history
from service.filters.honeypot import honeypot
from service.filters.impersonation import impersonation
from service.filters.likeness import likeness
from service.filters.links import links
from service.filters.name import name
from service.filters.old_page import old_page
from service.filters.pitch import pitch
from service.filters.praise import praise
from service.filters.profanity import profanity
from service.filters.repetition import repetition
from service.filters.script import script
from service.filters.shouting import shouting
from service.filters.spelt_out import spelt_out
from service.filters.template import template
from service.filters.terms import terms
from service.filters.unproved import unproved
from service.filters.velocity import velocity
from service.filters.website import website
from service.screening.filter import Filter

FILTERS: Final[tuple[Filter, ...]] = (
    # How it was sent
    honeypot,
    fill_time,
    velocity,
    unproved,
    old_page,
    busy_page,
    # What is known about its like
    likeness,
    history,
    # Who sends it
    disposable_email,
    name,
    impersonation,
    website,
    # What it says
    pitch,
    contacts,
    links,
    spelt_out,
    praise,
    discussion,
    template,
    disguise,
    repetition,
    gibberish,
    script,
    shouting,
    # The words it uses
    profanity,
    better_profanity,
    terms,
)
