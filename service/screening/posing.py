"""Whether a name passes for one of the site's own people."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from service.screening.candidate import words
from service.screening.folding import fold

# Digits and signs stand for letters, and what is taken for another letter at a glance becomes the same.
_AT_A_GLANCE: Final = str.maketrans("013457@$!|i", "oleastaslll")


def poses(name: str, own: Iterable[str]) -> bool:
    """Whether `name` looks like one of the site's `own`, alone or with an office, or like an office alone.

    Letters count as they look; case, spaces and signs do not count at all.
    """
    written = _read(name)
    called = [word for word in written if word not in _OFFICES and word not in _ARTICLES]
    if not called and not _OFFICES.isdisjoint(written):
        return True
    looks = {"".join(written), "".join(called)} - {""}
    return any(not looks.isdisjoint(_looks(each)) for each in own)


@lru_cache(maxsize=4096)
def _looks(own: str) -> frozenset[str]:
    """How one of the site's own names looks, with its article and without."""
    written = _read(own)
    without = [word for word in written if word not in _ARTICLES]
    return frozenset({"".join(written), "".join(without)} - {""})


def _read(name: str) -> Sequence[str]:
    return [word.translate(_AT_A_GLANCE) for word in words(fold(name).text.replace("_", " "))]


# What people of a site call themselves beside their name or its title.
_OFFICES: Final = frozenset(
    _read(
        "admin administrator administration moderator moderators moderation staff team official editor "
        "editors editorial webmaster Redaktion Redakteur Redakteurin Moderatorin administrador moderador "
        "moderadora redacción equipo oficial administrateur modérateur modératrice rédaction équipe officiel "
        "redação "
        "администратор модератор редакция ایڈمن منتظم ادارہ مشرف المشرف المدير الإدارة التحرير प्रशासक संपादक "
        "管理员 编辑部 管理人 編集部"
    )
)
_ARTICLES: Final = frozenset(
    _read("the a an of from at by der die das von le la les de du el los del o از کا")
)
