"""Rule `published`: a status on a public shortage list appears, changes, relapses, returns, or is gone (by code, never by label).

Source: the public list of CSP L.5121-30; statuses and quirks of the file as published (BDPM, "Contenu et format des fichiers", version 4).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from alertcore.cases import snapshots
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.shortages import of_case
from alertcore.cases.state import PublicPart, PublishedMedicine, ShortageCase, StatusRow
from alertcore.country_names import name as country
from alertcore.identity import signal_id
from alertcore.making import replace
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.hub import Command
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.records.shortage import PublishedStatus
from alertcore.rules import shortage_words as words
from alertcore.rules.card import RuleCard
from alertcore.rules.shortage_life import judge

BACK = 4
KNOWN = (1, 2, 3, BACK)
NOT_UNDERSTOOD, PROMISED = 3.5, 3.7
"""A code that no vocabulary has, and a return that is only announced, are better than a shortage and worse than a return."""

HELD = ("held.accept", "held.refuse")
"""Commands on a row that is gone: their target is the id of the question's signal."""
KINDS: dict[str, type[object]] = {"gone": str}
"""`gone/<signal id>`: state key of the medicine whose row is gone."""

GRAVITY = {1: Severity.SEVERE, 2: Severity.MODERATE, 3: Severity.MODERATE, BACK: Severity.INFO}

CARD = RuleCard(
    name="published",
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.SHORTAGE,
    title=Text(fr="Statut publié", en="Published status"),
    fires=Text(
        fr="Sur une liste publique de disponibilité, le code d'un médicament apparaît, change, revient à une rupture, ou sa ligne manque"
        " dans deux listes de suite : dans ce dernier cas, une question est posée à l'agent, rien n'est annoncé. La première liste sert"
        " de référence.",
        en="On a public availability list the code of a medicine appears, changes, relapses, or its row is missing from two lists in a row:"
        " in that last case a question is put to the officer, nothing is announced. The first list is the baseline.",
    ),
    ends=Text(
        fr="La liste porte le code 4 (remise à disposition), sans date de retour à venir. Une ligne absente n'est jamais une fin.",
        en="The list carries code 4 (back in supply), with no return date still to come. A missing row is never an end.",
    ),
    source="CSP L.5121-30, base de données publique des médicaments",
    mark=Mark.C,
)


def decide(desk: Desk, status: PublishedStatus, sender: str) -> str:
    """Rows are kept as they come and judged together at the marker that ends their snapshot (the door lets only whole ones in).

    The first snapshot is the baseline: it is known and told to nobody.
    """
    book = snapshots.book(desk, sender, status.nature)
    if status.rows is not None:
        return _marker(desk, sender, status.nature, book)
    number = book.accepted + 1
    snapshots.began(desk, sender, status.nature, book, status.country)
    key = f"status/{sender}/{status.nature}/{status.cis}"
    known: PublishedMedicine = desk.get(key) or PublishedMedicine()
    substances = status.substances or known.substances
    rows = _with(known.rows, status, number)
    desk.put(key, replace(known, rows=rows, name=status.name or known.name, country=status.country, substances=substances))
    return Outcome.STATUS_KEPT


def _with(rows: tuple[StatusRow, ...], status: PublishedStatus, number: int) -> tuple[StatusRow, ...]:
    """Rows by (CIP13, URL); within a snapshot the latest update wins, and of equals the graver."""
    row = StatusRow(
        cip13=status.cip13,
        url=status.url,
        code=status.code,
        start=status.start,
        updated=status.updated,
        returned=status.returned,
        seen=number,
    )
    same = next((r for r in rows if (r.cip13, r.url) == (row.cip13, row.url)), None)
    if same is not None and same.seen == number and _newer(same) >= _newer(row):
        return rows
    rest = tuple(r for r in rows if r is not same)
    return tuple(sorted((*rest, row), key=lambda r: (r.cip13, r.url)))


def _newer(row: StatusRow) -> tuple[date, float, str, str]:
    """Of two rows with one key the greater holds; the days make the order one of the rows alone, not of their coming."""
    return row.updated or date.min, -rank(row.code), str(row.start), str(row.returned)


def rank(code: int, *, promised: bool = False) -> float:
    """Gravity of a status, the gravest first: 1, 2, 3, what is not understood, a return announced, a return."""
    if code not in KNOWN:
        return NOT_UNDERSTOOD
    return PROMISED if promised else float(code)


def _judged(rows: tuple[StatusRow, ...], today: date) -> PublicPart | None:
    """What a list says of a medicine: the gravest of its present rows; None where there is none."""
    if not rows:
        return None
    ranked = {r: rank(r.code, promised=_announced(r, today)) for r in rows}
    lead = min(rows, key=lambda r: (ranked[r], r.url, r.cip13))
    packs = {r.cip13 for r in rows if ranked[r] == ranked[lead]}
    return PublicPart(
        code=lead.code,
        url=lead.url,
        cip13s=() if "*" in packs else tuple(sorted(packs)),
        start=lead.start,
        updated=lead.updated,
        returned=lead.returned,
        promised=_announced(lead, today),
    )


def _announced(row: StatusRow, today: date) -> bool:
    """True for a return whose day has not come."""
    return row.code == BACK and row.returned is not None and row.returned > today


def _marker(desk: Desk, sender: str, nature: Nature, book: snapshots.Snapshots) -> str:
    mark = snapshots.ended(desk, sender, nature, book)
    if mark is None:
        return Outcome.SNAPSHOT_COMPARED
    baseline = mark.previous == mark.last
    today = desk.now.astimezone(ZoneInfo(desk.agency.timezone)).date()
    desk.reason = ""
    for key, known in snapshots.medicines(desk, sender, nature):
        if mark.holds(known.country):
            present = tuple(r for r in known.rows if r.seen >= mark.previous)
            now = _judged(present, today)
            if baseline:
                desk.put(key, replace(known, rows=present, judged=now))
            elif now != known.judged:
                _changed(desk, key, known, present, now, nature)
    return Outcome.BASELINE if baseline else desk.reason or Outcome.SNAPSHOT_COMPARED


def _changed(
    desk: Desk, key: str, known: PublishedMedicine, present: tuple[StatusRow, ...], now: PublicPart | None, nature: Nature
) -> None:
    """One medicine on which the list says something else than before."""
    cis, before = _cis(key), known.judged
    graver = now is None or any(rank(r.code) < rank(now.code, promised=now.promised) for r in known.rows if r not in present)
    if graver:
        # What fell away was graver than what is left: its absence must not read as a return.
        _gone(desk, key, known, present, now, nature)
        return
    assert now is not None
    desk.put(key, replace(known, rows=present, judged=now))
    if before is not None and _says(before) == _says(now) and not before.gone:
        return  # a date or an address moved: no other status
    subject = Subject(kind=SubjectKind.CIS, id=cis)
    if now.code not in KNOWN or now.promised:
        _unsettled(desk, known, subject, before, now, nature)
    elif known.country != desk.agency.country:
        _abroad(desk, known, subject, now, nature)
    else:
        _told(desk, cis, now, _why(before, now), nature)


def _says(part: PublicPart) -> tuple[int, tuple[str, ...], bool]:
    return part.code, part.cip13s, part.promised


def _why(before: PublicPart | None, now: PublicPart) -> Reason:
    if now.code == BACK:
        return Reason.STATUS_RETURNED
    if before is None or before.gone:
        return Reason.STATUS_APPEARED
    return Reason.STATUS_RELAPSED if before.code == BACK and not before.promised else Reason.STATUS_CHANGED


def _told(desk: Desk, cis: str, now: PublicPart, why: Reason, nature: Nature) -> None:
    key = f"case/{nature}/{cis}"
    case: ShortageCase = desk.get(key) or ShortageCase()
    case = replace(case, public=now)
    desk.put(key, case)
    supply = of_case(desk, cis, nature, case)
    judge(desk, supply, "published", opened=why, changed=why, over=now.code == BACK)


def _gone(desk: Desk, key: str, known: PublishedMedicine, present: tuple[StatusRow, ...], now: PublicPart | None, nature: Nature) -> None:
    """Absence is a question for an officer, never news and never an end; after a return it is not even that."""
    before = known.judged
    judged = now if now is not None or before is None else replace(before, gone=True)
    desk.put(key, replace(known, rows=present, judged=judged))
    if before is None or before.gone or before.code == BACK:
        return
    subject = Subject(kind=SubjectKind.CIS, id=_cis(key))
    case_key = f"case/{nature}/{subject.id}"
    case: ShortageCase | None = desk.get(case_key)
    ours = known.country == desk.agency.country
    if ours and case is not None and case.public is not None and (now is None or now.code == BACK):
        desk.put(case_key, replace(case, public=replace(case.public, gone=True)))
    text = _said(desk, known, subject.id, words.gone)
    numbers = {"absent_publications_count": 2.0}
    desk.signal("published", subject, nature, severity=Severity.MINOR, sentence=text, question=True, numbers=numbers)
    desk.put(f"gone/{signal_id('published', subject.kind, subject.id, nature)}", key)


def answered(desk: Desk, order: Command) -> str:
    """An officer's word on a row that is gone; target: the question's signal. `held.accept`: it is over; `held.refuse`: it is not."""
    place = f"gone/{order.target}"
    key: str | None = desk.get(place) if order.by and order.action in HELD else None
    known: PublishedMedicine | None = desk.get(key) if key is not None else None
    if key is None or known is None:
        return ""
    desk.put(place, None)
    nature, cis = Nature(key.split("/", 3)[2]), _cis(key)
    if order.action == "held.accept":
        _over(desk, key, known, cis, nature)
    else:
        text, subject = _said(desk, known, cis, words.not_over), Subject(kind=SubjectKind.CIS, id=cis)
        desk.signal("published", subject, nature, severity=Severity.MINOR, sentence=text, question=True)
    return ""


def _over(desk: Desk, key: str, known: PublishedMedicine, cis: str, nature: Nature) -> None:
    """What fell away counts as returned; what the list still says goes on."""
    left = known.judged if known.judged is not None and not known.judged.gone else None
    now = left or PublicPart(code=BACK)
    desk.put(key, replace(known, judged=left))
    if known.country == desk.agency.country:
        _told(desk, cis, now, Reason.STATUS_RETURNED if now.code == BACK else Reason.STATUS_CHANGED, nature)
    subject = Subject(kind=SubjectKind.CIS, id=cis)
    if now.code in KNOWN and now.code != BACK:
        if known.country != desk.agency.country:  # at home the case has said it
            _abroad(desk, known, subject, now, nature)
        return
    text = _said(desk, known, cis, lambda name: words.ended(name, withdrawn=False))
    desk.signal("published", subject, nature, severity=Severity.INFO, sentence=text, holds=False)


def _unsettled(desk: Desk, known: PublishedMedicine, subject: Subject, before: PublicPart | None, now: PublicPart, nature: Nature) -> None:
    """A code nobody knows is a question; a return announced for later is told to officers, and nothing ends before its day."""
    back_on = now.returned
    if now.code not in KNOWN:
        text = _said(desk, known, subject.id, lambda name: words.not_understood(name, now.code))
    elif before is None or before.code == BACK:
        return  # nothing was short that could come back
    else:
        assert back_on is not None
        text = _said(desk, known, subject.id, lambda name: words.promised(name, back_on))
    desk.signal("published", subject, nature, severity=Severity.MINOR, sentence=text, question=True)


def _abroad(desk: Desk, known: PublishedMedicine, subject: Subject, now: PublicPart, nature: Nature) -> None:
    """Other countries inform but do not count: a signal, and no alert."""
    text = _said(desk, known, subject.id, lambda name: words.published(name, now.code, now.start))
    desk.signal("published", subject, nature, severity=GRAVITY[now.code], sentence=text, holds=now.code != BACK)


def _cis(key: str) -> str:
    """The medicine of a state key; a foreign publisher's number may hold any character."""
    return key.split("/", 3)[3]


def _said(desk: Desk, known: PublishedMedicine, cis: str, of: Callable[[str], tuple[str, str]]) -> Text:
    """A sentence on a medicine; on one of another country's list with that country beside its name."""
    name, where = _name(desk, known, cis), Text(fr="", en="")
    if known.country != desk.agency.country:
        where = country(known.country)
        where = Text(fr=f" ({where.fr})", en=f" ({where.en})")
    return Text(fr=of(name + where.fr)[0], en=of(name + where.en)[1])


def _name(desk: Desk, known: PublishedMedicine, cis: str) -> str:
    medicine = find(desk, cis)
    return medicine.name if medicine else known.name or f"CIS {cis}"
