"""Rule `silent_reporter`: a reporter of the register stopped: 2 x its usual interval in working days went by without a report, at least 2.

The working days are national and begin after the local day of its last observation; it is silent once the last of them is over. A
reporter that never reported is unknown, not silent; one that is silent clears only by reporting again, by a register that asks less of
it or leaves it out, or by a policy that does. A rule of the house.

Severity: moderate for manufacturers, depositaries and wholesalers, minor for pharmacies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from math import ceil
from typing import Protocol

from alertcore.identity import signal_id
from alertcore.records.alert import AlertKind, CellUnit, Severity, Signal, SignalCell, SignalState
from alertcore.records.shared import Mark, Nature, Subject, SubjectKind, Text
from alertcore.records.stock import Circuit, Tier
from alertcore.register import RegisteredReporter
from alertcore.rules.card import RuleCard
from alertcore.rules.spoken import day_en, day_fr, en, fr, region
from alertcore.thresholds import SilencePolicy

RULE, RULE_VERSION = "silent_reporter", 1
_HAIR = 1e-9
_TRADE = ("manufacturer", "depositary", "wholesaler")
_TIERS = {
    "manufacturer": ("laboratoire", "manufacturer"),
    "depositary": ("dépositaire", "depositary"),
    "wholesaler": ("grossiste-répartiteur", "wholesaler"),
    "community_pharmacy": ("pharmacie d’officine", "community pharmacy"),
    "hospital_pharmacy": ("pharmacie hospitalière", "hospital pharmacy"),
}

CARD = RuleCard(
    name=RULE,
    stage="supply",
    subjects=(SubjectKind.REPORTER,),
    alert=AlertKind.HUB,
    title=Text(fr="Déclarant silencieux", en="A reporter has stopped"),
    fires=Text(
        fr="Un déclarant du registre n'a rien envoyé pendant deux fois son intervalle habituel, compté en jours ouvrés (au moins 2).",
        en="A reporter of the register sent nothing for twice its usual interval, counted in working days (at least 2).",
    ),
    ends=Text(
        fr="Quand il déclare de nouveau, ou que le registre ne l'attend plus. Qui n'a jamais déclaré est inconnu, pas silencieux.",
        en="When it reports again, or the register no longer expects it. Who never reported is unknown, not silent.",
    ),
    source="règle interne",
    mark=Mark.U,
    thresholds=("silence.intervals", "silence.least_working_days"),
)


class WorkingDays(Protocol):
    """A calendar of working days."""

    def add_working_days(self, day: date, days: int, /) -> date:
        """The working day so many working days after a day."""
        ...

    def covers(self, first: date, last: date, /) -> bool:
        """Whether the holidays between two days are known."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentState:
    """What the rule remembers of one reporter. version: of its last signal. since: silent since then, None while it is not."""

    version: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a reporter on a local day. of: None where the register has it no more. last: local day of its last observation."""

    reporter: str
    of: RegisteredReporter | None
    last: date | None
    today: date
    at: datetime
    policy: SilencePolicy
    policy_version: int
    calendar: WorkingDays
    because: tuple[str, ...] = ()


def working_days(interval_days: int, policy: SilencePolicy) -> int:
    """Working days within which the next report is in time."""
    return max(ceil(policy.intervals * interval_days - _HAIR), policy.least_working_days)


def last_day(last: date, interval_days: int, policy: SilencePolicy, calendar: WorkingDays) -> date:
    """The last local day on which the next report is in time."""
    return calendar.add_working_days(last, working_days(interval_days, policy))


def look(state: SilentState, now: Look) -> tuple[SilentState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    if now.of is None:
        return _end(state, now) if state.since else (state, None)
    if now.last is None:
        return state, None
    silent = now.today > last_day(now.last, now.of.interval_days, now.policy, now.calendar)
    if silent == (state.since is not None):
        return state, None
    return _begin(state, now, now.of, now.last) if silent else _end(state, now)


def _begin(state: SilentState, now: Look, of: RegisteredReporter, last: date) -> tuple[SilentState, Signal]:
    limit = working_days(of.interval_days, now.policy)
    in_time = last_day(last, of.interval_days, now.policy, now.calendar)
    certain = now.calendar.covers(last, in_time)
    after = replace(state, version=state.version + 1, since=now.at)
    cell = SignalCell(
        tier=Tier(of.tier),
        circuit=Circuit(of.circuit),
        region=of.region,
        value=float((now.today - last).days),
        threshold=float((in_time - last).days),
        unit=CellUnit.DAYS,
    )
    severity = Severity.MODERATE if of.tier in _TRADE else Severity.MINOR
    numbers = {"limit_working_days": float(limit), "interval_days": float(of.interval_days), "holidays_unknown_flag": float(not certain)}
    signal = _signal(after, now, now.at, SignalState.RAISED, severity, _silent(now.reporter, of, last, in_time, limit, certain=certain))
    return after, replace(signal, cells=(cell,), numbers=numbers)


def _end(state: SilentState, now: Look) -> tuple[SilentState, Signal]:
    after = replace(state, version=state.version + 1, since=None)
    if now.of is None or now.last is None:
        text = Text(
            fr=f"Le déclarant {now.reporter} ne figure plus au registre : plus rien n’est attendu de lui.",
            en=f"Reporter {now.reporter} is no longer in the register: nothing is expected of it.",
        )
    else:
        text = Text(
            fr=f"Le déclarant {now.reporter} est de nouveau à jour : dernier stock observé le {day_fr(now.last)}.",
            en=f"Reporter {now.reporter} is up to date again: last stock observed on {day_en(now.last)}.",
        )
    return after, _signal(after, now, state.since or now.at, SignalState.CLEARED, Severity.INFO, text)


def _signal(after: SilentState, now: Look, since: datetime, how: SignalState, severity: Severity, text: Text) -> Signal:
    return Signal(
        signal_id=signal_id(RULE, "reporter", now.reporter, Nature.ACTUAL),
        version=after.version,
        rule=RULE,
        rule_version=RULE_VERSION,
        policy_version=now.policy_version,
        subject=Subject(kind=SubjectKind.REPORTER, id=now.reporter),
        state=how,
        severity=severity,
        since=since,
        at=now.at,
        sentence=text,
        because=now.because,
    )


def _silent(reporter: str, of: RegisteredReporter, last: date, in_time: date, limit: int, *, certain: bool) -> Text:
    tier = _TIERS.get(of.tier, (of.tier, of.tier))
    place = f", {region(of.region)}" if of.region else ""
    every = (
        ("tous les jours", "every day")
        if of.interval_days == 1
        else (f"tous les {of.interval_days} jours", f"every {of.interval_days} days")
    )
    worked = ("jours ouvrés", "working days") if limit > 1 else ("jour ouvré", "working day")
    doubt = ("", "") if certain else (" (jours fériés de cette période non connus)", " (holidays of that time are not known)")
    return Text(
        fr=f"Le déclarant {reporter} ({tier[0]}{place}) n’a transmis aucun stock depuis le {day_fr(last)}, alors qu’il déclare d’ordinaire"
        f" {every[0]}. Le délai de {fr(limit)} {worked[0]} a pris fin le {day_fr(in_time)}{doubt[0]}. Son stock actuel n’est pas connu.",
        en=f"Reporter {reporter} ({tier[1]}{place}) has sent no stock since {day_en(last)}, though it usually reports {every[1]}."
        f" The limit of {en(limit)} {worked[1]} ended on {day_en(in_time)}{doubt[1]}. Its present stock is not known.",
    )
