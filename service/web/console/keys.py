"""Which key does what in the triage view: the usual keys, two other habits, and what a moderator changed."""

from collections.abc import Mapping, Sequence
from typing import Final

# What can be done, with its usual keys. `Mod` is Ctrl or Cmd; a capital is the letter with Shift.
USUAL: Final[Mapping[str, Sequence[str]]] = {
    "next": ("j", "ArrowDown"),
    "previous": ("k", "ArrowUp"),
    "approve": ("a",),
    "reject": ("r",),
    "reason": ("R",),
    "spam": ("s",),
    "later": ("l",),
    "undo": ("z", "Mod+z"),
    "select": ("x",),
    "select_next": ("J",),
    "select_previous": ("K",),
    "select_all": ("Mod+a",),
    "approve_all": ("A",),
    "spam_all": ("S",),
    "match": ("n",),
    "match_back": ("N",),
    "history": ("h",),
    "thread": ("t",),
    "page": ("o",),
    "campaign": ("c",),
    "fresh": (".",),
    "search": ("/",),
    "filter": ("f",),
    "go": ("g",),
    "palette": ("Mod+k",),
    "help": ("?",),
}
# Habits from elsewhere: only what differs.
PRESETS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "usual": {},
    "coral": {"approve": ("f",), "reject": ("d",), "filter": ("v",), "search": ("/", "Mod+f")},
    "wordpress": {"reject": ("d",), "undo": ("z", "u", "Mod+z")},
}
PRESET: Final = "preset"


def keys_of(chosen: Mapping[str, str]) -> dict[str, list[str]]:
    """Every action's keys, as a moderator's preferences have them.

    `chosen` names a preset under `preset`, and a key for each action that was given another. A key that
    was given away does nothing else any more.
    """
    preset = PRESETS.get(chosen.get(PRESET, ""), {})
    own = {action: key for action, key in chosen.items() if action in USUAL and is_key(key)}
    taken = set(own.values())
    found: dict[str, list[str]] = {}
    for action, usual in USUAL.items():
        rest = [key for key in preset.get(action, usual) if key not in taken]
        found[action] = [own[action], *(key for key in rest if len(key) > 1)] if action in own else rest
    return found


def is_key(raw: str) -> bool:
    """Whether this is a key that can be given to an action: one visible ASCII character."""
    return len(raw) == 1 and "!" <= raw <= "~"
