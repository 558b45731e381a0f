"""The Python client does over the wire what scripts need, and its examples in docs/api.md run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from service.client import Greenroom, Refusal
from tests.serving import Service, serving

DOCS = Path(__file__).parents[1] / "docs" / "api.md"
PAGE = "https://news.example/bridge"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("client") / "data") as running:
        running.run("site", "add", "daily", "--origin", "https://news.example")
        yield running


@pytest.fixture
def greenroom(service: Service) -> Iterator[Greenroom]:
    token = service.run("token", "add", "--scope", "admin")["token"]
    with Greenroom(service.url, token) as found:
        yield found


def write(greenroom: Greenroom, *texts: str) -> None:
    for text in texts:
        greenroom.submit("daily", page=PAGE, name="Bilal", email="bilal@example.com", text=text)


def test_a_comment_goes_from_submission_to_the_thread_and_back(greenroom: Greenroom) -> None:
    receipt = greenroom.submit(
        "daily", page=PAGE, name="Bilal", email="bilal@example.com", text="Mend the bridge."
    )
    approved = greenroom.approve(greenroom.comment(receipt.id), note="Fair.")
    assert (approved.status, approved.decisions[-1].note) == ("approved", "Fair.")
    assert receipt.id in {each.id for each in greenroom.thread("daily", PAGE)}
    assert greenroom.undo(approved).status == "pending"


def test_the_queue_is_walked_to_its_end_under_filters(greenroom: Greenroom) -> None:
    words = uuid4().hex
    write(greenroom, *(f"Number {number} about {words}" for number in range(7)))
    found = [each.text for each in greenroom.queue(site="daily", text=words, order="newest", limit=3)]
    assert found == [f"Number {number} about {words}" for number in reversed(range(7))]


def test_many_are_decided_as_one_act_and_taken_back(greenroom: Greenroom) -> None:
    words = uuid4().hex
    write(greenroom, f"First {words}", f"Second {words}")
    seen = list(greenroom.queue(text=words))
    answer = greenroom.decide(seen, "reject", "spam")
    assert (answer.decided, answer.batch_id is not None) == (2, True)
    late = greenroom.decide(seen, "approve")
    assert [each.code for each in late.outcomes] == ["already_decided"] * 2
    assert answer.batch_id
    assert sum(each.changed for each in greenroom.undo_batch(answer.batch_id).outcomes) == 2


def test_what_was_found_is_frozen_and_decided_as_one(greenroom: Greenroom) -> None:
    words = uuid4().hex
    write(greenroom, f"First {words}", f"Second {words}")
    frozen = greenroom.select(text=words)
    write(greenroom, f"Late {words}")
    done = greenroom.decide_selection(frozen.id, "reject", "spam")
    assert (frozen.size, done.decided, done.remaining) == (2, 2, 0)
    assert [each.text for each in greenroom.queue(text=words)] == [f"Late {words}"]
    assert sum(each.changed for each in greenroom.undo_batch(done.id).outcomes) == 2


def test_colleagues_are_told_and_asked(greenroom: Greenroom) -> None:
    words = uuid4().hex
    write(greenroom, f"Hard {words}")
    [comment] = greenroom.queue(text=words)
    assert greenroom.add_note(comment, "Is this one?").text == "Is this one?"
    assert [note.text for note in greenroom.notes(comment)] == ["Is this one?"]
    assert greenroom.escalate(comment).escalated_at is not None
    assert greenroom.escalate(comment, escalated=False).escalated_at is None


def test_a_rule_is_made_and_ended(greenroom: Greenroom) -> None:
    rule = greenroom.add_rule("daily", "host", "reject", 2, value="win.example")
    assert rule.id in {each.id for each in greenroom.rules("daily") if each.ended_at is None}
    assert greenroom.end_rule(rule).ended_at is not None


def test_what_is_taken_is_held(greenroom: Greenroom) -> None:
    words = uuid4().hex
    write(greenroom, f"Held {words}")
    taken = greenroom.take(1, text=words)
    assert [each.lease is not None for each in taken] == [True]


def test_a_refusal_says_what_the_service_said(greenroom: Greenroom) -> None:
    with pytest.raises(Refusal, match="404") as refused:
        greenroom.comment(uuid4())
    assert (refused.value.status, refused.value.code) == (404, "comment_not_found")


def test_events_are_followed_and_resumed(greenroom: Greenroom) -> None:
    with greenroom.events() as events:
        last = next(events)["id"]
    write(greenroom, "While nobody listened.")
    with greenroom.events(since=last) as events:
        assert [next(events)["kind"], next(events)["kind"]] == ["ready", "new"]


def test_owners_read_and_change_and_export(greenroom: Greenroom) -> None:
    assert greenroom.me().scopes == ["admin"]
    site = greenroom.sites()[0]
    assert greenroom.set_site(site, title="The Daily").title == "The Daily"
    assert greenroom.metrics("daily", "24h").range == "24h"
    assert "site.set" in {event.action for event in greenroom.audit(site="daily")}


def test_the_examples_of_the_documents_run(service: Service) -> None:
    examples = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert examples
    token = service.run("token", "add", "--scope", "admin")["token"]
    for example in examples:
        source = example.replace("https://comments.example", service.url).replace("gr_…", token)
        subprocess.run([sys.executable, "-c", source], check=True, timeout=60)
