"""Seals and opens e-mail addresses, keeps the keys that do it, and the list of what was taken back."""

from service.vault.keyfile import KeyFile
from service.vault.ledger import Ledger
from service.vault.vault import CannotOpen, MasterKey, Sealed, Vault

__all__ = ["CannotOpen", "KeyFile", "Ledger", "MasterKey", "Sealed", "Vault"]
