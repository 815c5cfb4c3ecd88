"""Medicines of which nobody is asked whether they may be a major event: remembered by what they were judged by, until that moves.

Whatever is alike asks for each of them again. The memo follows from state: what is judged again with the same comes to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alertcore.cases import alerts, alike, scarce
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import CALM, subject_of
from alertcore.cases.state import Medicine, ShortageCase
from alertcore.cases.substance_index import key_of_medicine
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Nature


@dataclass(frozen=True, slots=True)
class Calm:
    """What a medicine was judged by. keys, stood: where it is out of stock, what else was looked at, and what stood there."""

    case: ShortageCase | None
    policy: Policy
    keys: tuple[str, ...] = ()
    stood: tuple[Any, ...] = ()


def calm_of(desk: Desk) -> dict[str, Calm]:
    """The medicines, by the key of their case."""
    memo = desk.view.memo
    found: dict[str, Calm] | None = memo.get(CALM)
    if found is None:
        found = memo[CALM] = {}
    return found


def is_calm(desk: Desk, known: Calm | None, case: ShortageCase | None) -> bool:
    """True where nothing that it was judged by has moved. Its reference data have not: with those all is forgotten."""
    if known is None or known.case is not case:
        return False
    return not known.keys or (known.policy is desk.policy and known.stood == tuple([desk.get(key) for key in known.keys]))


def looked_at(desk: Desk, nature: Nature, medicine: Medicine) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The keys, and what stands there, that decide on a medicine out of stock: its alert, its substance elsewhere, what is like it."""
    shortage = alerts.life_key(AlertKind.SHORTAGE, subject_of(medicine.cis), nature)
    keys = (shortage, scarce.place_of(nature, key_of_medicine(medicine)), *alike.standing_keys(nature, alike.decisive(medicine)))
    return keys, tuple([desk.get(key) for key in keys])
