"""What a shelf shows of recalled lots, as records for the supply log."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from typing import Protocol

from alertcore.records.alert import Severity
from alertcore.records.holding import Holding, HoldingState
from alertcore.stock.recalls import Hit
from alertcore.stock.shelf import Shelf, Spot

_GRADES = tuple(Severity)


class Lots(Protocol):
    """Lots by number, and which of them are recalled."""

    recalled: dict[int, tuple[Hit, ...]]

    def pack_of(self, number: int, /) -> str: ...

    def lot_of(self, number: int, /) -> str: ...

    def cis_of(self, number: int, /) -> str: ...


def holdings(book: Lots, shelf: Shelf | None, numbers: Collection[int]) -> Iterator[Holding]:
    """What the shelf shows of these lots, by rising number.

    Packs set aside are first taken for those of recalled lots: who set as many aside as are recalled of a presentation has acted.
    """
    if shelf is None:
        return
    spots = {n: _spot(shelf, n) for n in on_shelf(shelf, numbers)}
    left: dict[str, int] = {}
    for n, spot in spots.items():
        left[book.pack_of(n)] = max(spot.aside, left.get(book.pack_of(n), 0))
    for n, spot in spots.items():
        pack = book.pack_of(n)
        aside = min(spot.packs, left[pack])
        recalls = tuple(r for r in book.recalled.get(n, ()) if r.reaches(shelf.head.reporter.tier))
        if recalls:
            left[pack] -= aside
        yield _holding(book, shelf, n, spot, spot.packs - aside, recalls)


def on_shelf(shelf: Shelf, numbers: Collection[int]) -> list[int]:
    """Numbers that are on the shelf, rising: looked up in whichever of the two is shorter."""
    if len(numbers) < len(shelf.numbers):
        return sorted(n for n in numbers if _place(shelf, n) is not None)
    return [n for n in shelf.numbers if n in numbers]


def _place(shelf: Shelf, number: int) -> int | None:
    at = bisect_left(shelf.numbers, number)
    return at if at < len(shelf.numbers) and shelf.numbers[at] == number else None


def _spot(shelf: Shelf, number: int) -> Spot:
    at = _place(shelf, number)
    assert at is not None, "only numbers on the shelf are looked at"
    told = next((s.told for s in shelf.head.stale if s.number == number), None)
    return Spot(packs=shelf.packs[at], aside=shelf.aside[at], told=told)


def _holding(book: Lots, shelf: Shelf, number: int, spot: Spot, free: int, recalls: tuple[Hit, ...]) -> Holding:
    state = HoldingState.HELD if free else HoldingState.SET_ASIDE if spot.packs else HoldingState.GONE
    return Holding(
        reporter=shelf.head.reporter,
        cip13=book.pack_of(number),
        cis=book.cis_of(number),
        lot=book.lot_of(number),
        state=state if recalls else HoldingState.LIFTED,
        packs=spot.packs,
        saleable=free if recalls else 0,
        severity=max((r.severity for r in recalls), key=_GRADES.index, default=Severity.UNKNOWN),
        observed_at=spot.told or shelf.head.observed,
        decided_at=min((r.decided_at for r in recalls), default=None),
        defects=tuple(sorted(r.defect for r in recalls)),
    )


def worth_telling(before: Holding | None, now: Holding) -> bool:
    """True unless supply knows it already: of what is gone or set aside, only a look after the decision says anything new.

    A lot for sale is told anew by every report that tells it; one that a report leaves as it was is not.
    """
    if now.state is HoldingState.LIFTED:
        return before is not None and before.state is not HoldingState.LIFTED
    if before is None or before.state is not now.state:
        return True
    if now.state is HoldingState.HELD:
        return before != now
    return _after(before) != _after(now)


def _after(holding: Holding) -> bool:
    return holding.decided_at is not None and holding.observed_at >= holding.decided_at
