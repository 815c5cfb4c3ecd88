"""Substances of the reference data by their keys: which medicines have them, under which codes and names."""

from __future__ import annotations

from dataclasses import dataclass, field

from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find
from alertcore.cases.state import Medicine
from alertcore.kept import Same
from alertcore.records.shared import Text
from alertcore.records.shortage import SubstanceName
from alertcore.substances import TOGETHER, key_of, set_key
from alertcore.substances_english import english_of_key

_MEMO = "substance-index"


@dataclass(slots=True)
class SubstanceIndex:
    """Lives in the memo: it follows from the medicines alone. Single keys: codes and names; keys of whole medicines: CIS."""

    medicines: dict[str, set[str]] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)
    by_code: dict[str, str] = field(default_factory=dict)

    def add(self, medicine: Medicine) -> None:
        """A medicine with its substances."""
        self.medicines.setdefault(key_of_medicine(medicine), set()).add(medicine.cis)
        for one in medicine.substances:
            key = key_of(one.name)
            self.codes.setdefault(key, set()).add(one.code)
            self.names.setdefault(key, set()).add(one.name)
            self.by_code[one.code] = key


def key_of_medicine(medicine: Medicine | None) -> str:
    """What a medicine contains, salts left out; empty where that is not known."""
    return (_KEYS.known(id(medicine)) or _KEYS.keep(medicine))[0] if medicine is not None else ""


def _key(medicine: Medicine) -> tuple[str]:
    return (set_key(s.name for s in medicine.substances),)


_KEYS = Same(_key, 16_384)


def index_of(desk: Desk) -> SubstanceIndex:
    """The index, built from the medicines where it is missing."""
    found: SubstanceIndex | None = desk.view.memo.get(_MEMO)
    if found is None:
        found = desk.view.memo[_MEMO] = SubstanceIndex()
        for _, medicine in desk.view.items("medicine/"):
            found.add(medicine)
    return found


def learn(desk: Desk, cis: str) -> None:
    """A product of this medicine was taken: the index goes along."""
    before: Medicine | None = desk.view.get(f"medicine/{cis}")
    now = find(desk, cis)
    assert now is not None, "a product that was taken has its medicine"
    if before is not None and before.substances != now.substances:
        desk.view.memo.pop(_MEMO, None)  # what the medicine no longer contains must fall away
    index_of(desk).add(now)


def resolved(desk: Desk, names: tuple[SubstanceName, ...], synonyms: dict[str, str]) -> str:
    """The key of substances as another source names them: by code where the reference data has it, else by name.

    synonyms: the agency's own, single key to single key.
    """
    by_code = index_of(desk).by_code
    keys = {by_code.get(one.code or "") or _own(key_of(one.name), synonyms) for one in names}
    return TOGETHER.join(sorted(keys - {""}))


def _own(key: str, synonyms: dict[str, str]) -> str:
    return synonyms.get(key, key)


def codes_of(desk: Desk, key: str) -> tuple[str, ...]:
    """The smallest code of each substance of a key; empty where one of them has none."""
    codes = index_of(desk).codes
    members = key.split(TOGETHER)
    return tuple(min(codes[m]) for m in members) if all(m in codes for m in members) else ()


def named(desk: Desk, key: str) -> Text | None:
    """The same in both languages: in French as the reference data says, in English by its INN where that is known."""
    french, english = said(desk, key), english_of_key(key)
    if not french:
        return None
    return Text(fr=french, en=english[:1].upper() + english[1:] if english else french)


def said(desk: Desk, key: str) -> str:
    """The substances' shortest names in the reference data, as in a sentence; empty where one has none."""
    names = index_of(desk).names
    members = key.split(TOGETHER)
    if not all(m in names for m in members):
        return ""
    shown = " / ".join(min(names[m], key=lambda n: (len(n), n)).lower() for m in members)
    return shown[:1].upper() + shown[1:]
