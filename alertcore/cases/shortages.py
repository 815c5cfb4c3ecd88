"""Shortages in state: every company's declaration that holds, and the public list, of one medicine."""

from __future__ import annotations

from dataclasses import dataclass, field

from alertcore.cases import settings
from alertcore.cases.agreements import Agreement
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import SUPPLIES, find
from alertcore.cases.state import Medicine, PublicPart, ShortageCase
from alertcore.cases.threads import head
from alertcore.deadlines.duties import Limits
from alertcore.making import maker
from alertcore.records.shared import Measure, Nature
from alertcore.records.shortage import Declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What is known now. heads: of every company, the declaration that holds. public: what the list says since it was told.

    covered: an officer's word on whether alternatives cover the need. measures: the agency's own. limits: what limits are reckoned by.
    agreements: the agency's word on what companies propose.
    """

    cis: str
    nature: Nature
    heads: tuple[Declaration, ...]
    public: PublicPart | None
    medicine: Medicine | None
    covered: bool | None = None
    measures: tuple[Measure, ...] = ()
    limits: Limits = field(default_factory=Limits)
    agreements: tuple[Agreement, ...] = ()


_made = maker(Supply)


def content_key(nature: Nature, cis: str, company: str, declaration_id: str) -> str:
    """State key of one declaration."""
    return f"declaration/{nature}/{cis}/{company}/{declaration_id}"


def of_case(desk: Desk, cis: str, nature: Nature, case: ShortageCase) -> Supply:
    """What is known of a medicine now, put together once for each value of its case.

    No content of a declaration changes without the case: whoever keeps one puts a new case beside it.
    """
    limits = settings.limits(desk)
    memo = desk.view.memo
    known: dict[tuple[str, Nature], tuple[ShortageCase, Supply]] | None = memo.get(SUPPLIES)
    if known is None:
        known = memo[SUPPLIES] = {}
    found = known.get((cis, nature))
    if found is None or found[0] is not case or found[1].limits is not limits:
        found = known[cis, nature] = (case, _supply(desk, cis, nature, case, find(desk, cis), limits))
    return found[1]


def _supply(desk: Desk, cis: str, nature: Nature, case: ShortageCase, medicine: Medicine | None, limits: Limits) -> Supply:
    heads: list[Declaration | None] = [desk.get(content_key(nature, cis, t.company, head(t.links).id)) for t in case.threads]
    present = tuple([d for d in heads if d is not None])
    return _made(
        cis=cis,
        nature=nature,
        heads=present,
        public=case.public,
        medicine=medicine,
        covered=case.covered,
        measures=case.measures,
        limits=limits,
        agreements=case.agreements,
    )


def known(desk: Desk, cis: str, nature: Nature) -> Supply | None:
    """What is known of a medicine now; None where nothing ever was."""
    case: ShortageCase | None = desk.get(f"case/{nature}/{cis}")
    return None if case is None else of_case(desk, cis, nature, case)
