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
from alertcore.making import maker
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Nature


@dataclass(frozen=True, slots=True)
class Calm:
    """What a medicine was judged by. out: out of stock, and only then it matters what else was looked at. share: of the market, percent.

    keys, stood: where was looked, and what stood there.
    """

    case: ShortageCase | None
    policy: Policy
    out: bool
    share: float
    keys: tuple[str, ...]
    stood: tuple[Any, ...]

    def of(self, case: ShortageCase | None) -> Calm:
        """The same by another case, which says nothing else that matters."""
        return _calm(case, self.policy, self.out, self.share, self.keys, self.stood)


_calm = maker(Calm)


def calm_of(desk: Desk) -> dict[str, Calm]:
    """The medicines, by the key of their case."""
    memo = desk.view.memo
    found: dict[str, Calm] | None = memo.get(CALM)
    if found is None:
        found = memo[CALM] = {}
    return found


def still(desk: Desk, known: Calm) -> bool:
    """True where nothing has moved of what was looked at. Its reference data have not: with those all is forgotten."""
    return not known.out or (known.policy is desk.policy and known.stood == tuple([desk.get(key) for key in known.keys]))


def calmed(desk: Desk, nature: Nature, medicine: Medicine, case: ShortageCase | None, *, out: bool, share: float) -> Calm:
    """What decides now, beside its case, on a medicine out of stock: its alerts, its substance elsewhere, what is like it."""
    if not out:
        return _calm(case, desk.policy, out, share, (), ())
    shortage = alerts.life_key(AlertKind.SHORTAGE, subject_of(medicine.cis), nature)
    asked = alerts.life_key(AlertKind.SEVERAL_STATES, subject_of(medicine.cis), nature)
    keys = (asked, shortage, scarce.place_of(nature, key_of_medicine(medicine)), *alike.standing_keys(nature, alike.decisive(medicine)))
    return _calm(case, desk.policy, out, share, keys, tuple([desk.get(key) for key in keys]))
