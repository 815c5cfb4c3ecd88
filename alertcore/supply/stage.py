"""Stage `supply`: adds up partial sums, keeps each medicine's position, and judges its floors.

State: `cell/<n>` keys of the cells in the order of their numbers, `sums/<generation>/<source>/<n>` newest sums of a source,
`heard/<generation>/<source>` last observation of its reporters, `brief/<generation>/<source>` those of which what they
dispense is known of fewer than 28 days, `source/<generation>/<source>` how far it is, `product/<cis>/<cip13>`,
`sale/<cis>`, `sold/<company>/<month>`, `company/<id>` its name, `position/<n>` version and checksum of the last position of each medicine
by its number, `given/<cis>` what the floor rule said of it, `awaiting` medicines to look at, `left` those one look had no room for,
`watch` what all were judged under, `setting/policy`, `setting/senders`, `setting/calendar`, `today` and `closing/<day>` (see days),
`coverage/<cis>`, `projection/<cis>`, `silent/<reporter>`, `no_floor/<company>` what these rules remember, `coming/<cis>`
deliveries announced.

Changed medicines wait half a second of log time, so that the partials of all sources, which come together, make one position.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from alertcore import statejson
from alertcore.inforce import InForce
from alertcore.packed import Block, Marks
from alertcore.records.holding import Holding
from alertcore.records.hub import SettingsFile, Tick
from alertcore.records.product import Product
from alertcore.records.stock import Partial, SalesReport
from alertcore.rules.coverage import CoverageState
from alertcore.rules.no_floor import NoFloorState
from alertcore.rules.projection import ProjectionState
from alertcore.rules.silent_reporter import SilentState
from alertcore.stage import Decision, Message, View
from alertcore.supply import days, floorless, giving, recalled, silence, taking
from alertcore.supply.state import Given, Presentation, Sale, Sold, Source, Watch
from alertcore.supply.turn import AWAITING, LEFT, Turn, instant


@dataclass(frozen=True, slots=True)
class _Sales:
    rows: tuple[Sale, ...] = ()


_TYPES: dict[str, Any] = {
    "source": Source,
    "product": Presentation,
    "sold": Sold,
    "company": str,
    "given": Given,
    "watch": Watch,
    "setting": InForce,
    "held": recalled.Held,
    "reach": recalled.ReachTold,
    "today": str,
    "coverage": CoverageState,
    "projection": ProjectionState,
    "silent": SilentState,
    "no_floor": NoFloorState,
}
_MARKS = (AWAITING, LEFT)
_BLOCKS = ("sums", "heard", "brief", "closing", "position")


class SupplyStage:
    """Positions and floors of one shard of medicines. agency: key of the case log. country: the agency's, ISO 3166-1 alpha-2."""

    name = "supply"

    def __init__(self, agency: str, country: str = "FR") -> None:
        self.agency = agency
        self.country = country

    def decide(self, view: View, message: Message) -> Decision:
        """One partial, report of sales, product, settings file or tick. What was due is settled first.

        Reasons: partial, older_partial, older_generation, sales, same_sales, product, same_product, policy, senders, calendar,
        same_setting, holding, settled, nothing.
        """
        turn = Turn(view, message)
        if days.turn_over(turn):
            silence.at_midnight(turn, self.agency)
            floorless.at_midnight(turn, self.agency)
        giving.wake(turn)
        idle = isinstance(message.value, Tick) and message.value.idle
        settled = giving.settle(turn, self.agency, at_once=idle) | recalled.settle(turn, self.agency, at_once=idle)
        reason = self._take(turn)
        days.turn_over(turn)
        giving.wake(turn)
        due = min((at for at in (giving.due(turn), recalled.due(turn)) if at is not None), default=None)
        if reason == "nothing" and settled:
            reason = "settled"
        pending = any(turn.get(key) is not None for key in _MARKS) or recalled.pending(turn)
        return Decision(tuple(turn.emits), turn.changes, instant(due) if due is not None else None, pending, reason)

    def dump(self, key: str, value: Any) -> bytes:
        """State value to bytes."""
        kind = key.split("/", 1)[0]
        if kind in ("cell", "coming"):
            return json.dumps(value, ensure_ascii=False).encode()
        if kind in _MARKS or kind in _BLOCKS:
            packed: bytes = value.dump()
            return packed
        return statejson.dump(_Sales(value) if kind == "sale" else value)

    def load(self, key: str, raw: bytes) -> Any:
        """State value from bytes."""
        kind = key.split("/", 1)[0]
        if kind == "cell":
            return tuple(json.loads(raw))
        if kind == "coming":
            return tuple([tuple(row) for row in json.loads(raw)])
        if kind in _MARKS:
            return Marks.load(raw)
        if kind in _BLOCKS:
            return Block.load(raw)
        return statejson.load(_Sales, raw).rows if kind == "sale" else statejson.load(_TYPES[kind], raw)

    def _take(self, turn: Turn) -> str:
        value = turn.message.value
        if isinstance(value, Partial):
            reason = taking.take_partial(turn, value)
            silence.heard(turn, value, self.agency)
            return reason
        if isinstance(value, SalesReport):
            return taking.take_sales(turn, value)
        if isinstance(value, Product):
            return taking.take_product(turn, value)
        if isinstance(value, Holding):
            return recalled.take(turn, value)
        if isinstance(value, SettingsFile) and value.name in ("policy", "senders", "calendar"):
            reason = taking.take_setting(turn, value)
            if reason == "policy":
                recalled.look_again(turn, self.agency)
            return reason
        return "nothing"
