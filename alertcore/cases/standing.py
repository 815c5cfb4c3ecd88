"""What of a company's declarations on one medicine stands: by presentation and circuit, for one thread holds them all.

Every declaration carries both circuits, and no presentation named is all of them. The newest word on a presentation in a circuit holds, and
silence is no return: a declaration speaks for what it names, and for all where it names nothing. So a return ends what it names; one that
follows a declaration and names no presentation ends what was declared there, and nothing that was declared beside it. Where the day of
return of a circuit is still to come as the return is declared, that circuit is not back: only news of the company ends it, never the day.
A stop and a shortage stand beside each other, unless an update makes one of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alertcore.cases.scopes import CIRCUITS, OTHERS, Cell, Part, circuits_of, dated, in_circuits, left, parts
from alertcore.cases.threads import Link, roots
from alertcore.deadlines.clock import local_day
from alertcore.making import maker, replace
from alertcore.records.shortage import CircuitState, Declaration, DeclarationStep, DeclaredNature
from alertcore.records.stock import Circuit

CLOSING = (DeclarationStep.RETURN, DeclarationStep.WITHDRAWN)
Run = tuple[Declaration, ...]
"""What a company declared of the same since nothing of it was open, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partly:
    """What a company has declared back, and what not, where it is some of it. Nothing back: of a return that does not say where."""

    company: str
    stop: bool
    back: tuple[Part, ...]
    left: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """heads: what is declared open, one for each nature, of its newest declaration with what is left; if nothing is, the last declaration.

    runs: of each head, the runs that it ends. ended: of a shortage (False) and of a stop (True), by which steps all of it ended.
    one_scope: every declaration spoke for the same.
    """

    heads: tuple[Declaration, ...]
    runs: tuple[tuple[Run, ...], ...]
    partly: tuple[Partly, ...] = ()
    ended: tuple[tuple[bool, DeclarationStep], ...] = ()
    one_scope: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    by: Declaration
    state: CircuitState | None
    run: Run
    closed: Declaration | None = None


_standing = maker(Standing)


def is_stop(d: Declaration) -> bool:
    """A stop and a shortage are two matters."""
    return d.nature_declared is DeclaredNature.ARRET


def standing(links: Sequence[Link], contents: Sequence[Declaration], meant: Mapping[str, tuple[str, ...]], zone: str) -> Standing:
    """links, contents: of a company, oldest first. meant: by declaration, which presentations all of them were. zone: the agency's."""
    return _of_one_scope(links, contents, zone) or _Fold(links, contents, meant, zone).standing()


def after(before: Standing, d: Declaration) -> Standing | None:
    """What stands after one more, newer than all; None where it takes more than that to know."""
    last = before.heads[-1]
    if not before.one_scope or d.step in CLOSING or d.cip13s != last.cip13s or is_stop(d) is not is_stop(last):
        return None
    if [c.circuit for c in d.circuits] != [c.circuit for c in last.circuits]:
        return None
    return _standing(heads=(d,), runs=(((*before.runs[-1][0], d) if before.runs[-1] else (d,),),), one_scope=True)


def coming(d: Declaration, zone: str) -> dict[Circuit, CircuitState]:
    """The circuits of a return whose day is still to come as it is declared."""
    if d.step is not DeclarationStep.RETURN:
        return {}
    dated = [(c, c.expected_return.date) for c in d.circuits if c.expected_return is not None]
    today = local_day(d.declared_at, zone) if dated else None
    return {circuit: c for c, day in dated if today is not None and day > today for circuit in circuits_of(c)}


def _of_one_scope(links: Sequence[Link], contents: Sequence[Declaration], zone: str) -> Standing | None:
    """Where every declaration speaks for the same, the last one says all: nearly always so."""
    first, last = contents[0], contents[-1]
    stop, packs, circuits = is_stop(first), first.cip13s, [c.circuit for c in first.circuits]
    run: list[Declaration] = []
    ended: tuple[tuple[bool, DeclarationStep], ...] = ()
    for d in contents[1:]:
        if d.cip13s != packs or is_stop(d) is not stop or [c.circuit for c in d.circuits] != circuits:
            return None
    closings = [d for d in contents if d.step in CLOSING]
    if closings and (Circuit.UNKNOWN in circuits or any(coming(d, zone) for d in closings) or len(set(roots(links).values())) > 1):
        return None
    for d in contents:
        if d.step not in CLOSING:
            run.append(d)
        elif run or not ended:
            run, ended = [], ((stop, d.step),)
    return _standing(heads=(last,), runs=((tuple(run),) if run else (),), ended=() if run else ended, one_scope=True)


class _Fold:
    """The words of a company one after the other, by presentation and circuit."""

    def __init__(self, links: Sequence[Link], contents: Sequence[Declaration], meant: Mapping[str, tuple[str, ...]], zone: str) -> None:
        self.root, self.last = roots(links), contents[-1]
        self.place = {d.declaration_id: n for n, d in enumerate(contents)}
        self.meant = meant
        self.named = sorted({p for d in contents for p in d.cip13s} | {p for packs in meant.values() for p in packs})
        self.cells: dict[Cell, _Word] = {}
        self.ended: dict[bool, set[DeclarationStep]] = {}
        self.nowhere: set[bool] = set()
        for d in contents:
            if d.step in CLOSING:
                self._close(d, coming(d, zone))
            else:
                self._open(d, in_circuits(d))

    def _packs(self, d: Declaration) -> Sequence[str]:
        return d.cip13s or self.meant.get(d.declaration_id) or (*self.named, OTHERS)

    def _open(self, d: Declaration, states: Mapping[Circuit, CircuitState | None]) -> None:
        stop = is_stop(d)
        self.nowhere.discard(stop)
        # An update that does not say of what is one of its own kind, or if nothing of that is open, of the other.
        unsaid = d.step is DeclarationStep.UPDATE and d.previous_id is None and not self._is_open(stop)
        if not self._is_open(stop):
            self._forget(stop)
        for pack in self._packs(d):
            for circuit, state in states.items():
                cell, beside = (stop, pack, circuit), (not stop, pack, circuit)
                run, taken = self._run(cell), self._run(beside)
                if taken and (unsaid or self._same(d, self.cells[beside])):
                    del self.cells[beside]
                    run = run or taken
                self.cells[cell] = _Word(by=d, state=state, run=(*run, d))

    def _close(self, d: Declaration, coming: Mapping[Circuit, CircuitState]) -> None:
        chosen = self._meant_by(d)
        for cell in chosen:
            word, later, beside = self.cells[cell], coming.get(cell[2]), self._beside(d, cell)
            if beside:
                self.cells[cell] = _Word(by=beside[-1], state=in_circuits(beside[-1]).get(cell[2]), run=beside)
                continue
            self.cells[cell] = replace(word, closed=d) if later is None else replace(word, state=dated(word.state, later))
        unheard = {circuit: c for circuit, c in coming.items() if circuit not in {cell[2] for cell in chosen}}
        if unheard:
            self._open(d, unheard)
        if not chosen and not self._is_open(is_stop(d)):
            self.ended.setdefault(is_stop(d), {d.step})  # of what nobody has heard, or what its own number said before
        if not chosen and d.step is DeclarationStep.RETURN and _is_vague(d):
            self.nowhere |= {stop for stop in (False, True) if self._is_open(stop) and stop is is_stop(d)} or {False, True}
        for stop in {cell[0] for cell in chosen}:
            self.nowhere.discard(stop)
            if not self._is_open(stop):
                steps = {w.closed.step for cell, w in self.cells.items() if cell[0] is stop and w.closed is not None}
                self._forget(stop)
                self.ended[stop] = steps

    def _meant_by(self, d: Declaration) -> list[Cell]:
        """What a return or a withdrawal ends of what it names: what is open where it follows; else what it alone can mean."""
        open_ = [cell for cell, w in self.cells.items() if w.closed is None]
        named = [cell for cell in open_ if (not d.cip13s or cell[1] in d.cip13s) and self._is_where(d, cell)]
        if d.previous_id is not None:
            mine = [cell for cell in named if self._same(d, self.cells[cell]) or self._beside(d, cell)]
            if mine:
                return mine
            if not d.cip13s and len({self.root[self.cells[cell].by.declaration_id] for cell in open_}) > 1:
                return []
        unsaid = d.nature_declared is DeclaredNature.UNKNOWN
        return [cell for cell in named if unsaid or cell[0] is is_stop(d)]

    def _is_where(self, d: Declaration, cell: Cell) -> bool:
        """Who does not say in which circuit it is back speaks of what was declared so."""
        state = self.cells[cell].state
        if state is not None and state.circuit is Circuit.UNKNOWN and _is_vague(d):
            return True
        return not d.circuits or any(c.circuit is not Circuit.UNKNOWN and cell[2] in circuits_of(c) for c in d.circuits)

    def _beside(self, d: Declaration, cell: Cell) -> Run:
        """What stands when a declaration is withdrawn that came beside others: each by itself; an update is of what came before."""
        if d.step is not DeclarationStep.WITHDRAWN or d.previous_id is None:
            return ()
        run = self.cells[cell].run
        others = tuple(x for x in run if self.root[x.declaration_id] != self.root[d.declaration_id] and is_stop(x) is cell[0])
        by_itself = [x for x in run if x.step is not DeclarationStep.UPDATE]
        return others if any(x in others for x in by_itself) and any(x not in others for x in by_itself) else ()

    def _same(self, d: Declaration, word: _Word) -> bool:
        return self.root[d.declaration_id] == self.root[word.by.declaration_id]

    def _run(self, cell: Cell) -> Run:
        word = self.cells.get(cell)
        return word.run if word is not None and word.closed is None else ()

    def _is_open(self, stop: bool) -> bool:
        return any(cell[0] is stop and w.closed is None for cell, w in self.cells.items())

    def _forget(self, stop: bool) -> None:
        self.cells = {cell: w for cell, w in self.cells.items() if cell[0] is not stop}
        self.ended.pop(stop, None)

    def standing(self) -> Standing:
        """What stands after the last word."""
        groups: dict[DeclaredNature, dict[Cell, _Word]] = {}
        for cell, word in self.cells.items():
            if word.closed is None:
                groups.setdefault(word.by.nature_declared, {})[cell] = word
        ended = tuple((stop, step) for stop in sorted(self.ended) for step in sorted(self.ended[stop]))
        heads = [(self._head(groups[nature]), _runs(groups[nature].values())) for nature in sorted(groups)] or [(self.last, ())]
        return _standing(
            heads=tuple(d for d, _ in heads),
            runs=tuple(runs for _, runs in heads),
            partly=tuple(p for stop in (False, True) if (p := self._partly(stop)) is not None),
            ended=ended,
        )

    def _head(self, group: Mapping[Cell, _Word]) -> Declaration:
        """The newest declaration of these, with all that is left of them."""
        base = max((w.by for w in group.values()), key=self._age)
        packs = {cell[1] for cell in group}
        whole = OTHERS in packs or (not base.cip13s and packs == set(self._packs(base)))
        newest = {c: max((w for cell, w in group.items() if cell[2] is c), key=lambda w: self._age(w.by), default=None) for c in CIRCUITS}
        circuits = left({c: w.state for c, w in newest.items() if w is not None})
        return replace(
            base,
            cip13s=() if whole else base.cip13s if packs == set(base.cip13s) else tuple(sorted(packs)),
            circuits=base.circuits if len(circuits) == len(base.circuits) and all(c in base.circuits for c in circuits) else circuits,
            step=DeclarationStep.UPDATE if base.step in CLOSING else base.step,
        )

    def _age(self, d: Declaration) -> int:
        return self.place[d.declaration_id]

    def _partly(self, stop: bool) -> Partly | None:
        cells = {cell: w for cell, w in self.cells.items() if cell[0] is stop}
        open_ = [cell for cell, w in cells.items() if w.closed is None]
        back = [cell for cell, w in cells.items() if w.closed is not None and w.closed.step is DeclarationStep.RETURN]
        if not open_ or not (back or stop in self.nowhere):
            return None
        return Partly(company=self.last.company.id, stop=stop, back=parts(back, cells), left=parts(open_, cells))


def _is_vague(d: Declaration) -> bool:
    return any(c.circuit is Circuit.UNKNOWN for c in d.circuits)


def _runs(words: Iterable[_Word]) -> tuple[Run, ...]:
    """Runs that began with another declaration each, the longest of those that began with the same."""
    found: dict[str, Run] = {}
    for word in words:
        first = word.run[0].declaration_id
        found[first] = max(found.get(first, ()), word.run, key=len)
    return tuple(sorted(found.values(), key=lambda run: (run[0].declared_at, run[0].declaration_id)))
