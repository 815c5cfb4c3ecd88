"""The derived sample as records in JSON form, in the order of the files. Each call reads anew; nothing is shared."""

import gzip
import json
from collections.abc import Iterator
from importlib.resources import files

from connectors.source_text import JsonObject

STATUS_DATES = ("2026-01-19", "2026-01-26")


def products() -> Iterator[JsonObject]:
    """Product records, one a presentation."""
    return _records("products.jsonl.gz")


def companies() -> Iterator[JsonObject]:
    """The holders: {id, name, country}."""
    return _records("companies.jsonl")


def statuses(day: str) -> Iterator[JsonObject]:
    """PublishedStatus records of one of STATUS_DATES, without the marker. Raises FileNotFoundError for another day."""
    return _records(f"statuses-{day}.jsonl.gz")


def declarations() -> Iterator[JsonObject]:
    """Declaration records in the order in which they were declared."""
    return _records("declarations.jsonl.gz")


def defects() -> Iterator[JsonObject]:
    """QualityDefect records in the order in which they were received."""
    return _records("defects.jsonl.gz")


def curves() -> list[list[float]]:
    """Depletion curves: shares of the first day's stock, one value a day, never rising."""
    loaded: list[list[float]] = json.loads(_content("curves.json"))
    return loaded


def _records(name: str) -> Iterator[JsonObject]:
    return (json.loads(line) for line in _content(name).decode().splitlines())


def _content(name: str) -> bytes:
    content = (files("tocsin.demo") / "data" / name).read_bytes()
    return gzip.decompress(content) if name.endswith(".gz") else content
