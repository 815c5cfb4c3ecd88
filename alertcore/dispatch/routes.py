"""Groups of people as rules name them: who follows an alert, whom the law puts first, and who is called past every routing file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from alertcore.kept import Same
from alertcore.making import maker
from alertcore.records.alert import Alert
from alertcore.records.notice import AudienceFilter, Lane
from alertcore.records.shared import Subject, SubjectKind

PROFESSIONALS = ("physician", "community_pharmacy", "hospital_pharmacy", "hospital", "wholesaler", "depositary")
SERIOUS_RISKS = ("suspected", "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One group to tell. group: stable name; audience: the release audience it belongs to; why: the line that named it, in words."""

    group: str
    audience: str
    filter: AudienceFilter
    lane: Lane = Lane.NORMAL
    duty: bool = False
    why: str


_route = maker(Route)


@cache
def officers_route(lane: Lane) -> Route:
    """All officers."""
    return _route(group="officers", audience="officers", filter=_everyone("officer"), lane=lane, why="officers see every alert")


@lru_cache(maxsize=4096)
def company_route(company: str, lane: Lane) -> Route:
    """A group of its own for each company: none sees another's figures."""
    whom = AudienceFilter(kinds=("company",), facilities=(company,), mandatory=True)
    return _route(group=f"companies:{company}", audience="companies", filter=whom, lane=lane, why="a company learns what concerns its own")


def serious(labels: dict[str, str]) -> bool:
    """Class I, or a serious risk suspected, whatever class stands beside it: the law asks for everybody then (CSP R.5312-1)."""
    return labels.get("class") == "i" or by_law(labels)


def by_law(labels: dict[str, str]) -> bool:
    """True where a serious risk is suspected or confirmed: all supply-chain actors must be told at once (CSP R.5312-1)."""
    return labels.get("serious_risk") in SERIOUS_RISKS


def followed(alert: Alert) -> tuple[Subject, ...]:
    """Everything by which somebody may follow what the alert is about: the same object for all versions of a medicine's alerts."""
    subject, also = alert.subject, alert.also
    if not also:
        return (subject,)
    return (_ALSO.known(id(also)) or _ALSO.keep(also))[0](subject.kind, subject.id)


def _with(also: tuple[Subject, ...]) -> tuple[Callable[[SubjectKind, str], tuple[Subject, ...]]]:
    return (lru_cache(maxsize=4)(lambda kind, ident: (Subject(kind=kind, id=ident), *also)),)


_ALSO = Same(_with, 4096)


def _everyone(kind: str) -> AudienceFilter:
    return AudienceFilter(kinds=(kind,), mandatory=True)
