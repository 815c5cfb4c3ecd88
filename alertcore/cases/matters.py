"""Duties of companies and of the agency that are not kept on one medicine: what each rule found, together in one alert of kind `duty`.

Officers read all of it; a company reads what concerns itself and nothing of another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from alertcore.cases import alerts, settings
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.medicines import find, followed_by
from alertcore.cases.picture import OWN_PREFIX, Picture
from alertcore.cases.reasons import Reason
from alertcore.deadlines.clock import local_day
from alertcore.making import replace
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.shared import Deadline, Nature, Subject, SubjectKind, Text

GRADES = (Severity.UNKNOWN, Severity.INFO, Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One duty not kept. key: tells it from others of its rule. since: when it first stood. what: in a few words, after the name.

    company: the organisation that owes it, None for the agency. ask: what officers do. do: what the company does.
    """

    rule: str
    key: str
    severity: Severity
    since: datetime
    what: Text
    sentence: Text
    ask: Text
    do: Text
    company: str | None = None
    deadline: Deadline | None = None
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyBoard:
    """The matters of one medicine (`duties/<nature>/<cis>`), by rule and key."""

    matters: tuple[Matter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How the alert ends where its last matter goes: its last step and reason."""

    how: AlertStep = AlertStep.RESOLVED
    reason: Reason = Reason.DUTY_KEPT


KINDS: dict[str, type[object]] = {"duties": DutyBoard}


def hold(
    desk: Desk, cis: str, nature: Nature, rule: str, found: tuple[Matter, ...], end: End | None = None, *, signal: bool = True
) -> None:
    """What a rule finds now, in place of what it found before: its signal and the alert follow. A matter that stands keeps its `since`.

    signal: False for what no rule of the table finds.
    """
    key = f"duties/{nature}/{cis}"
    known: DutyBoard | None = desk.get(key)
    if known is None and not found:
        return
    board = known or DutyBoard()
    mine = tuple(m for m in board.matters if m.rule == rule)
    if not found and not mine:
        return
    began = {m.key: m.since for m in mine}
    now = tuple(sorted((replace(m, since=began.get(m.key, m.since)) for m in found), key=lambda m: m.key))
    if now == mine:
        return
    matters = tuple(sorted((*(m for m in board.matters if m.rule != rule), *now), key=lambda m: (m.rule, m.key)))
    desk.put(key, DutyBoard(matters=matters) if matters else None)
    subject = Subject(kind=SubjectKind.CIS, id=cis)
    if signal:
        _signal(desk, subject, nature, rule, now)
    if matters:
        alerts.show(desk, _picture(desk, subject, nature, matters), Reason.DUTY_NOT_KEPT, Reason.DUTIES_CHANGED)
    else:
        _end(desk, subject, nature, end or End())


def worst(matters: tuple[Matter, ...]) -> Matter:
    """The gravest, of equals the oldest."""
    return min(matters, key=lambda m: (-GRADES.index(m.severity), m.since, m.rule, m.key))


def _signal(desk: Desk, subject: Subject, nature: Nature, rule: str, now: tuple[Matter, ...]) -> None:
    if now:
        sentence, numbers = _joined(now), _numbers(now)
        desk.signal(rule, subject, nature, severity=worst(now).severity, sentence=sentence, numbers=numbers)
    else:
        desk.signal(rule, subject, nature, severity=Severity.INFO, sentence=_over(_name(desk, subject)), holds=False)


def _picture(desk: Desk, subject: Subject, nature: Nature, matters: tuple[Matter, ...]) -> Picture:
    medicine, name, lead = find(desk, subject.id), _name(desk, subject), worst(matters)
    companies = tuple(sorted({m.company for m in matters if m.company}))
    own = said({"sentence": _yours_over(name), "instruction": NOTHING_TO_DO})
    facts = {f"{OWN_PREFIX}/{k}": v for k, v in own.items()}
    for company in companies:
        theirs = tuple(m for m in matters if m.company == company)
        own = said({"headline": _headline(name, worst(theirs)), "sentence": _joined(theirs), "instruction": worst(theirs).do})
        facts |= {f"{OWN_PREFIX}{company}/{k}": v for k, v in own.items()}
    finding = Finding(
        rule=",".join(dict.fromkeys(m.rule for m in matters)),
        kind=AlertKind.DUTY,
        subject=subject,
        nature=nature,
        severity=lead.severity,
        name=name,
        headline=_headline(name, lead),
        sentence=_joined(matters),
        do=lead.ask,
        also=followed_by(medicine),
        companies=companies,
        numbers={"matters_count": float(len(matters))},
        facts={"since": local_day(lead.since, settings.limits(desk).calendar.zone).isoformat()} | facts,
        labels={"by_company": "true"},
        deadlines=tuple(m.deadline for m in matters if m.deadline is not None),
        audiences=("officers", "companies") if companies else ("officers",),
    )
    return shown(finding)


def _end(desk: Desk, subject: Subject, nature: Nature, end: End) -> None:
    file = alerts.open_file(desk, AlertKind.DUTY, subject, nature)
    if file is not None:
        name = _name(desk, subject)
        facts = said({"headline": _settled(name), "sentence": _over(name), "instruction": NOTHING_TO_DO})
        alerts.end(desk, file, end.how, end.reason, facts)


def _numbers(matters: tuple[Matter, ...]) -> dict[str, float]:
    """Of several matters the largest of each number."""
    found: dict[str, float] = {}
    for m in matters:
        found |= {k: max(v, found.get(k, v)) for k, v in m.numbers.items()}
    return found


def _joined(matters: tuple[Matter, ...]) -> Text:
    ordered = sorted(matters, key=lambda m: (-GRADES.index(m.severity), m.since, m.rule, m.key))
    return Text(fr=" ".join(m.sentence.fr for m in ordered), en=" ".join(m.sentence.en for m in ordered))


NOTHING_TO_DO = Text(fr="Rien à faire.", en="Nothing to do.")


def _name(desk: Desk, subject: Subject) -> str:
    medicine = find(desk, subject.id)
    return medicine.name if medicine else f"CIS {subject.id}"


def _headline(name: str, lead: Matter) -> Text:
    return Text(fr=f"{name} : {lead.what.fr}", en=f"{name}: {lead.what.en}")


def _settled(name: str) -> Text:
    return Text(fr=f"{name} : obligations respectées", en=f"{name}: duties kept")


def _over(name: str) -> Text:
    return Text(fr=f"{name} : plus aucune obligation n'est en attente.", en=f"{name}: no duty is outstanding any more.")


def _yours_over(name: str) -> Text:
    return Text(fr=f"{name} : plus aucune obligation n'est en attente de votre part.", en=f"{name}: you have no duty outstanding any more.")
