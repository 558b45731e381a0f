from collections.abc import Collection, Iterable, Mapping

class Profanity:
    CENSOR_WORDSET: Collection[object]
    CHARS_MAPPING: Mapping[str, tuple[str, ...]]

    def __init__(self, words: Iterable[str] | str | None = None) -> None: ...
    def contains_profanity(self, text: str) -> bool: ...
