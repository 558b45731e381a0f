"""Figures that sell: sums of money, what they are paid for, percentages, and hours until it works.

Numbers are found first, and only the few characters around each are looked at: most texts hold none.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from service.screening.folding import fold

MAX_NUMBERS: Final = 64
_BEFORE: Final = 16
_AFTER: Final = 28
_NUMBER: Final = re.compile(r"\d[\d.,]{0,15}")


def _any_of(words: str) -> str:
    """These words as a pattern, folded as the text is: in it, Cyrillic letters may look Latin."""
    return "|".join(re.escape(fold(word).text) for word in words.split())


_SIGN: Final = r"[$\u00a3\u00a5\u20a0-\u20bf]"
_MANY: Final = r"\s?(?:k|m|bn|mio|million|lakh|lac|crore|mil|bin|rb|jt)?\s?"
_CURRENCY: Final = _any_of(
    "usd eur euro euros gbp dollar dollars dólares dólar pounds pound rs pkr inr aed sar rupees rupee rupay "
    "rupaye rupiya hazar lakh lac crore usdt btc eth bitcoin reais rupiah lira tl zł kr рублей рубля руб р "
    "روپے ہزار لاکھ रुपये रुपए हजार دولار ريال دينار 元"
)
_UNITS: Final = _any_of(
    "hr hour day week month year page día dia semana mes mês mois jour semaine tag monat woche день месяц "
    "час неделю giorno mese settimana gün dzień"
)
_OFTEN: Final = _any_of(
    "daily weekly monthly hourly rozana mahana روزانہ ماہانہ diarios diarias günlük harian يوميا"
)
_PERIOD: Final = (
    rf"(?:(?:an?|per|every|each|/|al?|por|par|pro|am|im|{fold('в').text}|{fold('за').text}|ogni|na|in the)"
    rf"\s?(?:{_UNITS})|{_OFTEN})"
)
_MONEY_BEFORE: Final = re.compile(rf"(?:{_SIGN}|(?<!\w)(?:us|r|rs|pkr|inr|aed|usd|eur|rp|idr|rm)\.?)\s?$")
_MONEY_AFTER: Final = re.compile(rf"{_MANY}(?:{_SIGN}|(?:{_CURRENCY})(?!\w))")
_RATE_AFTER: Final = re.compile(rf"{_MANY}(?:{_SIGN}|(?:{_CURRENCY})(?!\w))?\s?{_PERIOD}(?!\w)")
_SHARE_AFTER: Final = re.compile(
    r"\s?%\s?(?:off|discount|bonus|guarant\w{2,8}|legit|safe|working|real|profit|roi|halal|natural|original|pure|pakka"
    r"|daily|weekly|monthly|interest|descuento|rabatt|desconto|remise|sconto|success\w{0,4}|plagiarism)(?!\w)"
)
_SOON_WORDS: Final = _any_of("in within en em dans за sirf صرف just only")
_HOURS: Final = _any_of(
    "h hr hrs hour hours min mins minutes day days weeks horas días dias heures jours tagen stunden часа "
    "часов дней дня دن گھنٹے din ghante ghantay giorni ore"
)
_SOON_BEFORE: Final = re.compile(rf"(?<!\w)(?:{_SOON_WORDS})\s(?:\w{{2,5}}\s)?$")
_SOON_AFTER: Final = re.compile(rf"\s?(?:{_HOURS})(?!\w)")


def find_amounts(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a folded text names a sum (`money`) or a promise in figures (`promise`); in order."""
    for number in islice(_NUMBER.finditer(text), MAX_NUMBERS):
        start, end = number.span()
        before, after = text[max(0, start - _BEFORE) : start], text[end : end + _AFTER]
        if sign := _MONEY_BEFORE.search(before):
            rate = _RATE_AFTER.match(after)
            yield start - len(sign[0]), end + (rate.end() if rate else 0), "money"
        elif money := (_RATE_AFTER.match(after) or _MONEY_AFTER.match(after)):
            yield start, end + money.end(), "money"
        elif share := _SHARE_AFTER.match(after):
            yield start, end + share.end(), "promise"
        elif (soon := _SOON_BEFORE.search(before)) and (unit := _SOON_AFTER.match(after)):
            yield start - len(soon[0]), end + unit.end(), "promise"
