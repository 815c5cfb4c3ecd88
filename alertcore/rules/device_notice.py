"""Rule `device_notice`: a manufacturer gives notice that the supply of a device is interrupted or ends.

Article 10a MDR and IVDR (Regulation (EU) 2024/1860), from 10 January 2025; and voluntary notices on the French scheme.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alertcore.cases import alerts, timers
from alertcore.cases.desk import Desk
from alertcore.cases.device_threads import FINAL, put_on_board, thread_of
from alertcore.cases.devices import DeviceThread, fact_key, is_over, newest, placed, record_of, runs_until, thread_key
from alertcore.cases.finding import said
from alertcore.cases.picture import Picture
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile
from alertcore.cases.threads import Link
from alertcore.deadlines.clock import start_of_day
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.device import DeviceNotice, NoticeReport, ReceivedFrom, SupplyEvent
from alertcore.records.rapid import MessageKind, RapidAlert
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.rules import device_notice_words as words
from alertcore.rules.card import RuleCard
from alertcore.rules.device_notice_picture import RULE, device_name, picture

RANKS = {NoticeReport.INITIAL: 0, NoticeReport.FOLLOW_UP: 1, NoticeReport.FINAL: FINAL}

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.BASIC_UDI_DI, SubjectKind.UDI_DI, SubjectKind.COMPANY),
    alert=AlertKind.DEVICE,
    title=Text(fr="Interruption ou arrêt de fourniture d'un dispositif", en="Interruption or end of supply of a device"),
    fires=Text(
        fr="Un fabricant ou son mandataire notifie une interruption ou un arrêt de fourniture d'un dispositif : c'est un devoir (article 10"
        " bis, six mois avant sauf circonstances exceptionnelles) ou un signalement volontaire. L'agence relaie aux autres États membres"
        " et à la Commission quand le fabricant ou son mandataire est établi chez elle.",
        en="A manufacturer or its representative gives notice that the supply of a device is interrupted or ends: a duty (Article 10a,"
        " six months before save in exceptional circumstances) or of its own accord. The agency passes it on to the other member states"
        " and the Commission where the manufacturer or its representative is established here.",
    ),
    ends=Text(
        fr="Le dernier rapport de chaque notification est reçu et le jour de fin qu'elle annonce est venu ; sans jour de fin, l'alerte est"
        " close sans annoncer de retour à la normale.",
        en="The final report of every notice has come, and so has the last day it announces; where none is announced the alert is closed"
        " without an all-clear.",
    ),
    source="MDR art. 10a, IVDR art. 10a (Reg. (EU) 2024/1860)",
    mark=Mark.C,
    thresholds=("duty.device_notice_months", "duty.device_interruption_days", "duty.device_relay_working_days"),
)


def of_rapid_alert(desk: Desk, alert: RapidAlert) -> str | None:
    """A notice that another authority passes on; None where the message is about something else."""
    if alert.message_kind is not MessageKind.DEVICE_SUPPLY or alert.device is None:
        return None
    sender = desk.message.sender
    notice = replace(alert.device, nature=alert.nature, received_from=ReceivedFrom.AUTHORITY, from_authority=sender)
    return decide(desk, notice, sender)


def decide(desk: Desk, notice: DeviceNotice, sender: str) -> str:
    """Keep the report in its thread, and judge the subject again if it is the one that holds now."""
    thread, gone = thread_of(desk, notice, sender)
    link = Link(id=notice.notice_id, previous=notice.previous_id, at=desk.now, rank=RANKS.get(notice.report, 0))
    fact = fact_key(notice.nature, thread.thread, link.id)
    if desk.get(fact) == notice:
        return Outcome.REPEAT
    links = placed(thread.links, link)
    if link not in links:
        return Outcome.LATE
    before = newest(thread.links) if thread.links else None
    for forgotten in {x.id for x in thread.links} - {x.id for x in links}:
        desk.put(fact_key(notice.nature, thread.thread, forgotten), None)
    desk.put(fact, notice)
    thread = replace(thread, links=links)
    desk.put(thread_key(notice.nature, thread.thread), thread)
    put_on_board(desk, notice.nature, thread)
    if gone is not None:
        timers.set_timer(desk, RULE, f"{notice.nature}/{gone.thread}", None)
    if gone is not None and gone.subject != thread.subject:
        _hand_over(desk, notice.nature, gone.subject)
    if newest(links) == before and gone is None:
        return Outcome.LATE
    return _judge(desk, notice.nature, thread, known=before is not None)


def _judge(desk: Desk, nature: Nature, thread: DeviceThread, *, known: bool) -> str:
    notice = record_of(desk, nature, thread)
    until = runs_until(desk, nature, thread)
    over = words.ended(device_name(desk, notice), notice, until)
    _wait(desk, nature, thread, until if notice.report is NoticeReport.FINAL else None)
    shown = picture(desk, nature, thread.subject)
    file = alerts.open_file(desk, AlertKind.DEVICE, thread.subject, nature)
    desk.reason = Outcome.NOT_OPEN
    if shown is not None:
        alerts.show(desk, shown, Reason.DEVICE_NOTICE, _changed(desk, nature, thread, known=known))
    elif file is not None:
        _end(desk, file, notice, over, until)
    _signal(desk, nature, thread.subject, shown, over)
    return desk.reason


def _wait(desk: Desk, nature: Nature, thread: DeviceThread, until: date | None) -> None:
    """A final report on what still goes on is looked at again on the day it ends."""
    at = start_of_day(until, desk.agency.timezone) if until is not None else None
    timers.set_timer(desk, RULE, f"{nature}/{thread.thread}", at if at is not None and at > desk.now else None)


def wake(desk: Desk, key: str) -> None:
    """The day has come on which what a final report tells of is over."""
    nature, name = key.split("/", 1)
    thread: DeviceThread | None = desk.get(thread_key(Nature(nature), name))
    assert thread is not None, "a thread that goes up in another takes its timer with it"
    _judge(desk, Nature(nature), thread, known=True)


def _hand_over(desk: Desk, nature: Nature, subject: Subject) -> None:
    """A notice of this subject turned out to be one with another's: the other's alert tells of it from now on."""
    file = alerts.open_file(desk, AlertKind.DEVICE, subject, nature)
    if file is None:
        return
    shown = picture(desk, nature, subject)
    if shown is None:
        alerts.end(desk, file, AlertStep.SUPERSEDED, Reason.DEVICE_NOTICE_UPDATED)
    else:
        alerts.show(desk, shown, Reason.DEVICE_NOTICE, Reason.DEVICE_NOTICE_UPDATED)
    _signal(desk, nature, subject, shown, _sentence(file.alert.facts))


def relook(desk: Desk) -> None:
    """Another policy asks for another period, or counts another length as an interruption."""
    for key, _ in list(desk.view.items("devices/")):
        nature, name = key.split("/", 2)[1:]
        kind, id_ = name.split(":", 1)
        shown = picture(desk, Nature(nature), Subject(kind=SubjectKind(kind), id=id_))
        if shown is not None:
            alerts.show(desk, shown, Reason.DEVICE_NOTICE, Reason.POLICY_CHANGED)


def _signal(desk: Desk, nature: Nature, subject: Subject, shown: Picture | None, over: Text) -> None:
    desk.signal(
        RULE,
        subject,
        nature,
        severity=Severity.INFO if shown is None else shown.severity,
        sentence=over if shown is None else _sentence(shown.facts),
        holds=shown is not None,
        numbers={} if shown is None else shown.numbers,
    )


def _sentence(facts: dict[str, str]) -> Text:
    return Text(fr=facts["sentence_fr"], en=facts["sentence_en"])


def _changed(desk: Desk, nature: Nature, thread: DeviceThread, *, known: bool) -> Reason:
    if is_over(desk, nature, thread):
        return Reason.ONE_DEVICE_NOTICE_OVER
    return Reason.DEVICE_NOTICE_UPDATED if known else Reason.ANOTHER_DEVICE_NOTICE


def _end(desk: Desk, file: AlertFile, notice: DeviceNotice, over: Text, until: date | None) -> None:
    """Only an end that a report named, and that has come, is an all-clear."""
    if notice.event is SupplyEvent.DISCONTINUATION:
        do, reason = words.DO_GONE, Reason.DEVICE_GONE
    elif until is None:
        do, reason = words.DO_ASK, Reason.NO_LONGER_REPORTED
    else:
        do, reason = words.DO_BACK, Reason.DEVICE_NOTICE_OVER
    headline = Text(fr=over.fr.rstrip("."), en=over.en.rstrip("."))
    facts = said({"sentence": over, "sentence_others": over, "headline": headline, "instruction": do})
    alerts.end(desk, file, AlertStep.RESOLVED, reason, facts | {"report": str(notice.report)})
