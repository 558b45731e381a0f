"""What a page of a thread looks like before it is drawn: which exchanges, how deep, from where."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from service.model.comments import Order, PublishedComment

MAX_DEPTH: Final = 4
# A text is cut short, until a reader asks for the rest, above as many characters or lines.
MAX_SHOWN: Final = 1_200
MAX_LINES: Final = 16


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Which page of a thread is shown: in which order, and whether it begins with another comment than
    the first.

    What an article includes has our `home` in its addresses, and the form's `token`. `form_first`: the form
    stands above the comments.
    """

    order: Order = Order.OLDEST
    begun: bool = False
    home: str = ""
    token: str = ""
    form_first: bool = False


@dataclass(slots=True)
class Node:
    """A comment with its replies. `aside`: it does not stand right below what it replies to."""

    comment: PublishedComment
    siblings: "list[Node]"
    depth: int
    aside: bool
    replies: "list[Node]" = field(default_factory=list)


def tree(shown: Sequence[PublishedComment]) -> list[Node]:
    """The comments as exchanges, `MAX_DEPTH` deep at most; deeper replies follow one another.

    A reply finds its parent only among the comments before it, so that no data can make a circle.
    """
    top: list[Node] = []
    nodes: dict[UUID, Node] = {}
    for comment in shown:
        parent = nodes.get(comment.parent_id) if comment.parent_id else None
        if parent is None:
            node = Node(comment, top, 1, aside=comment.parent_id is not None)
        elif parent.depth < MAX_DEPTH:
            node = Node(comment, parent.replies, parent.depth + 1, aside=False)
        else:
            node = Node(comment, parent.siblings, parent.depth, aside=True)
        node.siblings.append(node)
        nodes[comment.id] = node
    return top


def is_long(text: str) -> bool:
    """Whether a text takes so much place that its end is hidden at first."""
    return len(text) > MAX_SHOWN or text.count("\n") >= MAX_LINES
