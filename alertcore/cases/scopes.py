"""What a declaration is about: presentations, in circuits; and how what is left of them is said again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from alertcore.making import replace
from alertcore.records.shortage import CircuitState, Declaration
from alertcore.records.stock import Circuit

CIRCUITS = (Circuit.VILLE, Circuit.HOPITAL)
OTHERS = "*"
"""In place of the presentations that nobody has named, where it is not known which there are."""

Cell = tuple[bool, str, Circuit]
"""Whether of a stop; presentation; circuit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Presentations in circuits. No presentation: all; no circuit: all that are concerned."""

    packs: tuple[str, ...] = ()
    circuits: tuple[Circuit, ...] = ()


def in_circuits(d: Declaration) -> dict[Circuit, CircuitState | None]:
    """The circuits that a declaration is about, with what it says of them: both where it names none."""
    if not d.circuits:
        return dict.fromkeys(CIRCUITS)
    return {circuit: c for c in d.circuits for circuit in circuits_of(c)}


def circuits_of(c: CircuitState) -> tuple[Circuit, ...]:
    """One circuit, or both."""
    return (c.circuit,) if c.circuit in CIRCUITS else CIRCUITS


def parts(cells: Collection[Cell], among: Collection[Cell]) -> tuple[Part, ...]:
    """Presentations that are concerned in the same circuits, together. among: all that was ever concerned, of the same kind."""
    packs = sorted({pack for _, pack, _ in among}, key=lambda p: (p == OTHERS, p))
    every = _circuits(among)
    found: dict[tuple[Circuit, ...], list[str]] = {}
    for pack in packs:
        circuits = _circuits([cell for cell in cells if cell[1] == pack])
        if circuits:
            found.setdefault(circuits, []).append(pack)
    return tuple(
        Part(packs=() if named == packs else tuple(named), circuits=() if circuits == every else circuits)
        for circuits, named in found.items()
    )


def _circuits(cells: Collection[Cell]) -> tuple[Circuit, ...]:
    there = {circuit for _, _, circuit in cells}
    return tuple(c for c in CIRCUITS if c in there)


def left(states: Mapping[Circuit, CircuitState | None]) -> tuple[CircuitState, ...]:
    """What is said of the circuits that are left; figures of both together are those of neither."""
    said: Sequence[CircuitState | None] = list(states.values())
    both = len(said) == len(CIRCUITS) and said[0] is said[1]
    if both:
        return () if said[0] is None else (said[0],)
    return tuple(_of_circuit(circuit, c) for circuit, c in states.items())


def _of_circuit(circuit: Circuit, c: CircuitState | None) -> CircuitState:
    if c is None or c.circuit is circuit:
        return c or CircuitState(circuit=circuit)
    return CircuitState(circuit=circuit, start=c.start, expected_return=c.expected_return, duration_days=c.duration_days)


def dated(known: CircuitState | None, said: CircuitState) -> CircuitState:
    """What was said of a circuit, with the day of return that is announced now."""
    return said if known is None else replace(known, expected_return=said.expected_return, duration_days=said.duration_days)
