"""Every case has its test, under its id or in the table."""

import re
from pathlib import Path

from tests.trust.cases import CASES

ROOT = Path(__file__).parents[2]
WANTED = range(1, 95)


def named() -> set[str]:
    """The ids in the names of tests: `test_t59_t63_…` shows two."""
    found: set[str] = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        for name in re.findall(r"def test((?:_t\d+)+)_", file.read_text()):
            found |= {part.upper() for part in name.split("_") if part}
    return found


def test_every_case_has_its_test() -> None:
    missing = {f"T{number}" for number in WANTED} - CASES.keys() - named()
    assert missing == set()


def test_every_test_of_the_table_exists() -> None:
    for tests in CASES.values():
        for test in tests:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text(), test
