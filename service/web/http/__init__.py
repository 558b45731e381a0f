"""The machinery under every endpoint: declaring, guarding, decoding, answering."""
