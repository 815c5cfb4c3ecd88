"""Which rules hear what: by kind of entry, by an alert that moved, and by a timer; and the state they keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alertcore.cases import (
    acknowledged,
    alike,
    answering,
    answers,
    calling,
    case_file,
    case_orders,
    consulting,
    contact_test,
    contained,
    correcting,
    covering,
    dispatching,
    duty_met,
    external,
    holdings,
    matters,
    medicines,
    orders,
    past_routes,
    plans,
    policy_change,
    rapid_shortage,
    release,
    reporting,
    scarce,
    settings,
    silences,
    snapshots,
    timers,
)
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.devices import KINDS as DEVICE_KINDS
from alertcore.cases.devices import take as take_device
from alertcore.cases.disruptions import KINDS as DISRUPTION_KINDS
from alertcore.cases.positions import KINDS as POSITION_KINDS
from alertcore.cases.positions import take as take_position
from alertcore.cases.reasons import Outcome
from alertcore.cases.state import KINDS as OWN_KINDS
from alertcore.records.hub import Command, SettingsFile
from alertcore.rules import (
    case_measures,
    declared,
    defect,
    device_notice,
    disruption_72h,
    equivalents,
    foreign_defect,
    hub_signals,
    major_event,
    no_floor_alert,
    projection_alert,
    published,
    recall_reach_told,
    recalled_lot_alert,
    season,
    several_states,
    shortage_orders,
    supply_duties,
    surge,
    undeclared,
)

Rule = Callable[[Desk, Any], str]
"""Takes what came; returns the reason of the decision."""
Follower = Callable[[Desk, Moved], None]
"""Hears of an alert that a rule raised, updated or ended, and may move alerts of its own."""
Waker = Callable[[Desk, str], None]
"""Hears that a timer it set for this subject has run out."""

ORDERS: dict[str, orders.Order] = {
    "release": release.release,
    "cancel": release.cancel,
    "correct": correcting.correct,
    "contest": answering.contest,
    "ack": answering.acknowledge,
    reporting.ACTION: reporting.answer,
    "duty_met": duty_met.meet,
    "alternatives": shortage_orders.alternatives,
    "measure": shortage_orders.measure,
}
"""What an officer may command on an alert, by action."""

CASE_ORDERS: dict[str, case_orders.CaseOrder] = case_orders.ORDERS | case_measures.ORDERS
"""What an officer may command on a case, by action."""


def _obey(desk: Desk, order: Command) -> str:
    """An order is on a silence, on a case, on an alert, for a check of contact points, or carries alerts posted from outside."""
    own = external.take(desk, order) or silences.take(desk, order, dispatching.put)
    if own:
        return own
    done = contact_test.take(desk, order) or case_orders.take(desk, order, CASE_ORDERS) or orders.take(desk, order, ORDERS)
    return answers.noted(desk, order, done)


def _reroute(desk: Desk, file: SettingsFile) -> str:
    """A routing file comes into force: what it says that is new is told, what was told stays told."""
    reason = settings.take(desk, file)
    if reason == Outcome.SETTINGS_TAKEN:
        dispatching.rerouted(desk)
        covering.rerouted(desk)
    return reason


RULES: dict[str, tuple[Rule, ...]] = {
    "plans": (supply_duties.take_plan,),
    "shortage.declarations": (
        declared.decide,
        supply_duties.after_declaration,
        projection_alert.declared,
        surge.declared,
        several_states.declared,
    ),
    "shortage.statuses": (lambda desk, status: published.decide(desk, status, desk.message.sender), several_states.listed),
    "quality.defects": (lambda desk, record: defect.decide(desk, record, desk.message.sender),),
    "supply.disruptions": (disruption_72h.decide,),
    "device.notices": (lambda desk, notice: device_notice.decide(desk, notice, desk.message.sender),),
    "rapidalerts": (
        lambda desk, alert: device_notice.of_rapid_alert(desk, alert) or foreign_defect.decide(desk, alert),
        several_states.told,
    ),
    "signal": (
        lambda desk, signal: policy_change.signal(desk, signal, hub_signals.decide),
        supply_duties.after_signal,
    ),
    "reference.products": (
        medicines.take,
        contained.learn,
        supply_duties.after_product,
        equivalents.after_product,
        several_states.product,
    ),
    "reference.devices": (take_device,),
    "position": (take_position, season.arrived),
    "command": (
        _obey,
        policy_change.after_command,
        published.answered,
        several_states.answered,
    ),
    "holding": (recalled_lot_alert.take,),
    "reach": (recall_reach_told.take,),
    "acknowledgement": (acknowledged.take,),
    "policy": (lambda desk, file: policy_change.take(desk, file, RELOOKS),),
    "authorities": (settings.take,),
    "senders": (settings.take,),
    "routes": (_reroute,),
    "receipt": (dispatching.counted,),
    "duty": (settings.take,),
    "calendar": (settings.take,),
}
"""By kind of entry. The first keeps the fact and gives the reason; the others follow in this order and see what it kept."""

FOLLOWERS: tuple[Follower, ...] = (
    equivalents.follow,
    supply_duties.follow,
    recalled_lot_alert.follow,
    major_event.follow,
    case_orders.follow,
    calling.follow,
    covering.follow,
    external.follow,
)
"""Rules that look at more than one subject, in the order in which they hear."""

WAKERS: dict[str, Waker] = {
    "disruption_72h": disruption_72h.wake,
    recall_reach_told.TIMER: recall_reach_told.wake,
    "stop_notice": supply_duties.wake,
    "overdue": supply_duties.wake,
    "device_notice": device_notice.wake,
    equivalents.RULE: major_event.equivalent_stopped,
    "undeclared": supply_duties.wake,
    "police_measures": supply_duties.wake,
    projection_alert.RULE: projection_alert.wake,
    season.RULE: season.wake,
    surge.RULE: surge.wake,
    consulting.RULE: consulting.wake,
    silences.TIMER: silences.wake,
    external.TIMER: external.wake,
    external.FORGOTTEN: external.forget,
    policy_change.TIMER: lambda desk, _: policy_change.wake(desk, hub_signals.decide),
}
"""By the rule's name in `timers.set_timer`."""

RELOOKS: tuple[policy_change.Relook, ...] = (
    supply_duties.relook,
    device_notice.relook,
    disruption_72h.relook,
    surge.relook,
    several_states.relook,
    major_event.relook,
)
"""Rules that look again at what is open when another policy comes."""

KINDS: dict[str, type[object]] = (
    OWN_KINDS
    | case_file.KINDS
    | correcting.KINDS
    | holdings.KINDS
    | alike.KINDS
    | matters.KINDS
    | plans.KINDS
    | undeclared.KINDS
    | DEVICE_KINDS
    | DISRUPTION_KINDS
    | POSITION_KINDS
    | surge.KINDS
    | policy_change.KINDS
    | projection_alert.KINDS
    | no_floor_alert.KINDS
    | snapshots.KINDS
    | scarce.KINDS
    | rapid_shortage.KINDS
    | reporting.KINDS
    | published.KINDS
    | several_states.KINDS
    | major_event.KINDS
    | silences.KINDS
    | answers.KINDS
    | past_routes.KINDS
    | external.KINDS
    | timers.KINDS
)
"""Type of a state value by what its key begins with, up to the first slash."""
