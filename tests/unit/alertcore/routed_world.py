"""A hub's case log with a routing file of one's own, to see who is told what, when and why."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from alertcore.cases.state import Setting
from alertcore.records.dispatch import Verdicts
from alertcore.records.hub import Command
from alertcore.records.notice import Notice
from alertcore.records.shared import Nature
from streams.emitting import Out
from tests.unit.alertcore.cases_world import World, notices, of, product

MINUTE = timedelta(minutes=1)
OTHERS = ("60000002", "60000003", "60000004")
"""Further medicines, of which nobody follows two."""


def everybody(name: str, *kinds: str, **more: Any) -> dict[str, Any]:
    """A receiver: all of these kinds."""
    return {"name": name, "audience": {"kinds": list(kinds), "mandatory": True}, **more}


def concerned(name: str = "companies", kind: str = "company") -> dict[str, Any]:
    """A receiver: the organisations that an alert names."""
    return {"name": name, "audience": {"kinds": [kind], "concerned": True}}


def followers(name: str, *kinds: str, **audience: Any) -> dict[str, Any]:
    """A receiver: who of these kinds follows what an alert is about."""
    return {"name": name, "audience": {"kinds": list(kinds), **audience}}


class Routed(World):
    """A world in which a routing file is in force from the beginning."""

    def __init__(self, root: dict[str, Any], *receivers: dict[str, Any], more: dict[str, Any] | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.routes(root, *receivers, **more or {})

    def routes(self, root: dict[str, Any], *receivers: dict[str, Any], **more: Any) -> list[Out]:
        """Another routing file comes into force. receivers: as in the file; root: the route, which tells the first unless it says whom."""
        before: Setting | None = self.shell.view().get("setting/routes")
        whole = {"route": {"receiver": receivers[0]["name"]} | root, "receivers": list(receivers), **more, "lines": {"route": 1}}
        outs = self.settings("routes", whole)
        now: Setting | None = self.shell.view().get("setting/routes")
        assert now is not None, "it could not be read"
        assert now.version == (before.version if before else 0) + 1
        return outs

    def medicine(self, cis: str, **fields: Any) -> None:
        """A further medicine, with a substance and a class of its own."""
        self.feed("reference.products", product(cis, name=f"DEMO {cis}", cip13=f"34009{cis}0", atc=None, substances=(), **fields))

    def silence(self, matchers: str, until: datetime, nature: Nature = Nature.ACTUAL) -> list[Out]:
        """An officer silences what these match."""
        params = {"matchers": matchers, "ends": until.isoformat()}
        order = Command(
            nature=nature,
            command_id=f"s{self.count}",
            by="officer-1",
            action="silence",
            target="",
            reason="known",
            at=self.now,
            params=params,
        )
        return self.feed("command", order)


def each(*receivers: str, **of_route: Any) -> list[dict[str, Any]]:
    """A route to each, for everything."""
    return [{"receiver": name, "continue": True, **of_route} for name in receivers]


def heard(outs: list[Out]) -> list[tuple[str, str]]:
    """(receiver, purpose) of each notice, sorted."""
    return sorted((n.receiver, str(n.purpose)) for n in notices(outs))


def items(notice: Notice) -> list[dict[str, str]]:
    """What a digest says of each of its alerts."""
    found: list[dict[str, str]] = json.loads(notice.params["items"])
    return found


def fates(outs: list[Out], alert_id: str) -> list[tuple[str, tuple[str, ...], str]]:
    """(receiver, words, by whom in the end) of each chain of verdicts on an alert."""
    records: list[Verdicts] = [v for v in of(outs, Verdicts) if v.alert_id == alert_id]
    return [(c.receiver, tuple(v.word for v in c.verdicts), c.verdicts[-1].by) for r in records for c in r.chains]
