"""When the duties around one medicine's supply are judged again: at each declaration, plan, status, order, product, policy and limit."""

from __future__ import annotations

from alertcore.cases import alerts, plans
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.reasons import Reason
from alertcore.cases.shortages import Supply, known
from alertcore.cases.state import AlertFile, Life
from alertcore.records.alert import AlertKind, Signal, SignalState
from alertcore.records.product import Product
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import Declaration, Plan
from alertcore.rules import overdue, police_measures, stop_notice, undeclared
from alertcore.rules.safety_stock_breach import FLAGS, Lowered
from alertcore.rules.shortage_life import judge as judge_alerts
from alertcore.rules.undeclared import FLOOR, PHARMACIES, ShownFact

NATURES = (Nature.ACTUAL, Nature.EXERCISE)
NO_RECOVERY = ((Lowered.FLOOR, Reason.FLOOR_LOWERED), (Lowered.LEFT, Reason.NO_LONGER_MARKETED))
OF_SUPPLY = (AlertKind.SHORTAGE, AlertKind.STOP)


def judge(desk: Desk, cis: str, nature: Nature, gone: Reason = Reason.FACTS_GONE) -> None:
    """All duties of one medicine. gone: why no fact shows a shortage any more, where none does."""
    supply = known(desk, cis, nature)
    if supply is not None:
        stop_notice.judge(desk, supply)
        police_measures.judge(desk, supply)
    overdue.judge(desk, cis, nature, supply)
    undeclared.judge(desk, cis, nature, supply, gone)


def after_declaration(desk: Desk, declaration: Declaration) -> str:
    """Hears of every declaration, after it was kept."""
    judge(desk, declaration.cis, declaration.nature)
    return ""


def take_plan(desk: Desk, plan: Plan) -> str:
    """Keeps a shortage management plan."""
    reason = plans.take(desk, plan)
    judge(desk, plan.cis, plan.nature)
    return reason


def after_signal(desk: Desk, signal: Signal) -> str:
    """Hears of a floor that is not kept."""
    if signal.rule == "safety_stock" and signal.subject.kind is SubjectKind.CIS:
        cis = signal.subject.id
        shows = signal.state is not SignalState.CLEARED
        fact = ShownFact(source=FLOOR, since=signal.since, companies=tuple(sorted(signal.companies))) if shows else None
        undeclared.note(desk, cis, signal.nature, FLOOR, fact)
        why = (reason for flag, reason in NO_RECOVERY if fact is None and signal.numbers.get(FLAGS[flag]))
        judge(desk, cis, signal.nature, next(why, Reason.FACTS_GONE))
    return ""


def after_product(desk: Desk, product: Product) -> str:
    """Hears of reference data: a medicine may have become a MITM or ceased to be one."""
    listed = product.cis in desk.policy.duty.plans_expected
    for nature in NATURES:
        supply = known(desk, product.cis, nature)
        if supply is not None:
            _kind_changed(desk, supply)
        if supply is not None or listed or plans.received(desk, product.cis, nature):
            judge(desk, product.cis, nature)
    return ""


def _kind_changed(desk: Desk, supply: Supply) -> None:
    """Open alerts say whether it is a MITM, and their limits follow from it."""
    subject = Subject(kind=SubjectKind.CIS, id=supply.cis)
    mitm = str(supply.medicine is not None and supply.medicine.mitm).lower()
    files = [alerts.open_file(desk, kind, subject, supply.nature) for kind in OF_SUPPLY]
    if any(f is not None and f.alert.labels.get("mitm") != mitm for f in files):
        rule = "declared" if supply.heads else "published"
        judge_alerts(desk, supply, rule, opened=Reason.MITM_CHANGED, changed=Reason.MITM_CHANGED, over=False)


def follow(desk: Desk, moved: Moved) -> None:
    """Hears of alerts: shortages that statuses or officers moved, and disruptions at pharmacies."""
    if moved.subject.kind is not SubjectKind.CIS:
        return
    if moved.kind is AlertKind.DISRUPTION:
        _pharmacies(desk, moved)
        judge(desk, moved.subject.id, moved.nature)
    elif moved.kind is AlertKind.SAFETY_STOCK or (moved.kind in OF_SUPPLY and desk.message.kind != "shortage.declarations"):
        judge(desk, moved.subject.id, moved.nature)


def _pharmacies(desk: Desk, moved: Moved) -> None:
    """A cluster shows a shortage until pharmacies are served or an officer cancels it; that they report no longer is no end."""
    life: Life | None = desk.get(alerts.life_key(moved.kind, moved.subject, moved.nature))
    assert life is not None, "what moved has lived"
    file: AlertFile | None = desk.get(f"alert/{life.open or life.last}")
    assert file is not None, "and is kept"
    if file.ended and file.alert.reason != Reason.NO_LONGER_REPORTED:
        undeclared.note(desk, moved.subject.id, moved.nature, PHARMACIES, None)
    elif not file.ended and file.alert.labels.get("cluster") == "true":
        undeclared.note(desk, moved.subject.id, moved.nature, PHARMACIES, ShownFact(source=PHARMACIES, since=desk.now))


def wake(desk: Desk, subject: str) -> None:
    """A limit has passed."""
    nature, cis = subject.split("/", 1)
    judge(desk, cis, Nature(nature))


def relook(desk: Desk) -> None:
    """Another policy: everything known is judged by it."""
    seen: dict[tuple[str, Nature], None] = {}
    for prefix in ("case/", "plans/", "shown/", "duties/"):
        for key, _ in desk.view.items(prefix):
            _, nature, cis = key.split("/", 2)
            seen[cis, Nature(nature)] = None
    for cis in desk.policy.duty.plans_expected:
        seen[cis, Nature.ACTUAL] = None
    for cis, nature in sorted(seen):
        judge(desk, cis, nature)
