"""Terms and the learner on the command line."""

import json
from pathlib import Path

from tests.cli.conftest import answer, command


def test_terms_are_added_listed_and_removed_however_they_are_written(data_dir: Path, tmp_path: Path) -> None:
    more = tmp_path / "terms.txt"
    more.write_text("Gobbledygook\n\n  Quango \n", encoding="utf-8-sig")
    added = answer(
        command("term", "add", "daily", "quango", "--file", str(more), "--json", data_dir=data_dir)
    )
    assert (added["added"], added["version"]) == (2, 1)
    command("term", "add", "daily", "Shit Lane", "--kind", "allow", data_dir=data_dir)

    listed = answer(command("term", "list", "daily", "--json", data_dir=data_dir))["terms"]
    assert [(each["kind"], each["text"].lower()) for each in listed] == [
        ("allow", "shit lane"),
        ("block", "gobbledygook"),
        ("block", "quango"),
    ]
    removed = answer(command("term", "remove", "daily", "QUANGO", "--json", data_dir=data_dir))
    assert removed["removed"] == 1
    assert "allow  0  Shit Lane" in command("term", "list", "daily", data_dir=data_dir).stdout


def test_a_wrong_term_or_site_is_told_in_one_sentence(data_dir: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.txt"
    old.write_bytes(b"\xe9t\xe9\n")
    for arguments, words in (
        (("add", "daily"), "at least one term"),
        (("add", "daily", "x" * 101), "100 characters"),
        (("add", "nowhere", "word"), "no site"),
        (("remove", "daily", "--file", "missing.txt"), "missing.txt cannot be read"),
        (("add", "daily", "--file", str(old)), "old.txt is not UTF-8"),
    ):
        done = command("term", *arguments, data_dir=data_dir)
        assert done.returncode == 1
        assert words in done.stderr


def test_relearning_tells_what_there_is_and_whom_it_does_not_know(data_dir: Path) -> None:
    plain = command("relearn", data_dir=data_dir)
    assert "daily: learned from 0 spam and 0 approved comments; silent until" in plain.stdout
    found = json.loads(command("relearn", "--site", "daily", "--json", data_dir=data_dir).stdout)
    assert found["sites"] == [{"site": "daily", "spam": 0, "ham": 0, "speaks": False, "weeks": []}]

    for arguments, words in ((("--without", "eve"), "Nobody called eve"), (("--site", "nowhere"), "no site")):
        done = command("relearn", *arguments, data_dir=data_dir)
        assert done.returncode == 1
        assert words in done.stderr
    assert command("relearn", "--trust", "eve", data_dir=data_dir).returncode == 0
