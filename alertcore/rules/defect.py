"""Rules `defect` and `falsified`: a serious risk is suspected, or a class or an action is set.

CSP R.5312-1 (serious risk), EU Compilation of Union Procedures (classes).
"""

from __future__ import annotations

from dataclasses import replace

from alertcore.cases import alerts
from alertcore.cases.defects import board_key, fact_key, fires, kind_of, record_of
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import limits
from alertcore.cases.state import AlertFile, DefectBoard, DefectThread
from alertcore.cases.threads import Link, head, joined
from alertcore.identity import digest
from alertcore.records.alert import Alert, AlertKind, AlertStep, Severity
from alertcore.records.defect import DefectStep, QualityDefect
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules import defect_words as words
from alertcore.rules.card import RuleCard
from alertcore.rules.defect_picture import Defects, firing, name_of, picture, subject_of

RANKS = {DefectStep.INITIAL: 0, DefectStep.UPDATE: 1, DefectStep.CLOSED: 2}
OTHER = {AlertKind.DEFECT: AlertKind.FALSIFIED, AlertKind.FALSIFIED: AlertKind.DEFECT}
HANDED_OVER = {AlertKind.DEFECT: Reason.BECAME_FALSIFIED, AlertKind.FALSIFIED: Reason.NO_LONGER_FALSIFIED}
RULE = {AlertKind.DEFECT: "defect", AlertKind.FALSIFIED: "falsified"}

CARD = RuleCard(
    name="defect",
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.DEFECT,
    title=Text(fr="Défaut de qualité", en="Quality defect"),
    fires=Text(
        fr="Un risque grave est suspecté, ou une classe (I, II, III) ou une action (rappel, retrait, quarantaine…) est décidée.",
        en="A serious risk is suspected, or a class (I, II, III) or an action (recall, withdrawal, quarantine, caution) is decided.",
    ),
    ends=Text(
        fr="Le défaut est clos, ou le risque est exclu alors que ni classe ni action n'a été décidée.",
        en="The defect is closed, or the risk is excluded while neither a class nor an action was decided.",
    ),
    source="CSP R.5312-1 ; Compilation of Union Procedures (PI 010)",
    mark=Mark.C,
    thresholds=("defect.class2", "defect.public_hours"),
)
CARD_FALSIFIED = replace(
    CARD,
    name="falsified",
    alert=AlertKind.FALSIFIED,
    title=Text(fr="Médicament falsifié", en="Falsified medicine"),
    fires=Text(
        fr="Une falsification est suspectée ou confirmée ; sans classe, elle vaut classe I.",
        en="A falsification is suspected or confirmed; without a class it counts as class I.",
    ),
    ends=Text(
        fr="Le dossier est clos, ou la falsification est écartée.",
        en="The matter is closed, or the falsification is ruled out.",
    ),
)


def decide(desk: Desk, defect: QualityDefect, sender: str) -> str:
    """Keep the record in its thread, and judge the subject again if it is the one that holds now."""
    thread = _thread(desk, defect, sender)
    link = _link(defect)
    if thread.links and desk.get(fact_key(defect.nature, thread.thread, link)) == defect:
        return Outcome.REPEAT
    before = head(thread.links) if thread.links else None
    links = joined(thread.links, link)
    if link not in links:
        return Outcome.LATE
    for lost in {x.id for x in thread.links} - {x.id for x in links}:
        desk.put(f"defect-fact/{defect.nature}/{thread.thread}/{lost}", None)
    desk.put(fact_key(defect.nature, thread.thread, link), defect)
    thread = replace(thread, links=links)
    desk.put(f"defect/{defect.nature}/{thread.thread}", thread)
    if head(links) == before and before != link:
        return Outcome.LATE
    return _judge(desk, thread, defect)


def _thread(desk: Desk, defect: QualityDefect, sender: str) -> DefectThread:
    """The thread a record belongs to: that of the record it follows, or of its own number; else a new one."""
    mine = f"defect-of/{defect.nature}/{sender}/{defect.defect_id}"
    before = f"defect-of/{defect.nature}/{sender}/{defect.previous_id}" if defect.previous_id else mine
    name: str = desk.get(before) or desk.get(mine) or digest(defect.nature, sender, defect.previous_id or defect.defect_id)
    desk.put(mine, name)
    desk.put(before, name)
    found: DefectThread | None = desk.get(f"defect/{defect.nature}/{name}")
    if found is not None:
        return found
    subject = subject_of(defect)
    board: DefectBoard = desk.get(board_key(defect.nature, subject)) or DefectBoard()
    desk.put(board_key(defect.nature, subject), DefectBoard(threads=(*board.threads, name)))
    return DefectThread(thread=name, subject=subject, opened_at=desk.now, links=())


def _judge(desk: Desk, thread: DefectThread, defect: QualityDefect) -> str:
    known = of_subject(desk, thread, defect)
    pictures = {kind: picture(known, kind) for kind in OTHER}
    files = {kind: alerts.open_file(desk, kind, thread.subject, defect.nature) for kind in OTHER}
    desk.reason = Outcome.NOT_SERIOUS_YET if defect.step is not DefectStep.CLOSED else Outcome.NOT_OPEN
    replaced: str | None = None
    for kind, file in files.items():
        if file is not None and pictures[kind] is None:
            if fires(defect):
                replaced = file.alert.alert_id
                alerts.end(desk, file, AlertStep.SUPERSEDED, HANDED_OVER[kind])
            else:
                _end(desk, known, file, defect)
    for kind, shown in pictures.items():
        file = files[kind]
        if shown is not None:
            reason = _changed(file.alert, shown.labels["class"], defect, known, kind) if file else Reason.DEFECT_UPDATED
            alerts.show(desk, shown, _opened(defect), reason, replaces=replaced if file is None else None)
        holds = shown is not None
        severity = shown.severity if shown else Severity.INFO
        facts = shown.facts if shown else _end_facts(known, defect)
        said = Text(fr=facts["sentence_fr"], en=facts["sentence_en"])
        desk.signal(RULE[kind], thread.subject, defect.nature, severity=severity, sentence=said, holds=holds)
    return desk.reason


def of_subject(desk: Desk, thread: DefectThread, defect: QualityDefect) -> Defects:
    """Every defect on the thread's subject, as it stands now."""
    board: DefectBoard = desk.get(board_key(defect.nature, thread.subject)) or DefectBoard()
    threads = [desk.get(f"defect/{defect.nature}/{t}") for t in board.threads]
    present = [t for t in threads if t is not None]
    return Defects(
        subject=thread.subject,
        nature=defect.nature,
        heads=tuple(sorted(((t.thread, record_of(desk, defect.nature, t)) for t in present), key=lambda x: x[0])),
        opened_at={t.thread: t.opened_at for t in present},
        told_abroad=frozenset(t.thread for t in present if t.notified is not None),
        medicine=find(desk, defect.product.cis or (thread.subject.id if thread.subject.kind == "cis" else None)),
        limits=limits(desk),
    )


def _opened(defect: QualityDefect) -> Reason:
    if kind_of(defect) is AlertKind.FALSIFIED:
        return Reason.FALSIFICATION
    if defect.serious_risk in ("suspected", "confirmed"):
        return Reason.SERIOUS_RISK
    return Reason.CLASS_ASSIGNED if defect.class_ in ("i", "ii", "iii") else Reason.ACTION_DECIDED


def _changed(alert: Alert, class_: str, defect: QualityDefect, known: Defects, kind: AlertKind) -> Reason:
    """Why the open alert gets a version, the gravest reason first."""
    found = firing(known, kind)
    if alert.labels.get("class") != class_:
        return Reason.CLASS_CHANGED
    if not fires(defect):
        return Reason.ONE_DEFECT_CLOSED
    if defect.defect_id not in alert.facts.get("defect_ids", "").split(",") and len(found) > 1:
        return Reason.ANOTHER_DEFECT
    lots = {(b.cip13, b.lot) for _, d in found for b in d.batches}
    return Reason.LOTS_CHANGED if lots != {(b.cip13, b.lot) for b in alert.batches} else Reason.DEFECT_UPDATED


def _end(desk: Desk, known: Defects, file: AlertFile, defect: QualityDefect) -> None:
    reason = Reason.DEFECT_CLOSED if defect.step is DefectStep.CLOSED else Reason.RISK_EXCLUDED
    actions = tuple(file.alert.facts.get("actions", "").split(","))
    do, patient = words.at_end(actions, excluded=reason is Reason.RISK_EXCLUDED)
    facts = _end_facts(known, defect) | {"instruction_fr": do[0], "instruction_en": do[1]}
    facts |= {"patient_instruction_fr": patient[0], "patient_instruction_en": patient[1]}
    alerts.end(desk, file, AlertStep.RESOLVED, reason, facts)


def _end_facts(known: Defects, defect: QualityDefect) -> dict[str, str]:
    fr, en = words.ended(name_of(known, defect), excluded=defect.step is not DefectStep.CLOSED)
    return {"sentence_fr": fr, "sentence_en": en, "headline_fr": fr.rstrip("."), "headline_en": en.rstrip(".")}


def _link(d: QualityDefect) -> Link:
    """When a record speaks: the latest instant it names, for updates often keep the day of the first report."""
    at = max(x for x in (d.received_at, d.decided_at, d.serious_risk_at, d.reached_patients_at) if x is not None)
    previous = d.previous_id if d.previous_id != d.defect_id else None
    return Link(id=d.defect_id, previous=previous, at=at, rank=RANKS.get(d.step, 0))
