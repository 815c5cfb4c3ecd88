"""What a company sends again under the number of one of its declarations: another step of it, kept beside what it said before."""

from __future__ import annotations

from alertcore.cases.desk import Desk
from alertcore.cases.scopes import in_circuits
from alertcore.cases.shortages import content_key
from alertcore.cases.standing import CLOSING
from alertcore.cases.state import CompanyThread
from alertcore.cases.threads import Link
from alertcore.making import replace
from alertcore.records.shortage import Declaration

MARK = "\x1f"
"""Between the number of a declaration and the step that came under it, in the name by which that step is kept."""


def number_of(d: Declaration) -> str:
    """The number that its sender gave it."""
    return d.declaration_id.partition(MARK)[0]


def beside(desk: Desk, old: CompanyThread, d: Declaration, rank: int) -> tuple[CompanyThread, Declaration] | None:
    """The thread with room for it, and the declaration as it is kept there; None where it is too late to count.

    The same step once more is a correction of what it names again, and the first step once more a beginning: it takes the place of all
    before it. Another step follows what the number said before, for what it does not name still holds.
    """
    id_ = d.declaration_id
    base = next((x for x in old.links if x.id == id_), None)
    if base is None:
        return old, d
    steps = [x for x in old.links if x.id.startswith(id_ + MARK)]
    newer = (d.declared_at, rank) >= (base.at, base.rank)
    if rank == 0:
        gone = [x for x in steps if x.at <= d.declared_at]
        return (_without(desk, old, d, gone), d) if newer else (old if base.rank == 0 else _moved(desk, old, d, base), d)
    if not newer:
        return old if base.rank in (0, rank) else _moved(desk, old, d, base), d
    if base.rank == rank and not steps and _again(desk, d, base):
        return old, d
    same = [x for x in steps if x.rank == rank and _again(desk, d, x)]
    if any(x.at > d.declared_at for x in same):
        return None
    name = _name(d, rank)
    return _without(desk, old, d, [x for x in same if x.id != name]), replace(d, declaration_id=name, previous_id=id_)


def _again(desk: Desk, d: Declaration, link: Link) -> bool:
    """Two ends of different things stand side by side; any other step once more takes the place of the first."""
    known: Declaration | None = desk.get(_key(d, link.id))
    if known is None or d.step not in CLOSING:
        return True
    packs = not d.cip13s or not known.cip13s or not set(d.cip13s).isdisjoint(known.cip13s)
    return packs and not in_circuits(d).keys().isdisjoint(in_circuits(known))


def _name(d: Declaration, rank: int) -> str:
    scope = [*sorted(d.cip13s), *sorted(in_circuits(d))] if d.step in CLOSING else []
    return MARK.join([d.declaration_id, str(rank), *scope])


def _key(d: Declaration, id_: str) -> str:
    return content_key(d.nature, d.cis, d.company.id, id_)


def _without(desk: Desk, old: CompanyThread, d: Declaration, gone: list[Link]) -> CompanyThread:
    for x in gone:
        desk.put(_key(d, x.id), None)
    ids = {x.id for x in gone}
    meant = {k: v for k, v in old.meant.items() if k not in ids}
    return replace(old, links=tuple(x for x in old.links if x.id not in ids), meant=meant) if gone else old


def _moved(desk: Desk, old: CompanyThread, d: Declaration, base: Link) -> CompanyThread:
    """What came under the number first and is the later step of it makes room for the earlier."""
    content: Declaration | None = desk.get(_key(d, base.id))
    assert content is not None, "whose content is known"
    name = _name(content, base.rank)
    desk.put(_key(d, name), replace(content, declaration_id=name, previous_id=base.id))
    desk.put(_key(d, base.id), None)
    links = tuple(replace(x, id=name, previous=base.id) if x is base else x for x in old.links if x.id != name)
    return replace(old, links=links, meant={name if k == base.id else k: v for k, v in old.meant.items()})
