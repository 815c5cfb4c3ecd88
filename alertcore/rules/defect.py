"""Rules `defect` and `falsified`: a serious risk is suspected, or a class or an action is set.

CSP R.5312-1 (serious risk), EU Compilation of Union Procedures (classes).
"""

from __future__ import annotations

from alertcore.cases import alerts
from alertcore.cases.defect_scope import medicines_of, subject_of, substance_name
from alertcore.cases.defect_told import keep, standing_of, told_of
from alertcore.cases.defects import board_key, fires, kind_of, link_of
from alertcore.cases.desk import Desk
from alertcore.cases.holdings import ReachParts
from alertcore.cases.picture import Picture
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import limits
from alertcore.cases.state import AlertFile, DefectBoard, DefectThread
from alertcore.cases.threads import joined
from alertcore.identity import digest
from alertcore.making import replace
from alertcore.records.alert import Alert, AlertKind, AlertStep, Severity
from alertcore.records.defect import DefectScope, DefectStep, QualityDefect
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.rules import defect_words as words
from alertcore.rules import reach_words
from alertcore.rules.card import RuleCard
from alertcore.rules.defect_cancelled import News, ask, cancelled
from alertcore.rules.defect_lots import Elsewhere, with_changes
from alertcore.rules.defect_picture import Defects, firing, name_of, picture, reach_of
from alertcore.rules.recall_reach import added

OTHER = {AlertKind.DEFECT: AlertKind.FALSIFIED, AlertKind.FALSIFIED: AlertKind.DEFECT}
HANDED_OVER = {AlertKind.DEFECT: Reason.BECAME_FALSIFIED, AlertKind.FALSIFIED: Reason.NO_LONGER_FALSIFIED}
RULE = {AlertKind.DEFECT: "defect", AlertKind.FALSIFIED: "falsified"}

CARD = RuleCard(
    name="defect",
    stage="cases",
    subjects=(SubjectKind.CIS, SubjectKind.SUBSTANCE, SubjectKind.COMPANY, SubjectKind.LOT),
    alert=AlertKind.DEFECT,
    title=Text(fr="Défaut de qualité", en="Quality defect"),
    fires=Text(
        fr="Un risque grave est suspecté, ou une classe (I, II, III) ou une action (rappel, retrait, quarantaine…) est décidée. La classe I"
        " est un risque grave. Ce qu'un suivi ne redit pas reste vrai.",
        en="A serious risk is suspected, or a class (I, II, III) or an action (recall, withdrawal, quarantine, caution) is decided. Class I"
        " is a serious risk. What a follow-up does not say again still holds.",
    ),
    ends=Text(
        fr="Le défaut est clos, ou le risque est exclu alors que ni classe II ou III ni action n'a été décidée.",
        en="The defect is closed, or the risk is excluded while neither class II or III nor an action was decided.",
    ),
    source="CSP R.5312-1 ; Compilation of Union Procedures (PI 010)",
    mark=Mark.C,
    thresholds=("defect.class2", "defect.class3", "defect.public_hours"),
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
        fr="Le dossier est clos, ou la falsification est écartée par un suivi qui évalue le risque.",
        en="The matter is closed, or the falsification is ruled out by a follow-up that assesses the risk.",
    ),
)


def decide(desk: Desk, defect: QualityDefect, sender: str) -> str:
    """Keep the record in its thread, and judge the subject again if something else holds now."""
    thread = _thread(desk, defect, sender)
    told = told_of(desk, defect.nature, thread)
    if any(x.record == defect for x in told):
        return Outcome.REPEAT
    before = standing_of(desk, defect.nature, thread) if told else None
    thread = replace(thread, links=joined(thread.links, link_of(defect)))
    keep(desk, thread, defect, told)
    desk.put(f"defect/{defect.nature}/{thread.thread}", thread)
    now = standing_of(desk, defect.nature, thread)
    return Outcome.LATE if now == before else _judge(desk, thread, now.record, defect)


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
    thread = DefectThread(thread=name, subject=subject_of(desk, defect), opened_at=desk.now, links=())
    _put_on_board(desk, thread, defect.nature)
    return thread


def _put_on_board(desk: Desk, thread: DefectThread, nature: Nature) -> None:
    key = board_key(nature, thread.subject)
    board: DefectBoard = desk.get(key) or DefectBoard()
    desk.put(key, DefectBoard(threads=tuple(sorted({*board.threads, thread.thread}))))


def _judge(desk: Desk, thread: DefectThread, defect: QualityDefect, record: QualityDefect) -> str:
    """Judge the subject of the thread; where the record knows better what it is about, the thread moves there first. record: as it came."""
    subject = subject_of(desk, defect, thread.subject)
    news = News(record=record, subjects=(subject, thread.subject))
    replaced = _leave(desk, thread, defect, subject, news) if subject != thread.subject else None
    return settle(desk, subject, defect, replaced, news)


def _leave(desk: Desk, thread: DefectThread, defect: QualityDefect, subject: Subject, news: News) -> str | None:
    """Move a thread to another subject. Id of the alert that ended by it: its successor takes over, that is no all-clear."""
    key = board_key(defect.nature, thread.subject)
    board: DefectBoard = desk.get(key) or DefectBoard()
    left = tuple(t for t in board.threads if t != thread.thread)
    desk.put(key, DefectBoard(threads=left) if left else None)
    moved = replace(thread, subject=subject)
    desk.put(f"defect/{defect.nature}/{thread.thread}", moved)
    _put_on_board(desk, moved, defect.nature)
    if left:
        settle(desk, thread.subject, defect, None, news)
        return None
    replaced: str | None = None
    for kind in OTHER:
        file = alerts.open_file(desk, kind, thread.subject, defect.nature)
        if file is not None:
            replaced = file.alert.alert_id
            alerts.end(desk, file, AlertStep.SUPERSEDED, Reason.SUBJECT_CHANGED)
            said = Text(fr=file.alert.facts["sentence_fr"], en=file.alert.facts["sentence_en"])
            desk.signal(RULE[kind], thread.subject, defect.nature, severity=Severity.INFO, sentence=said, holds=False)
    return replaced


def settle(desk: Desk, subject: Subject, defect: QualityDefect, replaced: str | None, news: News) -> str:
    """Show what stands on a subject now, after news of `defect`. replaced: an alert on another subject that this one takes over from."""
    known = of_subject(desk, subject, defect.nature)
    pictures = {kind: picture(known, kind) for kind in OTHER}
    files = {kind: alerts.open_file(desk, kind, subject, defect.nature) for kind in OTHER}
    desk.reason = Outcome.NOT_SERIOUS_YET if defect.step is not DefectStep.CLOSED else Outcome.NOT_OPEN
    for kind, file in files.items():
        if file is not None and pictures[kind] is None:
            if fires(defect):
                replaced = file.alert.alert_id
                why = Reason.SUBJECT_CHANGED if pictures[OTHER[kind]] is None else HANDED_OVER[kind]
                alerts.end(desk, file, AlertStep.SUPERSEDED, why)
            else:
                _end(desk, known, file, defect)
    for kind, shown in pictures.items():
        before = cancelled(desk, kind, news) if files[kind] is None and replaced is None else None
        if shown is None:
            said = _end_facts(known, defect)
            text = Text(fr=said["sentence_fr"], en=said["sentence_en"])
            desk.signal(RULE[kind], subject, defect.nature, severity=Severity.INFO, sentence=text, holds=False)
        elif before is not None:
            ask(desk, before, RULE[kind], shown, news)
        else:
            shown = _show(desk, known, shown, files[kind], defect, replaced)
            tell(desk, known, kind, shown)
    return desk.reason


def _show(desk: Desk, known: Defects, shown: Picture, file: AlertFile | None, defect: QualityDefect, replaced: str | None) -> Picture:
    """Raise or update the alert of one kind; what it says, with what changed of the lots."""
    kind = shown.kind
    shown = with_changes(shown, file.alert if file else None, _elsewhere(known, kind, defect))
    reason = _changed(file.alert, shown, defect, known, kind) if file else Reason.DEFECT_UPDATED
    alerts.show(desk, shown, _opened(defect), reason, replaces=replaced if file is None else None)
    if file is not None and desk.reason == Outcome.NOTHING_NEW:
        alerts.note(desk, file, shown.notes, Reason.DEFECT_UPDATED, tell=True)
    return shown


def _elsewhere(known: Defects, kind: AlertKind, defect: QualityDefect) -> Elsewhere:
    """Where lots of the defect there is news of are, if they are no longer told by the alert of this kind."""
    lasting = defect.step is DefectStep.CLOSED and kind_of(defect) is kind and any(a in words.LASTING for a in defect.actions)
    return Elsewhere(
        closed=defect.batches if lasting else None,
        moved=defect.batches if fires(defect) else (),
        open_ended=any(not d.batches for _, d in firing(known, kind)),
    )


def tell(desk: Desk, known: Defects, kind: AlertKind, shown: Picture) -> None:
    """The signal of what stands on a subject, with the numbers behind it."""
    desk.signal(
        RULE[kind],
        known.subject,
        known.nature,
        severity=shown.severity,
        sentence=Text(fr=shown.facts["sentence_fr"], en=shown.facts["sentence_en"]),
        numbers=shown.numbers | reach_words.numbers(reach_of(known, kind)),
    )


def of_subject(desk: Desk, subject: Subject, nature: Nature) -> Defects:
    """Every defect on a subject, as it stands now."""
    board: DefectBoard = desk.get(board_key(nature, subject)) or DefectBoard()
    present: list[DefectThread] = [t for name in board.threads if (t := desk.get(f"defect/{nature}/{name}")) is not None]
    standing = {t.thread: standing_of(desk, nature, t) for t in present}
    heads = {t: s.record for t, s in standing.items()}
    parts: dict[str, ReachParts] = {t: desk.get(f"reach/{nature}/{t}") or ReachParts() for t in heads}
    return Defects(
        subject=subject,
        nature=nature,
        heads=tuple(sorted(heads.items())),
        standing=standing,
        told_abroad=frozenset(t.thread for t in present if t.notified is not None),
        medicines={t: medicines_of(desk, d, subject) for t, d in heads.items()},
        title=_title(desk, subject, list(heads.values())),
        limits=limits(desk),
        reach={t: added(of.rows()) for t, of in parts.items()},
        class3=desk.policy.defect.class3,
    )


def _title(desk: Desk, subject: Subject, records: list[QualityDefect]) -> str:
    """What a subject is called that is no medicine and no lot of one."""
    if subject.kind is SubjectKind.SUBSTANCE:
        return substance_name(desk, subject)
    if not any(d.scope is DefectScope.SITE for d in records):
        return ""
    return next((d.manufacturer.name or subject.id for d in records if d.manufacturer is not None and d.manufacturer.id == subject.id), "")


def _opened(defect: QualityDefect) -> Reason:
    if kind_of(defect) is AlertKind.FALSIFIED:
        return Reason.FALSIFICATION
    if defect.serious_risk in ("suspected", "confirmed"):
        return Reason.SERIOUS_RISK
    return Reason.CLASS_ASSIGNED if defect.class_ in ("i", "ii", "iii") else Reason.ACTION_DECIDED


def _changed(alert: Alert, shown: Picture, defect: QualityDefect, known: Defects, kind: AlertKind) -> Reason:
    """Why the open alert gets a version, the gravest reason first."""
    if alert.labels.get("class") != shown.labels["class"]:
        return Reason.CLASS_CHANGED
    if not fires(defect):
        return Reason.ONE_DEFECT_CLOSED
    if defect.defect_id not in alert.facts.get("defect_ids", "").split(",") and len(firing(known, kind)) > 1:
        return Reason.ANOTHER_DEFECT
    lots = {(b.cip13, b.lot) for b in shown.batches}
    return Reason.LOTS_CHANGED if lots != {(b.cip13, b.lot) for b in alert.batches} else Reason.DEFECT_UPDATED


def _end(desk: Desk, known: Defects, file: AlertFile, defect: QualityDefect) -> None:
    reason = Reason.DEFECT_CLOSED if defect.step is DefectStep.CLOSED else Reason.RISK_EXCLUDED
    told = file.alert.facts
    lasting = any(a in words.LASTING for a in told.get("actions", "").split(",")) or defect.foreign is not None
    recalled = "lots_kept_off" in told or (lasting and reason is Reason.DEFECT_CLOSED)
    do, patient = words.at_end(recalled=recalled)
    facts = _end_facts(known, defect) | {"instruction_fr": do[0], "instruction_en": do[1]}
    facts |= {"patient_instruction_fr": patient[0], "patient_instruction_en": patient[1]}
    alerts.end(desk, file, AlertStep.RESOLVED, reason, facts)


def _end_facts(known: Defects, defect: QualityDefect) -> dict[str, str]:
    fr, en = words.ended(name_of(known, defect), excluded=defect.step is not DefectStep.CLOSED)
    return {"sentence_fr": fr, "sentence_en": en, "headline_fr": fr.rstrip("."), "headline_en": en.rstrip(".")}
