"""What must hold of a hub's outcome, alone and beside another's, and the figures of a disturbed run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

from notifiers.sender import SenderConfig
from tests.failure.hub.inputs import BELOW_FLOOR, RECOVERING, Inputs
from tests.failure.hub.outcome import Outcome

RESUME_S = 30.0
STEPS = {"update": "updated", "other": "updated", "return": "resolved", "withdrawn": "cancelled"}
"""What a declaration does to the alert that is open."""


@dataclass(frozen=True, slots=True)
class Figures:
    """resumed: seconds from each disturbance to the next new work of who was hit. again: events published twice."""

    resumed: dict[str, list[float]]
    restarts: dict[str, int]
    again: int
    took_s: float

    def hold(self) -> None:
        """Work resumes in time after each disturbance."""
        late = {name: max(times) for name, times in self.resumed.items() if max(times) >= RESUME_S}
        assert not late, f"resumed too late: {late}"

    def table(self, shaken: Outcome, calm: Figures) -> str:
        """For people."""
        lines = [f"{'disturbed':<16}{'times':>6}{'median s':>10}{'max s':>8}"]
        lines += [f"{n:<16}{len(t):>6}{median(t):>10.1f}{max(t):>8.1f}" for n, t in sorted(self.resumed.items())]
        every = [t for times in self.resumed.values() for t in times]
        lines.append(f"{'all':<16}{len(every):>6}{median(every):>10.1f}{max(every):>8.1f}")
        twice = sum(shaken.mails.values()) - len(shaken.mails)
        lines.append(f"{len(shaken.alerts)} versions of alerts, {len(shaken.notices)} notices, {len(shaken.mails)} mails")
        lines.append(f"mails twice: {twice}; emitted again, same bytes: {dict(shaken.repeats)}; published again: {self.again}")
        lines.append(f"ends of processes: {self.restarts}")
        lines.append(f"took {self.took_s:.0f} s, undisturbed {calm.took_s:.0f} s")
        return "\n" + "\n".join(lines)


def reckon(found: Outcome, inputs: Inputs, *, kills_of_deliver: int) -> None:
    """What holds of every hub, whatever was done to it."""
    _inputs_decided(found, inputs)
    _stories_told(found, inputs)
    _emitted_once(found)
    _told_once(found, kills_of_deliver)
    assert found.dead_letters == 0
    assert found.bad == []
    for name, records in found.rapid.items():
        numbers = [record["sequence"] for record in records]
        assert numbers == list(range(1, len(numbers) + 1)), f"{name}: {numbers}"
        assert numbers, name


def _inputs_decided(found: Outcome, inputs: Inputs) -> None:
    wanted = {event.event_id for event in inputs.all}
    assert set(found.receipts) == wanted
    other = {event: verdicts for event, verdicts in found.receipts.items() if verdicts != {"taken"}}
    assert not other, f"not simply taken: {other}"
    cases = {event.event_id for event in inputs.all if event.kind in ("shortage.declarations", "quality.defects")}
    assert cases <= set(found.logged)


def _stories_told(found: Outcome, inputs: Inputs) -> None:
    """Each medicine has one alert, opened by its first declaration, with one version for each declaration that followed."""
    by_cis: dict[str, Counter[str]] = {cis: Counter() for cis in inputs.expected}
    for alert in found.alerts.values():
        if alert["kind"] == "shortage":
            by_cis[alert["subject"]["id"]][alert["step"]] += 1
    for cis, steps in inputs.expected.items():
        wanted: Counter[str] = Counter({"raised": 1, "released": 1})
        for step, count in steps.items():
            if step in STEPS:
                wanted[STEPS[step]] += count
        assert by_cis[cis] == wanted, f"{cis} declared {dict(steps)}: {dict(by_cis[cis])}"
        (own,) = found.ids[f"shortage/{cis}"]
        assert found.opened[own] == inputs.opened_by[cis]
    floors = Counter(alert["step"] for alert in found.alerts.values() if alert["kind"] == "safety_stock")
    assert floors == {"raised": BELOW_FLOOR, "released": BELOW_FLOOR, "resolved": RECOVERING}
    assert {alert["kind"] for alert in found.alerts.values()} == {"shortage", "defect", "safety_stock"}


def _emitted_once(found: Outcome) -> None:
    """What was emitted twice is the same to the byte and under the same id; no id stands for two things."""
    several = {told: copies for told, copies in found.copies.items() if len(copies) > 1}
    assert not several, several


def _told_once(found: Outcome, kills_of_deliver: int) -> None:
    states = Counter[str]()
    for (_, _, _, state), count in found.deliveries.items():
        states[state] += count
    assert set(states) <= {"accepted", "suppressed"}, states
    assert found.accepted_twice == 0
    arrived = {message.strip("<>").rsplit("@", 1)[0] for message in found.mails}
    assert arrived == found.due_ids
    twice = sum(found.mails.values()) - len(found.mails)
    assert twice <= SenderConfig().window * kills_of_deliver


def reckon_against(shaken: Outcome, plain: Outcome) -> None:
    """Nothing but times, origins and order differs from the undisturbed run."""
    alerts = _different(shaken.alerts, plain.alerts)
    assert not alerts, f"disturbed beside undisturbed: {alerts}"
    positions = _different(_sums(shaken.positions), _sums(plain.positions))
    assert not positions, f"disturbed beside undisturbed: {positions}"
    assert Counter(shaken.notices.values()) == Counter(plain.notices.values())
    for name in plain.rapid:
        assert Counter(_content(r) for r in shaken.rapid[name]) == Counter(_content(r) for r in plain.rapid[name]), name
    assert _delivered(shaken) == _delivered(plain)
    assert shaken.rows == plain.rows
    assert len(shaken.mails) == len(plain.mails)


def _different(one: dict[Any, Any], other: dict[Any, Any]) -> dict[Any, Any]:
    keys = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
    return {key: _where(one.get(key), other.get(key)) for key in keys[:5]}


def _where(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: (one.get(key), other.get(key)) for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    return (one, other)


AGE = ("version", "as_of", "oldest", "reporters_share")
"""A position is told when its figures change, not when somebody says the same again, nor when another reporter is heard."""


def _sums(positions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        cis: {k: v for k, v in held.items() if k not in AGE}
        | {"cells": [{k: v for k, v in cell.items() if k not in AGE} for cell in held["cells"]]}
        for cis, held in positions.items()
    }


def _content(record: dict[str, Any]) -> tuple[str, int, str, str]:
    return (record["alert_id"], record["version"], str(record.get("step")), str(record.get("text") or record.get("details")))


def _delivered(found: Outcome) -> Counter[tuple[str, ...]]:
    """Deliveries by what their notice says; its id holds the instant. Floors speak of figures that a later report may have changed."""
    counted: Counter[tuple[str, ...]] = Counter()
    for (notice, *rest), count in found.deliveries.items():
        said = found.notices[notice]
        if not said.startswith("safety_stock/"):
            counted[said, *rest] += count
    return counted
