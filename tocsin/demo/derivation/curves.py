"""Real depletion curves: declared stock of single sites between two deliveries, as shares of the first value, one a day."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from tocsin.demo.derivation.reading import file_bytes

FILES = ("paxlovid_2021-12-28_2022-02-10.csv.gz", "evusheld_2021-12-28_2022-02-10.csv")
COUNT = 50
DAYS = 8
LEAST_START = 20.0
# A curve is kept when the site used at least this share in DAYS days, and had something left after the first day.
LEAST_USE = 0.3

Site = tuple[str, str]


def curves(shared: Path) -> list[list[float]]:
    """COUNT curves of DAYS values that never rise, spread evenly over all that were found; the sites are not kept."""
    found = [curve for name in FILES for curve in _of_file(file_bytes(shared / "hhs-stocks" / name), name)]
    step = len(found) / COUNT
    return [found[int(place * step)] for place in range(COUNT)]


def _of_file(data: bytes, name: str) -> Iterator[list[float]]:
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    stocks: dict[Site, dict[date, float]] = defaultdict(dict)
    for row in csv.reader(text.splitlines()):
        if len(row) == 8 and row[6].strip():
            stocks[row[1], row[2]][date.fromisoformat(row[0][:10])] = float(row[6])
    for site in sorted(stocks):
        if curve := _longest_use(stocks[site]):
            yield curve


def _longest_use(stock: dict[date, float]) -> list[float] | None:
    """The first stretch of DAYS days without a delivery in which the site used enough."""
    days = sorted(stock)
    for first in days:
        values = [_on(stock, days, first + timedelta(days=day)) for day in range(DAYS)]
        falls = all(later <= sooner for sooner, later in pairwise(values))
        if values[0] >= LEAST_START and falls and first + timedelta(days=DAYS - 1) <= days[-1] and _used(values):
            return [round(value / values[0], 3) for value in values]
    return None


def _used(values: list[float]) -> bool:
    return 1 - values[-1] / values[0] >= LEAST_USE and values[1] > 0


def _on(stock: dict[date, float], days: list[date], day: date) -> float:
    """The stock declared last on or before a day."""
    return stock[max(known for known in days if known <= day)]
