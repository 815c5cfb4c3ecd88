"""The same case log under another routing file: alerts stay, who is told and when differs."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.dispatch.shipped import SHIPPED
from alertcore.records.alert import Alert
from alertcore.records.hub import Entry, SettingName, SettingsFile
from alertcore.records.notice import Notice
from alertcore.records.shortage import DeclarationStep
from schemas.codec import encode
from streams.emitting import Out
from streams.whatif import Logged, routed_again
from tests.unit.alertcore.cases_world import NOW, declaration, product
from tocsin.rerouting import Told, differences

AGENCY = Agency(id="agency", name="Agence", program="test")
MINUTE = timedelta(minutes=1)
ONLY_FOLLOWERS: dict[str, Any] = {
    "route": {"receiver": "nobody", "routes": [{"receiver": "followers", "group_by": ["alert"], "group_wait": "0s"}]},
    "receivers": [{"name": "nobody"}, {"name": "followers", "audience": {"kinds": ["physician"]}}],
}


def file_of(content: dict[str, Any]) -> SettingsFile:
    text = json.dumps(content)
    return SettingsFile(name=SettingName.ROUTES, content=text, sha256=hashlib.sha256(text.encode()).hexdigest(), by="op", at=NOW)


def entry_of(kind: str, value: Any, at: datetime, n: int) -> Entry:
    return Entry(stamp=at, sender="demo", event_id=f"evt_{n}", kind=kind, value=encode(value))


def a_log(began: datetime) -> list[Logged]:
    """A medicine short and back, an hour later."""
    values: list[tuple[str, Any, datetime]] = [
        ("reference.products", product(), began),
        ("shortage.declarations", declaration(declared_at=began), began),
        ("shortage.declarations", declaration("d2", step=DeclarationStep.RETURN, declared_at=began), began + 60 * MINUTE),
    ]
    return [Logged(0, n, "agency", entry_of(kind, value, at, n)) for n, (kind, value, at) in enumerate(values)]


def read(content: dict[str, Any], log: list[Logged]) -> tuple[list[Out], list[Out]]:
    pairs = list(routed_again((CasesStage(AGENCY), CasesStage(AGENCY)), file_of(content), log, log[-1].entry.stamp + 10 * MINUTE))
    return [o for was, _ in pairs for o in was], [o for _, now in pairs for o in now]


def told(outs: list[Out]) -> list[tuple[str, str]]:
    return [(o.value.receiver, str(o.value.purpose)) for o in outs if isinstance(o.value, Notice)]


def test_the_file_in_force_changes_nothing() -> None:
    then, now = read(SHIPPED, a_log(NOW))
    assert told(then) == told(now) != []


def test_another_file_raises_the_same_alerts_and_tells_others() -> None:
    then, now = read(ONLY_FOLLOWERS, a_log(NOW))
    versions = [[(o.value.alert_id, o.value.version, o.value.reason) for o in outs if isinstance(o.value, Alert)] for outs in (then, now)]
    assert versions[0] == versions[1]
    assert told(now) == [("followers", "alert"), ("followers", "all_clear")]
    assert {name for name, _ in told(then)} == {"officers", "companies:lab-a", "followers", "patients"}


def test_a_routing_file_that_came_later_does_not_undo_the_one_that_is_tried() -> None:
    log = a_log(NOW)
    log.insert(1, Logged(0, 9, "agency", entry_of("routes", file_of(SHIPPED), NOW, 9)))
    _, now = read(ONLY_FOLLOWERS, log)
    assert told(now) == [("followers", "alert"), ("followers", "all_clear")]


def test_messages_are_counted_by_local_day_audience_and_lane_and_the_night_apart() -> None:
    night = datetime.fromisoformat("2026-01-26T23:30:00+00:00")  # half past midnight in Paris
    then, now = read(ONLY_FOLLOWERS, a_log(night))
    found = [Told(since=night, zone="Europe/Paris") for _ in range(2)]
    found[0].add(o.value for o in then)
    found[1].add(o.value for o in now)
    said = differences(*found)
    rows = {(r["day"], r["audience"]): (r["then"], r["now"]) for r in said["days"]}
    assert rows["2026-01-27", "officers"] == (2, 0)
    assert rows["2026-01-27", "followers"] == (2, 2)
    assert rows["2026-01-27", "companies"] == (2, 0)
    assert {r["audience"]: (r["then"], r["now"]) for r in said["nights"]}["officers"] == (2, 0)
    assert said["newly_woken"] == []
    assert differences(found[1], found[0])["newly_woken"] == ["companies", "officers", "patients"]


def test_night_begins_at_22_and_ends_at_7_and_older_messages_do_not_count() -> None:
    for hour, minute, night in ((20, 59, False), (21, 0, True), (5, 59, True), (6, 0, False)):
        at = NOW.replace(hour=hour, minute=minute)  # UTC; an hour less than in Paris in winter
        counted = Told(since=at, zone="Europe/Paris")
        older = Told(since=at + MINUTE, zone="Europe/Paris")
        then, _ = read(ONLY_FOLLOWERS, a_log(at)[:2])
        for one in (counted, older):
            one.add(o.value for o in then)
        assert bool(counted.nights) is night
        assert counted.notices
        assert not older.notices
