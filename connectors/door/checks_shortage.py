"""Declarations, disruptions, published statuses and plans."""

from __future__ import annotations

from datetime import datetime, timedelta

from alertcore.identifiers import cip13_problem, foreign_number, is_atc, is_cis
from alertcore.records.shortage import CircuitState, Declaration, Disruption, Plan, PublishedStatus, Stop
from connectors.door.checks import check_cip13, check_cis, check_count, check_known, check_past
from connectors.door.checks_stock import check_region
from connectors.door.findings import Findings

STATUS_CODES = (1, 2, 3, 4)


def check_declaration(value: Declaration, now: datetime, found: Findings) -> None:
    """A company's declaration."""
    check_known(value.step, "step", found)
    check_known(value.nature_declared, "nature_declared", found)
    check_cis(value.cis, "cis", found)
    for i, code in enumerate(value.cip13s):
        check_cip13(code, f"cip13s[{i}]", found)
    check_past(value.declared_at, now, "declared_at", found)
    check_past(value.known_at, now, "known_at", found)
    if value.known_at is not None and value.known_at > value.declared_at:
        found.remark("known_at", "order", "known after it was declared")
    if value.atc is not None and not is_atc(value.atc):
        found.remark("atc", "atc", "this is no ATC code, nor the beginning of one")
    for i, state in enumerate(value.circuits):
        _check_circuit(state, f"circuits[{i}]", found)
    if value.stop is not None:
        _check_stop(value.stop, found)


def _check_circuit(state: CircuitState, where: str, found: Findings) -> None:
    check_known(state.circuit, f"{where}.circuit", found)
    check_count(state.duration_days, f"{where}.duration_days", found)
    check_count(state.monthly_sales, f"{where}.monthly_sales", found)
    check_count(state.stock, f"{where}.stock", found)
    check_count(state.market_share_pct, f"{where}.market_share_pct", found, high=100)
    if state.start and state.expected_return and state.expected_return.date < state.start.date:
        found.remark(f"{where}.expected_return", "order", "the return comes before the start")


def _check_stop(stop: Stop, found: Findings) -> None:
    check_known(stop.kind, "stop.kind", found)
    if stop.emergency and not stop.reasons:
        found.remark("stop.reasons", "missing", "an emergency without its reason")


def check_disruption(value: Disruption, now: datetime, found: Findings) -> None:
    """A pharmacy that cannot dispense."""
    check_cis(value.cis, "cis", found)
    check_cip13(value.cip13, "cip13", found)
    check_known(value.state, "state", found)
    check_known(value.pharmacy.tier, "pharmacy.tier", found)
    check_region(value.pharmacy.region, value.pharmacy.country, "pharmacy.region", found)
    check_past(value.asked_at, now, "asked_at", found)
    check_past(value.state_at, now, "state_at", found)
    check_count(value.packs, "packs", found)
    check_count(value.limit_hours, "limit_hours", found, low=1, high=24 * 31)
    if value.limit_hours < 72 and not value.limit_reason:
        found.remark("limit_reason", "missing", "a limit under 72 h without a reason counts as 72 h")
    if len(set(value.distributors)) < 2:
        found.remark("distributors", "too_few", "two distinct distributors must have been asked")


def check_status(value: PublishedStatus, _now: datetime, found: Findings) -> None:
    """A row of a public list, or the marker that ends its snapshot."""
    if value.rows is not None:
        check_count(value.rows, "rows", found)
        return
    foreign = foreign_number(value.cis)
    if value.country == "FR" and not is_cis(value.cis):
        found.fault("cis", "cis", "a CIS has 8 digits")
    elif value.country != "FR" and foreign != value.country:
        found.fault("cis", "cis", f"a foreign list's number begins with its country, such as {value.country}:123")
    if value.cip13 != "*" and value.country == "FR" and (problem := cip13_problem(value.cip13)):
        found.fault("cip13", "cip13", problem)
    if value.code not in STATUS_CODES:
        found.remark("code", "unknown_code", f"status {value.code} is not one of 1 to 4")


def check_plan(value: Plan, now: datetime, found: Findings) -> None:
    """A shortage management plan as received."""
    check_cis(value.cis, "cis", found)
    # A day begins up to 14 hours earlier in the east than in UTC.
    if value.received_on > (now + timedelta(hours=14)).date():
        found.fault("received_on", "in_the_future", "this day has not come")
