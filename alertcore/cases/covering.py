"""Covered alerts: what another open alert says too is shown as covered, is not repeated to those who were told that one, and returns."""

from __future__ import annotations

from alertcore.cases import alerts, covers, telling
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.reasons import Reason
from alertcore.cases.relations import KINDS
from alertcore.cases.state import AlertFile, Life
from alertcore.records.alert import AlertStep


def follow(desk: Desk, moved: Moved) -> None:
    """Hears of every alert that is raised, changed or ended: what it covers, and what covers it, is judged again."""
    if moved.kind not in KINDS or moved.how == "released":
        return
    reason = desk.reason
    if moved.how == "ended":
        _ended(desk, moved)
    else:
        file = alerts.open_file(desk, moved.kind, moved.subject, moved.nature)
        if file is not None:
            _stands(desk, file, born=moved.how == "raised")
    desk.reason = reason


def told(desk: Desk) -> None:
    """Who heard of an alert only now need not hear what it covers and what waits for them still."""
    for name in dict.fromkeys(desk.told):
        for other in covers.open_files(desk, covers.index_of(desk).under.get(name, ())):
            alerts.save(desk, telling.look_again(desk, other))


def rerouted(desk: Desk) -> None:
    """Another routing file is in force: who of its receivers has heard of what covers, or may, is found anew. It tells nothing again."""
    for names in list(covers.index_of(desk).under.values()):
        for other in covers.open_files(desk, names):
            alerts.save(desk, telling.look_again(desk, other, again=False))


def _stands(desk: Desk, file: AlertFile, *, born: bool) -> None:
    """Whatever else moves is judged with what it covers itself, so a version that changes nothing decisive moves no cover."""
    index, decisive = covers.index_of(desk), covers.decisive(file.alert)
    if not born and index.judged.get(file.alert.alert_id) == decisive:
        return
    index.put(file.alert)
    index.judged[file.alert.alert_id] = decisive
    if born and file.alert.covered_by is not None:
        index.cover(file.alert.alert_id, None, file.alert.covered_by)
        alerts.save(desk, alerts.step(desk, file, AlertStep.COVERED, Reason.COVERED_BY_ANOTHER))
    else:
        _judge(desk, file)
    for other in covers.below(desk, file.alert):
        _judge(desk, other)


def _judge(desk: Desk, file: AlertFile) -> None:
    before, cover = file.alert.covered_by, covers.cover_of(desk, file.alert)
    now = cover.alert.alert_id if cover is not None else None
    if before == now:
        return
    covers.index_of(desk).cover(file.alert.alert_id, before, now)
    how, reason = (AlertStep.COVERED, Reason.COVERED_BY_ANOTHER) if now is not None else (AlertStep.UNCOVERED, Reason.COVER_ENDED)
    alerts.save(desk, telling.look_again(desk, alerts.step(desk, file, how, reason, covered_by=now)))


def _ended(desk: Desk, moved: Moved) -> None:
    life: Life | None = desk.get(alerts.life_key(moved.kind, moved.subject, moved.nature))
    file: AlertFile | None = desk.get(f"alert/{life.last}") if life is not None and life.last else None
    assert file is not None, "what has ended was kept"
    index, name = covers.index_of(desk), file.alert.alert_id
    index.forget(name)
    index.cover(name, file.alert.covered_by, None)
    for other in covers.open_files(desk, index.under.get(name, ())):
        _judge(desk, other)
