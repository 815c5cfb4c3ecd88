"""The quick reading of stock lines gives what the general reader gives, or nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.shared import Certainty, OrgScheme, When
from alertcore.records.stock import Circuit, Incoming, LotStock, Reporter, ReportKind, StockLine, StockReport, Tier
from schemas import stock_flat
from schemas.codec import UndecodableError, encode
from schemas.stock_flat import NAMES, FlatLines, flat_of, scan_lines
from schemas.stock_lines import are_flat, incoming_of, lots_of, plain_lines, read_framed

HEAD = StockReport(
    report_id="r",
    reporter=Reporter(id="GR1", scheme=OrgScheme.FINESS, country="FR", tier=Tier.WHOLESALER, circuit=Circuit.BOTH),
    observed_at=datetime(2026, 1, 15, tzinfo=UTC),
    kind=ReportKind.FULL,
    line_count=0,
)
_LONG = st.integers(-(2**63), 2**63 - 1)
_LINES = st.lists(
    st.builds(
        StockLine,
        cip13=st.from_regex(r"\A3400[0-9]{9}\Z"),
        on_hand=_LONG,
        saleable=st.none() | _LONG,
        blocked=st.none() | _LONG,
        location_country=st.none() | st.sampled_from(["FR", "BE"]),
        dispensed=st.none() | _LONG,
        period_days=st.none() | st.integers(-(2**31), 2**31 - 1),
        lots=st.none() | st.just(()),
    ),
    max_size=5,
)


def report(*lines: StockLine) -> bytes:
    return encode(dataclasses.replace(HEAD, lines=lines))


def line(**changes: Any) -> StockLine:
    values: dict[str, Any] = {"cip13": "3400930000120", "on_hand": 5} | changes
    return StockLine(**values)


def as_lines(found: FlatLines | list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    lines = found.lines() if isinstance(found, FlatLines) else found
    return [{name: one.get(name) for name in NAMES} for one in lines]


@settings(max_examples=200, deadline=None)
@given(lines=_LINES)
def test_the_quick_reading_agrees_with_what_was_written(lines: list[StockLine]) -> None:
    head, found = read_framed(report(*lines))
    assert isinstance(found, FlatLines)
    assert head == HEAD
    assert as_lines(found) == [{name: getattr(one, name) for name in NAMES} for one in lines]


@pytest.mark.parametrize(
    "odd",
    [
        line(lots=(LotStock(lot="L1", on_hand=1),)),
        line(incoming=(Incoming(when=When(date=date(2026, 2, 1), certainty=Certainty.ESTIMATED), packs=3),)),
        line(cip13="34009300001201"),
        line(location_country="fr"),
    ],
)
def test_lines_of_another_shape_are_left_to_the_general_reader(odd: StockLine) -> None:
    _, found = read_framed(report(line(), odd, line()))
    assert not isinstance(found, FlatLines)
    assert as_lines(found)[1]["cip13"] == odd.cip13
    assert lots_of(found[1]) == list(odd.lots or ())
    assert incoming_of(found[1]) == list(odd.incoming)


@settings(max_examples=300, deadline=None)
@given(lines=_LINES, data=st.data())
def test_a_damaged_report_is_read_as_the_general_reader_reads_it_or_refused(lines: list[StockLine], data: st.DataObject) -> None:
    raw = bytearray(report(*lines))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(5, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(5, len(raw)))])
    try:
        quick = read_framed(cut)
    except UndecodableError:
        quick = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("schemas.stock_lines.scan_lines", lambda *_: None)
        try:
            general = read_framed(cut)
        except UndecodableError:
            general = None
    if quick is not None and general is not None:
        assert (quick[0], as_lines(quick[1])) == (general[0], as_lines(general[1]))
    else:
        # Numbers beyond 64 bits are the one thing the quick reading lets pass: they are out of every range checked after it.
        assert general is None
        assert quick is None or any(abs(v) >= 2**31 for one in as_lines(quick[1]) for v in one.values() if isinstance(v, int))


def test_a_count_that_does_not_fit_and_a_block_with_its_size_are_left_to_the_general_reader() -> None:
    raw = report(line(), line())
    start = raw.index(b"\x1a3400930000120") - 1
    assert scan_lines(raw, start) is not None
    for count in (b"\x02", b"\x06", b"\x03", b"\x80"):
        assert scan_lines(raw[:start] + count + raw[start + 1 :], start) is None
    assert scan_lines(raw[:-1] + b"\x02", start) is None
    gap = raw[: start + 1] + b"\xff" + raw[start + 1 :]
    assert scan_lines(gap, start) is None
    assert scan_lines(raw, len(raw)) is None


def test_reports_of_any_length_are_covered_without_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_flat, "_EXACT_MAX", 1)
    raw = report(line(), line(), line())
    start = raw.index(b"\x1a3400930000120") - 1
    assert scan_lines(raw, start) is not None
    stock_flat._EXACT.pop(3, None)
    assert scan_lines(raw[: start + 1] + b"\xff" + raw[start + 1 :], start) is None


def test_numbers_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_flat, "_KEPT", 0)
    _, found = read_framed(report(line(on_hand=987_654_321)))
    assert isinstance(found, FlatLines)
    assert found.on_hand == [987_654_321]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([{"cip13": "1", "on_hand": 1}], True),
        ([{"cip13": "1", "on_hand": 1, "saleable": None, "location_country": "FR"}], True),
        ([{"cip13": "1", "on_hand": True}], False),
        ([{"cip13": "1", "on_hand": 1.0}], False),
        ([{"cip13": 1, "on_hand": 1}], False),
        ([{"cip13": "1"}], False),
        ([{"cip13": "1", "on_hand": 1, "lots": []}], False),
        ([{"cip13": "1", "on_hand": 1, "saleable": "2"}], False),
        (["x"], False),
        ([], True),
    ],
)
def test_plain_json_lines_are_flat_where_each_value_has_its_type(lines: list[Any], expected: bool) -> None:
    assert are_flat(lines) is expected


def test_columns_of_json_lines_say_none_for_what_is_absent() -> None:
    flat = flat_of([{"cip13": "1", "on_hand": 1}, {"cip13": "2", "on_hand": 2, "blocked": 1}])
    assert (flat.blocked, flat.saleable) == ([None, 1], [None, None])


def test_lines_of_a_record_keep_their_batches() -> None:
    [plain] = plain_lines((line(lots=(LotStock(lot="L1", on_hand=1),)),))
    assert lots_of(plain) == [LotStock(lot="L1", on_hand=1)]
    assert incoming_of(plain) == []


def test_bytes_of_another_record_or_with_something_left_over_are_refused() -> None:
    for raw in (b"", b"\x00\x00\x00\x00\x67x", report(line()) + b"x", report(line())[:-4]):
        with pytest.raises(UndecodableError):
            read_framed(raw)


@pytest.mark.parametrize("longest", [0, 60_000])
@pytest.mark.parametrize(("before", "after"), [(b"x", b""), (b"", b"x"), (b"", b"")])
def test_bytes_between_the_lines_are_never_skipped(before: bytes, after: bytes, longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many lines there are: above a limit the lines are followed one by one."""
    monkeypatch.setattr(stock_flat, "_EXACT_MAX", longest)
    monkeypatch.setattr(stock_flat, "_EXACT", {})
    one = b"\x1a3400930000120\x0a" + b"\0" * 7
    found = scan_lines(b"\x02" + before + one + after + b"\0", 0)
    assert (found is None) == bool(before or after)
