"""Moderators' names, passwords, and what a principal may do."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import FieldRefused
from service.model.decisions import Action, Choice, Reason
from service.model.passwords import parse_password
from service.model.people import ROLE_SCOPES, Principal, Role, Scope, parse_moderator_name


@pytest.mark.parametrize("name", ["a", "ana", "Ana María", "王小明", "علی\u200cرضا", "O’Connor", "x" * 64])
def test_a_moderators_name_is_any_persons_name(name: str) -> None:
    assert parse_moderator_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " ana",
        "ana ",
        "a\tb",
        "a\nb",
        "ana\n",
        "a\x00",
        "a\u202eb",
        "a\u200bb",
        "\u3164",
        "\u0301",
        "x" * 65,
    ],
    ids=ascii,
)
def test_a_name_that_cannot_be_told_from_another_is_refused(name: str) -> None:
    with pytest.raises(FieldRefused):
        parse_moderator_name(name)


@pytest.mark.parametrize(
    "name", ["policy", "Policy", "author", "retention", "token 5e5bcb67", "rule 7 of ana", "me", "nobody"]
)
def test_nobody_is_called_what_the_audit_trail_calls_somebody_else(name: str) -> None:
    with pytest.raises(FieldRefused, match="audit trail"):
        parse_moderator_name(name)


@pytest.mark.parametrize(
    "password", ["ten chars!", "ab" + "xyz" * 84, "🔑🚪" + "🌙" * 8, "long \t passphrase"]
)
def test_a_password_is_any_ten_to_256_characters(password: str) -> None:
    assert parse_password(password) == password


@pytest.mark.parametrize("password", ["", "x" * 9, "x" * 257, "x" * 10 + "\x00", "x" * 1_000_000])
def test_other_passwords_are_refused_at_once_and_not_quoted(password: str) -> None:
    began = time.process_time()
    with pytest.raises(FieldRefused, match="A password has 10 to 256 characters") as caught:
        parse_password(password)
    assert caught.value.code == "password.length"
    assert time.process_time() - began < 0.01


@given(st.frozensets(st.sampled_from(Scope)), st.sampled_from(Scope))
def test_a_scope_is_held_itself_or_by_one_that_includes_it(held: frozenset[Scope], asked: Scope) -> None:
    by_admin = Scope.ADMIN in held and asked is not Scope.DISCLOSE
    allowed = asked in held or by_admin or (asked is Scope.READ and Scope.MODERATE in held)
    assert Principal("p", held, None).may(asked) is allowed


def test_nobody_may_open_addresses_just_because_of_what_they_are() -> None:
    moderator = Principal("ana", ROLE_SCOPES[Role.MODERATOR], None)
    assert {scope for scope in Scope if moderator.may(scope)} == {Scope.READ, Scope.MODERATE}
    admin = Principal("root", ROLE_SCOPES[Role.ADMIN], None)
    assert {scope for scope in Scope if not admin.may(scope)} == {Scope.DISCLOSE}
    reader = Principal("irene", ROLE_SCOPES[Role.READER], None)
    assert {scope for scope in Scope if reader.may(scope)} == {Scope.READ}


@given(
    st.dictionaries(st.integers(1, 5), st.frozensets(st.sampled_from(Scope)), max_size=5),
    st.sampled_from(Scope),
    st.integers(1, 6),
)
def test_whoever_differs_from_site_to_site_may_do_on_each_what_they_may_do_there(
    by_site: dict[int, frozenset[Scope]], asked: Scope, site_id: int
) -> None:
    held = frozenset[Scope]().union(*by_site.values())
    who = Principal("p", held, frozenset(by_site), by_site=by_site)
    there = Principal("q", by_site.get(site_id, frozenset()), None)
    assert who.may(asked, site_id) is there.may(asked)
    assert who.within(asked).sees(site_id) is there.may(asked)
    assert who.may(asked) is any(who.may(asked, site) for site in by_site)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("my-ana-maria-phrase", "password.name"),
        ("password2024!", "password.common"),
        ("Correct Horse Battery Staple", "password.common"),
        ("1234567890", "password.common"),
        ("xxxxxxxxxxxx", "password.common"),
        ("abcabcabcabc", "password.common"),
        ("GREENROOM-2026", "password.common"),
    ],
)
def test_a_password_that_anybody_would_try_is_refused(password: str, code: str) -> None:
    with pytest.raises(FieldRefused) as caught:
        parse_password(password, "Ana-Maria")
    assert caught.value.code == code


def test_a_principal_sees_its_sites_only() -> None:
    one = Principal("p", frozenset(), frozenset({1}))
    every = Principal("p", frozenset(), None)
    none = Principal("p", frozenset(), frozenset())
    assert [who.sees(site) for who, site in itertools.product((one, every, none), (1, 2))] == [
        *(True, False),
        *(True, True),
        *(False, False),
    ]


@pytest.mark.parametrize("action", [Action.APPROVE, Action.UNDO])
def test_only_a_rejection_has_a_reason(action: Action) -> None:
    assert Choice(Action.REJECT, 1, Reason.SPAM).reason is Reason.SPAM
    with pytest.raises(FieldRefused) as caught:
        Choice(action, 1, Reason.SPAM)
    assert caught.value.code == "reason.unexpected"


def test_a_note_is_text_that_the_database_can_hold() -> None:
    assert Choice(Action.REJECT, 1, note="Two lines,\nfor the file.").note == "Two lines,\nfor the file."
    with pytest.raises(FieldRefused) as caught:
        Choice(Action.REJECT, 1, note="a\x00b")
    assert caught.value.code == "invalid_character"
