"""Which of a site's standing rules a comment meets."""

from collections.abc import Sequence
from typing import Final

from service.model.rules import Rule, RuleKind, Traits
from service.screening.folding import fold
from service.screening.terms import stands_in

# Fewer letters would be found in too much.
MIN_WORDS: Final = 5


def first_met(rules: Sequence[Rule], traits: Traits) -> Rule | None:
    """The oldest rule that the comment meets, or None. Text is folded only where a rule asks for words."""
    text = fold_words(traits.text) if any(rule.kind is RuleKind.TEXT for rule in rules) else ""
    return next((rule for rule in rules if _meets(rule, traits, text)), None)


def fold_words(text: str) -> str:
    """What a text looks like, its words parted by single spaces: what rules about words compare."""
    return " ".join(fold(text).text.split())


def _meets(rule: Rule, traits: Traits, text: str) -> bool:
    match rule.kind:
        case RuleKind.CAMPAIGN:
            return str(traits.campaign_id) == rule.value
        case RuleKind.HOST:
            return any(host == rule.value or host.endswith(f".{rule.value}") for host in traits.hosts)
        case RuleKind.AUTHOR:
            return rule.value in traits.authors
        case RuleKind.NETWORK:
            return rule.value == traits.network
        case RuleKind.TEXT:
            return stands_in(text, rule.value)
