"""Shortages in state: every company's declaration that holds, and the public list, of one medicine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alertcore.cases import settings
from alertcore.cases.agreements import Agreement
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import SUPPLIES, find
from alertcore.cases.standing import Partly, Run, Standing, after, standing
from alertcore.cases.state import CompanyThread, Medicine, PublicPart, ShortageCase
from alertcore.deadlines.duties import Limits
from alertcore.making import maker
from alertcore.records.shared import Measure, Nature
from alertcore.records.shortage import Declaration, DeclarationStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """What is known now. heads: of every company, what it declares open, else its last declaration (see `Standing`). public: what the list
    says since it was told. runs: of each head, what was declared before it. partly: of which some is back. ended: how companies ended all.

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
    runs: tuple[tuple[Run, ...], ...] = ()
    partly: tuple[Partly, ...] = ()
    ended: tuple[tuple[bool, DeclarationStep], ...] = ()


_made = maker(Supply)
STANDINGS = "standings"
"""What of a company's declarations stands, in the memo: it follows from them alone."""


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
    zone = limits.calendar.zone
    found = [s for t in case.threads if (s := _standing(desk, nature, cis, t, zone)) is not None]
    stands = found[0] if len(found) == 1 else _together(found)
    return _made(
        cis=cis,
        nature=nature,
        heads=stands.heads,
        public=case.public,
        medicine=medicine,
        covered=case.covered,
        measures=case.measures,
        limits=limits,
        agreements=case.agreements,
        runs=stands.runs,
        partly=stands.partly,
        ended=stands.ended,
    )


def _together(found: Sequence[Standing]) -> Standing:
    """What stands of several companies, one after the other."""
    return Standing(
        heads=tuple([d for s in found for d in s.heads]),
        runs=tuple([runs for s in found for runs in s.runs]),
        partly=tuple([p for s in found for p in s.partly]),
        ended=tuple([e for s in found for e in s.ended]),
    )


def _standing(desk: Desk, nature: Nature, cis: str, thread: CompanyThread, zone: str) -> Standing | None:
    """What stands of a company, told from what stood before the last of its declarations where that is enough."""
    known: dict[tuple[str, Nature, str, str], tuple[CompanyThread, Standing | None]] = desk.view.memo.setdefault(STANDINGS, {})
    key = (cis, nature, thread.company, zone)
    before = known.get(key)
    if before is not None and before[0] is thread:
        return before[1]
    found = None
    newest = desk.newest
    if before is not None and before[1] is not None and newest is not None and newest[0] is thread.links[-1]:
        found = after(before[1], newest[1]) if before[0].links == thread.links[:-1] else None
    found = found or standing_of(desk.get, nature, cis, thread, zone)
    known[key] = (thread, found)
    return found


def standing_of(get: Callable[[str], Any], nature: Nature, cis: str, thread: CompanyThread, zone: str) -> Standing | None:
    """What of a company's declarations stands. get: reads the state. zone: the agency's."""
    kept = [(x, d) for x in thread.links if (d := get(content_key(nature, cis, thread.company, x.id))) is not None]
    return standing([x for x, _ in kept], [d for _, d in kept], thread.meant, zone) if kept else None


def runs_of(supply: Supply, head: Declaration) -> tuple[Run, ...]:
    """What was declared before a head and with it, since nothing of it was open."""
    return supply.runs[0] if len(supply.heads) == 1 else next(runs for d, runs in zip(supply.heads, supply.runs, strict=True) if d is head)


def known(desk: Desk, cis: str, nature: Nature) -> Supply | None:
    """What is known of a medicine now; None where nothing ever was."""
    case: ShortageCase | None = desk.get(f"case/{nature}/{cis}")
    return None if case is None else of_case(desk, cis, nature, case)
