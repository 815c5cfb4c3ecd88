"""The released part of an alert for outsiders, in sequence."""

from __future__ import annotations

from alertcore.cases import units
from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile
from alertcore.making import maker
from alertcore.records.alert import Alert, PublishedAlert, PublishedProduct
from alertcore.records.shared import SubjectKind, Text

UNSIGNED = bytes(32)
"""Place of the previous record's hash until the relay fills it in."""

_published, _product, _both = maker(PublishedAlert), maker(PublishedProduct), maker(Text)


def publish(desk: Desk, file: AlertFile) -> None:
    """Emit what the public may read of the present version, with the next sequence of `public`; while it waits, of what it has."""
    alert = units.content(file, "public")
    number = int(desk.get("sequence/public") or 0) + 1
    desk.put("sequence/public", number)
    facts = alert.facts
    told = _published(
        nature=alert.nature,
        alert_id=alert.alert_id,
        version=alert.version,
        sequence=number,
        previous_hash=UNSIGNED,
        kind=alert.kind,
        severity=alert.severity,
        step=alert.step,
        headline=_text(facts, "headline"),
        text=_text(facts, "sentence_others" if "sentence_others_fr" in facts else "sentence"),
        instruction=_text(facts, "instruction"),
        subject=alert.subject,
        products=_products(alert),
        batches=alert.batches,
        since=file.since,
        at=desk.now,
        replaces=alert.replaces,
        url=facts.get("url", ""),
    )
    desk.emit("rapidalerts.outbox", "public", told)


def _text(facts: dict[str, str], name: str) -> Text:
    return _both(fr=facts.get(f"{name}_fr", ""), en=facts.get(f"{name}_en", ""))


def _products(alert: Alert) -> tuple[PublishedProduct, ...]:
    name, cis = alert.facts.get("name", ""), alert.facts.get("cis")
    if cis is None:
        return ()
    packs = [s.id for s in alert.also if s.kind is SubjectKind.CIP13]
    return tuple(_product(cis=cis, cip13=p, name=name) for p in packs) or (PublishedProduct(cis=cis, name=name),)
