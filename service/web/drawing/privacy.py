"""The pages and the mail for people who ask about their own data, in the languages of readers."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from jinja2 import Environment

from service.mail import Letter
from service.model.privacy import Mode
from service.usecases.erase import Naming
from service.web.drawing.catalogues import Catalogue, load_privacy
from service.web.drawing.languages import language_of
from service.web.drawing.rendering import anonymous
from service.web.drawing.templating import environment

_CATALOGUES: Final[Mapping[str, Catalogue]] = load_privacy()


def naming_of(mode: Mode) -> Naming | None:
    """What sites sign comments with that stay: as those of people who gave no name. None: nothing stays."""
    if mode is Mode.DELETE:
        return None
    return lambda site: anonymous(language_of(site.language))


def draw_ask(lang: str, *, site: str | None, set_up: bool, sent: bool = False, problem: str = "") -> str:
    """The form that asks for an address; `problem` is a key of the catalogue."""
    said = _CATALOGUES[lang].text(problem) if problem else ""
    return _draw("ask.html", lang, site=site, set_up=set_up, sent=sent, problem=said)


def draw_link(lang: str, token: str) -> str:
    """What a link from a mail shows: three buttons."""
    return _draw("link.html", lang, token=token)


def draw_told(lang: str, key: str, *, again: bool = False, **values: object) -> str:
    """One sentence, and perhaps the way back to the form."""
    return _draw("told.html", lang, sentence=_CATALOGUES[lang].text(key, **values), again=again)


def letter(lang: str, service: str, link: str) -> Letter:
    """The mail with a link; plain text, so that nothing in it is escaped."""
    words = _CATALOGUES[lang].sentences
    text = words["mail.text"].replace("{{service}}", service).replace("{{link}}", link)
    return Letter(words["mail.subject"], f"{text}\n")


def _draw(template: str, lang: str, **values: object) -> str:
    words = _CATALOGUES[lang]
    return _environment().get_template(template).render(t=words.text, lang=lang, **values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return environment("privacy")
