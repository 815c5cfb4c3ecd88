"""Rule `season`: in a seasonal plan, each sentinel molecule has a weekly indicator per actor: pharmacy, wholesaler, manufacturer.

Indicator: days of supply, the actor's saleable packs of all medicines of the molecule over their national daily use, in counting packs;
from 30 days satisfactory, from 15 acceptable, else unsatisfactory (house values: the agency publishes words, not levels). Not relevant:
the register has no such actor. Not known: under 60 % fresh nationally or in the actor's tier, a position older than 8 days, nobody of
the actor has the molecule, or no use is known. Not known neither raises an alert nor ends one.

Drawn up each Monday of the plan, local time, from the positions that stage supply sends of sentinel medicines once a week. Medicines are
found by ATC, else by substance name (see sentinels). Left out: devices that a plan names, as no stock of devices is reported; a plan
with an empty list has no indicator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from alertcore.cases import alerts, timers
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.medicines import find
from alertcore.cases.positions import Stocked
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import calendar, senders
from alertcore.deadlines.clock import local_day, start_of_day
from alertcore.records.alert import AlertKind, AlertStep, CellUnit, Severity, SignalCell
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.stock import Position, Tier
from alertcore.rules import season_words as words
from alertcore.rules.season_words import Assessed, Indicator
from alertcore.sentinels import in_season, is_sentinel, matches
from alertcore.thresholds import Molecule, SeasonPlan, SeasonPolicy

RULE = "season"
ACTORS: dict[str, tuple[Tier, ...]] = {
    "pharmacy": (Tier.COMMUNITY_PHARMACY,),
    "wholesaler": (Tier.WHOLESALER,),
    "manufacturer": (Tier.MANUFACTURER, Tier.DEPOSITARY),
}
OLDEST = timedelta(days=8)
"""A position older than this is not known: supply sends one a week."""
_HAIR = 1e-9


def indicator(days: float, policy: SeasonPolicy) -> Indicator:
    """The word for days of supply; at a level is that level."""
    if days >= policy.satisfactory_days - _HAIR:
        return Indicator.SATISFACTORY
    return Indicator.ACCEPTABLE if days >= policy.acceptable_days - _HAIR else Indicator.UNSATISFACTORY


def assess(
    stocks: Sequence[Stocked], tiers: tuple[Tier, ...], registered: frozenset[str], now: datetime, policy: SeasonPolicy, fresh_share: float
) -> Assessed:
    """An actor's indicator from the newest positions of all medicines of a molecule."""
    cells = [(cell, s.weight) for s in stocks for cell in s.tiers if cell.tier in tiers]
    if not cells and not registered & {str(t) for t in tiers}:
        return Assessed(indicator=Indicator.NOT_RELEVANT)
    use = sum(s.daily_use or 0.0 for s in stocks)
    stale = any(s.share < fresh_share or now - s.as_of > OLDEST for s in stocks)
    if not cells or stale or use <= 0 or sum(cell.share for cell, _ in cells) / len(cells) < fresh_share - _HAIR:
        return Assessed(indicator=Indicator.NOT_KNOWN)
    days = sum(cell.packs * weight for cell, weight in cells) / use
    return Assessed(indicator=indicator(days, policy), days=days)


def arrived(desk: Desk, position: Position) -> str:
    """The first position of a sentinel medicine starts the weekly clock of its nature."""
    medicine = find(desk, position.cis)
    if medicine is None or timers.timer(desk, RULE, position.nature) is not None:
        return Outcome.NOTHING
    if is_sentinel(desk.policy.season, medicine.atc, medicine.substances, medicine.name):
        timers.set_timer(desk, RULE, position.nature, next_monday(desk.now, _zone(desk), desk.policy.season.hour))
    return Outcome.NOTHING


def wake(desk: Desk, nature: str) -> None:
    """It is Monday: every plan is drawn up, or put away where its season is over."""
    timers.set_timer(desk, RULE, nature, next_monday(desk.now, _zone(desk), desk.policy.season.hour))
    day, of = local_day(desk.now, _zone(desk)), Nature(nature)
    known = list(desk.view.items(f"stocked/{nature}/"))
    plans = desk.policy.season.plans
    present = [(plan, molecule) for plan in plans if in_season(plan, f"{day:%m-%d}") for molecule in plan.molecules]
    for plan, molecule in present:
        _draw_up(desk, of, plan, molecule, _stocks(desk, molecule, known), day)
    watched = {subject_of(molecule) for _, molecule in present}
    for other in plans:
        for molecule in other.molecules:
            if subject_of(molecule) not in watched:
                _put_away(desk, of, other, molecule)


def next_monday(now: datetime, zone: str, hour: int) -> datetime:
    """The next Monday, local time, at an hour after its midnight."""
    day = local_day(now, zone)
    monday = day - timedelta(days=day.weekday())
    at = start_of_day(monday, zone) + timedelta(hours=hour)
    return at if at > now else start_of_day(monday + timedelta(days=7), zone) + timedelta(hours=hour)


def subject_of(molecule: Molecule) -> Subject:
    """The ATC code; with the strength where the plan watches one strength alone."""
    return Subject(kind=SubjectKind.ATC, id=f"{molecule.atc} {molecule.strength}" if molecule.strength else molecule.atc)


def _stocks(desk: Desk, molecule: Molecule, known: Sequence[tuple[str, Stocked]]) -> list[Stocked]:
    found = []
    for key, stocked in known:
        medicine = find(desk, key.rsplit("/", 1)[1])
        if medicine is not None and matches(molecule, medicine.atc, medicine.substances, medicine.name):
            found.append(stocked)
    return found


def _draw_up(desk: Desk, nature: Nature, plan: SeasonPlan, molecule: Molecule, stocks: Sequence[Stocked], day: date) -> None:
    registered = frozenset(r.tier for sender in senders(desk.view).senders for r in sender.reporters)
    policy = desk.policy
    actors = {name: assess(stocks, tiers, registered, desk.now, policy.season, policy.fresh_share) for name, tiers in ACTORS.items()}
    monday = day - timedelta(days=day.weekday())
    sentence = words.sentence(plan.name, words.named(molecule), monday, actors)
    severity = _severity(actors)
    cells = tuple(
        SignalCell(tier=ACTORS[name][0], value=a.days, threshold=policy.season.acceptable_days, unit=CellUnit.DAYS)
        for name, a in actors.items()
        if a.days is not None
    )
    subject = subject_of(molecule)
    desk.signal(RULE, subject, nature, severity=severity, sentence=sentence, numbers=_numbers(actors), cells=cells)
    file = alerts.open_file(desk, AlertKind.SEASON, subject, nature)
    states = {a.indicator for a in actors.values()}
    if Indicator.UNSATISFACTORY in states:
        finding = Finding(
            rule=RULE,
            kind=AlertKind.SEASON,
            subject=subject,
            nature=nature,
            severity=severity,
            name=molecule.name,
            headline=words.headline(plan.name, words.named(molecule)),
            sentence=sentence,
            do=words.DO,
            numbers=_numbers(actors),
            facts={name: str(a.indicator) for name, a in actors.items()},
        )
        alerts.show(desk, shown(finding), Reason.SEASON_UNSATISFACTORY, Reason.SEASON_CHANGED)
    elif file is not None and Indicator.NOT_KNOWN not in states:
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.SEASON_SATISFIED, said({"sentence": sentence}))


def _put_away(desk: Desk, nature: Nature, plan: SeasonPlan, molecule: Molecule) -> None:
    """The end of a season is no all-clear."""
    subject, sentence = subject_of(molecule), words.over(plan.name, words.named(molecule))
    desk.signal(RULE, subject, nature, severity=Severity.INFO, sentence=sentence, holds=False)
    file = alerts.open_file(desk, AlertKind.SEASON, subject, nature)
    if file is not None:
        alerts.end(desk, file, AlertStep.SUPERSEDED, Reason.SEASON_OVER, said({"sentence": sentence}))


def _severity(actors: Mapping[str, Assessed]) -> Severity:
    """Moderate where pharmacies lack it, minor where another actor does."""
    if actors["pharmacy"].indicator is Indicator.UNSATISFACTORY:
        return Severity.MODERATE
    lacking = any(a.indicator is Indicator.UNSATISFACTORY for a in actors.values())
    return Severity.MINOR if lacking else Severity.INFO


def _numbers(actors: Mapping[str, Assessed]) -> dict[str, float]:
    return {f"{name}_days": a.days for name, a in actors.items() if a.days is not None}


def _zone(desk: Desk) -> str:
    return calendar(desk.view, desk.agency.timezone).zone
