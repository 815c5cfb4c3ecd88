"""Deliveries to be, written with their first events: past the ORM, a chunk a statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from alertcore.identity import delivery_id
from store.leaves import event_leaf, intended_detail
from store.ledger import DeliveryState, deliveries, delivery_events


@dataclass(frozen=True, slots=True)
class Target:
    """One delivery to be: to whom, over what, and why not, where it is suppressed from the start."""

    person: str
    link: bytes | None
    channel: str
    audience: str
    language: str
    suppressed: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """`due`: when they may be sent; on the channels `held` a limit lets them go from then on."""

    at: int
    due: int
    held: frozenset[str] = frozenset()


@cache
def _known() -> Any:
    """People and channels that already have a delivery of a notice."""
    d = deliveries.c
    return select(d.person, d.channel).where(d.notice == bindparam("of"), d.person.in_(bindparam("people", expanding=True)))


def new(connection: Connection, notice: int, targets: Sequence[Target]) -> list[Target]:
    """Without those who already have a delivery of this notice: told twice of an alert, or an expansion taken up again."""
    if not targets:
        return []
    known: set[tuple[str, str]] = set()
    for start in range(0, len(targets), 5_000):
        people = [t.person for t in targets[start : start + 5_000]]
        known.update((p, c) for p, c in connection.execute(_known(), {"of": notice, "people": people}))
    return [t for t in targets if (t.person, t.channel) not in known]


def write(connection: Connection, row: Row[Any], targets: Sequence[Target], when: When) -> tuple[int | None, int | None]:
    """Deliveries and their first events; returns the first and last row number."""
    if not targets:
        return None, None
    numbers = _numbers(connection, len(targets))
    made = [_rows(number, row, target, when) for number, target in zip(numbers, targets, strict=True)]
    columns = _COLUMNS if when.held else {**_COLUMNS, "deliveries": _COLUMNS["deliveries"].removesuffix(" held_until")}
    for table, rows in ((deliveries, [d for d, _ in made]), (delivery_events, [e for _, e in made])):
        _insert(connection, table, columns[table.name].split(), rows)
    return numbers[0], numbers[-1]


def _rows(number: int, row: Row[Any], target: Target, when: When) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    state = DeliveryState.SUPPRESSED if target.suppressed else DeliveryState.INTENDED
    name = delivery_id(row.notice_id, target.person, target.channel)
    waits = None if target.suppressed else when.due
    what = intended_detail(
        row.notice_id, target.person, target.channel, row.lane, target.audience, target.language, state.value, target.suppressed
    )
    delivery = (number, name, row.id, target.person, target.link, target.channel, target.audience, target.language, row.lane)
    event = (number, state.value, when.at, 0, target.suppressed, event_leaf(name, state.value, when.at, 0, what))
    if not when.held:
        return (*delivery, state.value, target.suppressed, waits, 0, when.at), event
    held = target.channel in when.held
    return (*delivery, state.value, target.suppressed, None if held else waits, 0, when.at, waits if held else None), event


_COLUMNS = {
    "deliveries": "id delivery_id notice person link channel audience language lane state reason due attempt changed_at held_until",
    "delivery_events": "delivery kind at code detail leaf",
}
_TYPES = {
    "deliveries": "bigint text bigint text bytea text text text smallint text text bigint smallint bigint bigint",
    "delivery_events": "bigint text bigint int text bytea",
}


def _insert(connection: Connection, table: Any, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Past the ORM's and the compiler's way: three times as many rows a second."""
    listed = ", ".join(names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"insert into {table.name} ({listed}) values ({marks})", list(rows))  # noqa: S608 - names are ours
        return
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_TYPES[table.name].split()[: len(names)], 1))
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    connection.exec_driver_sql(f"insert into {table.name} ({listed}) select * from unnest({arrays})", columns)  # noqa: S608 - names are ours


def _numbers(connection: Connection, count: int) -> list[int]:
    """Row numbers to come, so that a delivery and its event are written without asking back."""
    if connection.dialect.name == "sqlite":
        last = connection.exec_driver_sql("select coalesce(max(id), 0) from deliveries").scalar() or 0
        return list(range(last + 1, last + 1 + count))
    drawn = connection.scalars(text("select nextval(pg_get_serial_sequence('deliveries', 'id')) from generate_series(1, :n)"), {"n": count})
    return sorted(drawn)
