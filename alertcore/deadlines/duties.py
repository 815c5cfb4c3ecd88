"""The table of all duties with a time limit: who owes what, on what source, and how the limit is reckoned.

A duty is shown as law only where its source was read (mark c); what rests on less is shown as procedure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter

from alertcore.deadlines import clock
from alertcore.deadlines.calendar import Calendar
from alertcore.making import maker
from alertcore.policy import Policy
from alertcore.records.shared import Basis, Deadline, Mark, Text

AGENCY = "agency"


class Span(StrEnum):
    """How a limit runs from the instant or the day it is reckoned from."""

    AT_ONCE = "at_once"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    MONTHS_BEFORE = "months_before"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty. what: what must have happened, in a few words. number: path of the span's length in the policy.

    met_by: audience whose release meets it. judged: a rule sees from the facts whether it is met, so an older word on it does not hold.
    """

    code: str
    what: Text
    basis: Basis
    article: str
    mark: Mark
    span: Span
    number: str = ""
    met_by: str | None = None
    judged: bool = False

    @property
    def shown_as(self) -> Basis:
        """Law only where the source was read."""
        return Basis.PROCEDURE if self.basis is Basis.LAW and self.mark is not Mark.C else self.basis


def _law(code: str, fr: str, en: str, article: str, span: Span, number: str = "", **more: str | bool | None) -> Duty:
    return Duty(code=code, what=Text(fr=fr, en=en), basis=Basis.LAW, article=article, mark=Mark.C, span=span, number=number, **more)  # type: ignore[arg-type]


def _internal(code: str, fr: str, en: str, article: str, span: Span, number: str, **more: str | bool) -> Duty:
    what = Text(fr=fr, en=en)
    return Duty(code=code, what=what, basis=Basis.INTERNAL, article=article, mark=Mark.U, span=span, number=number, **more)  # type: ignore[arg-type]


_ALL = (
    _law(
        "supply_chain",
        "alerte de la chaîne d'approvisionnement",
        "alert to the supply chain",
        "CSP R.5312-1",
        Span.AT_ONCE,
        met_by="professionals",
    ),
    _law(
        "rapid_alert", "alerte rapide aux États membres", "rapid alert to Member States", "CSP R.5312-1", Span.AT_ONCE, met_by="authorities"
    ),
    _law(
        "public_announcement", "annonce publique", "public announcement", "CSP R.5312-1", Span.HOURS, "defect.public_hours", met_by="public"
    ),
    _law(
        "stop_notice_mitm", "préavis d'un an", "one year's notice", "CSP L.5124-6", Span.MONTHS_BEFORE, "duty.stop_mitm_months", judged=True
    ),
    _law(
        "stop_notice",
        "préavis de deux mois",
        "two months' notice",
        "CSP L.5124-6",
        Span.MONTHS_BEFORE,
        "duty.stop_other_months",
        judged=True,
    ),
    _law("alternatives", "alternatives couvrant les besoins", "alternatives that cover the need", "CSP L.5124-6", Span.BEFORE),
    _law(
        "taker",
        "demande de recherche d'un repreneur",
        "telling the holder to look for a taker",
        "CSP R.5124-73-1",
        Span.MONTHS,
        "duty.taker_months",
    ),
    _law(
        "plan",
        "plan de gestion des pénuries de l'année",
        "this year's shortage management plan",
        "CSP L.5121-31, R.5124-49-5",
        Span.MONTHS,
        "duty.plan_months",
        judged=True,
    ),
    _law("police_end", "fin des mesures de police", "end of the police measures", "CSP L.5121-33-3", Span.AT_ONCE, judged=True),
    _law(
        "device_relay",
        "relais aux autres États membres et à la Commission",
        "relay to the other Member States and the Commission",
        "Reg. (EU) 2024/1860, art. 10a",
        Span.AT_ONCE,
        met_by="authorities",
    ),
    _law(
        "device_notice",
        "préavis de six mois",
        "six months' notice",
        "Reg. (EU) 2024/1860, art. 10a",
        Span.MONTHS_BEFORE,
        "duty.device_notice_months",
        judged=True,
    ),
    _internal(
        "device_relay_target",
        "relais, objectif de l'agence",
        "relay, the agency's own target",
        "objectif de l'agence",
        Span.WORKING_DAYS,
        "duty.device_relay_working_days",
        met_by="authorities",
    ),
    _internal(
        "declaration",
        "déclaration dès connaissance",
        "declaration as soon as known",
        "CSP L.5121-32, délai interne",
        Span.HOURS,
        "duty.declaration_hours",
        judged=True,
    ),
    _internal(
        "undeclared",
        "déclaration attendue",
        "declaration awaited",
        "CSP L.5121-32, délai interne",
        Span.DAYS,
        "duty.undeclared_days",
        judged=True,
    ),
    _internal(
        "overdue",
        "nouvelles du retour attendu",
        "news of the expected return",
        "délai interne",
        Span.DAYS,
        "duty.overdue_days",
        judged=True,
    ),
)

DUTIES: dict[str, Duty] = {duty.code: duty for duty in _ALL}
"""By code."""

_SHOWN = {duty.code: duty.shown_as for duty in _ALL}
_LENGTHS = {duty.code: attrgetter(duty.number) for duty in _ALL if duty.number}
_deadline = maker(Deadline)

WEEKENDS_ONLY = " ; jours fériés inconnus / public holidays not known"
"""Stands after the article of a limit in working days that was reckoned without the holidays of its time."""


def deadline(
    code: str,
    policy: Policy,
    calendar: Calendar,
    *,
    since: datetime,
    to: str = AGENCY,
    day: date | None = None,
    met_at: datetime | None = None,
) -> Deadline:
    """The limit of a duty. since: when its time began to run. day: the local day it is reckoned from, that of `since` unless given.

    to: the agency, or the organisation id of the company that owes it. met_at: where the facts say that it was met.
    """
    duty = DUTIES[code]
    due, sure = _due(duty.span, _length(duty, policy), since, day, calendar)
    article = duty.article if sure else duty.article + WEEKENDS_ONLY
    began = since if since <= due else None
    return _deadline(duty=code, to=to, due=due, basis=_SHOWN[code], article=article, mark=duty.mark, met_at=met_at, since=began)


def _length(duty: Duty, policy: Policy) -> int:
    length: int = _LENGTHS[duty.code](policy) if duty.number else 0
    return length


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What limits are reckoned by: the policy in force and the calendar."""

    policy: Policy = field(default_factory=Policy)
    calendar: Calendar = field(default_factory=Calendar)

    def of(self, code: str, *, since: datetime, to: str = AGENCY, day: date | None = None, met_at: datetime | None = None) -> Deadline:
        """The limit of a duty, as `deadline` reckons it."""
        return deadline(code, self.policy, self.calendar, since=since, to=to, day=day, met_at=met_at)

    def due(self, code: str, *, since: datetime, day: date | None = None) -> datetime:
        """When a duty is due, for who needs nothing else of its limit."""
        duty = DUTIES[code]
        return _due(duty.span, _length(duty, self.policy), since, day, self.calendar)[0]


def _due(span: Span, length: int, since: datetime, given: date | None, calendar: Calendar) -> tuple[datetime, bool]:
    """When it is due, and whether all holidays that matter were known."""
    zone = calendar.zone
    if span is Span.AT_ONCE:
        return since, True
    if span is Span.HOURS:
        return clock.later(since, timedelta(hours=length)), True
    day = given or clock.local_day(since, zone)
    if span is Span.WORKING_DAYS:
        last = calendar.add_working_days(day, length)
        return clock.end_of_day(last, zone), calendar.covers(day, last)
    if span is Span.BEFORE:
        return clock.start_of_day(day, zone), True
    return _after_days(day, length, zone) if span is Span.DAYS else clock.end_of_day(_by_months(span, length, day), zone), True


@lru_cache(maxsize=4096)
def _after_days(day: date, length: int, zone: str) -> datetime:
    return clock.end_of_day(clock.add_days(day, length), zone)


def _by_months(span: Span, length: int, day: date) -> date:
    return clock.latest_start(day, length) if span is Span.MONTHS_BEFORE else clock.add_months(day, length)


def name(deadline: Deadline) -> str:
    """What tells a deadline from the others of its alert: the duty, and who owes it if it is not the agency."""
    return deadline.duty if deadline.to == AGENCY else f"{deadline.duty}:{deadline.to}"
