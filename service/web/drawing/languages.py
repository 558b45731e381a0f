"""In which language a reader is answered: tags of BCP 47, looked up among the catalogues (RFC 4647, 3.4)."""

from collections.abc import Mapping
from typing import Final

from service.web.drawing.catalogues import SOURCE_LANGUAGE
from service.web.drawing.plurals import FORMS

_BY_TAG: Final[Mapping[str, str | None]] = {
    **{lang.lower(): lang for lang in FORMS},
    "pt": "pt-BR",
    "zh": "zh-Hans",
    # Another script. To the CLDR, too, Simplified Chinese is no substitute for Traditional.
    **dict.fromkeys(("zh-hant", "zh-tw", "zh-hk", "zh-mo")),
}


def language_of(*tags: str | None) -> str:
    """The catalogue for the first of the tags that has one, dearest first; else the English one."""
    for tag in tags:
        if found := _lookup(tag or ""):
            return found
    return SOURCE_LANGUAGE


def _lookup(tag: str) -> str | None:
    """The catalogue of the longest beginning of a tag that is known."""
    wanted = tag.replace("_", "-").lower()
    while wanted not in _BY_TAG:
        wanted, more, _ = wanted.rpartition("-")
        if not more:
            return None
    return _BY_TAG[wanted]
