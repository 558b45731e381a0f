"""Values for tests: everything has a default, and a test names what matters to it."""

from typing import Any
from uuid import UUID

from service.context import Context
from service.model.email import parse_email
from service.model.screenings import Policy
from service.model.sites import Page, Site, page_id
from service.model.submissions import Delivery, Submission
from service.model.urls import parse_page
from service.usecases.submit import submit
from tests.planted import READER

SITE_ORIGIN = "https://news.example"
ARTICLE = f"{SITE_ORIGIN}/bridge"
PASSWORD = "a long passphrase"


def a_submission(**over: Any) -> Submission:
    """A reader's comment on the bridge."""
    address = parse_page(over.pop("page", ARTICLE))
    title = over.pop("page_title", "The bridge")
    email = parse_email(over.pop("email", READER))
    given: dict[str, Any] = {
        "page": Page(page_id(address), str(address), title),
        "name": "Bilal",
        "email": email,
        "website": None,
        "text": "The bridge should have been mended last year.",
        "parent_id": None,
    }
    return Submission(**{**given, **over})


def a_delivery(**over: Any) -> Delivery:
    """How a well-behaved form comes."""
    given: dict[str, Any] = {
        "network": "192.0.2.0/24",
        "honeypot": "",
        "fill_seconds": 40.0,
        "has_form_token": True,
        "key": None,
        "key_is_explicit": False,
    }
    return Delivery(**{**given, **over})


def a_body(**over: Any) -> dict[str, Any]:
    """The smallest valid submission on the wire, plus what the test says; None leaves a field out."""
    given: dict[str, Any] = {
        "page": ARTICLE,
        "name": "Bilal",
        "email": READER,
        "text": "The bridge should have been mended last year.",
    }
    return {name: value for name, value in {**given, **over}.items() if value is not None}


async def submitted(ctx: Context, site: Site, submission: Submission, delivery: Delivery) -> UUID:
    """Submit under the site's plain policy and give the comment's id."""
    return (await submit(ctx, site, Policy(), submission, delivery)).comment_id
