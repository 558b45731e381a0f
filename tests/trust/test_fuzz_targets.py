"""The fuzzer's targets hold for what it begins with, and for whatever it broke them with before."""

import pytest

from fuzz.targets import SEEDS, TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_its_seeds_cut_turned_and_repeated(name: str) -> None:
    assert SEEDS[name]
    for seed in SEEDS[name]:
        for number in range(len(seed) + 1):
            TARGETS[name](seed[:number])
            TARGETS[name](seed[:number] + bytes([seed[number - 1] ^ 0x80]) + seed[number:])
        TARGETS[name](seed * 20)
