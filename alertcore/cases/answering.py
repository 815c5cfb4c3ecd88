"""What others say to an alert: a person has seen it, a company contests it. The alert stays, and its record has both."""

from __future__ import annotations

from alertcore import persons
from alertcore.cases import alerts, telling
from alertcore.cases.desk import Desk
from alertcore.cases.picture import CONTEST_PREFIX, SEEN_PREFIX
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile
from alertcore.records.alert import Alert, AlertStep
from alertcore.records.hub import Command
from alertcore.records.notice import Purpose
from alertcore.records.shared import Text
from alertcore.statejson import json_text, rfc3339

LONGEST = 4000


def acknowledge(desk: Desk, file: AlertFile, order: Command) -> str:
    """A person has seen the present content. It stops no call: what waits for a release goes on calling until it is released."""
    name = f"{SEEN_PREFIX}{order.by}"
    if file.ended:
        return Outcome.ALERT_ENDED
    if persons.among(order.by, (k.removeprefix(SEEN_PREFIX) for k in file.alert.facts if k.startswith(SEEN_PREFIX))):
        return Outcome.SAME_PERSON
    facts = alerts.in_key_order(file.alert.facts | {name: rfc3339(desk.now)})
    alerts.save(desk, alerts.step(desk, file, AlertStep.ACKNOWLEDGED, Reason.ACKNOWLEDGED, facts=facts))
    telling.acknowledged(desk, file, order.by)
    return Reason.ACKNOWLEDGED


def contest(desk: Desk, file: AlertFile, order: Command) -> str:
    """Params: company (one that the alert concerns), text. An officer enters it on its behalf; officers are told, nobody else."""
    company, text = order.params.get("company", "").strip(), order.params.get("text", "").strip()
    if file.ended:
        return Outcome.ALERT_ENDED
    if not text or len(text) > LONGEST:
        return Outcome.UNKNOWN_VALUE
    if company not in companies_of(file.alert):
        return Outcome.NOT_ITS_COMPANY
    said = json_text({"at": rfc3339(desk.now), "by": order.by, "text": text})
    facts = alerts.in_key_order(file.alert.facts | {f"{CONTEST_PREFIX}{company}": said})
    file = alerts.step(desk, file, AlertStep.CONTESTED, Reason.CONTESTED_BY_COMPANY, facts=facts)
    words = Text(fr=f"{company} conteste cette alerte : « {text} »", en=f"{company} contests this alert: “{text}”")
    telling.remind(desk, file, Purpose.UPDATE, say=words)
    alerts.save(desk, file)
    return Reason.CONTESTED_BY_COMPANY


def companies_of(alert: Alert) -> tuple[str, ...]:
    """Companies that an alert concerns."""
    return tuple(c for c in alert.labels.get("companies", "").split(",") if c)
