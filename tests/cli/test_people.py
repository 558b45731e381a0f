"""People and tokens from the command line, beside a running service and without one."""

from pathlib import Path

import httpx2
import pytest

from tests.cli.conftest import Done, answer, command
from tests.serving import Service


def moderator(data_dir: Path, *arguments: str, stdin: str = "") -> Done:
    return command("moderator", *arguments, "--json", data_dir=data_dir, stdin=stdin)


def sign_in(service: Service, name: str, password: str) -> int:
    with httpx2.Client(base_url=service.url) as client:
        return client.post("/v1/session", json={"name": name, "password": password}).status_code


def test_people_are_listed_changed_and_kept_out(data_dir: Path) -> None:
    answer(moderator(data_dir, "add", "boss", "--role", "admin"))
    answer(moderator(data_dir, "add", "irene", "--role", "reader", "--site", "daily", "--may-disclose"))
    assert answer(moderator(data_dir, "role", "irene", "moderator"))["role"] == "moderator"
    assert answer(moderator(data_dir, "disable", "irene"))["disabled"] is True
    listed = {each["moderator"]: each for each in answer(moderator(data_dir, "list"))["moderators"]}
    assert listed["irene"] == {
        "moderator": "irene",
        "role": "moderator",
        "sites": None,
        "may_disclose": False,
        "second_factor": False,
        "state": "disabled",
    }
    assert answer(moderator(data_dir, "enable", "irene"))["disabled"] is False
    made = answer(moderator(data_dir, "password", "irene"))
    assert len(made["password"]) >= 16
    assert "password" not in answer(
        moderator(data_dir, "password", "irene", "--password-stdin", stdin="quite a new one\n")
    )
    answer(moderator(data_dir, "reset-second-factor", "irene"))
    refused = moderator(data_dir, "disable", "boss")
    assert (refused.returncode, refused.stderr) == (
        1,
        "greenroom: Nobody else is an admin of every site. Make somebody one first.\n",
    )


@pytest.mark.parametrize("act", [("disable",), ("password",), ("role",)])
def test_nobody_of_that_name_is_told_so(data_dir: Path, act: tuple[str]) -> None:
    more = ("reader",) if act == ("role",) else ()
    done = moderator(data_dir, *act, "nobody", *more)
    assert (done.returncode, done.stderr) == (1, "greenroom: There is no such moderator.\n")


def test_a_password_that_anybody_would_try_is_refused(data_dir: Path) -> None:
    done = moderator(data_dir, "add", "eve", "--password-stdin", stdin="password123\n")
    assert done.returncode == 1
    assert "password123" not in done.stderr


def test_tokens_are_listed_and_revoked(data_dir: Path) -> None:
    given = ("--scope", "read", "--name", "the importer", "--json")
    token = answer(command("token", "add", *given, data_dir=data_dir))["token"]
    listed = {
        each["id"]: each for each in answer(command("token", "list", "--json", data_dir=data_dir))["tokens"]
    }
    assert (listed[token[3:11]]["name"], listed[token[3:11]]["revoked"]) == ("the importer", False)
    assert answer(command("token", "revoke", token[3:11], "--json", data_dir=data_dir))["revoked"] is True
    again = command("token", "revoke", token[3:11], data_dir=data_dir)
    assert again.returncode == 1
    plain = command("token", "list", data_dir=data_dir).stdout
    assert f"{token[3:11]}\tthe importer\tread\trevoked" in plain


def test_a_one_time_password_from_the_command_line_lets_somebody_in(service: Service) -> None:
    answer(moderator(service.data_dir, "add", "lost"))
    made = answer(moderator(service.data_dir, "password", "lost"))["password"]
    assert sign_in(service, "lost", made) == 201
    answer(moderator(service.data_dir, "disable", "lost"))
    assert sign_in(service, "lost", made) == 401
