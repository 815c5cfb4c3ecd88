"""All that the demonstration publishes, in time order: the reference first, then each event when it happened."""

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.source_text import JsonObject
from tocsin.demo.reporters import sites
from tocsin.demo.sales import sales
from tocsin.demo.sample import STATUS_DATES, declarations, defects, products, statuses
from tocsin.demo.stock import stock_reports


@dataclass(frozen=True, slots=True)
class Event:
    """One record to publish on `in.<sender>.<kind>`. `at`: RFC 3339 time of the event, None for the reference."""

    kind: str
    sender: str
    at: str | None
    value: JsonObject


def events() -> Iterator[Event]:
    """Everything: products, then sales, declarations, statuses, defects and stock by time. Same order each time."""
    yield from (Event("reference.products", "demo-bdpm", None, product) for product in products())
    dated = [*_sales(), *_declarations(), *_defects(), *_stock(), *(event for day in STATUS_DATES for event in snapshot(day))]
    yield from sorted(dated, key=lambda event: event.at or "")


def snapshot(day: str) -> list[Event]:
    """One public list of that day, its marker last."""
    rows = list(statuses(day))
    marker: JsonObject = {"snapshot_id": rows[0]["snapshot_id"], "rows": len(rows)}
    return [Event("shortage.statuses", "demo-bdpm", f"{day}T20:00:00Z", row) for row in (*rows, marker)]


def _sales() -> Iterator[Event]:
    return (Event("sales.reports", "demo-lab", f"{month_end(str(row['month']))}T23:59:59Z", row) for row in sales())


def month_end(month: str) -> str:
    """The last day of a month of 2025, `YYYY-MM` to `YYYY-MM-DD`."""
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return f"{month}-{days[int(month[-2:]) - 1]}"


def _declarations() -> Iterator[Event]:
    return (Event("shortage.declarations", "demo-lab", str(row["declared_at"]), row) for row in declarations())


def _defects() -> Iterator[Event]:
    return (Event("quality.defects", "demo-agency", str(row.get("decided_at", row["received_at"])), row) for row in defects())


def _stock() -> Iterator[Event]:
    senders = {site.id: site.sender for site in sites()}
    for row in stock_reports():
        reporter = row["reporter"]
        sender = senders[str(reporter["id"])] if isinstance(reporter, dict) else ""
        yield Event("stock.reports", sender, str(row["observed_at"]), row)
