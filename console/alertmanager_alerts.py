"""Open alerts of the hub in Alertmanager's form: labels, words, who is told of them, and what holds them back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from alertcore.cases import external, units
from alertcore.dispatch.fingerprint import fingerprint
from alertcore.dispatch.matcher_index import MatcherIndex
from alertcore.dispatch.outcome import Word
from alertcore.dispatch.route_tree import Route, matched
from alertcore.dispatch.silence_records import silence_of
from alertcore.dispatch.silences import silent_until
from alertcore.records.alert import Alert
from alertcore.records.dispatch import Verdict
from console.alertmanager_times import shown_time
from console.hub_view import HubView, Standing

ENDS_IN = timedelta(minutes=5)
"""When an alert ends that nobody ends: what a source would have to post again by then."""
OF_ONE_UNIT = ("audience", "address", "company")
"""Labels of a release to one audience; an alert as a whole has none of them."""
Group = tuple[str, tuple[tuple[str, str], ...]]
"""A receiver, and the labels that alerts of the group have in common."""
HOLDING_BACK = (Word.INHIBITED, Word.COVERED)


class AlertList:
    """All open alerts at one instant. language: of texts that the hub has in several."""

    def __init__(self, view: HubView, now: datetime, language: str) -> None:
        self._view = view
        self._now = now
        self._language = language
        self._units: dict[str, list[tuple[str, dict[str, str]]]] = {}
        self._silences = MatcherIndex()
        self._holding: set[str] = set()
        for silence in filter(None, map(silence_of, view.held(now))):
            if silent_until(silence, now) is not None:
                self._silences.add(silence.silence_id, silence.matchers)
                self._holding.add(silence.silence_id)

    def gettable(self) -> list[dict[str, Any]]:
        """Each alert as Alertmanager gives it, in the order of the fingerprints."""
        return sorted((self._one(s) for s in self._view.alerts.values()), key=lambda a: str(a["fingerprint"]))

    def groups(self, alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same alerts by the groups in which the routing in force tells them."""
        found: dict[Group, list[dict[str, Any]]] = {}
        for shown in alerts:
            alert = self._view.alerts[shown["labels"]["alert"]].alert
            for place in dict.fromkeys(self._groups_of(alert)):
                found.setdefault(place, []).append(shown)
        return [
            {"labels": dict(labels), "receiver": {"name": name}, "alerts": own}
            for (name, labels), own in sorted(found.items(), key=lambda item: (item[0][1], item[0][0]))
        ]

    def _one(self, standing: Standing) -> dict[str, Any]:
        alert = standing.alert
        found: dict[str, Any] = {
            "labels": labels_of(alert),
            "annotations": self._annotations(alert),
            "receivers": [{"name": name} for name in self._receivers(alert)],
            "fingerprint": fingerprint_of(alert),
            "startsAt": alert.facts.get("posted_since") or shown_time(standing.since),
            "updatedAt": shown_time(alert.decided_at),
            "endsAt": shown_time(self._now + ENDS_IN),
            "status": self._status(alert),
        }
        source = alert.facts.get("generator", "")
        return found | ({"generatorURL": source} if source else {})

    def _annotations(self, alert: Alert) -> dict[str, str]:
        """An alert from outside has its own; of the others what an officer reads first."""
        facts = alert.facts
        if posted := facts.get("annotations"):
            own: dict[str, str] = json.loads(posted)
            return own
        said = {
            "summary": self._in_language(facts, "headline") or f"{alert.kind.value} {facts.get('name', alert.subject.id)}",
            "description": self._in_language(facts, "sentence"),
            "instruction": self._in_language(facts, "instruction"),
            "name": facts.get("name", ""),
        }
        return {name: text for name, text in said.items() if text}

    def _in_language(self, facts: Mapping[str, str], name: str) -> str:
        return facts.get(f"{name}_{self._language}") or facts.get(f"{name}_en", "")

    def _receivers(self, alert: Alert) -> list[str]:
        """Those it fell to; before the first verdict those that the routing in force leads to."""
        told = {receiver.partition("#")[0] for _, receiver in self._view.chains(alert.alert_id)}
        return sorted(told or {name for name, _ in self._groups_of(alert)})

    def _groups_of(self, alert: Alert) -> Iterator[Group]:
        for suffix, labels in self._units_of(alert):
            for route in matched(self._view.routing.root, labels):
                if self._tells(route, suffix):
                    yield route.receiver, tuple(sorted(route.group_labels(labels).items()))

    def _units_of(self, alert: Alert) -> list[tuple[str, dict[str, str]]]:
        """The units of what is released of an alert, each with the labels that the engine matches."""
        found = self._units.get(alert.alert_id)
        if found is None:
            audiences = alert.release.audiences if alert.release else ()
            found = [(suffix, units.labels(alert, suffix)) for suffix in units.suffixes(alert, audiences)]
            self._units[alert.alert_id] = found
        return found

    def _tells(self, route: Route, suffix: str) -> bool:
        receiver = self._view.routing.receivers.get(route.receiver)
        return receiver is not None and (receiver.audience is None or receiver.release_audience == suffix.partition("/")[0])

    def _status(self, alert: Alert) -> dict[str, Any]:
        chains = self._view.chains(alert.alert_id)
        last = [t.chain.verdicts[-1] for t in chains.values() if t.chain.verdicts]
        inhibited = sorted({self._holder(v) for v in last if v.word in HOLDING_BACK})
        silenced = self._silenced(alert, last)
        state = "suppressed" if inhibited or silenced else "active" if chains else "unprocessed"
        return {"state": state, "silencedBy": silenced, "inhibitedBy": inhibited}

    def _silenced(self, alert: Alert, last: list[Verdict]) -> list[str]:
        """Silences that hold now and match, whether or not there was anything to tell since they were set; a duty is silenced by none."""
        found = {v.by for v in last if v.word == Word.SILENCED and v.by in self._holding}
        for suffix, labels in self._units_of(alert) if self._holding else ():
            if not units.is_duty(alert, suffix):
                found.update(self._silences.found(labels))
        return sorted(found)

    def _holder(self, verdict: Verdict) -> str:
        """The fingerprint of the alert that holds another back; its id where it is not open any more."""
        alert_id = units.split(verdict.by.rpartition(": ")[2])[0]
        standing = self._view.alerts.get(alert_id)
        return fingerprint_of(standing.alert) if standing else alert_id


def labels_of(alert: Alert) -> dict[str, str]:
    """What routes and silences match, but for what belongs to one audience."""
    return {name: value for name, value in units.labels(alert, units.TOLD[0]).items() if name not in OF_ONE_UNIT}


def fingerprint_of(alert: Alert) -> str:
    """Of an alert from outside that of the labels it was posted with, of others one that stays while the alert lives."""
    _, found, posted = alert.subject.id.partition(external.SUBJECT_PREFIX)
    return posted if found and alert.labels.get("rule") == external.RULE else fingerprint({"alert": alert.alert_id})
