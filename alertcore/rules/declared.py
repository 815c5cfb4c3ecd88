"""Rule `declared`: a company declares a stock-out, a risk, a stop, a return, or that it was wrong.

CSP L.5121-32 (as soon as known), R.5124-49-1 (content), L.5124-6 (suspension and stop).
"""

from __future__ import annotations

from operator import attrgetter

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.shortages import content_key, of_case
from alertcore.cases.state import CompanyThread, ShortageCase
from alertcore.cases.threads import Link, head, joined
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
        fr="Toutes les entreprises concernées ont déclaré la remise à disposition ; si toutes retirent leur déclaration, elle est annulée.",
        en="Every company concerned has declared the return; if all withdraw their declaration, the alert is cancelled.",
    ),
    source="CSP L.5121-32, R.5124-49-1",
    mark=Mark.C,
    thresholds=("duty.declaration_hours",),
)


_linked, _thread, _company = maker(Link), maker(CompanyThread), attrgetter("company")


def decide(desk: Desk, declaration: Declaration) -> str:
    """Keep the declaration in its company's thread, and judge the medicine again if it is the one that holds now."""
    key = f"case/{declaration.nature}/{declaration.cis}"
    case: ShortageCase = desk.get(key) or ShortageCase()
    company = declaration.company.id
    old = next((t for t in case.threads if t.company == company), CompanyThread(company=company, links=()))
    content = content_key(declaration.nature, declaration.cis, company, declaration.declaration_id)
    if desk.get(content) == declaration:
        return Outcome.REPEAT
    link = _link(declaration)
    links = joined(old.links, link)
    if link not in links:
        return Outcome.LATE
    desk.put(content, declaration)
    for lost in {x.id for x in old.links} - {x.id for x in links} if len(links) <= len(old.links) else ():
        desk.put(content_key(declaration.nature, declaration.cis, company, lost), None)
    others = tuple([t for t in case.threads if t.company != company])
    thread = _thread(company=company, links=links)
    case = replace(case, threads=tuple(sorted((*others, thread), key=_company)) if others else (thread,))
    desk.put(key, case)
    now = head(links)
    if now.id != declaration.declaration_id and old.links and head(old.links) == now:
        return Outcome.LATE
    return _judge(desk, case, declaration, known=bool(old.links))


def _judge(desk: Desk, case: ShortageCase, declaration: Declaration, *, known: bool) -> str:
    supply = of_case(desk, declaration.cis, declaration.nature, case)
    changed = CHANGED.get(declaration.step, Reason.DECLARATION_UPDATED if known else Reason.ANOTHER_COMPANY)
    desk.reason = Outcome.NOT_OPEN
    opened = OPENED.get(declaration.nature_declared, Reason.DECLARED_RISK)
    judge(desk, supply, "declared", opened=opened, changed=changed, over=declaration.step in CLOSING)
    return desk.reason


def _link(d: Declaration) -> Link:
    return _linked(id=d.declaration_id, previous=d.previous_id, at=d.declared_at, rank=RANKS.get(d.step, 0))
