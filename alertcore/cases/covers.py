"""What covers an alert now: found by the lives of what stands above it, and for recalls by an index of lots.

The index follows from the open alerts alone: it is built once when the partition opens, and looked up afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from alertcore.cases.desk import Desk
from alertcore.cases.lives import life_key
from alertcore.cases.relations import HIERARCHICAL, KINDS, NATIONAL, RECALLS, REGIONAL, above_of, covers
from alertcore.cases.state import AlertFile
from alertcore.kept import Same
from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.shared import Batch, Nature, Subject

_MEMO = "covering"

Decisive = tuple[Severity, tuple[Subject, ...], tuple[Batch, ...], str | None, str | None]


def decisive(alert: Alert) -> Decisive:
    """All that versions of an alert may change of what it covers and what covers it."""
    return alert.severity, alert.also, alert.batches, alert.labels.get("scope"), alert.labels.get("class")


@dataclass(slots=True)
class Index:
    """places: for each open alert where it stands. at: open alerts by place. under: covered alerts by what covers them.

    about: alerts by the life they are of, from when they are to be open; own: the life of each.
    judged: of each open alert what decided when it was last judged with what stands around it.
    """

    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    at: dict[str, set[str]] = field(default_factory=dict)
    under: dict[str, set[str]] = field(default_factory=dict)
    about: dict[str, set[str]] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    judged: dict[str, Decisive] = field(default_factory=dict)

    def open(self, alert: Alert) -> None:
        """Note what an alert is about, from when it is to be open."""
        if alert.kind not in RECALLS and alert.alert_id not in self.own:
            life = self.own[alert.alert_id] = life_key(alert.kind, alert.subject, alert.nature)
            self.about.setdefault(life, set()).add(alert.alert_id)

    def put(self, alert: Alert) -> None:
        """Note where an open alert stands now."""
        self.open(alert)
        places = _places(alert)
        if self.places.get(alert.alert_id) == places:
            return
        self._leave(alert.alert_id)
        self.places[alert.alert_id] = places
        for place in places:
            self.at.setdefault(place, set()).add(alert.alert_id)

    def forget(self, alert: str) -> None:
        """An alert has ended."""
        self._leave(alert)
        self.judged.pop(alert, None)
        life = self.own.pop(alert, None)
        if life is not None:
            _drop(self.about, life, alert)

    def _leave(self, alert: str) -> None:
        for place in self.places.pop(alert, ()):
            _drop(self.at, place, alert)

    def cover(self, alert: str, before: str | None, now: str | None) -> None:
        """Note what covers an alert."""
        if before is not None and before in self.under:
            _drop(self.under, before, alert)
        if now is not None:
            self.under.setdefault(now, set()).add(alert)


def _drop(sets: dict[str, set[str]], key: str, alert: str) -> None:
    sets[key].discard(alert)
    if not sets[key]:
        del sets[key]


def _places(alert: Alert) -> tuple[str, ...]:
    """Where an alert is found by what may cover it: under each subject at or above its own, and by its lots."""
    if alert.kind in RECALLS:
        return tuple(f"lot/{alert.nature}/{lot}" for lot in dict.fromkeys(b.lot for b in alert.batches))
    return _around(alert).places


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an alert is found by what may cover it, and the lives of what may stand above it, itself first."""

    places: tuple[str, ...]
    lives: tuple[str, ...]


def _around(alert: Alert) -> Surroundings:
    if not alert.also:
        return _surroundings(alert)
    known = (_ALSO.known(id(alert.also)) or _ALSO.keep(alert.also))[0]
    key = (alert.kind, alert.nature, alert.subject)
    found = known.get(key)
    if found is None:
        found = known[key] = _surroundings(alert)
    return found


def _surroundings(alert: Alert) -> Surroundings:
    above, kinds = above_of(alert), _kinds_above(alert.kind)
    places = tuple(f"{alert.kind}/{alert.nature}/{s.kind}:{s.id}" for s in above)
    return Surroundings(places, tuple(life_key(k, s, alert.nature) for s in above for k in kinds))


_ALSO: Same[tuple[dict[tuple[AlertKind, Nature, Subject], Surroundings]]] = Same(lambda _: ({},), 8192)
"""By what else an alert may be followed by, which its versions share."""


@cache
def _kinds_above(kind: AlertKind) -> tuple[AlertKind, ...]:
    return tuple(k for k in AlertKind if k is kind or (kind in REGIONAL and k in NATIONAL))


@cache
def _kinds_below(kind: AlertKind) -> frozenset[AlertKind]:
    return (HIERARCHICAL & {kind}) | (REGIONAL if kind in NATIONAL else frozenset())


def index_of(desk: Desk) -> Index:
    """The index of open alerts."""
    index: Index | None = desk.view.memo.get(_MEMO)
    if index is None:
        index = desk.view.memo[_MEMO] = Index()
        for _, file in desk.view.items("alert/"):
            if not file.ended and file.alert.kind in KINDS:
                index.put(file.alert)
                index.cover(file.alert.alert_id, None, file.alert.covered_by)
    return index


def cover_of(desk: Desk, alert: Alert) -> AlertFile | None:
    """The open alert that covers this one now: of several the one highest up, of equals the oldest."""
    if alert.kind not in KINDS:
        return None
    index_of(desk).open(alert)
    found = [f for f in _above(desk, alert) if covers(f.alert, alert)]
    if len(found) > 1:
        found = [f for f in found if not any(covers(g.alert, f.alert) for g in found)]
    return min(found, key=lambda f: (f.since, f.alert.alert_id), default=None)


def below(desk: Desk, alert: Alert) -> list[AlertFile]:
    """Open alerts that it may cover, and those that it covers and may cover no more."""
    index = index_of(desk)
    ids = set(index.under.get(alert.alert_id, ()))
    if alert.kind in RECALLS:
        ids |= {i for place in _places(alert) for i in index.at.get(place, ())}
    else:
        subject = f"{alert.nature}/{alert.subject.kind}:{alert.subject.id}"
        ids |= {i for kind in _kinds_below(alert.kind) for i in index.at.get(f"{kind}/{subject}", ())}
    return open_files(desk, ids - {alert.alert_id})


def open_files(desk: Desk, ids: Iterable[str]) -> list[AlertFile]:
    """Open alerts among these, in the order of their ids."""
    found: list[AlertFile | None] = [desk.get(f"alert/{i}") for i in sorted(ids)]
    return [f for f in found if f is not None and not f.ended]


def _above(desk: Desk, alert: Alert) -> list[AlertFile]:
    index = index_of(desk)
    if alert.kind in RECALLS:
        ids = {i for place in _places(alert) for i in index.at.get(place, ())}
    else:
        ids = {i for life in _around(alert).lives for i in index.about.get(life, ())}
    return open_files(desk, ids - {alert.alert_id})
