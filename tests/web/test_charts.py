"""The charts of the metrics: what was measured can be seen, and nothing in them is for a script."""

import re

from service.web.drawing.charts import Series, chart

HOURS = ["20:00", "21:00", "22:00", "23:00"]


def circles(drawn: str) -> list[float]:
    """How far from the left each dot is."""
    return [float(each) for each in re.findall(r'<circle cx="([\d.]+)"', drawn)]


def test_a_value_between_gaps_is_a_dot() -> None:
    """A line needs two points: the first hour of a new site has one."""
    drawn = str(chart("lines", "Time to decide", HOURS, [Series("Half", [None, None, 14.0, None])]))
    assert len(circles(drawn)) == 1


def test_each_value_of_a_line_has_its_dot_from_left_to_right() -> None:
    drawn = str(chart("lines", "Pending", HOURS, [Series("Pending", [1, 4, 2, 0])]))
    found = circles(drawn)
    assert len(found) == 4
    assert found == sorted(found)


def test_a_chart_has_nothing_for_scripts_and_no_looks_of_its_own() -> None:
    for shape in ("bars", "lines"):
        drawn = str(chart(shape, "Decisions", HOURS, [Series("a <b>", [3, None, 0, 2])]))
        assert not re.search(r"<(script|style|defs|desc)|style=|onclick|<b>", drawn)
        assert 'role="img" aria-label="Decisions"' in drawn
