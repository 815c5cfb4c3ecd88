"""Numbers and limits of a finding as parameters of its notices, cut for who reads them."""

from __future__ import annotations

from alertcore.deadlines.duties import DUTIES
from alertcore.records.alert import Alert
from alertcore.records.shared import Deadline
from alertcore.statejson import json_text, rfc3339

TEMPLATES = ("finding", "device")


def told(alert: Alert, reader: str) -> dict[str, str]:
    """`figures` and `deadlines` as JSON. reader: `officers`, a company's organisation id, or `outside`.

    Officers read all. A company reads the numbers where no other company is told of the same matter, and the limits it must keep itself;
    nobody else reads any, for the numbers may be a company's (the sentence says what everybody may know).
    """
    numbers = alert.numbers if reader == "officers" or alert.labels.get("companies") == reader else {}
    limits = [d for d in alert.deadlines if reader in ("officers", d.to)]
    found = {}
    if numbers:
        found["figures"] = json_text(dict(sorted(numbers.items())))
    if limits:
        found["deadlines"] = json_text([_limit(d) for d in limits])
    return found


def _limit(deadline: Deadline) -> dict[str, str | None]:
    duty = DUTIES.get(deadline.duty)
    return {
        "duty": deadline.duty,
        "what_fr": duty.what.fr if duty else None,
        "what_en": duty.what.en if duty else None,
        "due": rfc3339(deadline.due),
        "basis": deadline.basis.value,
        "article": deadline.article,
        "met_at": rfc3339(deadline.met_at) if deadline.met_at else None,
    }
