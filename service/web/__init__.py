"""HTTP: decode, call one use case or one store read, encode. Nothing is decided here."""
