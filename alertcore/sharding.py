"""Which partition of a log a key lives in: the same everywhere, for ever, within one generation."""

from __future__ import annotations

from zlib import crc32

STOCK_LOG, SUPPLY_LOG, CASES_LOG = "stock.log", "supply.log", "cases.log"
LOGS = (STOCK_LOG, SUPPLY_LOG, CASES_LOG)


def shard(key: str, partitions: int) -> int:
    """Partition of a reporter id (stock.log) or a CIS (supply.log), from 0."""
    return crc32(key.encode()) % partitions
