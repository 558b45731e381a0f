"""Ways to be reached that stand in a text: telephone numbers, addresses, accounts of messengers."""

import re
from collections.abc import Sequence
from typing import Final

from service.model.screenings import Span
from service.screening.folding import Folded

MAX_CONTACTS: Final = 10
_TELEPHONE: Final = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d(?:[\s().\-/]{0,3}\d){7,14}(?![\w/-]|[.,]\d)")
_E_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}\b")
_MESSENGERS: Final = (
    r"wa\.me/|t\.me/|chat\.whatsapp|whats?\s?app|watsapp|wattsapp|telegram|telegrm|viber|wechat|skype|signal|imo"
    r"|snapchat|insta(?:gram)?|tiktok|ватсап|вотсап|телеграм|телега|واٹس ایپ|واتس\s?اپ|ٹیلی گرام|微信|加微"
)
_BETWEEN: Final = (
    r"at|me|on|us|id|no|number|group|channel|kanal|گروپ|نمبر|grupo|groupe|gruppe|par|kar[eo]n?|کریں|al|au"
    r"|unter|numero|nr"
)
_MESSENGER: Final = re.compile(
    rf"(?<!\w)(?:{_MESSENGERS})[\s:;,.@=>+#\-]{{0,6}}(?:(?:{_BETWEEN})[\s:.@+]{{0,4}}){{0,3}}"
    r"(?:@?[\w.]{3,32}|\+?\d[\d\s-]{6,16})"
)
_HANDLE: Final = re.compile(r"(?<![\w@/.])@[a-z][\w.]{3,30}")
_DIRECT: Final = re.compile(
    r"(?<!\w)(?:(?:dm|pm|inbox|text|message|msg|contact|reach|call|write|email|mail|whatsapp) (?:me|us)"
    r"|(?:text|message|contact|call|write|email|mail|whatsapp|inbox)"
    r" (?:him|her|them|dr|mr|mrs|now|today|on|at|via)"
    r"|send me a (?:direct )?message|direct message|go to (?:my )?bio"
    r"|link (?:in|on|is in|profile) (?:my |the |mein )?(?:bio|profile|mein|name)?"
    r"|escribeme|contactame|contactez|ecrivez-moi|schreib mir|kontaktiere|melde dich|chama no|fale comigo"
    r"|raa?bta kar[eo]n?|inbox kar[eo]n?|رابطہ کریں|пишите|пиши в|звоните)(?!\w)"
)


def find_contacts(folded: Folded, field: str) -> tuple[Sequence[Span], Sequence[Span]]:
    """Where somebody can be reached, and where a reader is asked to; at most `MAX_CONTACTS` of each."""
    text = folded.text
    found = [
        Span(field, *folded.origin(*match.span()))
        for pattern in (_TELEPHONE, _E_MAIL, _MESSENGER, _HANDLE)
        for match in pattern.finditer(text)
        if pattern is not _TELEPHONE or _is_telephone(match[0])
    ]
    asked = [Span(field, *folded.origin(*match.span())) for match in _DIRECT.finditer(text)]
    return found[:MAX_CONTACTS], asked[:MAX_CONTACTS]


def _is_telephone(written: str) -> bool:
    """Eight to fifteen digits that are no date and no sum of money."""
    digits = [character for character in written if character.isdigit()]
    return 8 <= len(digits) <= 15 and len(set(digits)) > 2
