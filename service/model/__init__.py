"""The nouns: frozen values and the rules that make them valid. No I/O."""
