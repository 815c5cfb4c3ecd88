"""Who may send what for whom: the register of senders and authorities as the door asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alertcore.records.rapid import Acknowledgement
from alertcore.records.shortage import Declaration, Disruption, Plan
from alertcore.records.stock import SalesReport, StockReport
from alertcore.register import Authorities, RegisteredReporter, Sender, Senders
from connectors.door.findings import Findings
from schemas.binding import HUB_KINDS, KINDS

HUB = "hub"
ACKS = "acknowledgements"
"""Kind of what stands in `rapidalerts.<authority>.acks`; no other way in carries it."""

_BY_COMPANY = (SalesReport, Declaration, Plan)


@dataclass(frozen=True, slots=True)
class Known:
    """One sender with its ids indexed."""

    sender: Sender
    reporters: dict[str, RegisteredReporter]
    companies: frozenset[str]


class Register:
    """The senders in force. Cheap to ask for thousands of reporters."""

    def __init__(self, senders: Senders, authorities: Authorities) -> None:
        self._senders = {s.name: Known(s, {r.id: r for r in s.reporters}, frozenset(s.companies)) for s in senders.senders}
        self._authorities = {a.id: a for a in authorities.authorities}

    def knows(self, sender: str) -> bool:
        """Whether this is the hub, a registered sender or a registered authority."""
        return sender == HUB or sender in self._senders or sender in self._authorities

    def may_send(self, sender: str, kind: str, found: Findings) -> bool:
        """Whether this sender may publish this kind at all."""
        if kind in HUB_KINDS and kind != "rapidalert.acks":
            allowed = sender == HUB
        elif kind == ACKS:
            allowed = True  # the right to write that topic is the proof
        else:
            known = self._senders.get(sender)
            allowed = known is not None and kind in known.sender.kinds
        if not allowed:
            found.fault("", "kind_not_allowed", f"{sender} is not registered to send {kind}")
        return allowed

    def may_speak(self, sender: str, record: Any, found: Findings) -> None:
        """A reporter or company id inside the value must belong to the sender."""
        if isinstance(record, Acknowledgement):
            if record.authority != sender:
                found.fault("authority", "not_your_id", "an acknowledgement is given under one's own name only")
            return
        known = self._senders.get(sender)
        if known is None:
            return  # the hub itself: nothing of its own carries such an id
        if isinstance(record, StockReport):
            self._reporter(known, record.reporter, "reporter", found)
        elif isinstance(record, Disruption):
            self._reporter(known, record.pharmacy, "pharmacy", found)
        elif isinstance(record, _BY_COMPANY) and record.company.id not in known.companies:
            found.fault("company.id", "not_your_id", f"{sender} is not registered to speak for this company")

    def _reporter(self, known: Known, body: Any, where: str, found: Findings) -> None:
        registered = known.reporters.get(body.id)
        if registered is None:
            found.fault(f"{where}.id", "not_your_id", f"{known.sender.name} is not registered to speak for this {where}")
        elif registered.tier != body.tier.value:
            found.fault(f"{where}.tier", "not_your_tier", f"this {where} is registered as {registered.tier}")
        elif registered.region != body.region:
            found.remark(f"{where}.region", "register_differs", f"the register has region {registered.region or 'none'} for this {where}")

    def keys_of(self, sender: str) -> dict[str, Any] | None:
        """Pinned public keys (JWKS) of an authority that sends rapid alerts, or None."""
        authority = self._authorities.get(sender)
        return dict(authority.jwks) if authority is not None and authority.jwks is not None else None


def record_of(kind: str) -> str | None:
    """Name of the record a kind carries, or None for a kind nobody knows."""
    if kind == ACKS:
        return "Acknowledgement"
    return KINDS.get(kind) or (HUB_KINDS.get(kind) if kind != "rapidalert.acks" else None)
