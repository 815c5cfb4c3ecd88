"""Rule `undeclared`: facts show a breach or a shortage, and no declaration came within two days.

CSP L.5121-32 asks for it as soon as known; the two days are the agency's own limit. Facts: a company's stock under its floor (of that
company), a status 1 to 3 on the public list, a cluster of disruptions at pharmacies (of any company that markets it). A declaration of a
shortage that is open takes over; that of a stop (CSP L.5124-6, another duty) does so once the stop has taken effect, and for the status of
a stop on the list. Where the facts go first, the matter is resolved. A row that is only gone from the list or only announces a return,
and silence of pharmacies, end nothing; silence does where the company or the list has since said that all of it is back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertcore.cases import alerts, matters, plans, settings
from alertcore.cases.called import called
from alertcore.cases.desk import Desk
from alertcore.cases.matters import End, Matter
from alertcore.cases.medicines import find
from alertcore.cases.reasons import Reason
from alertcore.cases.release import waiting
from alertcore.cases.shortages import Supply
from alertcore.cases.standing import is_stop
from alertcore.cases.timers import set_timer
from alertcore.deadlines.clock import local_day, start_of_day
from alertcore.deadlines.duties import Limits
from alertcore.making import replace
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.records.shortage import Declaration, DeclarationStep
from alertcore.rules import undeclared_words as words
from alertcore.rules.card import RuleCard

RULE = "undeclared"
FLOOR, LIST, PHARMACIES = "floor", "list", "pharmacies"
CLOSING = (DeclarationStep.RETURN, DeclarationStep.WITHDRAWN)
SHORT_CODES, STOPPED, BACK = (1, 2, 3), 3, 4
AGAIN = timedelta(days=1)
"""When a floor whose alert is not out is looked at again."""
NOBODY = ""
"""In place of a company where nobody knows who markets the medicine."""

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.DUTY,
    title=Text(fr="Rupture ou manquement non déclaré", en="Shortage or breach not declared"),
    fires=Text(
        fr="Un stock sous son plancher légal, un statut sur la liste publique ou des ruptures groupées en pharmacie montrent une"
        " difficulté, et l'entreprise n'a rien déclaré deux jours après.",
        en="A stock under its legal floor, a status on the public list or a cluster of disruptions at pharmacies shows a difficulty, and"
        " two days later the company has declared nothing.",
    ),
    ends=Text(
        fr="L'entreprise déclare : l'alerte cède la place à la déclaration. Ou les faits ont cessé : elle est close. Le silence des"
        " pharmacies, sans retour déclaré ni publié, ou une ligne qui disparaît de la liste n'y mettent pas fin.",
        en="The company declares: the alert gives way to the declaration. Or the facts are over: it is closed. Silence of pharmacies"
        " without a return declared or published, or a row gone from the list, does not end it.",
    ),
    source="CSP L.5121-32 ; délai interne",
    mark=Mark.U,
    thresholds=("duty.undeclared_days",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFact:
    """Something that shows a shortage or a breach. source: floor, list or pharmacies. companies: whose; empty: of all that market it."""

    source: str
    since: datetime
    companies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A company whose declaration is awaited since an instant."""

    company: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What shows a shortage of one medicine, and whose declaration is awaited (`shown/<nature>/<cis>`)."""

    facts: tuple[ShownFact, ...] = ()
    awaited: tuple[Awaited, ...] = ()


KINDS: dict[str, type[object]] = {"shown": Shown}


def note(desk: Desk, cis: str, nature: Nature, source: str, fact: ShownFact | None) -> None:
    """Keep what a source shows now; None: it no longer shows anything. A fact that stands keeps the instant at which it began."""
    key = f"shown/{nature}/{cis}"
    shown: Shown = desk.get(key) or Shown()
    old = next((f for f in shown.facts if f.source == source), None)
    if fact is not None and old is not None:
        fact = replace(fact, since=old.since)
    if fact == old:
        return
    others = [f for f in shown.facts if f.source != source]
    facts = tuple(sorted((*others, *([fact] if fact else [])), key=lambda f: f.source))
    desk.put(key, replace(shown, facts=facts))


def judge(desk: Desk, cis: str, nature: Nature, supply: Supply | None, gone: Reason = Reason.FACTS_GONE) -> None:
    """Whose declaration is awaited, and since when too long; wakes when the next limit passes. gone: how it ends where no fact is left."""
    _note_list(desk, cis, nature, supply)
    key, subject = f"shown/{nature}/{cis}", Subject(kind=SubjectKind.CIS, id=cis)
    shown: Shown | None = desk.get(key)
    if shown is None:
        return
    if any(f.source == PHARMACIES and _is_past(desk, f, subject, nature, supply) for f in shown.facts):
        shown = replace(shown, facts=tuple(f for f in shown.facts if f.source != PHARMACIES))
        desk.put(key, shown)
    facts = tuple(f for f in shown.facts if f.source != FLOOR or _is_told(desk, subject, nature))
    limits, missing = settings.limits(desk), _missing(desk, cis, facts, supply)
    awaited = tuple(_awaited(desk, company, facts, shown, supply) for company, facts in sorted(missing.items()))
    if not shown.facts or awaited != shown.awaited:
        desk.put(key, replace(shown, awaited=awaited) if shown.facts else None)
    dues = {a.company: limits.of(RULE, since=a.since).due for a in awaited}
    late = tuple(_matter(desk, cis, nature, a, missing[a.company], limits, supply) for a in awaited if dues[a.company] <= desk.now)
    end = End(how=AlertStep.SUPERSEDED, reason=Reason.DECLARED_SINCE) if facts else End(reason=gone)
    matters.hold(desk, cis, nature, RULE, late, end)
    coming = [due for due in dues.values() if due > desk.now] + ([desk.now + AGAIN] if facts != shown.facts else [])
    coming += _stops_begin(desk, supply) if awaited else []
    set_timer(desk, RULE, f"{nature}/{cis}", min(coming, default=None))


def _is_told(desk: Desk, subject: Subject, nature: Nature) -> bool:
    """A floor counts once its own alert is out: not while that waits for a person, nor after an officer cancelled it."""
    file = alerts.open_file(desk, AlertKind.SAFETY_STOCK, subject, nature)
    return file is not None and not waiting(file)


def _note_list(desk: Desk, cis: str, nature: Nature, supply: Supply | None) -> None:
    """The public list, as far as it was told: its first reading is known and no news."""
    public = supply.public if supply else None
    if public is not None:
        shows = public.code in SHORT_CODES  # a return announced for later, or a code nobody knows, is never told here
        note(desk, cis, nature, LIST, ShownFact(source=LIST, since=desk.now) if shows else None)


def _is_past(desk: Desk, fact: ShownFact, subject: Subject, nature: Nature, supply: Supply | None) -> bool:
    """Pharmacies are silent, and who has to know has since said that it is back: then silence is no shortage."""
    if supply is None or alerts.open_file(desk, AlertKind.DISRUPTION, subject, nature) is not None:
        return False
    public, zone = supply.public, settings.limits(desk).calendar.zone
    listed = (
        public.returned or public.updated if public is not None and public.code == BACK and not (public.gone or public.promised) else None
    )
    if listed is not None and listed >= local_day(fact.since, zone):
        return True
    short = any(d.step not in CLOSING and not is_stop(d) for d in supply.heads)
    return not short and any(d.step is DeclarationStep.RETURN and d.declared_at >= fact.since for d in supply.heads)


def _missing(desk: Desk, cis: str, facts: Iterable[ShownFact], supply: Supply | None) -> dict[str, list[ShownFact]]:
    """By company that ought to have declared and has no declaration open: what shows it."""
    medicine = find(desk, cis)
    everyone = (medicine.companies if medicine else ()) or (NOBODY,)
    heads = [d for d in supply.heads if d.step not in CLOSING] if supply else []
    found: dict[str, list[ShownFact]] = {}
    for fact in facts:
        stopped = fact.source == LIST and supply is not None and supply.public is not None and supply.public.code == STOPPED
        declared = {d.company.id for d in heads if stopped or not is_stop(d) or _in_effect(desk, d)}
        if fact.companies or not declared:
            for company in fact.companies or everyone:
                if company not in declared:
                    found.setdefault(company, []).append(fact)
    return found


def _in_effect(desk: Desk, d: Declaration) -> bool:
    """Before that day, and where nobody knows it, the company still owes news of any shortage."""
    return d.stop is not None and d.stop.effect_on <= local_day(desk.now, settings.limits(desk).calendar.zone)


def _stops_begin(desk: Desk, supply: Supply | None) -> list[datetime]:
    """When stops that are declared take effect."""
    zone = settings.limits(desk).calendar.zone
    days = [d.stop.effect_on for d in supply.heads if d.stop is not None and d.step not in CLOSING and is_stop(d)] if supply else []
    return [at for day in days if (at := start_of_day(day, zone)) > desk.now]


def _awaited(desk: Desk, company: str, facts: list[ShownFact], shown: Shown, supply: Supply | None) -> Awaited:
    """Since the first fact; anew since now where the company had declared and its declaration has ended."""
    known = next((a for a in shown.awaited if a.company == company), None)
    if known is not None:
        return known
    ended = any(d.company.id == company for d in supply.heads) if supply else False
    return Awaited(company=company, since=desk.now if ended else min(f.since for f in facts))


def _matter(
    desk: Desk, cis: str, nature: Nature, awaited: Awaited, facts: list[ShownFact], limits: Limits, supply: Supply | None
) -> Matter:
    medicine, company, zone = find(desk, cis), awaited.company, limits.calendar.zone
    who = called(company, supply, plans.received(desk, cis, nature)) if company else None
    name = medicine.name if medicine else f"CIS {cis}"
    limit = limits.of(RULE, since=awaited.since, to=company or "company")
    return Matter(
        rule=RULE,
        key=f"{company}/declaration",
        severity=Severity.SEVERE if medicine is not None and medicine.mitm else Severity.MODERATE,
        since=limit.due,
        what=words.WHAT,
        sentence=words.sentence(name, who, {f.source: local_day(f.since, zone) for f in facts}, limits.policy.duty.undeclared_days),
        ask=words.ASK,
        do=words.DO,
        company=company or None,
        deadline=limit,
    )
