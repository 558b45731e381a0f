"""A rotation of the keys while the service runs and people go on writing."""

import threading
from pathlib import Path

from tests.cli.conftest import add_site, answer, command, process
from tests.factories import a_body
from tests.serving import serving


def test_keys_are_rotated_while_people_go_on_writing(tmp_path: Path) -> None:
    statuses: list[int] = []
    enough, done = threading.Event(), threading.Event()
    # One network writes more here than the limits let through.
    with serving(
        tmp_path / "data", GREENROOM_SUBMISSION_BURST="100000", GREENROOM_FLOOD_FLOOR="100000"
    ) as running:
        add_site(running.data_dir)

        def write() -> None:
            with running.client() as client:
                while not done.is_set():
                    body = a_body(
                        email=f"reader-{len(statuses)}@example.com", text=f"Number {len(statuses)}."
                    )
                    statuses.append(client.post("/v1/sites/daily/submissions", json=body).status_code)
                    if len(statuses) >= 30:
                        enough.set()

        writer = threading.Thread(target=write)
        writer.start()
        assert enough.wait(20)
        rotation = process("keys", "rotate", "--json", data_dir=running.data_dir)
        done.set()
        writer.join()
        first = answer(rotation)
        second = answer(command("keys", "rotate", "--json", data_dir=running.data_dir))

    assert set(statuses) == {202}
    assert (first["key"], first["unreadable"], first["left"]) == (2, 0, 0)
    assert first["resealed"] >= 30
    # The second one opens every address there is, those that came in during the first included.
    assert second == {"key": 3, "resealed": len(statuses), "unreadable": 0, "left": 0}


def test_two_rotations_at_once_both_end_well(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as running:
        add_site(running.data_dir)
        with running.client() as client:
            for number in range(5):
                client.post("/v1/sites/daily/submissions", json=a_body(text=f"Number {number}."))
        results = []

        def rotate() -> None:
            results.append(process("keys", "rotate", "--json", data_dir=running.data_dir))

        both = [threading.Thread(target=rotate) for _ in range(2)]
        for each in both:
            each.start()
        for each in both:
            each.join()
        last = answer(command("keys", "rotate", "--json", data_dir=running.data_dir))

    assert sorted(answer(result)["key"] for result in results) == [2, 3]
    assert last == {"key": 4, "resealed": 5, "unreadable": 0, "left": 0}
