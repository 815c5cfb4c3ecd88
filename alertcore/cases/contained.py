"""Which medicines contain a substance, alone or with others: substances by code and by name, as a defect names them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from alertcore.cases.desk import Desk
from alertcore.cases.state import Medicine
from alertcore.records.product import Product
from alertcore.substances import key_of
from alertcore.substances_table import COUNTER_IONS


@dataclass(slots=True)
class Contained:
    """names: normalised name to codes. keys: by active part, see substances.py. medicines: code to CIS. said: code to its name."""

    names: dict[str, set[str]] = field(default_factory=dict)
    keys: dict[str, set[str]] = field(default_factory=dict)
    medicines: dict[str, set[str]] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def add(self, medicine: Medicine) -> None:
        """A medicine with its substances."""
        for one in medicine.substances:
            self.names.setdefault(plain(one.name), set()).add(one.code)
            self.keys.setdefault(key_of(one.name), set()).add(one.code)
            self.medicines.setdefault(one.code, set()).add(medicine.cis)
            self.said.setdefault(one.code, one.name)

    def codes(self, inn: str) -> set[str]:
        """Codes of a substance by its name, French or English: all its salts, unless the reference data have one by that very name."""
        name = plain(inn)
        if not name:
            return set()
        found = {c for known, of in self.names.items() if known == name or known.startswith(name + " ") for c in of}
        salt = not COUNTER_IONS.isdisjoint(name.split())
        return found if found and salt else found | self.keys.get(key_of(inn), set())


def plain(name: str) -> str:
    """A name without accents, case and double spaces."""
    bare = unicodedata.normalize("NFKD", name)
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).casefold().split())


def learn(desk: Desk, product: Product) -> str:
    """A product came: the index, where it is built already, goes along."""
    index: Contained | None = desk.view.memo.get("contained")
    medicine: Medicine | None = desk.get(f"medicine/{product.cis}")
    if index is not None and medicine is not None:
        index.add(medicine)
    return ""


def index_of(desk: Desk) -> Contained:
    """The index, built from the medicines where it is missing."""
    found: Contained | None = desk.view.memo.get("contained")
    if found is None:
        found = desk.view.memo["contained"] = Contained()
        for _, medicine in desk.view.items("medicine/"):
            found.add(medicine)
    return found


def named(desk: Desk, inn: str, cis: str | None) -> tuple[str, ...]:
    """Codes of the substance a defect means, ascending: by its name, salts of that name included; else those of the medicine named."""
    codes = index_of(desk).codes(inn)
    if codes:
        return tuple(sorted(codes))
    medicine: Medicine | None = desk.get(f"medicine/{cis}") if cis else None
    return tuple(sorted({s.code for s in medicine.substances})) if medicine else ()
