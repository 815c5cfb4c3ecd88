"""Rule `declared`: a company declares a stock-out, a risk, a stop, a return, or that it was wrong.

CSP L.5121-32 (as soon as known), R.5124-49-1 (content), L.5124-6 (suspension and stop).
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from alertcore.cases import settings
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find
from alertcore.cases.own_number import beside
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.runs import let_go
from alertcore.cases.shortages import Supply, content_key, of_case
from alertcore.cases.standing import standing
from alertcore.cases.state import CompanyThread, ShortageCase
from alertcore.cases.threads import KEPT, Link, head, joined
from alertcore.making import maker, replace
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.records.shortage import Declaration, DeclarationStep
from alertcore.rules.card import RuleCard
from alertcore.rules.shortage import CLOSING
from alertcore.rules.shortage_life import judge

RANKS = {DeclarationStep.INITIAL: 0, DeclarationStep.UPDATE: 1, DeclarationStep.RETURN: 2, DeclarationStep.WITHDRAWN: 3}
CHANGED = {DeclarationStep.RETURN: Reason.COMPANY_RETURNED, DeclarationStep.WITHDRAWN: Reason.COMPANY_WITHDREW}
OPENED = {"rupture": Reason.DECLARED_RUPTURE, "risque": Reason.DECLARED_RISK, "arret": Reason.DECLARED_STOP}

CARD = RuleCard(
    name="declared",
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.SHORTAGE,
    title=Text(fr="Rupture, risque ou arrêt déclaré", en="Stock-out, risk or stop declared"),
    fires=Text(
        fr="Une entreprise déclare une rupture de stock, un risque de rupture, une suspension ou un arrêt de commercialisation, dans un"
        " circuit (ville, hôpital) ou les deux.",
        en="A company declares a stock-out, a risk of one, a suspension or a stop of marketing, in one circuit or in both.",
    ),
    ends=Text(
        fr="Toutes les entreprises concernées ont déclaré la remise à disposition de toutes les présentations, en ville et à l'hôpital ; ce"
        " qu'une remise à disposition ne nomme pas, ou n'annonce que pour plus tard, reste ouvert. Si toutes retirent leur déclaration,"
        " l'alerte est annulée.",
        en="Every company concerned has declared the return of every presentation in both circuits; what a return does not name, or only"
        " announces for later, stays open. If all withdraw their declaration, the alert is cancelled.",
    ),
    source="CSP L.5121-32, R.5124-49-1",
    mark=Mark.C,
    thresholds=("duty.declaration_hours",),
)


_linked, _thread, _company = maker(Link), maker(CompanyThread), attrgetter("company")


def decide(desk: Desk, declaration: Declaration) -> str:
    """Keep the declaration in its company's thread, and judge the medicine again if it changes what stands."""
    nature, cis = declaration.nature, declaration.cis
    key = f"case/{nature}/{cis}"
    case: ShortageCase = desk.get(key) or ShortageCase()
    company = declaration.company.id
    old = next((t for t in case.threads if t.company == company), None) or _thread(company=company, links=())
    content = content_key(nature, cis, company, declaration.declaration_id)
    if desk.get(content) == declaration:
        return Outcome.REPEAT
    if old.links and desk.get(content) is not None:
        earlier, kept = old, beside(desk, old, declaration, RANKS.get(declaration.step, 0))
        if kept is None:
            return Outcome.LATE
        old, declaration = kept
        content = content_key(nature, cis, company, declaration.declaration_id)
        if old is earlier and desk.get(content) == declaration:
            return Outcome.REPEAT
    link = _link(declaration)
    links = joined(old.links, link, len(old.links) + 1)
    if link not in links:
        return Outcome.LATE
    late = head(links).id != declaration.declaration_id
    before = of_case(desk, cis, nature, case) if late else None
    desk.put(content, declaration)
    desk.newest = (link, declaration)
    thread = _let_go(desk, declaration, _thread(company=company, links=links, meant=_meant(desk, old, declaration)))
    others = tuple([t for t in case.threads if t.company != company])
    case = replace(case, threads=tuple(sorted((*others, thread), key=_company)) if others else (thread,))
    desk.put(key, case)
    supply = of_case(desk, cis, nature, case)
    if before is not None and old.links and _says(before) == _says(supply):
        return Outcome.LATE
    return _judge(desk, supply, declaration, known=bool(old.links))


def _meant(desk: Desk, old: CompanyThread, declaration: Declaration) -> dict[str, tuple[str, ...]]:
    """All presentations are those on sale as it is declared: one that comes later is not concerned."""
    if declaration.step in CLOSING:
        return _learnt(desk, old, declaration) if declaration.cip13s else old.meant
    packs = _on_sale(desk, declaration.cis) if not declaration.cip13s else ()
    return old.meant | {declaration.declaration_id: packs} if packs else old.meant


def _learnt(desk: Desk, old: CompanyThread, closing: Declaration) -> dict[str, tuple[str, ...]]:
    """Where nobody knew then which presentations there are, those known as some of them are said to be back.

    Not as the medicine is learnt: its presentations come one by one, and the first is not all.
    """
    names = [x.id for x in old.links if x.id not in old.meant]
    contents: list[Declaration | None] = [desk.get(content_key(closing.nature, closing.cis, old.company, name)) for name in names]
    whole = [d.declaration_id for d in contents if d is not None and d.step not in CLOSING and not d.cip13s]
    packs = _on_sale(desk, closing.cis) if whole else ()
    return old.meant | dict.fromkeys(whole, packs) if packs else old.meant


def _on_sale(desk: Desk, cis: str) -> tuple[str, ...]:
    medicine = find(desk, cis)
    return tuple([p for p in medicine.packs if p not in medicine.unmarketed]) if medicine is not None else ()


def _let_go(desk: Desk, declaration: Declaration, thread: CompanyThread) -> CompanyThread:
    """Of many declarations those that no longer matter are let go, the oldest first."""
    nature, cis = declaration.nature, declaration.cis
    if len(thread.links) <= KEPT:
        return thread
    contents: dict[str, Any] = {x.id: desk.get(content_key(nature, cis, thread.company, x.id)) for x in thread.links}
    zone = settings.limits(desk).calendar.zone
    links = let_go(thread.links, lambda some: standing(some, [contents[x.id] for x in some], thread.meant, zone), KEPT)
    lost = {x.id for x in thread.links} - {x.id for x in links}
    for one in lost:
        desk.put(content_key(nature, cis, thread.company, one), None)
    return _thread(company=thread.company, links=links, meant={k: v for k, v in thread.meant.items() if k not in lost})


def _says(supply: Supply) -> tuple[object, ...]:
    """What of a supply declarations say."""
    return supply.heads, supply.runs, supply.partly, supply.ended


def _judge(desk: Desk, supply: Supply, declaration: Declaration, *, known: bool) -> str:
    changed = CHANGED.get(declaration.step, Reason.DECLARATION_UPDATED if known else Reason.ANOTHER_COMPANY)
    desk.reason = Outcome.NOT_OPEN
    opened = OPENED.get(declaration.nature_declared, Reason.DECLARED_RISK)
    judge(desk, supply, "declared", opened=opened, changed=changed, over=declaration.step in CLOSING)
    return desk.reason


def _link(d: Declaration) -> Link:
    return _linked(id=d.declaration_id, previous=d.previous_id, at=d.declared_at, rank=RANKS.get(d.step, 0))
