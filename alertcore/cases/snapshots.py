"""Whole publications of public lists: which list one belongs to, and from which publication on a row counts as present."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alertcore.cases.desk import Desk
from alertcore.cases.state import PublishedMedicine
from alertcore.making import replace
from alertcore.records.shared import Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMark:
    """One list of a sender, known by the countries it tells of. previous, last: numbers of its last two publications, equal for the first.

    No countries: every country.
    """

    countries: tuple[str, ...]
    previous: int
    last: int

    def holds(self, country: str) -> bool:
        """True when rows of this country stand on the list."""
        return not self.countries or country in self.countries


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """Publications accepted of a sender (`snapshots/<sender>/<nature>`), numbered over all its lists.

    open: countries of the rows that wait for their marker. lists: a sender may publish several; one must not make another's rows absent.
    """

    accepted: int = 0
    open: tuple[str, ...] = ()
    lists: tuple[ListMark, ...] = ()


KINDS: dict[str, type[object]] = {"snapshots": Snapshots}


def book(desk: Desk, sender: str, nature: Nature) -> Snapshots:
    """What is known of a sender's publications."""
    return desk.get(_key(sender, nature)) or Snapshots()


def began(desk: Desk, sender: str, nature: Nature, known: Snapshots, country: str) -> None:
    """A row of this country has come."""
    if country not in known.open:
        desk.put(_key(sender, nature), replace(known, open=tuple(sorted((*known.open, country)))))


def ended(desk: Desk, sender: str, nature: Nature, known: Snapshots) -> ListMark | None:
    """The marker has come: the list that this publication is of. None where an empty one could be of any of several lists."""
    number = known.accepted + 1
    mine = _lists(known)
    rest = tuple(x for x in known.lists if x not in mine)
    mark = _mark(known, mine, number)
    lists = known.lists if mark is None else (*rest, mark) if mark.countries else ()
    desk.put(_key(sender, nature), Snapshots(accepted=number, lists=tuple(sorted(lists, key=lambda x: x.countries))))
    return mark


def medicines(desk: Desk, sender: str, nature: Nature) -> Iterator[tuple[str, PublishedMedicine]]:
    """Every medicine that ever stood on a list of this sender, with its state key."""
    yield from list(desk.view.items(f"status/{sender}/{nature}/"))


def _lists(known: Snapshots) -> tuple[ListMark, ...]:
    """The lists this publication goes on: those that share a country with it; an empty one goes on the only list there is."""
    if not known.open:
        return known.lists if len(known.lists) == 1 else ()
    return tuple(x for x in known.lists if any(x.holds(c) for c in known.open))


def _mark(known: Snapshots, mine: tuple[ListMark, ...], number: int) -> ListMark | None:
    countries = tuple(sorted({*known.open, *(c for x in mine for c in x.countries)}))
    if mine:
        return ListMark(countries=countries, previous=max(x.last for x in mine), last=number)
    if known.lists:
        return ListMark(countries=countries, previous=number, last=number) if known.open else None
    # Nothing but empty publications came before: they were the first of whatever list this is.
    return ListMark(countries=countries, previous=known.accepted or number, last=number)


def _key(sender: str, nature: Nature) -> str:
    return f"snapshots/{sender}/{nature}"
