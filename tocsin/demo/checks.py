"""What the demonstration claims, checked: each claim a line with what was found."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from importlib.resources import files
from pathlib import Path

from alertcore.records.alert import Alert, AlertKind, AlertStep
from plumbing.reader import Reader
from tocsin.demo.expected import expected
from tocsin.demo.run import Played
from tocsin.home import Home
from tocsin.hub import Hub
from tocsin.rereading import replayed

SUPPLY_CHAIN = ("community_pharmacy", "hospital_pharmacy", "wholesaler")
TOPICS_WITHOUT_ADDRESSES = ("cases.log", "alerts", "notices", "verdicts", "silences", "signals", "alerts.published", "rapidalerts.outbox")


@dataclass(frozen=True, slots=True)
class Check:
    """One claim and what was found."""

    name: str
    ok: bool
    detail: str


async def check_all(hub: Hub, home: Home, played: Played) -> list[Check]:
    """Every claim; the hub must still be up."""
    found = [*_events(played), *_floors(played), *_messages(home, played), *_authorities(played)]
    return [*found, await _replay(hub, played), await _addresses(hub)]


def _events(played: Played) -> Iterator[Check]:
    fed, seen = played.fed, played.seen
    total = sum(fed.counts.values())
    yield Check("every event was answered", fed.taken + fed.held + len(fed.refused) >= total > 0, f"{total} events, {fed.taken} taken")
    yield Check("none was refused or held", not fed.refused and not fed.held, "; ".join(fed.refused[:3]) or "none")
    yield Check("no dead letter", seen.dead_letters == 0, f"{seen.dead_letters}")


def _floors(played: Played) -> Iterator[Check]:
    wanted = expected()
    alerts = [a for a in played.seen.alerts.values() if a.kind == AlertKind.SAFETY_STOCK]
    below = sorted({a.subject.id for a in alerts})
    yield Check("floors: who is below its legal stock", below == wanted["breach"], _compared(below, wanted["breach"]))
    over = {a.subject.id for a in alerts if a.step == AlertStep.RESOLVED} - {a.subject.id for a in alerts if a.step != AlertStep.RESOLVED}
    yield Check("floors: who recovered", sorted(over) == wanted["clear"], _compared(sorted(over), wanted["clear"]))


def _compared(found: list[str], wanted: list[str]) -> str:
    if found == wanted:
        return f"{len(found)} medicines, as computed apart"
    return f"missing {sorted(set(wanted) - set(found))}, too many {sorted(set(found) - set(wanted))}"


def _messages(home: Home, played: Played) -> Iterator[Check]:
    due = sum(c.due for c in played.channels.values())
    accepted = sum(c.accepted for c in played.channels.values())
    yield Check("every message due was accepted", due == accepted > 0, f"{accepted} of {due}")
    mails = _message_ids(home.mails)
    double = [i for i, n in mails.items() if n > 1]
    yield Check(
        "each arrived once", sum(mails.values()) == accepted and not double, f"{sum(mails.values())} mails, {len(double)} ids twice"
    )
    wanted = _supply_chain()
    graves = [a for a in played.accepted_by_alert if played.seen.alerts[a].facts.get("class") == "i"]
    short = [a for a in graves if played.accepted_by_alert[a] < wanted]
    detail = f"{len(graves)} alerts, {wanted} pharmacies, hospitals and wholesalers each"
    yield Check("class I reached the whole supply chain", bool(graves) and not short, detail)


def _message_ids(folder: Path) -> Counter[str]:
    parser = BytesHeaderParser(policy=policy.default)
    return Counter(str(parser.parsebytes(f.read_bytes())["Message-ID"]) for f in folder.rglob("*.eml"))


def _supply_chain() -> int:
    text = (files("tocsin.demo") / "people.csv").read_text(encoding="utf-8")
    return sum(row["kind"] in SUPPLY_CHAIN for row in csv.DictReader(text.splitlines()))


def _authorities(played: Played) -> Iterator[Check]:
    for desk in played.desks:
        good = not desk.bad and desk.sent > 0 and desk.verified == desk.sent
        yield Check(f"{desk.authority}: signed, no gap", good, desk.bad or f"{desk.verified} of {desk.sent} verified")
    acknowledged = {a.alert_id for a in played.seen.life if a.step == AlertStep.ACKNOWLEDGED}
    read = {a.alert_id for a in played.seen.alerts.values() if any(f.startswith("ack/") and f.endswith("/read") for f in a.facts)}
    yield Check("acknowledged by a person", bool(read & acknowledged), f"{len(read)} alerts read by an authority")


async def _replay(hub: Hub, played: Played) -> Check:
    again = [out.value async for out in replayed(hub) if isinstance(out.value, Alert)]
    same = {_key(a) for a in again} == {_key(a) for a in played.seen.life}
    return Check("replayed, the same alerts come out", same and len(again) > 0, f"{len(again)} versions")


def _key(alert: Alert) -> tuple[str, int, str, str]:
    return (alert.alert_id, alert.version, alert.step, alert.reason)


async def _addresses(hub: Hub) -> Check:
    reader, found, read = Reader(hub.access("operator")), 0, 0
    for topic in TOPICS_WITHOUT_ADDRESSES:
        for partition in await reader.partitions(topic):
            async for batch in reader.read_to_end(topic, partition):
                read += len(batch)
                found += sum(b"@example" in (r.value or b"") or b"+3363998" in (r.value or b"") for r in batch)
    return Check("no address outside the database", found == 0, f"{read} records searched")
