"""Policies and rehearsals on the command line."""

from pathlib import Path

from tests.cli.conftest import answer, command


def test_a_policy_is_shown_changed_and_taken_back(data_dir: Path) -> None:
    shown = command("policy", "show", "daily", data_dir=data_dir).stdout
    assert "automatic: nothing; target 98.0%" in shown
    assert "links" in shown

    changed = answer(
        command(
            *("policy", "set", "daily", "--weight", "links=2.5", "--weight", "script=0", "--reject-at", "7"),
            *("--automatic", "reject", "--target-precision", "0.9", "--unseen-share", "0.2", "--json"),
            data_dir=data_dir,
        )
    )
    assert changed["weights"] == {"links": 2.5, "script": 0.0}
    assert (changed["automatic"], changed["reject_at"], changed["unseen_share"]) == (["reject"], 7.0, 0.2)
    assert "2.5  (usually 3)" in command("policy", "show", "daily", data_dir=data_dir).stdout

    back = answer(
        command(
            *("policy", "set", "daily", "--weight", "links=usual", "--automatic", "none", "--json"),
            data_dir=data_dir,
        )
    )
    assert (back["weights"], back["automatic"]) == ({"script": 0.0}, [])


def test_a_wrong_policy_is_told_in_one_sentence(data_dir: Path) -> None:
    for arguments, words in (
        (("--weight", "links"), "write it as links=2.5"),
        (("--weight", "nonsense=2"), "policy show SITE lists them"),
        (("--automatic", "hold"), "approve, reject (or both), or none"),
        (("--spam-at", "-3"), "approve_at is less than spam_at"),
        (("--target-precision", "0"), "from 0.5 to 0.999"),
        (("--unseen-share", "0"), "from 0.01 to 1"),
    ):
        done = command("policy", "set", "daily", *arguments, data_dir=data_dir)
        assert done.returncode == 1
        assert words in done.stderr


def test_rules_are_rehearsed_without_changing_any(data_dir: Path) -> None:
    arguments = ("--weight", "links=9", "--block", "quango", "--allow", "shit lane", "--unblock", "x")
    told = command("rehearse", "daily", *arguments, data_dir=data_dir)
    assert "0 comments that people decided" in told.stdout
    found = answer(command("rehearse", "daily", *arguments, "--json", data_dir=data_dir))
    assert (found["examined"], found["after"]) == (0, {"approve": 0, "hold": 0, "reject": 0})
