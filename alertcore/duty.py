"""Who is in charge, from the settings file `duty`: shifts of a week with their turns, overrides and absences, in local time.

Persons are opaque ids. A shift takes its turns week by week: the week is that of the local day on which the shift begins, so that a night
from Sunday to Monday belongs to the week that ends. A shift whose end is not after its beginning ends on the next day. What no shift
covers, and what falls to nobody because all are absent, falls to the director.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alertcore.deadlines.clock import end_of_day, local, start_of_day
from alertcore.persons import among, one, problem, spelt
from alertcore.settled import SettingsError, settle

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Hours of a week and who takes them in turn. starts: a day of the first week of the first person (YYYY-MM-DD)."""

    name: str
    days: tuple[str, ...] = DAYS
    from_: str = "00:00"
    to: str = "00:00"
    turns: tuple[str, ...]
    starts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A person and a span of days or instants (local where no offset is given): an absence, or an override. to: the end, a day included."""

    person: str
    from_: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The roster in force (`duty.yaml`). Of shifts and of overrides that cover one instant, the first named counts."""

    zone: str = "Europe/Paris"
    director: str = ""
    shifts: tuple[Shift, ...] = ()
    overrides: tuple[Span, ...] = ()
    absences: tuple[Span, ...] = field(default=())


def in_charge(roster: Roster, at: datetime) -> str | None:
    """Who is in charge at an instant; None where the roster names nobody, not even a director."""
    return next(iter(chain(roster, at)), None)


def chain(roster: Roster, at: datetime) -> tuple[str, ...]:
    """Whom to call at an instant, one after the other: who is in charge, the others of the turn in their order, the director last."""
    absent = {one(a.person) for a in roster.absences if _covers(a, at, roster.zone)}
    director = spelt(roster.director)
    named = [o.person for o in roster.overrides if _covers(o, at, roster.zone)]
    for shift in roster.shifts:
        day = _begun_on(shift, at, roster.zone)
        if day is not None:
            named += _turns(shift, day)
            break
    each = {one(p): spelt(p) for p in reversed(named)}
    present = [each.pop(one(p)) for p in named if one(p) in each and one(p) not in {*absent, one(director)}]
    return (*present, *((director,) if director else ()))


def _turns(shift: Shift, day: date) -> list[str]:
    """The persons of a shift that began on a day, whose week it is first."""
    first = date.fromisoformat(shift.starts)
    weeks = (_monday(day) - _monday(first)) // _WEEK
    turn = weeks % len(shift.turns)
    return [*shift.turns[turn:], *shift.turns[:turn]]


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _begun_on(shift: Shift, at: datetime, zone: str) -> date | None:
    """The local day on which the shift that covers an instant began. What the clocks show counts, whatever they were changed by."""
    now = local(at, zone)
    begins, ends = _clock(shift.from_), _clock(shift.to)
    today, clock = now.date(), now.time()
    over_night = ends <= begins
    if _on(shift, today) and begins <= clock and (over_night or clock < ends):
        return today
    if over_night and clock < ends and _on(shift, today - _DAY):
        return today - _DAY
    return None


def _on(shift: Shift, day: date) -> bool:
    return DAYS[day.weekday()] in shift.days


def _covers(span: Span, at: datetime, zone: str) -> bool:
    return _instant(span.from_, zone, end=False) <= at < _instant(span.to, zone, end=True)


def _instant(text: str, zone: str, *, end: bool) -> datetime:
    """A day as its beginning or end, an instant as it is."""
    at = datetime.fromisoformat(text)
    if len(text) == len("2026-01-01"):
        return end_of_day(at.date(), zone) if end else start_of_day(at.date(), zone)
    return (at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _clock(text: str) -> time:
    return time.fromisoformat(text)


def read_roster(raw: object) -> Roster:
    """The roster from plain JSON. SettingsError names every value that is not usable."""
    roster = settle(Roster, raw)
    problems = [] if _usable(lambda: ZoneInfo(roster.zone)) else [f"zone: {roster.zone!r} is not a time zone"]
    for n, shift in enumerate(roster.shifts):
        problems += [f"shifts[{n}].{p}" for p in _wrong(shift)]
    if not problems:
        for name, spans in (("overrides", roster.overrides), ("absences", roster.absences)):
            problems += [f"{name}[{n}]: {p}" for n, span in enumerate(spans) for p in _wrong_span(span, roster.zone)]
    if roster.director and (wrong := problem(roster.director)):
        problems.append(f"director: {roster.director!r} {wrong}")
    if roster.shifts and not roster.director:
        problems.append("director: is required where there are shifts: somebody must be called last")
    if problems:
        raise SettingsError(tuple(problems))
    return roster


def _wrong(shift: Shift) -> list[str]:
    found = [f"days: {d!r} is none of {', '.join(DAYS)}" for d in shift.days if d not in DAYS]
    found += [] if shift.days else ["days: names no day"]
    found += [f"{name}: {text!r} is not a time (HH:MM)" for name, text in (("from", shift.from_), ("to", shift.to)) if not _is_time(text)]
    found += [] if _usable(lambda: date.fromisoformat(shift.starts)) else [f"starts: {shift.starts!r} is not a day (YYYY-MM-DD)"]
    found += [] if shift.turns else ["turns: names nobody"]
    found += [f"turns: {p!r} {wrong}" for p in shift.turns if (wrong := problem(p))]
    twice = [p for n, p in enumerate(shift.turns) if p not in shift.turns[:n] and among(p, shift.turns[:n])]
    return found + [f"turns: {p!r} stands there already, spelt otherwise" for p in twice]


def _is_time(text: str) -> bool:
    return len(text) == len("08:00") and _usable(lambda: _clock(text))


def _wrong_span(span: Span, zone: str) -> list[str]:
    found = [f"person: {span.person!r} {wrong}"] if (wrong := problem(span.person)) else []
    try:
        ordered = _instant(span.from_, zone, end=False) < _instant(span.to, zone, end=True)
    except (ValueError, OverflowError):
        return [*found, "from and to: expected days (YYYY-MM-DD) or instants"]
    return found if ordered else [*found, "to: is not after from"]


def _usable(read: object) -> bool:
    try:
        read()  # type: ignore[operator]
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True
