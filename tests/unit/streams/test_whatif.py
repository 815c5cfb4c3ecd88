"""The kept logs read again under another policy: what would have been raised and cleared, and who would have been told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert
from alertcore.records.hub import Command, Entry, SettingsFile
from alertcore.records.notice import Notice
from alertcore.sharding import CASES_LOG
from alertcore.supply.stage import SupplyStage
from schemas.codec import encode
from streams.emitting import Out
from streams.local import LocalShell
from streams.whatif import Logged, cases_again, in_order, supply_again
from tests.unit.alertcore.stock_world import CIS, NOON, World, known_world, lab, setting
from tocsin.differing import differences, summed

ZONE = "Europe/Paris"


class Recording(LocalShell):
    """Keeps what was fed to it, as its log would."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.log: list[Logged] = []

    def feed_batch(self, partition: int, entries: Iterable[tuple[Entry, str]]) -> list[Out]:
        rows = list(entries)
        self.log += [Logged(partition, self.head(partition).offset + 1 + n, key, entry) for n, (entry, key) in enumerate(rows)]
        return super().feed_batch(partition, rows)


class Day:
    """A lab's stock over a day, through supply and cases."""

    def __init__(self) -> None:
        self.world: World = known_world(shell=Recording)
        self.supply: Recording = self.world.supply  # type: ignore[assignment]
        self.cases = Recording(CasesStage(Agency(id="agency", name="Agence", program="test")))
        self.told = 0

    def stock(self, packs: int) -> None:
        """The lab reports, and the cases hear what comes of it."""
        lab(self.world, packs)
        self.hear()

    def hear(self) -> None:
        """What supply said so far goes into the case log."""
        outs = self.world.supply.outs
        for out in outs[self.told :]:
            if out.topic == CASES_LOG and out.entry is not None:
                self.cases.feed(0, out.entry)
        self.told = len(outs)

    def cancel(self) -> str:
        """An officer cancels the only alert; its id."""
        alert = self.alerts()[-1]
        order = Command(command_id="c1", by="officer-1", action="cancel", target=alert.alert_id, reason="by mistake", at=self.world.at)
        self.cases.feed(0, Entry(stamp=self.world.at, sender="hub", event_id="evt_c1", kind="command", value=encode(order)))
        return alert.alert_id

    def alerts(self) -> list[Alert]:
        return [out.value for out in self.cases.outs if isinstance(out.value, Alert)]

    def under(self, policy: dict[str, Any]) -> dict[str, Any]:
        """What this policy would have changed."""
        file: SettingsFile = setting("policy", policy)
        logs = [[one for one in self.supply.log if one.partition == 0]]
        again = supply_again(SupplyStage("agency"), 1, file, in_order(logs))
        stage = CasesStage(Agency(id="agency", name="Agence", program="test"))
        outs = cases_again(stage, file, self.cases.log, again, self.supply.log[0].entry.stamp, self.alerts())
        then = [o.value for o in self.cases.outs if isinstance(o.value, Alert | Notice)]
        return differences(summed(then, ZONE), summed([o.value for o in outs], ZONE))


def breach_and_recovery() -> Day:
    """150 packs against a floor of 200, then 400."""
    day = Day()
    day.stock(300)
    day.stock(150)
    day.stock(400)
    return day


def test_the_policy_that_was_in_force_changes_nothing() -> None:
    found = breach_and_recovery().under({})
    assert found["alerts"] == []
    assert [r for r in (*found["days"], *found["told"]) if r["then"] != r["now"]] == []
    assert {(r["kind"], r["move"], r["now"]) for r in found["days"]} == {("safety_stock", "raised", 1), ("safety_stock", "cleared", 1)}


def test_a_lower_floor_would_have_raised_nothing_and_told_nobody() -> None:
    found = breach_and_recovery().under({"safety_stock": {"months": {CIS: 1.0}}})
    assert [(life["what"], life["kind"], life["subject"]) for life in found["alerts"]] == [("only_then", "safety_stock", f"cis:{CIS}")]
    assert sum(row["then"] for row in found["told"]) > 0
    assert sum(row["now"] for row in found["told"]) == 0


def test_a_higher_floor_raises_what_was_not_raised() -> None:
    day = Day()
    day.stock(300)
    assert day.alerts() == []
    found = day.under({"safety_stock": {"months": {CIS: 4.0}}})
    assert [(life["what"], life["kind"]) for life in found["alerts"]] == [("only_now", "safety_stock")]
    assert [(row["audience"], row["then"], row["now"]) for row in found["told"]] == [("companies", 0, 1), ("officers", 0, 1)]


def test_an_officers_command_goes_to_the_alert_that_stands_in_its_place() -> None:
    day = Day()
    day.stock(300)
    day.stock(150)
    day.cancel()
    found = day.under({"safety_stock": {"months": {CIS: 4.0}}})
    (life,) = found["alerts"]
    assert life["what"] == "changed"
    assert life["now"][-1].endswith("cancelled_by_officer")


def test_partitions_are_read_by_stamp_and_each_in_its_own_order() -> None:
    def at(seconds: int, partition: int, offset: int) -> Logged:
        stamp = NOON + timedelta(seconds=seconds)
        return Logged(partition, offset, "", Entry(stamp=stamp, sender="s", event_id="e", kind="tick", value=b""))

    rows = [[at(5, 0, 0), at(1, 0, 1)], [at(2, 1, 0), at(6, 1, 1)]]
    assert [(one.partition, one.offset) for one in in_order(rows)] == [(1, 0), (0, 0), (0, 1), (1, 1)]
