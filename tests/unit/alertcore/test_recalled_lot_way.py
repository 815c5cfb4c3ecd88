"""A recalled lot from a pharmacy's report to the mail that it gets, through all three stages."""

from __future__ import annotations

from typing import Any

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert, AlertKind
from alertcore.records.hub import Command, Entry
from alertcore.records.notice import Notice
from alertcore.sharding import CASES_LOG, STOCK_LOG, SUPPLY_LOG
from alertcore.stock.stage import StockStage
from alertcore.supply.stage import SupplyStage
from schemas.codec import encode
from streams.emitting import Out
from streams.local_hub import LocalHub
from tests.unit.alertcore.recall_world import DAY, HOUR, a1, recall, shelf
from tests.unit.alertcore.stock_world import CIP, NOON, product

KEYS = {STOCK_LOG: "s", SUPPLY_LOG: "s", CASES_LOG: "agency"}


class Hub:
    """Three stages in memory with two partitions of stock and supply, fed as the door feeds them."""

    def __init__(self) -> None:
        agency = Agency(id="agency", name="Agence", program="test")
        self.hub = LocalHub(
            stock=StockStage(2), supply=SupplyStage("agency"), cases=CasesStage(agency), partitions={STOCK_LOG: 2, SUPPLY_LOG: 2}
        )
        self.count = 0
        self.at = NOON

    def send(self, kind: str, value: Any, *logs: str, hours: float = 0) -> list[Out]:
        """One event to every partition of these logs, and a minute."""
        self.count += 1
        self.at = NOON + hours * HOUR
        entry = Entry(stamp=self.at, sender="someone", event_id=f"evt_{self.count}", kind=kind, value=encode(value))
        outs = [o for log in logs for o in self.hub.feed_all(log, entry, KEYS[log])]
        return outs + self.hub.advance(self.at + HOUR / 60)

    def report(self, hours: float, **more: Any) -> list[Out]:
        """A pharmacy's report in its own partition."""
        one = shelf(more.pop("lots", a1()), hours=hours, **more)
        self.count += 1
        entry = Entry(stamp=one.observed_at, sender="someone", event_id=f"evt_{self.count}", kind="stock.reports", value=encode(one))
        outs = self.hub.feed(STOCK_LOG, entry, one.reporter.id)
        return outs + self.hub.advance(one.observed_at + HOUR / 60)


def of_lots(outs: list[Out]) -> list[tuple[str, str]]:
    return [(o.value.subject.id, str(o.value.step)) for o in outs if isinstance(o.value, Alert) and o.value.kind is AlertKind.RECALLED_LOT]


def test_a_pharmacy_that_still_sells_a_recalled_lot_is_told_and_released_when_it_is_gone() -> None:
    hub = Hub()
    hub.send("reference.products", product(), STOCK_LOG, SUPPLY_LOG, CASES_LOG)
    for name in ("p1", "p2", "p3"):
        hub.report(-5, reporter=name)
    outs = hub.send("quality.defects", recall(), STOCK_LOG, CASES_LOG)
    assert of_lots(outs) == []
    defect = next(o.value for o in outs if isinstance(o.value, Alert) and o.value.kind is AlertKind.DEFECT)
    hub.send(
        "command",
        Command(command_id="c1", by="officer-1", action="release", target=defect.alert_id, reason="", at=NOON),
        CASES_LOG,
        hours=0.1,
    )
    assert of_lots(hub.report(1, reporter="p1", lots=[(CIP, "B1", 2)])) == []
    outs = hub.report(1.2, reporter="p2")
    assert of_lots(outs) == [("p2", "raised"), ("p2", "released")]
    told = {o.value.reason.rule: o.value.params for o in outs if isinstance(o.value, Notice)}
    assert set(told) == {"officers", "companies:lab-1", "holders"}
    assert told["holders"]["sentence_fr"].startswith("p2 (officine) a encore en vente 4\u00a0boîtes de 1 lot rappelé")
    assert of_lots(hub.report(2, reporter="p2", lots=[(CIP, "B1", 2)])) == [("p2", "resolved")]
    outs = hub.hub.advance(NOON + DAY + 2 * HOUR)
    reach = [o.value.params["reach_pct"] for o in outs if isinstance(o.value, Notice) and "reach_pct" in o.value.params]
    assert reach == ["community_pharmacy=66.7"]
    assert "1 inconnu" in next(o.value.params["reach_fr"] for o in outs if isinstance(o.value, Notice) and "reach_fr" in o.value.params)
