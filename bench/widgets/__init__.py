"""Ours beside two others, in one browser, by the same script: what a reader's browser loads and does."""
