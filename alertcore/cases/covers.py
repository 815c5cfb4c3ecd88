"""What covers an alert now: found by the lives of what stands above it, and for recalls by an index of lots.

The index follows from the open alerts alone: it is built once when the partition opens, and looked up afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from alertcore.cases.desk import Desk
from alertcore.cases.lives import open_file
from alertcore.cases.relations import HIERARCHICAL, KINDS, NATIONAL, RECALLS, REGIONAL, above_of, covers
from alertcore.cases.state import AlertFile
from alertcore.records.alert import Alert, AlertKind

_MEMO = "covering"


@dataclass(slots=True)
class Index:
    """places: for each open alert where it stands. at: open alerts by place. under: covered alerts by what covers them."""

    places: dict[str, tuple[str, ...]] = field(default_factory=dict)
    at: dict[str, set[str]] = field(default_factory=dict)
    under: dict[str, set[str]] = field(default_factory=dict)

    def put(self, alert: Alert) -> None:
        """Note where an open alert stands now."""
        places = _places(alert)
        if self.places.get(alert.alert_id) == places:
            return
        self.forget(alert.alert_id)
        self.places[alert.alert_id] = places
        for place in places:
            self.at.setdefault(place, set()).add(alert.alert_id)

    def forget(self, alert: str) -> None:
        """An alert has ended."""
        for place in self.places.pop(alert, ()):
            self.at[place].discard(alert)
            if not self.at[place]:
                del self.at[place]

    def cover(self, alert: str, before: str | None, now: str | None) -> None:
        """Note what covers an alert."""
        if before is not None and before in self.under:
            self.under[before].discard(alert)
            if not self.under[before]:
                del self.under[before]
        if now is not None:
            self.under.setdefault(now, set()).add(alert)


def _places(alert: Alert) -> tuple[str, ...]:
    """Where an alert is found by what may cover it: under each subject at or above its own, and by its lots."""
    if alert.kind in RECALLS:
        return tuple(f"lot/{alert.nature}/{lot}" for lot in dict.fromkeys(b.lot for b in alert.batches))
    return tuple(f"{alert.kind}/{alert.nature}/{s.kind}:{s.id}" for s in above_of(alert))


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
        kinds = ({alert.kind} & HIERARCHICAL) | (REGIONAL if alert.kind in NATIONAL else frozenset())
        subject = f"{alert.nature}/{alert.subject.kind}:{alert.subject.id}"
        ids |= {i for kind in kinds for i in index.at.get(f"{kind}/{subject}", ())}
    return open_files(desk, ids - {alert.alert_id})


def open_files(desk: Desk, ids: Iterable[str]) -> list[AlertFile]:
    """Open alerts among these, in the order of their ids."""
    found: list[AlertFile | None] = [desk.get(f"alert/{i}") for i in sorted(ids)]
    return [f for f in found if f is not None and not f.ended]


def _above(desk: Desk, alert: Alert) -> list[AlertFile]:
    if alert.kind in RECALLS:
        index = index_of(desk)
        ids = {i for place in _places(alert) for i in index.at.get(place, ())}
        return open_files(desk, ids - {alert.alert_id})
    kinds = [k for k in AlertKind if k is alert.kind or (alert.kind in REGIONAL and k in NATIONAL)]
    found = [open_file(desk, kind, subject, alert.nature) for subject in above_of(alert) for kind in kinds]
    return [f for f in found if f is not None and f.alert.alert_id != alert.alert_id]
