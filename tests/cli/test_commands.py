"""Every command, beside a running service and without one: one answer, or one sentence."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import ORIGIN, answer, command, process
from tests.serving import Service

ROOT = Path(__file__).parents[2]


def test_sites_are_added_listed_and_moved(data_dir: Path) -> None:
    added = command(
        "site", "add", "weekly", "--origin", "HTTPS://Weekly.example/", "--json", data_dir=data_dir
    )
    assert answer(added) == {"site": "weekly", "origins": ["https://weekly.example"], "language": "en"}

    both = ("--origin", "https://a.example", "--origin", "http://localhost:8001")
    moved = command("site", "origins", "weekly", *both, "--json", data_dir=data_dir)
    assert answer(moved)["site"] == "weekly"

    listed = answer(command("site", "list", "--json", data_dir=data_dir))["sites"]
    assert listed == [
        {"site": "daily", "origins": [ORIGIN]},
        {"site": "weekly", "origins": ["http://localhost:8001", "https://a.example"]},
    ]


def test_a_token_is_the_last_thing_that_is_printed(data_dir: Path) -> None:
    plain = command("token", "add", "--scope", "read", "--scope", "moderate", data_dir=data_dir)
    assert plain.returncode == 0, plain.stderr
    assert re.fullmatch(r"gr_[0-9a-f]{8}_[\w-]{43}_[0-9a-f]{6}", plain.stdout.splitlines()[-1])

    given = ("--scope", "export", "--site", "daily", "--expires-days", "1")
    found = answer(command("token", "add", *given, "--json", data_dir=data_dir))
    assert (found["scopes"], found["site"]) == (["export"], "daily")
    assert found["token"].startswith("gr_")


def test_the_first_of_all_is_an_admin_and_whoever_comes_next_a_moderator(tmp_path: Path) -> None:
    """Who comes to an empty installation has to set it up."""
    roles = [
        answer(command("moderator", "add", name, "--json", data_dir=tmp_path))["role"]
        for name in ("ana", "ben")
    ]
    assert roles == ["admin", "moderator"]


def test_a_moderator_has_the_password_that_was_given_or_one_that_is_made(data_dir: Path) -> None:
    given = command(
        "moderator",
        "add",
        "ana",
        "--role",
        "moderator",
        "--password-stdin",
        "--json",
        data_dir=data_dir,
        stdin="a long passphrase\n",
    )
    assert answer(given) == {"moderator": "ana", "role": "moderator", "site": None}
    assert "passphrase" not in given.stdout + given.stderr

    made = command(
        "moderator", "add", "علی\u200cرضا", "--role", "admin", "--site", "daily", "--json", data_dir=data_dir
    )
    found = answer(made)
    assert (found["moderator"], found["role"], found["site"]) == ("علی\u200cرضا", "admin", "daily")
    assert len(found["password"]) >= 16


def test_a_page_is_closed_and_opened(data_dir: Path) -> None:
    url = f"{ORIGIN}/bridge?utm_source=x"
    closed = answer(command("page", "close", "daily", url, "--json", data_dir=data_dir))
    assert closed == {"page": f"{ORIGIN}/bridge", "closed": True}
    assert answer(command("page", "open", "daily", url, "--json", data_dir=data_dir))["closed"] is False


def test_migrating_what_is_up_to_date_changes_nothing(data_dir: Path) -> None:
    found = answer(command("migrate", "--json", data_dir=data_dir))
    assert found["before"] == found["after"] >= 1


def test_keys_are_rotated(data_dir: Path) -> None:
    first = answer(command("keys", "rotate", "--json", data_dir=data_dir))
    assert first.keys() == {"key", "resealed", "unreadable", "left"}
    assert (first["key"], first["unreadable"], first["left"]) == (2, 0, 0)
    ring = json.loads((data_dir / "keys" / "ring.json").read_text())
    assert [key["id"] for key in ring["keys"]] == [2, 1]


def test_people_get_sentences(service: Service) -> None:
    def said(*arguments: str) -> str:
        done = command(*arguments, data_dir=service.data_dir)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert said("site", "add", "monthly", "--origin", ORIGIN) == f"Added the site monthly for {ORIGIN}.\n"
    assert said("site", "origins", "monthly", "--origin", ORIGIN) == f"monthly is on {ORIGIN} now.\n"
    assert f"monthly  {ORIGIN}\n" in said("site", "list")
    assert re.fullmatch(
        r"Added the reader ben\. Password: \S{16,}\n", said("moderator", "add", "ben", "--role", "reader")
    )
    assert said("page", "close", "daily", f"{ORIGIN}/a") == f"{ORIGIN}/a is closed.\n"
    assert re.fullmatch(r"The schema is at version \d+\.\n", said("migrate"))


def test_a_first_command_makes_the_database_and_tells_of_the_key(tmp_path: Path) -> None:
    done = process("site", "list", data_dir=tmp_path / "new")
    assert done.returncode == 0
    assert done.stdout == "There is no site yet: greenroom site add SLUG --origin URL\n"
    assert "Back it up, apart from the database" in done.stderr
    assert "Traceback" not in done.stderr
    again = process("site", "list", "--json", data_dir=tmp_path / "new")
    assert (answer(again), again.stderr) == ({"sites": []}, "")


WRONG: dict[str, tuple[list[str], str, str]] = {
    "a slug": (["site", "add", "Bad_Slug", "--origin", ORIGIN], "", "A site's name is 1 to 63 lower-case"),
    "an origin": (["site", "add", "x", "--origin", "news.example"], "", "starts with https:// or http://"),
    "an origin with a path": (["site", "add", "x", "--origin", f"{ORIGIN}/a"], "", "Give the origin only"),
    "a taken slug": (
        ["site", "add", "daily", "--origin", ORIGIN],
        "",
        "There is a site called daily already.",
    ),
    "no such site": (["site", "origins", "nowhere", "--origin", ORIGIN], "", "There is no site of this name"),
    "a token for no site": (
        ["token", "add", "--scope", "read", "--site", "nowhere"],
        "",
        "There is no site of this",
    ),
    "a page of no site": (
        ["page", "close", "nowhere", f"{ORIGIN}/a"],
        "",
        "There is no site of this name here.",
    ),
    "no page": (["page", "close", "daily", "javascript:x"], "", "starts with https:// or http://"),
    "a short password": (
        ["moderator", "add", "eve", "--password-stdin"],
        "short\n",
        "A password has 10 to 256",
    ),
    "no password": (["moderator", "add", "eve", "--password-stdin"], "", "A password has 10 to 256"),
    "no name": (["moderator", "add", " "], "", "A moderator's name is 1 to 64"),
    "a hidden name": (["moderator", "add", "e\u200bve"], "", "is invisible"),
    "a moderator of no site": (
        ["moderator", "add", "eve", "--site", "nowhere"],
        "",
        "There is no site of this name",
    ),
    "no file": (["replay", "no-such-file.jsonl"], "", "no-such-file.jsonl cannot be read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_failure_is_one_sentence_on_the_error_stream(service: Service, case: str) -> None:
    arguments, stdin, sentence = WRONG[case]
    done = command(*arguments, "--json", data_dir=service.data_dir, stdin=stdin)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("greenroom: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"GREENROOM_PORT": "many"}, "GREENROOM_PORT: "),
        ({"GREENROOM_DATABASE_URL": "mysql://x"}, "GREENROOM_DATABASE_URL: "),
        ({"GREENROOM_TRUSTED_PROXIES": "10.0.0.0/8,x"}, "GREENROOM_TRUSTED_PROXIES: "),
        ({"GREENROOM_DATABASE_URL": "postgresql://a:b@127.0.0.1:9/x"}, "The database cannot be reached"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_named(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    done = command("site", "list", data_dir=tmp_path, **environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"greenroom: {sentence}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["token", "add"],
        ["token", "add", "--scope", "everything"],
        ["site", "add", "x"],
        ["serve", "--port", "70000"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_two(tmp_path: Path, arguments: list[str]) -> None:
    done = command(*arguments, data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_ring_that_does_not_fit_the_database_is_refused(tmp_path: Path) -> None:
    answer(command("site", "list", "--json", data_dir=tmp_path))
    ring = tmp_path / "keys" / "ring.json"
    ring.unlink()
    done = command("site", "list", "--json", data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not fit this database: key 1 is another one" in done.stderr


def test_an_address_is_erased_in_the_way_that_was_chosen(data_dir: Path) -> None:
    given = ("privacy", "erase", "--yes", "--mode", "anonymise")
    told = command(*given, data_dir=data_dir, stdin="nobody@example.com\n")
    assert (told.returncode, told.stdout) == (0, "Erased 0 comments. The texts of 0 stay, tied to nobody.\n")
    found = answer(command(*given, "--json", data_dir=data_dir, stdin="nobody@example.com\n"))
    assert found == {"comments": 0, "anonymised": 0, "rows": {}}
    refused = command("privacy", "erase", "--mode", "hide", data_dir=data_dir, stdin="nobody@example.com\n")
    assert refused.returncode == 2
