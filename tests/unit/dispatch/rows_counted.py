"""Behaviours of escalation where it is known how many have acknowledged, and not who."""

from __future__ import annotations

from tests.unit.dispatch.rows_called import calling
from tests.unit.dispatch.world import Row

ANY, EACH, TWO = calling(), calling(", until: each"), calling(", until: n_of_m, n: 2")
SPARED = "30 desk alert a1"
CALLED = "30 desk alert a1\n930 desk escalation a1"


def row(says: str, routing: str, pushes: str, expected: str, until: float = 1000) -> Row:
    """A first alert, and what is counted after it."""
    return Row(says=says, routing=routing, pushes="0 fire a kind=x\n" + pushes, expected=expected, until=until)


ROWS = [
    row("any: one that is counted spares the others", ANY, "100 count #1 1/5", SPARED),
    row("any: none of five is nobody", ANY, "100 count #1 0/5", CALLED),
    row("n of m: a count below is not enough", TWO, "100 count #1 1/5", CALLED),
    row("n of m: a count of as many as asked is enough", TWO, "100 count #1 2/5", SPARED),
    row("n of m: the latest count of a notice holds, not the sum of all", TWO, "100 count #1 1/5\n200 count #1 1/5", CALLED),
    row("n of m: a count that rises is enough", TWO, "100 count #1 1/5\n200 count #1 2/5", SPARED),
    row("n of m: who is known by name is not counted twice", TWO, "100 ack p_1 a\n200 count #1 1/5", CALLED),
    row("n of m: two by name are enough beside a count of one", TWO, "100 ack p_1 a\n200 count #1 1/5\n300 ack p_2 a", SPARED),
    row(
        "n of m: what is counted of the first notice and of the call is one number",
        TWO,
        "100 count #1 1/5\n1000 count #2 1/3",
        CALLED,
        until=3000,
    ),
    row("each: all of five are enough", EACH, "100 count #1 5/5", SPARED),
    row("each: four of five are not enough", EACH, "100 count #1 4/5", CALLED),
    row("each: none of none is not known yet", EACH, "100 count #1 0/0", CALLED),
    row(
        "each: a count of the last notice alone is enough for the next step",
        EACH,
        "100 count #1 1/2\n1000 count #2 1/1",
        CALLED,
        until=3000,
    ),
    row(
        "each: a late count of an earlier notice is nothing to the next step",
        EACH,
        "100 count #1 1/2\n1000 count #1 2/2",
        CALLED + "\n2730 desk escalation a1",
        until=3000,
    ),
    row(
        "each: all by name are enough beside a count of some",
        EACH,
        "60 reach #1 p_1,p_2\n100 count #1 1/2\n200 ack p_1 a\n300 ack p_2 a",
        SPARED,
    ),
    row(
        "a count that was not enough before is enough for a step that waits for one, once its people are known",
        calling(", until: n_of_m, n: 2").replace("kinds: [director]}, until: n_of_m, n: 2", "kinds: [director]}, until: any"),
        "100 count #1 1/5\n950 reach #2 p_1",
        CALLED,
        until=3000,
    ),
    row("a count of what was acknowledged already is nothing", ANY, "100 ack p_1 a\n200 count #1 1/5", SPARED),
    row(
        "an update of what was counted as acknowledged calls nobody",
        ANY,
        "100 count #1 1/5\n400 fire a",
        "30 desk alert a1\n430 desk update a2",
        until=3000,
    ),
]
