"""Which record of a thread holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as some

from alertcore.cases.threads import Link, head, ordered, roots, without

START = datetime(2026, 1, 26, tzinfo=UTC)


def link(ident: str, day: int = 0, previous: str | None = None, rank: int = 0) -> Link:
    """A link of a day from the start."""
    return Link(id=ident, previous=previous, at=START + timedelta(days=day), rank=rank)


names = some.sampled_from("abcdef")
threads = some.lists(
    some.builds(link, names, some.integers(0, 4), some.none() | names, some.integers(0, 3)), min_size=1, unique_by=lambda x: x.id
)


@given(threads)
@example([link("b", 1), link("a", 0, "b")])
@example([link("a", 1), link("b", 1)])
@example([link("a", 1, "a")])
def test_the_head_is_the_last_in_order(links: list[Link]) -> None:
    assert head(tuple(links)) is ordered(tuple(links))[-1]


def test_what_follows_another_is_newer_whatever_its_own_time_says() -> None:
    assert head((link("correction", 0, "first"), link("first", 3))).id == "correction"


def test_records_have_one_root_that_may_be_unknown_and_a_circle_has_one_too() -> None:
    links = (
        link("a"),
        link("b", 1, "a"),
        link("c", 2, "gone"),
        link("d", 2, "gone"),
        link("x", 1, "z"),
        link("z", 2, "x"),
        link("w", 3, "z"),
    )
    assert roots(links) == {"a": "a", "b": "a", "c": "gone", "d": "gone", "x": "x", "z": "x", "w": "x"}


@given(threads, some.integers(0, 5))
@example([link("a"), link("b", 1, "a"), link("c", 2, "b")], 1)
@example([link("a"), link("b", 1, "a"), link("c", 2, "a")], 0)
def test_one_that_is_let_go_parts_nothing(links: list[Link], which: int) -> None:
    gone = links[which % len(links)].id
    before, after = roots(links), roots(without(links, gone))
    assert set(after) == set(before) - {gone}
    assert {(a, b) for a in after for b in after if after[a] == after[b]} == {
        (a, b) for a in after for b in after if before[a] == before[b]
    }
