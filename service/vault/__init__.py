"""Seals and opens e-mail addresses, and keeps the keys that do it."""

from service.vault.keyfile import KeyFile
from service.vault.vault import CannotOpen, MasterKey, Sealed, Vault

__all__ = ["CannotOpen", "KeyFile", "MasterKey", "Sealed", "Vault"]
