"""What can be known about the image without building it; docs/docker.md says how it was built and run."""

import re
import shlex
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
# What looks like a host name: a dot and a known ending, or a port, before a slash.
HOST = re.compile(r"://|\b[\w.-]+\.(com|org|io|net|dev|cloud|local)\b|\b[\w.-]+:\d+/", re.IGNORECASE)


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, with their lines joined and its comments left out."""
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    joined = [line for line in "\n".join(lines).replace("\\\n", " ").splitlines() if line]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined)]


def arguments(instruction: str) -> list[str]:
    """What every instruction of this name says."""
    return [rest for word, rest in instructions() if word == instruction]


def last_stage() -> list[tuple[str, str]]:
    """The instructions of the stage that is shipped."""
    found = instructions()
    begin = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[begin:]


def ignore_rules() -> list[str]:
    """The lines of .dockerignore that are rules."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def copied_from_the_checkout() -> list[str]:
    """The sources of every COPY that does not read another stage."""
    words = [shlex.split(rest) for rest in arguments("COPY")]
    return [source for found in words if not found[0].startswith("--from") for source in found[:-1]]


def test_there_are_two_stages_on_one_base_that_the_builder_may_choose() -> None:
    assert [rest.split()[0] for rest in arguments("FROM")] == ["${BASE}", "${BASE}"]
    assert any(rest.startswith("BASE=") for rest in arguments("ARG"))


def test_the_shipped_stage_holds_nothing_but_the_environment() -> None:
    copies = [rest for word, rest in last_stage() if word in {"COPY", "ADD"}]
    assert copies == ["--from=build /opt/greenroom /opt/greenroom"]


def test_the_process_is_not_root() -> None:
    words = [word for word, _ in last_stage()]
    users = [rest for word, rest in last_stage() if word == "USER"]
    assert users == ["10001:10001"]
    assert words.index("USER") < words.index("ENTRYPOINT")


def test_every_package_is_pinned_with_a_hash_and_the_project_is_built_by_the_pinned_hatchling() -> None:
    steps = [step for rest in arguments("RUN") for step in rest.split("&&")]
    from_lock, build, own = [step for step in steps if re.search(r"/pip .*\b(install|wheel)\b", step)]
    assert "--require-hashes" in from_lock
    assert "requirements/runtime.txt" in from_lock
    assert "--no-deps" in build
    assert "--no-build-isolation" in build
    assert "--no-deps" in own
    assert "--no-index" in own
    assert re.search(r"^hatchling==", (ROOT / "requirements/runtime.txt").read_text(), re.MULTILINE)


def test_what_the_image_takes_out_again_is_not_needed_by_the_service() -> None:
    runs = " ".join(arguments("RUN"))
    found = re.search(r"uninstall --yes([^&]*)", runs)
    assert found is not None
    assert not needed("greenroom") & set(found[1].split())


def test_no_host_is_named() -> None:
    for name in ("Dockerfile", ".dockerignore"):
        assert not HOST.search((ROOT / name).read_text())


def test_the_health_check_asks_whether_the_service_is_ready() -> None:
    (check,) = arguments("HEALTHCHECK")
    assert "/readyz" in check
    assert "GREENROOM_PORT" in check


def test_the_service_is_the_one_process_and_is_told_to_stop_by_a_signal_that_it_knows() -> None:
    assert arguments("ENTRYPOINT") == ['["greenroom"]']
    assert arguments("CMD") == ['["serve", "--host", "0.0.0.0"]']
    assert arguments("STOPSIGNAL") == ["SIGTERM"]


def test_the_data_folder_is_the_volume() -> None:
    (volume,) = arguments("VOLUME")
    assert any(f"GREENROOM_DATA_DIR={volume}" in rest for rest in arguments("ENV"))


def test_everything_that_is_copied_exists_and_is_let_through() -> None:
    sources = copied_from_the_checkout()
    assert {"service", "schema.sql", "pyproject.toml", "requirements/runtime.txt"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignore_rules(), source


def test_nothing_else_is_let_through() -> None:
    rules = ignore_rules()
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied_from_the_checkout())
    assert not {"var", ".git", ".venv", "tests"} & set(copied_from_the_checkout())


def needed(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """A distribution and all that it needs on this system, by canonical name."""
    found = {canonicalize_name(name)} | seen
    for line in requires(name) or ():
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if canonicalize_name(requirement.name) not in found:
            found |= needed(requirement.name, frozenset(found))
    return {str(item) for item in found}
