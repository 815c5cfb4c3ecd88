"""Medicines as alerts need them: gathered from the reference data, one value a CIS."""

from __future__ import annotations

from functools import lru_cache

from alertcore.cases import alike
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.state import Medicine
from alertcore.identifiers import atc_prefixes
from alertcore.kept import Same
from alertcore.making import maker, replace
from alertcore.records.product import Product
from alertcore.records.shared import Subject, SubjectKind

MEMO = "of-medicines"
SUPPLIES, CALM = "supplies", "calm"
"""What is kept in the memo under these follows from medicines, and is forgotten when one of them changes."""


def take(desk: Desk, product: Product) -> str:
    """Keep what a presentation says of its medicine."""
    key = f"medicine/{product.cis}"
    old: Medicine = desk.get(key) or Medicine(cis=product.cis, name=product.name)
    new = replace(
        old,
        name=product.name,
        atc=product.atc or old.atc,
        substances=product.substances or old.substances,
        form=product.form or old.form,
        mitm=product.mitm,
        companies=tuple(sorted({*old.companies, *((product.company,) if product.company else ())})),
        groups=product.groups or old.groups,
        packs=tuple(sorted({*old.packs, product.cip13})),
        unmarketed=tuple(sorted({*old.unmarketed, product.cip13} if not product.marketed else {*old.unmarketed} - {product.cip13})),
    )
    if new == old:
        alike.reindex(desk, old, new)  # where an earlier program knew another spelling of the same strength
        return Outcome.NOTHING_NEW
    desk.put(key, new)
    for kept in (MEMO, SUPPLIES, CALM):
        desk.view.memo.pop(kept, None)
    alike.reindex(desk, old, new)
    return Outcome.REFERENCE_TAKEN


def find(desk: Desk, cis: str | None) -> Medicine | None:
    """The medicine of a CIS, if the reference data has it."""
    found: Medicine | None = desk.get(f"medicine/{cis}") if cis else None
    return found


@lru_cache(maxsize=16_384)
def subject_of(cis: str) -> Subject:
    """A medicine as what something is about."""
    return Subject(kind=SubjectKind.CIS, id=cis)


def followed_by(medicine: Medicine | None, atc: str | None = None, packs: tuple[str, ...] = ()) -> tuple[Subject, ...]:
    """Everything besides the CIS by which somebody may follow a medicine: packs, substances, ATC code with its levels, generic groups.

    packs: only these presentations are concerned; empty means all. The same object for the same medicine and arguments.
    """
    if medicine is None:
        return _followed(None, atc, packs)
    known = (_FOLLOWED.known(id(medicine)) or _FOLLOWED.keep(medicine))[0]
    found = known.get((atc, packs))
    if found is None:
        if len(known) >= _WAYS:
            known.clear()
        found = known[atc, packs] = _followed(medicine, atc, packs)
    return found


def _followed(medicine: Medicine | None, atc: str | None, packs: tuple[str, ...]) -> tuple[Subject, ...]:
    code = (medicine.atc if medicine else None) or atc or ""
    levels = dict.fromkeys(level for level in (*atc_prefixes(code), code) if level)
    known = medicine.packs if medicine else ()
    subjects = [_subject(kind=SubjectKind.CIP13, id=p) for p in packs or known]
    subjects += [_subject(kind=SubjectKind.SUBSTANCE, id=c) for c in sorted({s.code for s in medicine.substances})] if medicine else []
    subjects += [_subject(kind=SubjectKind.ATC, id=c) for c in levels]
    subjects += [_subject(kind=SubjectKind.GROUP, id=g) for g in sorted({g.id for g in medicine.groups})] if medicine else []
    return tuple(subjects)


_subject = maker(Subject)
_Ways = dict[tuple[str | None, tuple[str, ...]], tuple[Subject, ...]]
_WAYS = 8
"""Packs and codes that one medicine is remembered with."""
_FOLLOWED: Same[tuple[_Ways]] = Same(lambda _: ({},), 8192)
"""By which medicine it is: hashing one with all its packs and substances takes as long as this."""
