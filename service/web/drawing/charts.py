"""Charts as SVG, drawn on the server by pygal: no script, no style of their own, and no other host.

What pygal puts in for scripts and looks is taken out again: the policy of our pages allows neither, and the
console's style sheet knows the theme. Every chart has a table beside it, so it is a picture with a name.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal, TypeAlias
from xml.etree import ElementTree

import pygal
from markupsafe import Markup

# pygal leaves a finder for plug-ins of its own among Python's, by a protocol that Python 3.12 has dropped and
# 3.11 warns of at every import (pygal/__init__.py, PluginImportFixer). We have no plug-ins.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

_SVG: Final = "{http://www.w3.org/2000/svg}"
_FOR_SCRIPTS: Final = frozenset({"tooltip", "text-overlay", "tooltip-overlay", "background"})
_WIDTH, _HEIGHT = 440, 220
_MOST_LABELS: Final = 6
# For scripts and looks (style, script), and a tooltip that only a script would show.
_MOST_TICKS: Final = 5
_LEFT_OUT: Final = frozenset({"defs", "style", "script", "desc", "title"})


Shape: TypeAlias = Literal["bars", "lines"]


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that was counted: a value for each label, None where there is none."""

    name: str
    values: Sequence[float | None]


def chart(
    shape: Shape,
    name: str,
    labels: Sequence[str],
    series: Sequence[Series],
    written: Callable[[float], str] = "{:,.0f}".format,
) -> Markup:
    """Stacked bars or lines; `written` makes the label of a value on the axis.

    Series are told apart by the classes `serie-0`, `serie-1`, …: the style sheet gives them their looks.
    """
    kind = pygal.StackedBar if shape == "bars" else pygal.Line
    drawing = kind(
        js=[],
        css=[],
        width=_WIDTH,
        height=_HEIGHT,
        margin=4,
        spacing=6,
        show_legend=False,
        show_dots=shape == "lines",
        dots_size=2.5,
        show_minor_x_labels=False,
        include_x_axis=True,
        truncate_label=-1,
        disable_xml_declaration=True,
        value_formatter=written,
    )
    drawing.x_labels = list(labels)
    drawing.x_labels_major = list(labels)[:: max(1, -(-len(labels) // _MOST_LABELS))]
    for each in series:
        drawing.add(each.name, list(each.values))
    drawing.y_labels = _ticks(shape, series)
    return _markup(drawing.render_tree(), name)


def _ticks(shape: str, series: Sequence[Series]) -> Sequence[float]:
    """Round numbers from nought to the highest value, at most six: steps of 1, 2 or 5 by a power of ten."""
    columns = zip(*([value or 0 for value in each.values] for each in series), strict=True)
    highest = max((sum(column) if shape == "bars" else max(column) for column in columns), default=0)
    step = 1.0
    while highest / step > _MOST_TICKS:
        step *= 2.5 if str(step)[0] == "2" else 2
    return [step * place for place in range(max(2, ceil(highest / step) + 1))]


def _markup(root: ElementTree.Element, name: str) -> Markup:
    _strip(root)
    for attribute in ("id", "class"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-label", name)
    ElementTree.register_namespace("", _SVG[1:-1])
    # The tree was made by pygal of numbers and of names that it escaped when it was written out.
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _strip(parent: ElementTree.Element) -> None:
    for child in list(parent):
        tag = child.tag.removeprefix(_SVG) if isinstance(child.tag, str) else "comment"
        classes = child.get("class", "").split()
        is_empty_bar = tag == "rect" and child.get("height") == "0.0"
        if tag in _LEFT_OUT or tag == "comment" or is_empty_bar or _FOR_SCRIPTS & set(classes):
            parent.remove(child)
            continue
        child.attrib.pop("style", None)
        child.attrib.pop("id", None)
        _strip(child)
