"""Another policy: all open subjects are looked at again.

What ends only by it closes as `policy_changed` and is no all-clear. What newly holds is told as ever, but held for one person where it is
more than twenty. Signals of stage supply that newly hold arrive one by one: they are kept a minute of log time, and decided together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from alertcore.cases import alerts, settings, timers
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, shown
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.release import waiting
from alertcore.cases.state import AlertFile, HeldByPolicy
from alertcore.records.alert import AlertKind, AlertStep, Severity, Signal, SignalState
from alertcore.records.hub import Command, SettingsFile
from alertcore.records.shared import Subject, SubjectKind, Text

MOST = 20
"""Alerts a policy may raise at once without a person looking first."""
GATHERED_FOR = timedelta(minutes=1)
RAISED_BY, CLEARED_BY = "raised_by_policy_flag", "cleared_by_policy_flag"
"""Numbers of a signal that began, or ended, by another policy alone."""
TIMER = "policy_change"
SUBJECT = Subject(kind=SubjectKind.REPORTER, id="policy")
_HELD, _PENDING = "held-by-policy", "by-policy/"

KINDS: dict[str, type[object]] = {"held-by-policy": HeldByPolicy, "by-policy": Signal}

Decide = Callable[[Desk, Signal], str]
Relook = Callable[[Desk], None]


def take(desk: Desk, file: SettingsFile, relooks: tuple[Relook, ...]) -> str:
    """Keep the policy, and have every rule of this stage look again at what is open."""
    reason = settings.take(desk, file)
    if reason != Outcome.SETTINGS_TAKEN:
        return reason
    desk.policy_version, desk.policy = settings.taken(desk)
    desk.by_policy = True
    for relook in relooks:
        relook(desk)
    _raise(desk)
    return reason


def signal(desk: Desk, found: Signal, decide: Decide) -> str:
    """Decide a signal; one that newly holds by a policy waits for the others of it."""
    key = f"{_PENDING}{found.signal_id}"
    if found.state is SignalState.RAISED and found.numbers.get(RAISED_BY):
        desk.put(key, found)
        timers.set_timer(desk, TIMER, "", timers.timer(desk, TIMER, "") or desk.now + GATHERED_FOR)
        return Outcome.GATHERED_BY_POLICY
    if desk.get(key) is not None:
        desk.put(key, None if found.state is SignalState.CLEARED else found)
        return Outcome.GATHERED_BY_POLICY
    desk.by_policy = found.state is SignalState.CLEARED and bool(found.numbers.get(CLEARED_BY))
    return decide(desk, found)


def wake(desk: Desk, decide: Decide) -> None:
    """The signals that were kept, together."""
    desk.by_policy = True
    for key, found in list(desk.view.items(_PENDING)):
        desk.put(key, None)
        decide(desk, found)
    _raise(desk)


def _raise(desk: Desk) -> None:
    deferred, desk.deferred, desk.by_policy = desk.deferred, [], False
    desk.hold = len(deferred) > MOST
    ids = [alerts.open_anew(desk, picture, reason, replaces) for picture, reason, replaces in deferred]
    if desk.hold:
        desk.hold = False
        before: HeldByPolicy = desk.get(_HELD) or HeldByPolicy()
        _tell(desk, HeldByPolicy(alerts=tuple(sorted({*before.alerts, *ids}))))


def after_command(desk: Desk, order: Command) -> str:
    """A held alert was released or cancelled: officers need not be reminded of it any more."""
    held: HeldByPolicy | None = desk.get(_HELD)
    if held is not None and order.target in held.alerts:
        file: AlertFile | None = desk.get(f"alert/{order.target}")
        if file is None or file.ended or not waiting(file):
            _tell(desk, HeldByPolicy(alerts=tuple(a for a in held.alerts if a != order.target)))
    return ""


def _tell(desk: Desk, held: HeldByPolicy) -> None:
    reason, count = desk.reason, len(held.alerts)
    desk.put(_HELD, held if count else None)
    file = alerts.open_file(desk, AlertKind.HUB, SUBJECT, desk.message.value.nature)
    if count:
        alerts.show(desk, shown(_waiting(desk, count), "hub"), Reason.POLICY_CHANGED, Reason.POLICY_CHANGED)
    elif file is not None:
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.HUB_TROUBLE_OVER)
    desk.reason = reason


def _waiting(desk: Desk, count: int) -> Finding:
    return Finding(
        rule="policy_changed",
        kind=AlertKind.HUB,
        subject=SUBJECT,
        nature=desk.message.value.nature,
        severity=Severity.MODERATE,
        name="policy",
        headline=Text(fr="alertes nées d'une nouvelle politique", en="alerts born of another policy"),
        sentence=Text(
            fr=f"La nouvelle politique fait naître des alertes ; {count} attendent qu'une personne les libère ou les annule.",
            en=f"The new policy gives rise to alerts; {count} wait for a person to release or cancel them.",
        ),
        do=Text(fr="Relisez-les, puis libérez ou annulez chacune.", en="Read them, then release or cancel each."),
        numbers={"alerts_count": float(count)},
    )
