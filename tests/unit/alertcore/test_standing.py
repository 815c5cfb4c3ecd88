"""What of a company's declarations stands, whatever it declares and in whatever order that comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.cases.runs import let_go
from alertcore.cases.scopes import OTHERS
from alertcore.cases.shortages import STANDINGS, standing_of
from alertcore.cases.standing import CLOSING, Standing, standing
from alertcore.cases.state import ShortageCase
from alertcore.cases.threads import Link, joined, ordered
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Certainty, Nature, When
from alertcore.records.shortage import CircuitState, Declaration, DeclarationStep, DeclaredNature
from alertcore.records.stock import Circuit
from alertcore.rules.declared import RANKS
from tests.unit.alertcore.cases_world import CIS, NOW, World, declaration

ZONE = "Europe/Paris"
A, B = "3400960000001", "3400960000018"
PACKS: list[tuple[str, ...]] = [(), (A,), (B,), (A, B)]
VILLE, HOPITAL, BOTH = Circuit.VILLE, Circuit.HOPITAL, Circuit.BOTH
CIRCUITS: list[tuple[Circuit, ...]] = [(), (VILLE,), (HOPITAL,), (VILLE, HOPITAL), (BOTH,)]
STEPS = [DeclarationStep.INITIAL, DeclarationStep.UPDATE, DeclarationStep.RETURN, DeclarationStep.WITHDRAWN]
NATURES = [DeclaredNature.RUPTURE, DeclaredNature.RISQUE, DeclaredNature.ARRET]
LATER = When(date=date(2026, 12, 1), certainty=Certainty.ESTIMATED)

drawn = some.lists(
    some.tuples(
        some.sampled_from(STEPS),
        some.sampled_from(PACKS),
        some.sampled_from(CIRCUITS),
        some.sampled_from(NATURES),
        some.none() | some.integers(0, 5),
        some.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def records(of: list[Any]) -> list[Declaration]:
    """A declaration an hour, each of what it follows (a number; its own or a later one is of something not known yet)."""
    return [
        declaration(
            f"d{n}",
            step=step,
            cip13s=packs,
            circuits=tuple(CircuitState(circuit=c, expected_return=LATER if later else None) for c in circuits),
            nature_declared=nature,
            previous_id=None if before is None else f"d{before}",
            declared_at=NOW + n * timedelta(hours=1),
        )
        for n, (step, packs, circuits, nature, before, later) in enumerate(of)
    ]


def link(d: Declaration) -> Link:
    return Link(id=d.declaration_id, previous=d.previous_id, at=d.declared_at, rank=RANKS[d.step])


def whole(of: list[Declaration], meant: dict[str, tuple[str, ...]] | None = None) -> Standing:
    by_id = {d.declaration_id: d for d in of}
    links = ordered(tuple(link(d) for d in of))
    return standing(links, [by_id[x.id] for x in links], meant or {}, ZONE)


def says(s: Standing | None) -> Any:
    return s and (s.heads, s.runs, s.partly, s.ended)


@settings(max_examples=40, deadline=None)
@given(drawn)
def test_what_is_told_step_by_step_is_what_all_of_it_says_at_once_and_an_alert_is_open_as_long_as_something_is(of: list[Any]) -> None:
    world = World()
    for record in records(of):
        world.feed("shortage.declarations", record)
        view = world.shell.view()
        case: ShortageCase = view.get(f"case/actual/{CIS}")  # type: ignore[assignment]
        ((thread, known),) = view.memo[STANDINGS].values()
        assert thread is case.threads[0]
        now = standing_of(view.get, Nature.ACTUAL, CIS, thread, ZONE)
        assert says(known) == says(now)
        assert now is not None
        open_ = {d.nature_declared is DeclaredNature.ARRET for d in now.heads if d.step not in CLOSING}
        kinds = {f.alert.kind for f in world.files() if not f.ended and f.alert.kind is not AlertKind.DUTY}
        assert kinds & {AlertKind.STOP, AlertKind.SHORTAGE} == {AlertKind.STOP if stop else AlertKind.SHORTAGE for stop in open_}


@settings(max_examples=40, deadline=None)
@given(drawn, some.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(of: list[Any], chance: Any) -> None:
    facts = records(of)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    worlds = World(), World()
    for world, order in zip(worlds, (facts, shuffled), strict=True):
        for record in order:
            world.feed("shortage.declarations", record)
    open_ = [[(f.alert.kind, f.alert.facts, f.alert.numbers) for f in w.files() if not f.ended] for w in worlds]
    assert sorted(open_[0], key=lambda f: f[0]) == sorted(open_[1], key=lambda f: f[0])


@settings(max_examples=150, deadline=None)
@given(drawn)
def test_what_is_let_go_changes_nothing_that_stands(of: list[Any]) -> None:
    facts = records(of)
    links: tuple[Link, ...] = ()
    for d in facts:
        links = joined(links, link(d), len(links) + 1)
    by_id = {d.declaration_id: d for d in facts}

    def stands(some: Sequence[Link]) -> Standing:
        return standing(some, [by_id[x.id] for x in some], {}, ZONE)

    kept = let_go(links, stands, 1)
    before, after = stands(links), stands(kept)
    assert kept[-1].id == links[-1].id
    assert (after.partly, after.ended) == (before.partly, before.ended)
    assert after.heads == before.heads
    assert [[run[0] for run in runs] for runs in after.runs] == [[run[0] for run in runs] for runs in before.runs]


@settings(max_examples=100, deadline=None)
@given(drawn)
def test_only_a_return_says_that_something_is_back_and_only_what_is_named(of: list[Any]) -> None:
    facts = records(of)
    now = whole(facts)
    returned = [d for d in facts if d.step is DeclarationStep.RETURN]
    for partly in now.partly:
        named = {p for d in returned for p in (d.cip13s or (A, B, OTHERS))}
        assert {p for part in partly.back for p in part.packs} <= named
    if not returned:
        assert now.partly == ()
        assert DeclarationStep.RETURN not in {step for _, step in now.ended}
