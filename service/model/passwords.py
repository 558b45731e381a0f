"""Which passwords will do: long ones that are neither their owner's name nor everybody's first idea."""

from typing import Final

from service.errors import FieldRefused

MIN_PASSWORD: Final = 10
MAX_PASSWORD: Final = 256
# Ten characters or more, as they stand at the top of every list of leaked passwords, in lower case and
# without what people put behind them.
_WORDS: Final = """
password passwort motdepasse contraseña passwordpassword passw0rd p@ssw0rd p@ssword pa55word
letmein letmeinnow welcome welcomehome changeme changemenow iloveyou iloveyouforever
qwertyuiop qwertyuiopasdf qwerty qwertyqwerty asdfghjkl asdfghjklö zxcvbnm qazwsxedc qazwsxedcrfv
1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc q1w2e3r4t5 q1w2e3r4t5y6 1234qwer qwer1234qwer abc abcd1234
abcdefghij abcdefghijk administrator administrador moderator moderators superuser rootroot
greenroom comments commenting football basketball baseball princess sunshine superman batman
trustno starwars dragon monkey shadow master michael jennifer computer internet whatever liverpool
manchester chocolate butterfly unknown secret topsecret supersecret opensesame pakistan bismillah
correcthorsebatterystaple correct-horse-battery-staple
"""
_COMMON: Final = frozenset(_WORDS.split())
_TAIL: Final = "0123456789!?.*#$@_-+ "
_RUNS: Final = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")


def parse_password(raw: str, name: str = "") -> str:
    """A password of 10 to 256 characters for the moderator `name`, any characters but NUL.

    It must not contain the name, nor be one of the most common ones, whatever digits stand behind it.
    """
    if not MIN_PASSWORD <= len(raw) <= MAX_PASSWORD or "\x00" in raw:
        raise FieldRefused("password.length", f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    folded = raw.casefold()
    if len(name) >= 3 and name.casefold() in folded:
        raise FieldRefused("password.name", "A password must not contain the name it belongs to.")
    if _is_common(folded):
        raise FieldRefused("password.common", "This is one of the first passwords that anybody would try.")
    return raw


def _is_common(folded: str) -> bool:
    """Whether it is in the list, nothing but a run or a repetition, or all of that but a tail of digits."""
    bare = folded.strip(_TAIL)
    if not {folded, bare, bare.replace(" ", "")}.isdisjoint(_COMMON):
        return True
    return any(folded in run for run in _RUNS) or any(_repeats(folded, size) for size in range(1, 5))


def _repeats(text: str, size: int) -> bool:
    return text == (text[:size] * (len(text) // size + 1))[: len(text)]
