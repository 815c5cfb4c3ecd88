"""A stock report as head and plain lines says the same as the whole record."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.codec import encode
from schemas.stock_flat import FlatLines
from schemas.stock_lines import are_flat, incoming_of, lots_of, plain_lines, read_framed
from tests.unit.schemas.inventing import records


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_head_and_lines_together_are_the_report(data: st.DataObject) -> None:
    report = data.draw(records("StockReport"))
    head, read = read_framed(encode(report))
    lines = read.lines() if isinstance(read, FlatLines) else read
    assert head == dataclasses.replace(report, lines=())
    plain = plain_lines(report.lines)
    assert [line["cip13"] for line in lines] == [line["cip13"] for line in plain]
    assert [line["on_hand"] for line in lines] == [line["on_hand"] for line in plain]
    for line, other, whole in zip(lines, plain, report.lines, strict=True):
        assert tuple(incoming_of(line)) == tuple(incoming_of(other)) == whole.incoming
        assert tuple(lots_of(line)) == tuple(lots_of(other)) == (whole.lots or ())


LINE = {"cip13": "3400930000001", "on_hand": 4}


@pytest.mark.parametrize("more", [{}, {"saleable": 3, "blocked": None, "location_country": "FR", "dispensed": 1, "period_days": 7}])
def test_lines_of_numbers_and_texts_are_flat(more: dict[str, Any]) -> None:
    assert are_flat([LINE, {**LINE, **more}])
    assert are_flat([])


@pytest.mark.parametrize(
    "line",
    [
        "text",
        {"on_hand": 4},
        {"cip13": "3400930000001"},
        {**LINE, "cip13": 3400930000001},
        {**LINE, "on_hand": "4"},
        {**LINE, "on_hand": True},
        {**LINE, "saleable": 1.5},
        {**LINE, "location_country": 33},
        {**LINE, "lots": []},
        {**LINE, "unheard": 1},
    ],
)
def test_any_other_line_is_not_flat(line: Any) -> None:
    assert not are_flat([LINE, line])
