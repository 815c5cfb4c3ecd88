"""Of what medicines are made, as far as stage `stock` needs it: a recall of a substance means every medicine that has it.

State: `made/<cis>` the substances of a medicine, as its newest presentation tells them.
"""

from __future__ import annotations

from alertcore.cases.contained import Contained
from alertcore.cases.state import Medicine
from alertcore.records.product import Product, Substance
from alertcore.stage import View
from alertcore.stock.recalls import Recall

Made = tuple[tuple[str, str], ...]
"""Code and name of each substance."""


def made_of(product: Product) -> Made:
    """The substances of a presentation."""
    return tuple((s.code, s.name) for s in product.substances)


class MadeOf:
    """Medicines by substance. Built from state, then kept in step with it."""

    def __init__(self, view: View) -> None:
        self.index = Contained()
        self.made: dict[str, Made] = {}
        for key, made in view.items("made/"):
            self.learn(key.removeprefix("made/"), made)

    def learn(self, cis: str, made: Made) -> None:
        """A medicine with its substances."""
        self.made[cis] = made
        self.index.add(_medicine(cis, made))

    def concerns(self, recall: Recall, meant: frozenset[str], cis: str, made: Made) -> bool:
        """True where a recall of a substance may mean another set of medicines by what was just learnt of this one."""
        if recall.inn is None:
            return False
        alone = Contained()
        alone.add(_medicine(cis, made))
        codes = {code for code, _ in made}
        shared = any(not codes.isdisjoint(code for code, _ in self.made.get(one, ())) for one in meant)
        return shared or bool(alone.codes(recall.inn))

    def meant(self, recall: Recall) -> frozenset[str]:
        """Medicines all lots of which are recalled: the one named, and those with the substance, as stage `cases` finds them."""
        if recall.every is None:
            return frozenset()
        named = {recall.cis} - {""}
        if recall.inn is None:
            return frozenset(named)
        codes = self.index.codes(recall.inn) or {code for code, _ in self.made.get(recall.cis, ())}
        return frozenset(named.union(*(self.index.medicines.get(code, set()) for code in codes)))


def _medicine(cis: str, made: Made) -> Medicine:
    return Medicine(cis=cis, name="", substances=tuple(Substance(code=code, name=name) for code, name in made))
