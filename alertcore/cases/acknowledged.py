"""Acknowledgements of authorities: each level makes a version, and stays in the alert's facts."""

from __future__ import annotations

import json

from alertcore.cases import alerts, rapid_shortage
from alertcore.cases.defects import board_key
from alertcore.cases.desk import Desk
from alertcore.cases.picture import ACK_PREFIX
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile, DefectBoard, DefectThread
from alertcore.records.alert import Alert, AlertStep
from alertcore.records.rapid import Acknowledgement
from alertcore.statejson import rfc3339


def take(desk: Desk, ack: Acknowledgement) -> str:
    """Note one level of one authority. After the end the step stays the last one: the alert is not open again."""
    file: AlertFile | None = desk.get(f"alert/{ack.alert_id}")
    if file is None:
        return Outcome.UNKNOWN_ALERT
    if ack.authority not in _told(desk, file.alert):
        return Outcome.NOT_TOLD
    name = f"{ACK_PREFIX}{ack.authority}/{ack.level}"
    if name in file.alert.facts:
        return Outcome.REPEAT
    said = json.dumps({"at": rfc3339(ack.at), "by_function": ack.by_function}, ensure_ascii=False, separators=(",", ":"))
    how = file.alert.step if file.ended else AlertStep.ACKNOWLEDGED
    facts = alerts.in_key_order(file.alert.facts | {name: said})
    alerts.save(desk, alerts.step(desk, file, how, Reason.ACKNOWLEDGED, facts=facts))
    return Reason.ACKNOWLEDGED


def _told(desk: Desk, alert: Alert) -> set[str]:
    board: DefectBoard = desk.get(board_key(alert.nature, alert.subject)) or DefectBoard()
    threads: list[DefectThread | None] = [desk.get(f"defect/{alert.nature}/{t}") for t in board.threads]
    told = {a for t in threads if t is not None and t.notified is not None for a in t.notified.authorities}
    return told | set(rapid_shortage.told(desk, alert.alert_id))
