"""Rule `no_floor`: medicines of major therapeutic interest of one company have no floor, for no sales are known to base it on.

The floor of CSP R.5124-49-4 is months of sales of the last 12 months: where these are nought, all exceptional or not told, there is none,
and the company's stock is judged by nobody. Officers are to know it, and nobody else; one signal a company, for there may be many.

Told when a medicine comes to it, when so many have left it that their number is a tenth less, and when none is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alertcore.identity import signal_id
from alertcore.records.alert import Severity, Signal, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind, Text
from alertcore.retelling import moved
from alertcore.rules.spoken import listed, of_fr

RULE, RULE_VERSION = "no_floor", 1
NAMED = 5
"""Medicines named; of more, how many."""
COUNT, UNTOLD = "medicines_count", "medicines_untold_count"
"""Numbers of a signal: medicines without a floor, and of these without any figure of sales."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """A medicine without a floor. untold: no figure of sales at all."""

    cis: str
    name: str
    untold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFloorState:
    """What was told of one company: version of the last signal, its medicines by CIS, and since when it has any."""

    version: int = 0
    medicines: tuple[str, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a company's medicines of one shard, by CIS. name: what the company is called."""

    company: str
    name: str
    shard: int
    medicines: tuple[Without, ...]
    at: datetime
    policy_version: int
    because: tuple[str, ...] = ()


def look(state: NoFloorState, now: Look) -> tuple[NoFloorState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    found = tuple(m.cis for m in now.medicines)
    if not _worth_telling(state.medicines, found):
        return state, None
    since = state.since or now.at
    after = NoFloorState(version=state.version + 1, medicines=found, since=since if found else None)
    how = SignalState.CLEARED if not found else SignalState.CHANGED if state.medicines else SignalState.RAISED
    signal = Signal(
        signal_id=signal_id(RULE, "company", f"{now.company}#{now.shard}", Nature.ACTUAL),
        version=after.version,
        rule=RULE,
        rule_version=RULE_VERSION,
        policy_version=now.policy_version,
        subject=Subject(kind=SubjectKind.COMPANY, id=now.company),
        state=how,
        severity=Severity.MINOR if found else Severity.INFO,
        since=since,
        at=now.at,
        numbers={COUNT: float(len(found)), UNTOLD: float(sum(m.untold for m in now.medicines))},
        sentence=sentence(now.name, now.medicines),
        because=now.because,
        companies=(now.company,),
    )
    return after, signal


def _worth_telling(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
    if not now or not set(now) <= set(before):
        return now != before
    return moved(len(before), len(now))


def sentence(company: str, medicines: tuple[Without, ...]) -> Text:
    """Whose medicines, and which."""
    if not medicines:
        return Text(
            fr=f"Tous les MITM {of_fr(company)} ont de nouveau un plancher de stock de sécurité, ou n’en relèvent plus.",
            en=f"All MITM of {company} have a safety-stock floor again, or need none any more.",
        )
    names = [f"{m.name} (CIS {m.cis})" for m in medicines[:NAMED]]
    more = len(medicines) - len(names)
    fr, en = (
        [*names, f"{more} {word}"] if more else names for word in ("autres" if more > 1 else "autre", "others" if more > 1 else "other")
    )
    return Text(
        fr=f"MITM {of_fr(company)} sans plancher de stock de sécurité, faute de ventes connues sur les 12 derniers mois :"
        f" {listed(fr, 'et')}.",
        en=f"MITM of {company} without a safety-stock floor, for want of known sales in the last 12 months: {listed(en, 'and')}.",
    )
