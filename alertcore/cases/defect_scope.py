"""How far a defect reaches: its subject, and every medicine it means.

A defect of an active substance is about all medicines that have it, one of a site about the manufacturer and every product it names.
"""

from __future__ import annotations

from alertcore.cases import contained
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find
from alertcore.cases.state import Medicine
from alertcore.records.defect import DefectScope, QualityDefect
from alertcore.records.shared import Subject, SubjectKind


def subject_of(desk: Desk, defect: QualityDefect, before: Subject | None = None) -> Subject:
    """The substance or the site where the scope is that; else the medicine, else the first lot, else the firm, else the record's number.

    before: the subject of the thread so far. A record that knows no better leaves it where it is.
    """
    found = _known(desk, defect) or before
    if found is not None:
        return found
    if defect.batches:
        return Subject(kind=SubjectKind.LOT, id=defect.batches[0].lot)
    firm = defect.recalling_firm or defect.ma_holder or defect.manufacturer
    return Subject(kind=SubjectKind.COMPANY, id=firm.id) if firm else Subject(kind=SubjectKind.LOT, id=defect.defect_id)


def _known(desk: Desk, defect: QualityDefect) -> Subject | None:
    """The subject, where a record names more than lots or firms."""
    if defect.scope is DefectScope.ACTIVE_SUBSTANCE:
        codes = contained.named(desk, defect.product.inn, defect.product.cis)
        name = codes[0] if codes else contained.plain(defect.product.inn).upper()
        if name:
            return Subject(kind=SubjectKind.SUBSTANCE, id=name)
    if defect.scope is DefectScope.SITE and defect.manufacturer is not None:
        return Subject(kind=SubjectKind.COMPANY, id=defect.manufacturer.id)
    return Subject(kind=SubjectKind.CIS, id=defect.product.cis) if defect.product.cis else None


def medicines_of(desk: Desk, defect: QualityDefect, subject: Subject) -> tuple[Medicine, ...]:
    """Every medicine a defect means that the reference data knows, by CIS."""
    known = {defect.product.cis} if defect.product.cis else set()
    if subject.kind is SubjectKind.CIS and not known:
        known = {subject.id}
    if subject.kind is SubjectKind.SUBSTANCE:
        index = contained.index_of(desk)
        for code in contained.named(desk, defect.product.inn, defect.product.cis):
            known |= index.medicines.get(code, set())
    found = (find(desk, cis) for cis in sorted(known))
    return tuple(m for m in found if m is not None)


def substance_name(desk: Desk, subject: Subject) -> str:
    """A substance's name, its code where the reference data has none."""
    return contained.index_of(desk).said.get(subject.id, subject.id)
