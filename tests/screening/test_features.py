from uuid import UUID

import pytest

from service.screening.candidate import prepare
from service.screening.facts import Facts
from service.screening.learner.features import Features, read
from service.screening.learner.learner import Learner
from service.screening.learner.lessons import Lesson
from service.screening.learner.training import learn

SELLING = (
    *("online casino", "free spins", "poker room", "slot games", "live dealers", "sports betting"),
    *("betting tips", "welcome bonus", "deposit bonus", "sure odds", "real cash", "scratch cards"),
)
TALKING = (
    *("night buses", "new bridge", "town budget", "head teacher", "river path", "old library"),
    *("local election", "school meals", "bus station", "city museum", "corner bakery", "street lights"),
    *("harbour ferry", "winter market", "small cinema", "football ground", "ring road", "bird hide"),
    *("cycle lane", "tram line", "water works", "public toilets", "play ground", "village hall"),
)


def features(text: str, name: str = "Sam") -> Features:
    facts = Facts(honeypot=False, fill_seconds=30, has_form_token=True)
    return read(prepare(text, name=name), facts, [])


def numbers(text: str) -> set[int]:
    return set(features(text).indices.tolist())


@pytest.fixture(scope="module")
def learner() -> Learner:
    spam = [(True, f"All about the {topic} of this week") for topic in SELLING]
    ham = [(False, f"All about the {topic} of this week") for topic in TALKING]
    lessons = [
        Lesson(UUID(int=number), is_spam, features(text))
        for number, (is_spam, text) in enumerate([*spam, *ham])
    ]
    learner = learn(lessons)
    assert learner
    return learner


@pytest.mark.parametrize("unheard", ["aviator game", "instant withdrawal", "fixed match"])
def test_what_one_phrase_taught_is_known_of_others_of_its_kind(learner: Learner, unheard: str) -> None:
    said = [
        learner.judge(features(f"All about the {topic} of this week")).probability
        for topic in (unheard, "hyacinth pruning")
    ]
    assert said[0] > 0.5 > said[1]


def test_a_path_in_a_link_is_no_phrase() -> None:
    kind = numbers("watch") & numbers("follow") - numbers("zebra")
    assert kind
    assert kind <= numbers("Watch https://zebra.example/")
    assert not kind & numbers("https://zebra.example/watch?n=1")


def test_the_same_kind_counts_once_however_often_it_comes_up() -> None:
    kind = numbers("watch") & numbers("follow") - numbers("zebra")
    values = [
        [value for index, value in zip(found.indices, found.values, strict=True) if int(index) in kind]
        for found in (features("watch"), features("watch, follow, check, visit"))
    ]
    assert values[0] == values[1]


def test_features_come_back_from_storage_as_they_were() -> None:
    found = features("Watch my new video at https://zebra.example/watch 🦓")
    again = Features.from_bytes(found.to_bytes())
    assert again.indices.tolist() == found.indices.tolist()
    assert again.values.tolist() == found.values.tolist()
