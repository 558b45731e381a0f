"""Swear words and slurs by language, and how they are found in whatever way they are written."""

from typing import Final

# Raise it with every change of a list or of what counts as a hit.
LEXICON_VERSION: Final = 1
