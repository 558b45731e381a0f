"""WordPress's comment form, as its themes post it to `wp-comments-post.php`."""

from typing import Final

from pydantic import ConfigDict, Field, StrictStr

from service.model.submissions import MAX_TEXT
from service.model.urls import MAX_URL
from service.web.wire.base import In

# WordPress's names for our fields.
NAMES: Final = {
    "text": "comment",
    "name": "author",
    "email": "email",
    "website": "url",
    "parent": "comment_parent",
    "consent": "consent",
    "page": "page",
}


class WordPressIn(In):
    """The fields that are read; what plugins add to them is let by. Each is checked as our own form's are."""

    model_config = ConfigDict(extra="allow")

    comment: StrictStr | None = None
    author: StrictStr | None = None
    email: StrictStr | None = None
    url: StrictStr | None = None
    comment_post_ID: StrictStr | None = Field(  # noqa: N815 - WordPress's name
        None, max_length=20, description="The article's number, where nothing else tells its address."
    )
    comment_parent: StrictStr | None = Field(None, description="The comment replied to; 0: none.")
    redirect_to: StrictStr | None = Field(None, description="Where to go on, on the site.")
    page: StrictStr | None = Field(None, description="The article's address.", max_length=MAX_URL)
    consent: StrictStr | None = None
    form_token: StrictStr | None = None
    url2: StrictStr | None = None
    ak_hp_textarea: StrictStr | None = Field(
        None, max_length=MAX_TEXT, description="The honeypot of a well-known plugin; leave it empty."
    )
