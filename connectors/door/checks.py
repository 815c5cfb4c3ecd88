"""Which check looks at which record, and what all of them share: codes, counts and times that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from alertcore.identifiers import PROBLEM_BY_SCHEME, cip13_problem, is_cis
from alertcore.records.shared import Nature, Org
from connectors.door.findings import Findings

AHEAD = timedelta(minutes=10)
"""A time further ahead than this is refused."""

Check = Callable[[Any, datetime, Findings], None]


def check_cis(code: str, where: str, found: Findings) -> None:
    """A French medicine code."""
    if not is_cis(code):
        found.fault(where, "cis", "a CIS has 8 digits")


def check_cip13(code: str, where: str, found: Findings, line: int | None = None) -> bool:
    """A presentation code; True if it is one."""
    problem = cip13_problem(code)
    if problem:
        found.fault(where, "cip13", problem, line)
    return problem is None


def check_org(org: Org | None, where: str, found: Findings) -> None:
    """A body that no register of ours proves: a number that cannot be of its scheme is remarked, for the body is known by its name too."""
    problem = PROBLEM_BY_SCHEME.get(org.scheme, _no_rule)(org.id) if org is not None else None
    if problem:
        found.remark(f"{where}.id", "org_id", problem)


def _no_rule(_code: str) -> None:
    return None


def check_past(at: datetime | None, now: datetime, where: str, found: Findings) -> None:
    """A time that has been (to within ten minutes)."""
    if at is not None and at > now + AHEAD:
        found.fault(where, "in_the_future", "this time is more than 10 minutes ahead; send UTC, or the offset with the local time")


def check_known(value: str, where: str, found: Findings) -> None:
    """A closed list's word other than `unknown`."""
    if value == "unknown":
        found.fault(where, "unknown", "`unknown` cannot be acted upon; send what it is")


def check_count(value: float | None, where: str, found: Findings, low: float = 0, high: float = 2**53) -> None:
    """A number within its bounds."""
    if value is not None and not low <= value <= high:
        found.fault(where, "out_of_range", f"expected {low:g} to {high:g}, got {value:g}")


def check_nature(record: Any, header: str | None, found: Findings) -> None:
    """What kind of content it is must be told, and told the same by header and value."""
    if record.nature is Nature.UNKNOWN:
        found.fault("nature", "nature", "nature is unknown; send actual, exercise or test")
    elif header and header != record.nature.value:
        found.fault("nature", "nature", f"the header says {header[:20]!r}, the value says {record.nature.value}")
