"""Domains of mailboxes that anybody opens for ten minutes, by the list of disposable-email-domains."""

from disposable_email_domains import blocklist


def is_disposable(domain: str) -> bool:
    """Whether the domain, or one above it, is on the list; `domain` is lower-case, IDNA-encoded."""
    labels = domain.split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))
