"""Ways to be reached that stand in a text: telephone numbers, addresses, accounts of messengers."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.model.screenings import Span
from service.screening.folding import Folded, fold
from service.screening.remembered import remembered

MAX_CONTACTS: Final = 10
MIN_DIGITS: Final = 8
_NUMBER: Final = re.compile(rf"\d(?:[^\w,;:]{{0,3}}\d){{{MIN_DIGITS - 1}}}")
_TELEPHONE: Final = re.compile(
    r"(?<![\w.,/-])(?<!isbn )(?:\+|00)?\(?\d(?:[\s().\-/★☆✪•·~*_→⇢➔➜]{0,3}\d){7,14}(?![\w/-]|[.,]\d)"
)
_AT_A_HOST: Final = re.compile(r"@[\w-]{1,63}\.")
_E_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}\b")
_MESSENGERS: Final = fold(
    r"whats?\s?app|wh?att?sapp|whatapp|teleg_?ram|telegrm|viber|wechat|skype|signal|imo|wickr|icq|discord|zalo"
    r"|snap(?:chat)?|insta(?:gram)?|tiktok|facebook|ватсап|вотсап|вайбер|телеграмм?|телега"
    r"|واٹس ایپ|واٹساپ|واتس\s?اپ|واتساب|ٹیلی گرام|व्हाट्सएप|微信|加微|加qq|qq|电报"
).text
_BETWEEN: Final = (
    r"at|me|on|us|id|is|no|number|only|group|channel|handle|username|user|kanal|grupo|groupe|gruppe|par|al|au|unter"
    r"|numero|nr|kar[eo]n?|گروپ|نمبر|کریں|करें"
)
# An account has a sign before it or a figure in it; any other word may follow the name of a messenger.
_ACCOUNT: Final = r"@[\w.]{3,32}|(?=[a-z]{0,30}[\d_])[\w.]{4,32}|[+(]{0,2}\d[\d\s()-]{6,16}"
_MESSENGER: Final = re.compile(
    rf"(?<!\w)(?:(?:wa\.me|t\.me|telegram\.me|chat\.whatsapp\.\w{{2,10}}|discord\.gg)/[\w+?=/-]{{2,60}}"
    rf"|(?:{_MESSENGERS})(?:[\s:;,.=>\-👉→]{{0,6}}(?:(?:{_BETWEEN})[\s:.]{{0,4}}){{0,3}}(?:{_ACCOUNT})"
    rf"|\s?(?:[:=]|->|=>)\s?[a-z][\w.]{{3,32}}))"
)
_DATE: Final = re.compile(r"\(?(?:\d{1,2}[./ -]\d{1,2}[./ -]\d{4}|\d{4}[./ -]\d{1,2}[./ -]\d{1,2})\)?")
# 2015-2016, 1965 1971; and 250.000 - 300.000, whose thousands are parted.
_YEARS: Final = re.compile(r"\(?(?:1[5-9]|20)\d\d(?:[\s/\-]{1,3}(?:1[5-9]|20)\d\d)+\)?")
_AMOUNTS: Final = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?:\s?-\s?\d{1,3}(?:[.,]\d{3})+)*")
# Digits in black circles have no decomposition that folding could use.
_ROUND_DIGIT: Final = re.compile("[\u2776-\u277e\u2780-\u2788\u278a-\u2792]")
_HANDLE: Final = re.compile(r"@(?<![\w@/.]@)[a-z][\w.]{3,30}")
_ME: Final = r"(?:dm|pm|inbox|text|message|msg|contact|reach|email|mail|whatsapp|hmu)"
_DIRECT: Final = re.compile(
    fold(
        rf"(?<!\w)(?:{_ME} (?:me|us)|(?:call|write) (?:us|to us|to me)|call now"
        r"|(?:text|message|contact|email|mail|whatsapp|inbox) (?:(?:him|her) (?:on|at)|dr|mrs?|now|today|via)"
        r"|(?:reach|contact|text|write) (?:him|her|them|out) (?:on|at|via|to)"
        r"|(?:call|dial|ring|txt|text)(?: [a-z]{2,8})?(?: to| on| at)? \+?\(?\d{3,15}"
        r"|add my (?:snap|insta|telegram|whatsapp)|tap (?:his|her|my) (?:user ?name|name|profile)"
        r"|send me a (?:direct )?message|direct message|go to (?:my )?bio|hit me up"
        r"|link (?:in|on|is in|profile) (?:my |the |mein )?(?:bio|profile|mein|name)"
        r"|escribeme|escribenos|contactame|contactez|ecrivez-moi|ecris-moi|schreibt? mir|kontaktiere"
        r"|melde dich|chama no|fale comigo|me chama|scrivimi|hubungi|raa?bta kar[eo]n?|inbox kar[eo]n?"
        r"|رابطہ کریں|کال کریں|واٹس ایپ کریں|للتواصل|संपर्क करें|कॉल करें|пишите|пиши в|звоните|напиши мне)(?!\w)"
    ).text
)


@remembered
def find_contacts(folded: Folded, field: str) -> tuple[Sequence[Span], Sequence[Span]]:
    """Where somebody can be reached, and where a reader is asked to; at most `MAX_CONTACTS` of each."""
    text = _ROUND_DIGIT.sub(lambda digit: str((ord(digit[0]) - 0x2776) % 10 + 1), folded.text)
    asked = [Span(field, *folded.origin(*match.span())) for match in _DIRECT.finditer(text)]
    found = [Span(field, *folded.origin(*match.span())) for match in _ways(text, is_asked=bool(asked))]
    return found[:MAX_CONTACTS], asked[:MAX_CONTACTS]


def _ways(text: str, *, is_asked: bool) -> Iterator[re.Match[str]]:
    if _NUMBER.search(text):
        yield from (match for match in _TELEPHONE.finditer(text) if _is_telephone(match[0]))
    yield from _MESSENGER.finditer(text)
    if _AT_A_HOST.search(text):
        yield from _E_MAIL.finditer(text)
    # Readers address one another by handles; an advertiser wants to be written to.
    if is_asked:
        yield from _HANDLE.finditer(text)


def _is_telephone(written: str) -> bool:
    """Eight to fifteen digits that are no date, no years, and no amount."""
    if any(other.fullmatch(written) for other in (_DATE, _YEARS, _AMOUNTS)):
        return False
    digits = [character for character in written if character.isdigit()]
    return MIN_DIGITS <= len(digits) <= 15 and len(set(digits)) > 2
