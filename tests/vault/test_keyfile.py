"""The key ring on disk: its rights, its rotation, and what happens when it is not one."""

import base64
import json
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.errors import WrongKey
from service.vault import KeyFile, Vault

A_KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "ring.json"


def test_the_first_key_is_made_once_and_only_for_its_owner(path: Path) -> None:
    assert KeyFile(path).create() is True
    first = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert KeyFile(path).create() is False
    assert path.read_bytes() == first
    [key] = KeyFile(path).keys()
    assert (key.id, len(key.secret)) == (1, 32)


def test_a_ring_that_cannot_be_written_can_still_be_used(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KeyFile(path).create()

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", refuse)
    assert KeyFile(path).create() is False
    with pytest.raises(WrongKey, match=r"cannot be written \(Permission denied\)"):
        KeyFile(path).rotate()


def test_a_rotation_puts_a_new_key_in_front_and_keeps_the_others(path: Path) -> None:
    ring = KeyFile(path)
    ring.create()
    [first] = ring.keys()
    second = ring.rotate()
    third = ring.rotate()
    assert list(KeyFile(path).keys()) == [third, second, first]
    assert Vault(ring.keys).key_ids == [3, 2, 1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(file.name for file in path.parent.iterdir()) == ["ring.json", "ring.lock"]


def test_a_rotation_in_another_process_is_seen_within_a_second(path: Path) -> None:
    ring = KeyFile(path)
    ring.create()
    assert Vault(ring.keys).key_ids == [1]
    rotate = (
        f"from pathlib import Path; from service.vault import KeyFile; KeyFile(Path({str(path)!r})).rotate()"
    )
    subprocess.run([sys.executable, "-c", rotate], check=True)
    rotated = time.monotonic()
    while Vault(ring.keys).key_ids != [2, 1]:
        assert time.monotonic() - rotated < KeyFile.settle_seconds
        time.sleep(0.02)


def test_rotations_at_the_same_time_never_make_two_keys_of_one_id(path: Path) -> None:
    KeyFile(path).create()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: KeyFile(path).rotate(), range(16)))
    assert sorted(key.id for key in made) == list(range(2, 18))
    assert set(KeyFile(path).keys()) > set(made)


def test_starting_twice_at_the_same_time_makes_one_first_key(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: KeyFile(path).create(), range(16)))
    assert made.count(True) == 1


def test_a_ring_that_was_put_back_from_a_backup_is_taken_again(path: Path) -> None:
    ring = KeyFile(path)
    ring.create()
    ring.rotate()
    path.write_text(json.dumps({"keys": [{"id": 9, "secret": A_KEY}]}))
    assert Vault(KeyFile(path).keys).key_ids == [9]
    assert KeyFile(path).rotate().id == 10


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"keys": []}',
        '{"keys": null}',
        '{"keys": [1]}',
        '{"keys": [{"id": 1}]}',
        '{"keys": [{"id": "one", "secret": "%s"}]}' % A_KEY,  # noqa: UP031 - braces
        '{"keys": [{"id": 1, "secret": "short"}]}',
        '{"keys": [{"id": 1, "secret": "AAAA"}]}',
        '{"keys": [{"id": 1, "secret": "%s"}, {"id": 1, "secret": "%s"}]}' % (A_KEY, A_KEY),  # noqa: UP031
        '{"keys": [{"id": 0, "secret": "%s"}]}' % A_KEY,  # noqa: UP031
        '{"keys": [{"id": 32768, "secret": "%s"}]}' % A_KEY,  # noqa: UP031
    ],
)
def test_a_broken_ring_is_refused_in_a_sentence_that_says_what_to_do(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(
        WrongKey, match=r"The key file .*ring\.json cannot be read.*from its backup"
    ) as caught:
        KeyFile(path).keys()
    assert A_KEY not in str(caught.value)
    before = path.read_text()
    with pytest.raises(WrongKey):
        KeyFile(path).rotate()
    assert path.read_text() == before


def test_a_ring_that_is_no_text_or_not_there_is_refused_the_same_way(path: Path) -> None:
    with pytest.raises(WrongKey, match="FileNotFoundError"):
        KeyFile(path).keys()
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WrongKey, match="UnicodeDecodeError"):
        KeyFile(path).keys()


def test_a_ring_that_turns_bad_while_it_is_in_use_is_noticed(path: Path) -> None:
    ring = KeyFile(path)
    ring.create()
    ring.keys()
    path.write_text("{")
    time.sleep(KeyFile.settle_seconds / 2 + 0.05)
    with pytest.raises(WrongKey):
        ring.keys()


def test_t81_a_ring_that_everybody_can_read_stops_the_start(path: Path) -> None:
    KeyFile(path).create()
    path.chmod(0o644)
    with pytest.raises(WrongKey, match="chmod 600"):
        KeyFile(path).keys()
    path.chmod(0o440)
    assert KeyFile(path).keys()
