"""Rule `published`: a status on a public shortage list appears, changes, relapses, returns, or is gone (by code, never by label)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.shortages import of_case
from alertcore.cases.state import PublicPart, PublishedMedicine, ShortageCase, Snapshots, StatusRow
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.records.shortage import PublishedStatus
from alertcore.rules import shortage_words as words
from alertcore.rules.card import RuleCard
from alertcore.rules.shortage_life import judge

BACK = 4
ABSENT_BEFORE_ASKING = 2
"""Accepted snapshots a row must be absent from before its absence is a question."""

GRAVITY = {1: Severity.SEVERE, 2: Severity.MODERATE, 3: Severity.MODERATE, BACK: Severity.INFO}

CARD = RuleCard(
    name="published",
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.SHORTAGE,
    title=Text(fr="Statut publié", en="Published status"),
    fires=Text(
        fr="Sur une liste publique de disponibilité, le code d'un médicament apparaît, change, revient à une rupture, ou sa ligne manque"
        " dans deux listes de suite : dans ce dernier cas, une question est posée à l'agent, rien n'est annoncé.",
        en="On a public availability list the code of a medicine appears, changes, relapses, or its row is missing from two lists in a row:"
        " in that last case a question is put to the officer, nothing is announced.",
    ),
    ends=Text(
        fr="La liste porte le code 4 (remise à disposition). Une ligne absente n'est jamais une fin.",
        en="The list carries code 4 (back in supply). A missing row is never an end.",
    ),
    source="CSP L.5121-30, base de données publique des médicaments",
    mark=Mark.C,
)


def decide(desk: Desk, status: PublishedStatus, sender: str) -> str:
    """Rows are kept as they come and judged together at the marker that ends their snapshot (the door lets only whole ones in).

    The first snapshot is the baseline: it is known and told to nobody.
    """
    snapshots: Snapshots = desk.get(f"snapshots/{sender}/{status.nature}") or Snapshots()
    number = snapshots.accepted + 1
    if status.rows is not None:
        return _marker(desk, sender, status.nature, number)
    key = f"status/{sender}/{status.nature}/{status.cis}"
    known: PublishedMedicine = desk.get(key) or PublishedMedicine()
    rows = _with(known.rows, status, number)
    known = replace(known, rows=rows, name=status.name or known.name, country=status.country)
    desk.put(key, replace(known, judged=_judged(rows, number)) if number == 1 else known)
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


def _newer(row: StatusRow) -> tuple[date, int]:
    return row.updated or date.min, -row.code


def _judged(rows: tuple[StatusRow, ...], number: int) -> PublicPart | None:
    """What a list says of a medicine: the gravest of its rows (1 before 2 before 3 before 4); None when all have been absent too long."""
    present = [r for r in rows if number - r.seen < ABSENT_BEFORE_ASKING]
    if not present:
        return None
    lead = min(present, key=lambda r: (r.code, r.url, r.cip13))
    packs = {r.cip13 for r in present if r.code == lead.code}
    return PublicPart(
        code=lead.code,
        url=lead.url,
        cip13s=() if "*" in packs else tuple(sorted(packs)),
        start=lead.start,
        updated=lead.updated,
        returned=lead.returned,
    )


def _marker(desk: Desk, sender: str, nature: Nature, number: int) -> str:
    desk.put(f"snapshots/{sender}/{nature}", Snapshots(accepted=number))
    if number == 1:
        return Outcome.BASELINE
    desk.reason = ""
    for key, known in list(desk.view.items(f"status/{sender}/{nature}/")):
        now = _judged(known.rows, number)
        if now != known.judged:
            _changed(desk, key, known, now, nature, number)
    return desk.reason or Outcome.SNAPSHOT_COMPARED


def _changed(desk: Desk, key: str, known: PublishedMedicine, now: PublicPart | None, nature: Nature, number: int) -> None:
    """One medicine on which the list says something else than before."""
    cis, before = key.rsplit("/", 1)[1], known.judged
    subject = Subject(kind=SubjectKind.CIS, id=cis)
    left = [r for r in known.rows if number - r.seen < ABSENT_BEFORE_ASKING]
    if now is None or any(r.code < now.code for r in known.rows if r not in left):
        # What fell away was graver than what is left: its absence must not read as a return.
        _gone(desk, key, known, subject, nature)
        if now is not None:
            desk.put(key, replace(known, rows=tuple(left), judged=now))
        return
    desk.put(key, replace(known, judged=now))
    if before is not None and (before.code, before.cip13s) == (now.code, now.cip13s) and not before.gone:
        return  # a date or an address moved: no other status
    if known.country != desk.agency.country:
        _abroad(desk, known, subject, now, nature)
    else:
        _told(desk, cis, now, _why(before, now), nature)


def _why(before: PublicPart | None, now: PublicPart) -> Reason:
    if now.code == BACK:
        return Reason.STATUS_RETURNED
    if before is None or before.gone:
        return Reason.STATUS_APPEARED
    return Reason.STATUS_RELAPSED if before.code == BACK else Reason.STATUS_CHANGED


def _told(desk: Desk, cis: str, now: PublicPart, why: Reason, nature: Nature) -> None:
    key = f"case/{nature}/{cis}"
    case: ShortageCase = desk.get(key) or ShortageCase()
    case = replace(case, public=now)
    desk.put(key, case)
    supply = of_case(desk, cis, nature, case)
    judge(desk, supply, "published", opened=why, changed=why, over=now.code == BACK)


def _gone(desk: Desk, key: str, known: PublishedMedicine, subject: Subject, nature: Nature) -> None:
    """Absence is a question for an officer, never news and never an end; after a return it is not even that."""
    before = known.judged
    if before is None or before.gone:
        return
    desk.put(key, replace(known, judged=replace(before, gone=True)))
    if before.code == BACK:
        return
    case_key = f"case/{nature}/{subject.id}"
    case: ShortageCase | None = desk.get(case_key)
    if case is not None and case.public is not None and known.country == desk.agency.country:
        desk.put(case_key, replace(case, public=replace(case.public, gone=True)))
    fr, en = words.gone(_name(desk, known, subject.id))
    desk.signal("published", subject, nature, severity=Severity.MINOR, sentence=Text(fr=fr, en=en), question=True)


def _abroad(desk: Desk, known: PublishedMedicine, subject: Subject, now: PublicPart, nature: Nature) -> None:
    """Other countries inform but do not count: a signal, and no alert."""
    fr, en = words.published(_name(desk, known, subject.id), now.code, now.start)
    text = Text(fr=f"{fr} ({known.country})", en=f"{en} ({known.country})")
    desk.signal("published", subject, nature, severity=GRAVITY.get(now.code, Severity.INFO), sentence=text, holds=now.code != BACK)


def _name(desk: Desk, known: PublishedMedicine, cis: str) -> str:
    medicine = find(desk, cis)
    return medicine.name if medicine else known.name or f"CIS {cis}"
