"""Which alert says what another says too: pure relations between two open alerts.

The national covers the regional; what is above in a hierarchy (ATC class, substance, medicine, presentation; device model over device)
covers what is below it; class I of a lot covers class II of the same lots. Only what is at least as grave covers, and never a duty, a
trouble of the hub, a question to officers, or the recall of other lots: their instructions are their own.
"""

from __future__ import annotations

from functools import lru_cache

from alertcore.dispatch.routes import Route, followed
from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.notice import AudienceFilter
from alertcore.records.shared import Batch, Subject, SubjectKind

HIERARCHICAL = frozenset(
    {
        AlertKind.SHORTAGE,
        AlertKind.STOP,
        AlertKind.SAFETY_STOCK,
        AlertKind.COVERAGE,
        AlertKind.PROJECTION,
        AlertKind.DISRUPTION,
        AlertKind.SURGE,
        AlertKind.DEVICE,
    }
)
"""Kinds that are covered by one of the same kind higher up."""
RECALLS = frozenset({AlertKind.DEFECT, AlertKind.FALSIFIED})
REGIONAL = frozenset({AlertKind.COVERAGE, AlertKind.DISRUPTION})
NATIONAL = frozenset({AlertKind.SHORTAGE, AlertKind.COVERAGE})
KINDS = HIERARCHICAL | RECALLS
"""All kinds that cover or are covered."""

_RANKS = {
    SubjectKind.ATC: 0,
    SubjectKind.SUBSTANCE: 1,
    SubjectKind.CIS: 2,
    SubjectKind.CIP13: 3,
    SubjectKind.EMDN: 10,
    SubjectKind.BASIC_UDI_DI: 11,
    SubjectKind.UDI_DI: 12,
}
_DEVICES = 10
_GRADES = tuple(Severity)
"""In the order of their gravity."""
_CLASSES = ("i", "ii", "iii")


def covers(above: Alert, below: Alert) -> bool:
    """True where `above` says what `below` says too. No alert covers itself, and no two cover one another."""
    if above.alert_id == below.alert_id or above.nature is not below.nature or not {above.kind, below.kind} <= KINDS:
        return False
    if below.kind in RECALLS:
        return above.kind in RECALLS and _same_lots_graver(above, below)
    if _GRADES.index(above.severity) < _GRADES.index(below.severity):
        return False
    if above.kind is below.kind and is_above(above.subject, below):
        return scope(above) == "national" or scope(below) == "regional"
    return _national_over_regional(above, below)


def scope(alert: Alert) -> str:
    """`regional` where an alert says that it is of some regions only."""
    return "regional" if alert.labels.get("scope") == "regional" else "national"


def _national_over_regional(above: Alert, below: Alert) -> bool:
    if below.kind not in REGIONAL or scope(below) != "regional" or above.kind not in NATIONAL or scope(above) != "national":
        return False
    return above.subject == below.subject or is_above(above.subject, below)


def is_above(subject: Subject, below: Alert) -> bool:
    """True where a subject stands above what an alert is about: a shorter ATC code, or one of its classes, substances, medicines."""
    if subject.kind is SubjectKind.ATC and below.subject.kind is SubjectKind.ATC:
        return below.subject.id != subject.id and below.subject.id.startswith(subject.id)
    rank, own = _RANKS.get(subject.kind), _RANKS.get(below.subject.kind)
    if rank is None or own is None or rank >= own or (rank >= _DEVICES) is not (own >= _DEVICES):
        return False
    return subject in below.also


def above_of(alert: Alert) -> tuple[Subject, ...]:
    """Every subject that stands above an alert's, itself first."""
    return (alert.subject, *_ancestors(alert.subject, alert.also))


@lru_cache(maxsize=4096)
def _ancestors(subject: Subject, also: tuple[Subject, ...]) -> tuple[Subject, ...]:
    own = _RANKS.get(subject.kind)
    if own is None:
        return ()
    if subject.kind is SubjectKind.ATC:
        return tuple(Subject(kind=SubjectKind.ATC, id=subject.id[:n]) for n in range(1, len(subject.id)))
    return tuple(s for s in also if s.kind in _RANKS and _RANKS[s.kind] < own and (_RANKS[s.kind] >= _DEVICES) is (own >= _DEVICES))


def _same_lots_graver(above: Alert, below: Alert) -> bool:
    """Class I of these very lots, of one product, to at least the same depth."""
    first, second = above.labels.get("class", ""), below.labels.get("class", "")
    if first not in _CLASSES or second not in _CLASSES or _CLASSES.index(first) >= _CLASSES.index(second):
        return False
    if not below.batches or not {above.subject, *above.also} & {below.subject}:
        return False
    return all(any(_is_of(lot, whole) for whole in above.batches) for lot in below.batches)


def _is_of(lot: Batch, whole: Batch) -> bool:
    """A lot without a presentation is that lot of every presentation. Lots compare as printed."""
    return lot.lot == whole.lot and whole.cip13 in (None, lot.cip13)


def reaches(above: Alert, told: tuple[Route, ...], route: Route) -> bool:
    """True where everybody whom `route` names was told the alert above, each kind by some way, so that nothing new is said to anybody.

    told: routes by which the alert above was told. A notice that discharges a duty is never left out.
    """
    return bool(route.filter.kinds) and reached(above, told, route).issuperset(route.filter.kinds)


def reached(above: Alert, told: tuple[Route, ...], route: Route) -> frozenset[str]:
    """The kinds of people of `route` of which everybody whom it names was told the alert above."""
    if route.duty:
        return frozenset()
    ways = [other.filter for other in told if _within(route.filter, other.filter, followed(above))]
    return frozenset([kind for way in ways for kind in way.kinds])


def _within(mine: AudienceFilter, theirs: AudienceFilter, subjects: tuple[Subject, ...]) -> bool:
    """True where of every kind that both name, those of `mine` are among `theirs`."""
    if theirs.facilities and not (mine.facilities and set(mine.facilities) <= set(theirs.facilities)):
        return False
    for asked, named in ((mine.regions, theirs.regions), (mine.countries, theirs.countries)):
        if named and not (asked and set(asked) <= set(named)):
            return False
    if theirs.mandatory:
        return True
    return not mine.mandatory and set(mine.subjects) <= set(theirs.subjects or subjects)
