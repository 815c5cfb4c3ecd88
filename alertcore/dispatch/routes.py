"""The shipped routes: whom an alert concerns, as one pure function of the alert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from alertcore.kept import Same
from alertcore.making import maker
from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.notice import AudienceFilter, Lane
from alertcore.records.shared import Subject, SubjectKind

PROFESSIONALS = ("physician", "community_pharmacy", "hospital_pharmacy", "hospital", "wholesaler", "depositary")
SUPPLY_CHAIN = ("community_pharmacy", "hospital_pharmacy", "wholesaler")
OF_ANIMALS = ("community_pharmacy", "wholesaler", "depositary")
"""Who of the supply chain has medicines for animals."""
BY_LEVEL = {
    "wholesale": ("wholesaler", "depositary"),
    "retail_hospital": (*SUPPLY_CHAIN, "depositary"),
    "patient": (*SUPPLY_CHAIN, "depositary"),
}
"""Who must know of a class II or III recall whatever they follow, by its depth."""

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


_route, _filter = maker(Route), maker(AudienceFilter)


def routes(alert: Alert) -> tuple[Route, ...]:
    """Every group an alert concerns, in a fixed order, whether released or not.

    Labels read: companies (comma separated organisation ids), class, level, serious_risk.
    """
    lane = Lane.URGENT if alert.severity is Severity.CRITICAL else Lane.NORMAL
    found = [_officers(lane)]
    if alert.kind is AlertKind.HUB:
        return tuple(found)
    found += [_company(c, lane) for c in alert.labels.get("companies", "").split(",") if c]
    if alert.kind in (AlertKind.SHORTAGE, AlertKind.STOP):
        subjects = followed(alert)
        found += _SHORT.known(id(subjects)) or _SHORT.keep(subjects)
    if alert.kind is AlertKind.DEVICE:
        found.append(_followers(followed(alert), PROFESSIONALS, Lane.NORMAL))
    if alert.kind in (AlertKind.DEFECT, AlertKind.FALSIFIED):
        found += _defect(alert)
    if alert.kind is AlertKind.RECALLED_LOT:
        found.append(_holder(alert, lane))
    return tuple(found)


@cache
def _officers(lane: Lane) -> Route:
    return _route(group="officers", audience="officers", filter=_everyone("officer"), lane=lane, why="officers see every alert")


@lru_cache(maxsize=4096)
def _company(company: str, lane: Lane) -> Route:
    """A group of its own for each company: none sees another's figures."""
    whom = AudienceFilter(kinds=("company",), facilities=(company,), mandatory=True)
    return _route(group=f"company:{company}", audience="companies", filter=whom, lane=lane, why="a company learns what concerns its own")


def _holder(alert: Alert, lane: Lane) -> Route:
    """Who still has the lots; a manufacturer is addressed as the company it is."""
    tier = alert.labels.get("holder", "")
    whom = AudienceFilter(kinds=("company" if tier == "manufacturer" else tier,), facilities=(alert.subject.id,), mandatory=True)
    return Route(group="holder", audience="professionals", filter=whom, lane=lane, why="who still has a recalled lot for sale")


def serious(labels: dict[str, str]) -> bool:
    """Class I, or a serious risk suspected, whatever class stands beside it: the law asks for everybody then (CSP R.5312-1)."""
    return labels.get("class") == "i" or by_law(labels)


def by_law(labels: dict[str, str]) -> bool:
    """True where a serious risk is suspected or confirmed: all supply-chain actors must be told at once (CSP R.5312-1)."""
    return labels.get("serious_risk") in SERIOUS_RISKS


def _defect(alert: Alert) -> list[Route]:
    level, animal = alert.labels.get("level", ""), alert.labels.get("species") == "veterinary"
    told: tuple[str, ...] = SUPPLY_CHAIN if not animal else OF_ANIMALS
    if serious(alert.labels):
        whom = AudienceFilter(kinds=told, mandatory=True)
        why = "class I, or a serious risk suspected: every pharmacy and wholesaler"
        duty = by_law(alert.labels) and not animal
        must = [Route(group="supply_chain", audience="professionals", filter=whom, lane=Lane.URGENT, duty=duty, why=why)]
        lane = Lane.URGENT
    else:
        lane, told = Lane.NORMAL, tuple(k for k in BY_LEVEL.get(level, ()) if not animal or k in OF_ANIMALS)
        must = [_by_level(told, level)] if told else []
    rest, subjects = tuple(k for k in PROFESSIONALS if k not in told), followed(alert)
    patients = [_patients(subjects, lane)] if level == "patient" and not animal else []
    return [*must, _followers(subjects, rest, lane), *patients]


def _by_level(kinds: tuple[str, ...], level: str) -> Route:
    whom = AudienceFilter(kinds=kinds, mandatory=True)
    group = "wholesale_level" if level == "wholesale" else "retail_level"
    return Route(group=group, audience="professionals", filter=whom, why=f"a recall to {level.replace('_', ' and ')} level")


def _followers(subjects: tuple[Subject, ...], kinds: tuple[str, ...], lane: Lane) -> Route:
    whom = _filter(kinds=kinds, subjects=subjects)
    return _route(group="followers", audience="professionals", filter=whom, lane=lane, why="professionals who follow it")


def _patients(subjects: tuple[Subject, ...], lane: Lane) -> Route:
    whom = _filter(kinds=("patient",), subjects=subjects)
    return _route(group="patients", audience="patients", filter=whom, lane=lane, why="patients who follow it")


def followed(alert: Alert) -> tuple[Subject, ...]:
    """Everything by which somebody may follow what the alert is about: the same object for all versions of a medicine's alerts."""
    subject, also = alert.subject, alert.also
    if not also:
        return (subject,)
    return (_ALSO.known(id(also)) or _ALSO.keep(also))[0](subject.kind, subject.id)


def _with(also: tuple[Subject, ...]) -> tuple[Callable[[SubjectKind, str], tuple[Subject, ...]]]:
    return (lru_cache(maxsize=4)(lambda kind, ident: (Subject(kind=kind, id=ident), *also)),)


_ALSO = Same(_with, 4096)
_SHORT = Same(lambda subjects: (_followers(subjects, PROFESSIONALS, Lane.NORMAL), _patients(subjects, Lane.NORMAL)), 4096)
"""Groups that follow a medicine that is short."""


def _everyone(kind: str) -> AudienceFilter:
    return AudienceFilter(kinds=(kind,), mandatory=True)
