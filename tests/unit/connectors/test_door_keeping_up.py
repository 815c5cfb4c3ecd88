"""What other processes took is taken in without undoing what this one has just taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alertcore.records.alert import Severity, Signal, SignalState
from alertcore.records.hub import SettingName, SettingsFile, Verdict
from alertcore.records.shared import Nature, Subject, SubjectKind, Text
from alertcore.register import Authorities, Senders
from connectors.door.judgement import Answer, Judgement, Remember
from connectors.door.keeper import News, held_row, take_in
from connectors.door.register import Register
from connectors.door.world import DoorConfig, Held, World

AT = datetime(2026, 1, 26, 8, tzinfo=UTC)


def world() -> World:
    return World(DoorConfig(agency="ansm"), Senders(), Authorities(), Register(Senders(), Authorities()))


def judged(**remember: Any) -> Judgement:
    answer = Answer(sender="lab", kind="stock.reports", event_id="evt_a", verdict=Verdict.TAKEN)
    return Judgement(answer=answer, remember=Remember(**remember))


def news(**tables: Any) -> News:
    small = [tables.get("snapshots", []), tables.get("signals", []), tables.get("settings", [])]
    return News(tables.get("products", []), tables.get("counts", []), tables.get("held", []), small)


def held(state: Any = "held") -> Held:
    what: Any = "report"
    return Held(
        held_id="hld_a",
        what=what,
        sender="lab",
        kind="stock.reports",
        subject="GR1",
        nature=Nature.ACTUAL,
        before=9,
        now=1,
        at=AT,
        events=(),
        state=state,
    )


def signal(version: int, state: SignalState) -> Signal:
    return Signal(
        signal_id="sig_a",
        version=version,
        rule="held",
        rule_version=1,
        policy_version=0,
        subject=Subject(kind=SubjectKind.REPORTER, id="GR1"),
        state=state,
        severity=Severity.MINOR,
        since=AT,
        at=AT,
        sentence=Text(fr="", en=""),
    )


def test_what_others_took_is_known() -> None:
    here = world()
    counts = [{"reporter": "GR1", "lines": 7}]
    rows = [{"sender": "lab", "countries": "FR", "rows": 3}]
    take_in(news(counts=counts, snapshots=rows, products=[{"cip13": "3", "cis": 6}], held=[held_row(held())]), here, [])
    assert (here.line_counts, here.snapshots, here.products) == ({"GR1": 7}, {("lab", "FR"): 3}, {"3": 6})
    assert here.held["hld_a"].state == "held"


def test_what_sql_does_not_know_yet_holds_all_the_same() -> None:
    here = world()
    old: dict[str, Any] = {
        "counts": [{"reporter": "GR1", "lines": 7}, {"reporter": "GR2", "lines": 2}],
        "snapshots": [{"sender": "lab", "countries": "FR", "rows": 3}],
        "signals": [{"signal_id": "sig_a", "version": 1, "raised": 1, "since": AT}],
        "settings": [{"name": "duty", "content": "{}", "sha256": "old", "at": AT}],
        "held": [held_row(held())],
    }
    mine = [
        judged(line_count=("GR1", 8)),
        judged(line_count=("GR1", 9), snapshot=("lab", "FR", 4), signals=(signal(2, SignalState.CLEARED),), held=held("accepted")),
        judged(setting=SettingsFile(name=SettingName.DUTY, content="{}", sha256="new", by="p", at=AT)),
    ]
    take_in(news(**old), here, mine)
    assert here.line_counts == {"GR1": 9, "GR2": 2}
    assert here.snapshots == {("lab", "FR"): 4}
    assert (here.signals["sig_a"].version, here.signals["sig_a"].raised) == (2, False)
    assert here.in_force == {"duty": "new"}
    assert here.held["hld_a"].state == "accepted"
