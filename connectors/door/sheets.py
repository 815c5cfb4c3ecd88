"""Stock reports as columns: each line checked, its medicine looked up, and packed for the stock log."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from alertcore.identifiers import cip13_problem, country, is_lot
from alertcore.records.stock import SheetIncoming, SheetLot, StockReport, StockSheet
from connectors.door.checks_everywhere import is_of_this_age
from connectors.door.findings import Findings
from schemas.stock_flat import FlatLines
from schemas.stock_lines import Line, incoming_of, lots_of

MAX_PACKS = 2**31 - 1
"""Columns hold 32 bits."""
MAX_DAYS = 366
LONG_DAYS = 28
"""Senders are asked to count dispensed packs over so many days; who counts over fewer says over how many."""
_PACKS = ("on_hand", "saleable", "blocked", "dispensed")
UNKNOWN_CIS = 0
NOT_TOLD = -1.0


@dataclass(slots=True)
class Columns:
    """The lines taken, column by column; see StockSheet."""

    cip13: array[int] = field(default_factory=lambda: array("q"))
    cis: array[int] = field(default_factory=lambda: array("i"))
    on_hand: array[int] = field(default_factory=lambda: array("i"))
    saleable: array[int] = field(default_factory=lambda: array("i"))
    dispensed: array[float] = field(default_factory=lambda: array("f"))
    periods: array[int] = field(default_factory=lambda: array("H"))
    country: list[str] = field(default_factory=list)
    incoming: list[SheetIncoming] = field(default_factory=list)
    lots: list[SheetLot] = field(default_factory=list)


def pack_flat(flat: FlatLines, products: Mapping[str, int], home: str, found: Findings) -> Columns:
    """Columns of flat lines: all at once where nothing needs a closer look, else line by line."""
    ordinary = ordinary_columns(flat, products, home)
    if ordinary is not None:
        return ordinary
    lines = flat.lines()
    return pack_lines(lines, range(1, len(lines) + 1), products, home, found)


def pack_lines(lines: Sequence[Line], numbers: Sequence[int], products: Mapping[str, int], home: str, found: Findings) -> Columns:
    """Columns of all lines that hold; what is wrong with the others goes to `found` under their number.

    numbers: line number of each line. products: CIP13 to CIS. home: country where packs lie that say nothing else.
    """
    columns, seen = Columns(), set[str]()
    for number, line in zip(numbers, lines, strict=True):
        cip13: str = line["cip13"]
        cis = products.get(cip13, UNKNOWN_CIS)
        if not _look(line, cip13, cip13 in seen, cis, number, found):
            continue
        _add_details(line, cip13, columns)
        seen.add(cip13)
        hand = line["on_hand"]
        free = max(hand - (line.get("blocked") or 0), 0)
        told = line.get("saleable")
        columns.cip13.append(int(cip13))
        columns.cis.append(cis)
        columns.on_hand.append(hand)
        columns.saleable.append(free if told is None else min(told, free))
        columns.dispensed.append(_per_day(line))
        columns.periods.append(_period(line.get("dispensed"), line.get("period_days")))
        columns.country.append(country(line.get("location_country") or home) or home)
    return columns


def ordinary_columns(flat: FlatLines, products: Mapping[str, int], home: str) -> Columns | None:
    """Columns of a report in which nothing needs a closer look, taken column by column; None for any other."""
    cis = [products.get(code, UNKNOWN_CIS) for code in flat.cip13]
    if UNKNOWN_CIS in cis or len(set(flat.cip13)) != len(cis):
        return None
    if any(flat.location_country) or any(_out_of_range(getattr(flat, name)) for name in _PACKS):
        return None
    use = _daily_use(flat.dispensed, flat.period_days)
    if use is None:
        return None
    saleable = flat.on_hand
    if any(flat.blocked) or flat.saleable.count(None) != len(cis):
        free = [max(hand - (out or 0), 0) for hand, out in zip(flat.on_hand, flat.blocked, strict=True)]
        saleable = [most if told is None else min(told, most) for told, most in zip(flat.saleable, free, strict=True)]
    codes = array("q", map(int, flat.cip13))
    short = any(days is not None and days < LONG_DAYS for days in set(flat.period_days))
    periods = array("H", map(_period, flat.dispensed, flat.period_days) if short else ())
    return Columns(codes, array("i", cis), array("i", flat.on_hand), array("i", saleable), array("f", use), periods, [home] * len(cis))


def _out_of_range(packs: Sequence[int | None]) -> bool:
    told = [p for p in packs if p is not None]
    return bool(told) and (min(told) < 0 or max(told) > MAX_PACKS)


def _daily_use(dispensed: Sequence[int | None], days: Sequence[int | None]) -> list[float] | None:
    """Packs a day of each line; None if a period is missing or impossible."""
    if dispensed.count(None) == len(dispensed) and days.count(None) == len(days):
        return [NOT_TOLD] * len(dispensed)
    if not all(1 <= d <= MAX_DAYS if d is not None else p is None for d, p in zip(days, dispensed, strict=True)):
        return None
    return [NOT_TOLD if p is None or d is None else p / d for p, d in zip(dispensed, days, strict=True)]


def sheet_of(report: StockReport, columns: Columns) -> StockSheet:
    """The report with its columns."""
    return StockSheet(
        nature=report.nature,
        report_id=report.report_id,
        reporter=report.reporter,
        observed_at=report.observed_at,
        kind=report.kind,
        lines=len(columns.cip13),
        cip13=_little(columns.cip13),
        cis=_little(columns.cis),
        on_hand=_little(columns.on_hand),
        saleable=_little(columns.saleable),
        dispensed=_little(columns.dispensed),
        country="".join(columns.country).encode(),
        incoming=tuple(columns.incoming),
        lots=tuple(columns.lots),
        periods=_little(columns.periods) if any(0 < days < LONG_DAYS for days in columns.periods) else b"",
    )


def _period(packs: int | None, days: int | None) -> int:
    """Days over which packs were counted, 0 where they are not told."""
    return 0 if packs is None else days or 0


def _per_day(line: Line) -> float:
    packs, days = line.get("dispensed"), line.get("period_days")
    return NOT_TOLD if packs is None or not days else packs / days


def _look(line: Line, cip13: str, twice: bool, cis: int, number: int, found: Findings) -> bool:
    before = len(found.faults)
    if twice:
        found.fault("cip13", "duplicate_line", f"{cip13} stands on an earlier line of this report already", number)
        return False
    if not cis:
        problem = cip13_problem(cip13)
        if problem:
            found.fault("cip13", "cip13", problem, number)
        else:
            found.remark("cip13", "unknown_product", f"{cip13} is not known yet; it counts once its product is", number)
    for name in _PACKS:
        _check_packs(name, line.get(name), number, found)
    _check_period(line, number, found)
    where = line.get("location_country")
    if where is not None and country(where) is None:
        found.fault("location_country", "country", "expected a country of ISO 3166-1, two capital letters", number)
    _check_lots(line, number, found)
    _check_incoming(line, number, found)
    return len(found.faults) == before


def _check_packs(name: str, packs: int | None, number: int, found: Findings) -> None:
    if packs is not None and not 0 <= packs <= MAX_PACKS:
        found.fault(name, "packs", f"expected packs from 0 to {MAX_PACKS}, got {packs}", number)


def _check_period(line: Line, number: int, found: Findings) -> None:
    days = line.get("period_days")
    if days is not None and not 1 <= days <= MAX_DAYS:
        found.fault("period_days", "period_days", f"expected 1 to {MAX_DAYS} days, got {days}", number)
    elif days is None and line.get("dispensed") is not None:
        found.remark("period_days", "no_period", "dispensed packs without period_days are left out of daily use", number)


def _check_lots(line: Line, number: int, found: Findings) -> None:
    for lot in lots_of(line):
        if not is_lot(lot.lot):
            found.fault("lots.lot", "lot", "a batch number has 1 to 20 printable characters", number)
        if lot.expiry is not None:
            _check_day(lot.expiry.date, "lots.expiry", number, found)
        _check_packs("lots.on_hand", lot.on_hand, number, found)


def _check_incoming(line: Line, number: int, found: Findings) -> None:
    for one in incoming_of(line):
        _check_day(one.when.date, "incoming.when", number, found)
        _check_packs("incoming.packs", one.packs, number, found)


def _check_day(day: date, name: str, number: int, found: Findings) -> None:
    if not is_of_this_age(day):
        found.fault(name, "impossible_date", f"the year {day.year} is not of this age", number)


def _add_details(line: Line, cip13: str, columns: Columns) -> None:
    columns.incoming += [SheetIncoming(cip13=cip13, when=one.when, packs=one.packs) for one in incoming_of(line)]
    columns.lots += [SheetLot(cip13=cip13, lot=lot.lot, expiry=lot.expiry, on_hand=lot.on_hand) for lot in lots_of(line)]


def _little(column: array[int] | array[float]) -> bytes:
    """Little-endian whatever the machine."""
    if _BIG:
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()


_BIG = array("h", [1]).tobytes() == b"\x00\x01"
