"""Follow-ups on a defect whose alert an officer cancelled: what they leave out does not bring it back, officers are asked.

A cancel says that what was told was wrong. What fires by itself is news and opens a new alert; else it is an officer who judges whether
the matter stands: a record that names the class, the risk or the action says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.cases import telling
from alertcore.cases.defects import fires
from alertcore.cases.desk import Desk
from alertcore.cases.lives import life_key
from alertcore.cases.picture import Picture
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile, Life
from alertcore.records.alert import AlertKind
from alertcore.records.defect import QualityDefect
from alertcore.records.notice import Purpose
from alertcore.records.shared import Subject, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A record as it came. subjects: that of its thread, now and before it came."""

    record: QualityDefect
    subjects: tuple[Subject, Subject]


def cancelled(desk: Desk, kind: AlertKind, news: News) -> AlertFile | None:
    """The alert that an officer cancelled, where it is the last of this kind on the matter and the record does not fire by itself."""
    if fires(news.record):
        return None
    for subject in dict.fromkeys(news.subjects):
        life: Life | None = desk.get(life_key(kind, subject, news.record.nature))
        file: AlertFile | None = None if life is None or life.open is not None else desk.get(f"alert/{life.last}")
        if file is not None and file.alert.reason == Reason.CANCELLED_BY_OFFICER:
            return file
    return None


def ask(desk: Desk, file: AlertFile, rule: str, shown: Picture, news: News) -> None:
    """Put it to officers, on the console and by a notice, whether the matter stands after all."""
    text = _question(shown.facts["name"], news.record)
    desk.signal(rule, shown.subject, shown.nature, severity=shown.severity, sentence=text, question=True)
    telling.remind(desk, file, Purpose.UPDATE, say=text)
    desk.reason = Outcome.NOTED


def _question(name: str, news: QualityDefect) -> Text:
    lots = ", ".join(dict.fromkeys(b.lot for b in news.batches))
    fr = f"{name} : un suivi ({news.defect_id}) est arrivé après l'annulation de l'alerte, sans classe, risque ni action."
    en = f"{name}: a follow-up ({news.defect_id}) came after the alert was cancelled, without a class, a risk or an action."
    fr, en = (f"{fr} Lots cités : {lots}.", f"{en} Batches named: {lots}.") if lots else (fr, en)
    return Text(
        fr=f"{fr} Si le défaut est réel, enregistrez la classe, le risque ou l'action ; sinon, clôturez le signalement.",
        en=f"{en} If the defect is real, record the class, the risk or the action; if not, close the matter.",
    )
