"""Scripts made smaller for the wire: spaces left out, and short names for what is local.

A script is looked at in *units*: top-level statements, and the members of classes. A name that a unit
declares is another one in the next unit. Where a name stands as a property, a key or a member's name it is
left alone, and one that an object takes its key from (`{ name }`) keeps its name in that unit. Written for
the files of this front-end, which end every statement with a semicolon; it is no general tool.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<word>\#?[A-Za-z_$][\w$]*)
      | (?P<number>\d[\w.]*)
      | (?P<mark>=>|\?\.|\.\.\.|\?\?=?|[=!]==?|&&|\|\|=?|\+\+|--|[+\-*/<>]=|[^\s\w])""",
    re.VERBOSE,
)
_PATTERN: Final = re.compile(r"/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_TEMPLATE: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
# After these a slash begins a pattern; after anything else it divides.
_ASKED_AFTER: Final = frozenset({"(", ",", "=", ":", "[", "!", "&&", "||", "??", "?", "{", "}", ";", "=>"})
_DECLARES: Final = {"const", "let", "class", "function"}
_NOT_PARAMETERS: Final = {"if", "while", "switch", "for", "return", "await", "of", "in"}
_LANGUAGE: Final = """
await async break case catch class const continue default do else export extends false finally for function if
import in let new null of return static super switch this throw true try typeof undefined while yield
"""
_BROWSER: Final = """
addEventListener console crypto customElements document event fetch history localStorage location name
navigator origin parent removeEventListener screen self sessionStorage status top window
"""
_OTHERS: Final = frozenset((_LANGUAGE + _BROWSER).split())
_PRIVATE: Final = tuple(f"#{letter}" for letter in ascii_lowercase)


@dataclass(slots=True)
class _Token:
    """A piece of a script, in the `owner` class's `unit`.

    `refers`: a word that stands for something declared, by itself where it is `declared` here; `keyed`: for
    an object's key as well.
    """

    kind: str
    text: str
    unit: int = 0
    owner: int = 0
    refers: bool = False
    keyed: bool = False
    declared: bool = False


def squeezed(script: str) -> str:
    """The script, doing the same in fewer bytes."""
    tokens = list(_tokens(script))
    shared = _mark(tokens)
    _name(tokens, shared - {token.text for token in tokens if token.declared}, ascii_uppercase)
    for unit in _grouped(tokens, lambda token: token.unit):
        _name(unit, {token.text for token in unit if token.declared} - shared, ascii_lowercase)
    for members in _grouped([token for token in tokens if token.text[0] == "#"], lambda token: token.owner):
        _name(members, {token.text for token in members}, _PRIVATE)
    return _spaced(_spared([token.text for token in tokens]))


def _tokens(script: str) -> Iterator[_Token]:
    """The script in pieces without space. What stands in a template between expressions is a piece too."""
    place, before, depth, templates = 0, "", 0, list[int]()
    while place < len(script):
        inside = bool(templates) and script[place] == "}" and templates[-1] == depth
        pattern = _PATTERN.match(script, place) if before in _ASKED_AFTER else None
        if script[place] == "`" or inside:
            if inside:
                templates.pop()
            found = _TEMPLATE.match(script, place + 1)
            assert found is not None
            kind, text = "string", script[place : found.end()]
            if text.endswith("${"):
                templates.append(depth)
        else:
            found = pattern or _TOKEN.match(script, place)
            assert found is not None
            kind, text = found.lastgroup or "string", found[0]
            depth += (text == "{") - (text == "}")
        place = found.end()
        if kind != "space":
            before = text
            yield _Token(kind, text)


def _mark(tokens: Sequence[_Token]) -> set[str]:
    """Find out what each token is, and give the names that all units share."""
    shared, opened, unit, owner = set[str](), list[int](), 0, 0
    body, head = -1, False
    for place, token in enumerate(tokens):
        before = tokens[place - 1].text if place else ""
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if token.kind == "mark" and token.text in ")]}":
            start = opened.pop()
            if token.text == ")" and after in {"=>", "{"} and tokens[start - 1].text not in _NOT_PARAMETERS:
                _mark_parameters(tokens, start, place)
        token.unit, token.owner = unit, owner
        outside = not opened or opened == [body]
        head = head and token.text not in {"(", "="}
        if token.kind == "word":
            inside = bool(opened) and tokens[opened[-1]].text == "{" and before in {"{", ","}
            token.keyed = inside and after in {",", "}", "="}
            token.refers = before not in {".", "?."} and not (inside and after == ":") and not head
            token.refers |= token.text[0] == "#"
            token.declared |= (before in _DECLARES and bool(opened)) or after == "=>"
            if before in _DECLARES and not opened and tokens[place - 2].text != "export":
                shared.add(token.text)
        if token.kind == "mark" and token.text in "([{":
            if token.text == "{" and not opened and _is_class(tokens, place):
                body, owner, head, unit = place, owner + 1, True, unit + 1
            opened.append(place)
        if outside and token.text in {";", "}"}:
            unit, head = unit + 1, opened == [body]
    return shared


def _is_class(tokens: Sequence[_Token], place: int) -> bool:
    return any(token.text == "class" for token in tokens[max(0, place - 4) : place])


def _mark_parameters(tokens: Sequence[_Token], start: int, end: int) -> None:
    for place in range(start + 1, end):
        before, token, after = tokens[place - 1].text, tokens[place], tokens[place + 1].text
        if token.kind == "word" and before in {"(", ",", "...", "["} and after in {",", ")", "=", "]"}:
            token.declared = True


def _grouped(tokens: Sequence[_Token], key: Callable[[_Token], int]) -> list[list[_Token]]:
    groups: dict[int, list[_Token]] = {}
    for token in tokens:
        groups.setdefault(key(token), []).append(token)
    return list(groups.values())


def _name(tokens: Sequence[_Token], wanted: set[str], letters: Sequence[str]) -> None:
    """Give these names short ones among these tokens, in the order in which they come: so units are alike."""
    words = Counter(token.text for token in tokens if token.kind == "word")
    wanted = wanted - _OTHERS - {token.text for token in tokens if token.keyed}
    free = (short for short in _short(letters) if short not in words and short not in _OTHERS)
    given = dict(zip(sorted(wanted, key=list(words).index), free, strict=False))
    for token in tokens:
        if token.refers:
            token.text = given.get(token.text, token.text)


def _short(letters: Sequence[str]) -> Iterator[str]:
    yield from letters
    yield from (one + other for one in letters for other in ascii_lowercase)


def _spared(texts: Sequence[str]) -> Iterator[str]:
    """Without what says nothing: semicolons before a brace, brackets around one name, repeated keywords."""
    skipped, declaring = -1, [False]
    for place, text in enumerate(texts):
        before, after = texts[place - 1] if place else "", texts[place + 1] if place + 1 < len(texts) else ""
        lonely = texts[place : place + 3 : 2] == ["(", ")"] and _wordy(after)
        if lonely and (texts[place + 3 : place + 4] == ["=>"] or before in _ASKED_AFTER - {"}"}):
            skipped = place + 2
            continue
        if text in {"const", "let"}:
            # Declarations that follow one another are one.
            text, declaring[-1] = "," if before == ";" and declaring[-1] else "let", True
        elif text == ";" and declaring[-1] and after in {"const", "let"}:
            continue
        elif text == ";":
            declaring[-1] = False
        if text in {"(", "[", "{"}:
            declaring.append(False)
        elif text in {")", "]", "}"} and place != skipped:
            declaring.pop()
        if place != skipped and not (text == ";" and after == "}"):
            yield text


def _spaced(texts: Iterable[str]) -> str:
    """The pieces in a row, with space only where two would become one."""
    parts, before = list[str](), ""
    for text in texts:
        if before and (_wordy(before[-1] + text[0]) or before[-1] + text[0] in {"++", "--"}):
            parts.append(" ")
        parts.append(text)
        before = text
    return "".join(parts)


def _wordy(letters: str) -> bool:
    return all(letter.isalnum() or letter in "_$#" for letter in letters)
