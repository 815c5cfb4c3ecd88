"""Behaviours, row by row: as they are, and with everything the engine knows going through bytes between any two steps."""

from __future__ import annotations

import pytest

from tests.unit.dispatch import (
    rows_at_once,
    rows_calendar,
    rows_called,
    rows_counted,
    rows_covered,
    rows_duties,
    rows_groups,
    rows_held,
    rows_routes,
    rows_together,
    rows_units,
)
from tests.unit.dispatch.world import Row, as_expected, played

ROWS = [
    *rows_groups.ROWS,
    *rows_held.ROWS,
    *rows_duties.ROWS,
    *rows_routes.ROWS,
    *rows_calendar.ROWS,
    *rows_called.ROWS,
    *rows_units.ROWS,
    *rows_covered.ROWS,
    *rows_together.ROWS,
    *rows_at_once.ROWS,
    *rows_counted.ROWS,
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.says)
def test_behaviour(row: Row) -> None:
    told = played(row, restart=False).told()
    assert as_expected(row, told), "\n".join(told)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.says)
def test_behaviour_with_a_restart_at_every_point(row: Row) -> None:
    straight, restarted = played(row, restart=False), played(row, restart=True)
    assert restarted.notices == straight.notices
    assert restarted.accounts == straight.accounts
    assert restarted.endings == straight.endings
    assert restarted.table.dumped() == straight.table.dumped()


def test_there_are_enough_rows_and_each_says_something_else() -> None:
    assert len(ROWS) >= 120
    assert len({row.says for row in ROWS}) == len(ROWS)
