"""What follows what: the newest of several records on one matter, whatever order they came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

KEPT = 16
"""Links remembered in one thread; older ones fall away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One record in a thread. previous: id of the record it says it follows. at: its own time. rank: of its step, later steps higher."""

    id: str
    previous: str | None = None
    at: datetime
    rank: int = 0


Order = tuple[datetime, int, int, str]


def joined(links: tuple[Link, ...], link: Link, most: int = KEPT) -> tuple[Link, ...]:
    """The links with one more, newest last; a record with an id that is known takes its place only if it is not older."""
    known, last = None, len(links) < most
    for x in links:
        if x.id == link.id:
            known = x
            break
        if x.at >= link.at or x.previous == link.id:
            last = False
    if known is None and last:
        return (*links, link)  # newer than all and followed by none: the order of the others is what it was
    if known is not None and (known.at, known.rank) > (link.at, link.rank):
        return links
    rest = tuple(x for x in links if x.id != link.id)
    return tuple(ordered((*rest, link))[-most:])


def head(links: tuple[Link, ...]) -> Link:
    """The record that holds now: the newest, where one that follows another is never older than that other."""
    newest, id_, at = links[-1], links[-1].id, links[-1].at  # of links in order, as `joined` keeps them; else the order says it
    for x in links:
        if x is not newest and (x.at >= at or x.previous == id_):
            return ordered(links)[-1]
    return newest  # as nothing follows it and nothing else is as new, the order of the rest does not matter


def roots(links: Sequence[Link]) -> dict[str, str]:
    """Of each record the id that all it follows began with, whether that is known or not."""
    previous = {x.id: x.previous for x in links}
    found = {}
    for x in links:
        seen, name = [x.id], x.previous
        while name is not None and name not in seen:
            seen.append(name)
            name = previous.get(name)
        found[x.id] = seen[-1] if name is None else min(seen[seen.index(name) :])
    return found


def without(links: Sequence[Link], id_: str) -> tuple[Link, ...]:
    """The links but one: what follows it follows what it followed."""
    (gone,) = (x for x in links if x.id == id_)
    if gone.previous is None:
        return tuple(x for x in links if x is not gone)
    return tuple(replace(x, previous=gone.previous) if x.previous == id_ else x for x in links if x is not gone)


def ordered(links: tuple[Link, ...]) -> list[Link]:
    """Oldest first. A function of the set of links alone."""
    if len(links) == 1:
        return list(links)
    by_id = {x.id: x for x in links}
    return sorted(links, key=lambda x: _order(x, by_id))


def _order(link: Link, by_id: dict[str, Link]) -> Order:
    at, depth, seen, before = link.at, 0, {link.id}, link.previous
    while before is not None and before in by_id and before not in seen:
        seen.add(before)
        at, depth, before = max(at, by_id[before].at), depth + 1, by_id[before].previous
    return at, depth, link.rank, link.id
