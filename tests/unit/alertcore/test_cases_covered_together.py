"""An alert and what covers it that wait for the same instant, by the whole stage: whoever hears of the one then is not told the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.dispatch.waiting import waits_of
from alertcore.records.alert import Alert, AlertKind, CellUnit, Severity, SignalCell, SignalState
from alertcore.records.dispatch import Verdicts
from alertcore.records.notice import Notice
from alertcore.records.shared import SubjectKind
from alertcore.records.shortage import DeclarationStep
from streams.emitting import Out
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, notices, of, signal
from tests.unit.alertcore.routed_world import MINUTE, OTHERS, Routed, concerned, each, everybody, fates, heard

OFFICERS = everybody("officers", "officer")
WAITING = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "1y"}
TOGETHER, APART = WAITING | {"group_by": ["subject"]}, WAITING | {"group_by": ["kind"]}
FREE = [{"kind": "*", "gate": "automatic"}]


class Both(Routed):
    """A region lacks a medicine, and its company says in the same instant that it lacks everywhere."""

    def __init__(self, *given: Any, first: str = "shortage", restarts: bool = False, **more: Any) -> None:
        super().__init__(*given, gates=FREE, **more)
        self.restarts = restarts
        for kind in ("shortage", "coverage") if first == "shortage" else ("coverage", "shortage"):
            self.restart()
            if kind == "shortage":
                self.declare()
            else:
                self.region()
        self.restart()

    def region(self, cis: str = CIS, state: SignalState = SignalState.RAISED, version: int = 1) -> list[Out]:
        """A region lacks it."""
        cells = (SignalCell(region="11", value=2.0, threshold=3.0, unit=CellUnit.DAYS),)
        given: dict[str, Any] = {"severity": Severity.SEVERE, "cells": cells, "numbers": {"least_days": 2.0}, "version": version}
        return self.feed("signal", signal("coverage", SubjectKind.CIS, cis, state, **given))

    def back(self) -> list[Out]:
        """The company has it again; the region does not."""
        self.restart()
        return self.declare("d9", step=DeclarationStep.RETURN, declared_at=self.now, previous_id="d1")

    def restart(self) -> None:
        """Where there are restarts, here is one."""
        if self.restarts:
            self.shell.reopen()

    def named(self, kind: AlertKind) -> str:
        """The alert of a kind."""
        return next(f.alert.alert_id for f in self.files() if f.alert.kind is kind)

    def told(self, outs: list[Out]) -> list[tuple[str, str, str]]:
        """(receiver, purpose, kind of the alert, each in a word) of each notice, sorted."""
        kinds = {f.alert.alert_id: f.alert.kind.value for f in self.files()}
        return sorted((n.receiver, str(n.purpose), "+".join(sorted(kinds[r.alert_id] for r in n.alerts))) for n in notices(outs))


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("first", ["shortage", "coverage"])
@pytest.mark.parametrize("root", [TOGETHER, APART], ids=["one group", "two groups"])
def test_the_covered_one_is_not_told_and_says_by_what_and_comes_back(root: dict[str, Any], first: str, restarts: bool) -> None:
    world = Both(root, OFFICERS, first=first, restarts=restarts)
    outs = world.wait(30 * MINUTE / 60)
    shortage, coverage = world.named(AlertKind.SHORTAGE), world.named(AlertKind.COVERAGE)
    assert world.told(world.outs) == [("officers", "alert", "shortage")]
    assert [(words[-1], by) for _, words, by in fates(outs, coverage)] == [("covered", shortage)]
    world.restart()
    assert world.wait(HOURS) == []
    outs = world.back()
    world.restart()
    assert world.told(outs + world.wait(10 * MINUTE)) == [("officers", "alert", "coverage"), ("officers", "all_clear", "shortage")]


def test_a_restart_at_every_point_changes_no_byte() -> None:
    worlds = [Both(APART, OFFICERS, restarts=restarts) for restarts in (False, True)]
    for world in worlds:
        for step in (lambda w: w.wait(MINUTE), Both.back, lambda w: w.wait(HOURS)):
            world.restart()
            step(world)
    first, second = ([(o.topic, o.key, o.wire.value) for o in w.outs] for w in worlds)
    assert first == second


def test_whom_the_cover_is_not_told_to_or_not_to_all_of_them_hears_what_it_covers() -> None:
    one = {"name": "one", "audience": {"kinds": ["officer"], "facilities": ["o-17"], "mandatory": True}}
    by_kind = [{"receiver": "one", "matchers": ['kind="shortage"']}, {"receiver": "officers"}]
    world = Both(APART | {"routes": by_kind}, OFFICERS, one)
    assert world.told(world.wait(MINUTE)) == [("officers", "alert", "coverage"), ("one", "alert", "shortage")]
    by_kind = [{"receiver": "officers", "matchers": ['kind="shortage"']}, {"receiver": "one"}]
    world = Both(APART | {"routes": by_kind}, OFFICERS, one)
    assert world.told(world.wait(MINUTE)) == [("officers", "alert", "shortage")]


def test_each_company_hears_of_its_own_cover() -> None:
    world = Both(APART | {"receiver": "companies"}, concerned(), OFFICERS)
    found = world.told(world.wait(MINUTE))
    assert ("companies:lab-a", "alert", "shortage") in found
    assert not [f for f in found if f[2] != "shortage"]


def test_a_cover_that_is_silent_covers_nothing() -> None:
    world = Routed(APART, OFFICERS, gates=FREE)
    world.silence('kind="shortage"', NOW + 8 * HOURS)
    both = Both(APART, OFFICERS)
    both.silence('kind="shortage"', NOW + 8 * HOURS)
    assert both.told(both.wait(MINUTE)) == [("officers", "alert", "coverage")]
    assert heard(world.outs) == []


def test_a_cover_that_ends_before_it_is_told_covers_nothing() -> None:
    world = Both(APART, OFFICERS)
    world.now += MINUTE / 6
    world.back()
    assert world.told(world.wait(MINUTE)) == [("officers", "alert", "coverage")]


def test_another_routing_file_finds_anew_who_hears_of_the_cover() -> None:
    world = Both(APART, OFFICERS)
    world.routes(APART | {"routes": each("desk", "chief")}, everybody("desk", "officer"), everybody("chief", "officer", "deputy"))
    assert world.told(world.wait(MINUTE)) == [("chief", "alert", "shortage"), ("desk", "alert", "shortage")]
    view = world.shell.view()
    units = [f"{f.alert.alert_id}/{u}" for f in world.files() for u in f.units]
    held = {(w.receiver, str(w.held.word)) for w in waits_of(view, units, world.now) if w.held}  # type: ignore[arg-type]
    assert held == {("desk", "covered"), ("chief", "covered")}


MUTED = {"time_intervals": [{"name": "ten", "time_intervals": [{"times": [{"start_time": "09:05", "end_time": "09:10"}]}]}]}
BOTH_KINDS = everybody("both", "officer", "deputy")
FILES: tuple[tuple[dict[str, Any], tuple[dict[str, Any], ...], dict[str, Any]], ...] = (
    (TOGETHER, (OFFICERS,), {}),
    (APART | {"routes": each("officers", "both")}, (OFFICERS, BOTH_KINDS), {}),
    (
        APART | {"routes": [{"receiver": "both", "matchers": ['kind="shortage"'], "mute_time_intervals": ["ten"]}]},
        (OFFICERS, BOTH_KINDS),
        MUTED,
    ),
    (WAITING | {"group_by": ["alert"], "group_wait": "0s", "group_interval": "30s"}, (OFFICERS,), {}),
)
CODES = (CIS, OTHERS[0])
ACTS = st.lists(
    st.tuples(
        st.sampled_from((0, 0, 0, 1, 15, 30, 300)),
        st.one_of(
            st.tuples(st.sampled_from(("lack", "return_", "lack_there", "enough_there")), st.sampled_from(CODES)),
            st.tuples(st.sampled_from(("lack", "lack_there")), st.sampled_from(CODES)),
            st.tuples(st.just("hush"), st.sampled_from(("shortage", "coverage")), st.sampled_from((1, 5, 60))),
            st.tuples(st.just("reroute"), st.integers(0, 3)),
        ),
    ),
    min_size=4,
    max_size=16,
)


class Acting(Both):
    """A world in which shortages and lacks in a region come and go."""

    def __init__(self, file: int) -> None:
        Routed.__init__(self, TOGETHER, OFFICERS, gates=FREE)
        self.restarts = False
        self.medicine(OTHERS[0])
        self.reroute(file)

    def live(self, acts: list[tuple[int, tuple[Any, ...]]], *, restarts: bool = False) -> Acting:
        """Each some seconds after the one before, and a day more."""
        for seconds, (name, *args) in acts:
            for what in (lambda s=seconds: self.wait(timedelta(seconds=s)), lambda n=name, a=args: getattr(self, n)(*a)):
                if restarts:
                    self.shell.reopen()
                what()
        self.wait(24 * HOURS)
        return self

    def lack(self, cis: str) -> None:
        """A company says that it lacks a medicine."""
        self.declare(f"d{self.count}", cis=cis, declared_at=self.now, context=f"as of {self.count}")

    def return_(self, cis: str) -> None:
        """It has it again."""
        self.declare(f"d{self.count}", cis=cis, declared_at=self.now, step=DeclarationStep.RETURN)

    def lack_there(self, cis: str) -> None:
        """A region lacks it."""
        self.region(cis, SignalState.RAISED, self.count)

    def enough_there(self, cis: str) -> None:
        """No region lacks it."""
        self.region(cis, SignalState.CLEARED, self.count)

    def hush(self, kind: str, minutes: int) -> None:
        """Alerts of a kind are silent for a while."""
        self.silence(f'kind="{kind}"', self.now + minutes * MINUTE)

    def reroute(self, file: int) -> None:
        """A routing file comes into force."""
        root, receivers, more = FILES[file]
        self.settings("routes", {"route": {"receiver": receivers[0]["name"]} | root, "receivers": list(receivers), **more})


def together(world: Acting) -> int:
    """How often one was held back for what covers it and was told in that instant. Nobody is told both."""
    cover: dict[str, str | None] = {}
    told: dict[tuple[str, datetime], dict[str, str | None]] = {}
    for out in world.outs:
        if isinstance(out.value, Alert):
            cover[out.value.alert_id] = out.value.covered_by
        elif (
            isinstance(out.value, Notice)
            and out.value.audience.filter is not None
            and str(out.value.purpose) in ("alert", "update", "digest")
        ):
            told.setdefault((out.value.receiver, out.value.not_before), {}).update(
                {r.alert_id: cover[r.alert_id] for r in out.value.alerts}
            )
    for mine in told.values():
        assert not set(mine) & set(mine.values()), "somebody was told an alert and what covers it in one instant"
    chains = [(v.at, c) for v in of(world.outs, Verdicts) for c in v.chains if c.verdicts[-1].word == "covered"]
    return sum(c.verdicts[-1].by in told.get((c.receiver, at), {}) for at, c in chains)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), ACTS)
def test_nobody_is_told_in_one_instant_an_alert_and_what_covers_it_and_nothing_waits_for_nothing(file: int, acts: Any) -> None:
    world = Acting(file).live(acts)
    together(world)
    units = [f"{f.alert.alert_id}/{u}" for f in world.files() for u in f.units]
    for waits in waits_of(world.shell.view(), units, world.now):  # type: ignore[arg-type]
        assert waits.held is not None or (waits.until is not None and waits.until > world.now)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 3), ACTS)
def test_a_restart_before_everything_that_happens_changes_no_byte(file: int, acts: Any) -> None:
    first, second = ([(o.topic, o.key, o.wire.value) for o in Acting(file).live(acts, restarts=r).outs] for r in (False, True))
    assert first == second


def test_the_lives_above_are_of_alerts_that_wait_with_their_covers() -> None:
    lives = [(f, [(0, ("lack_there", CIS)), (0, ("lack", CIS)), (0, ("lack", OTHERS[0])), (0, ("lack_there", OTHERS[0]))]) for f in (0, 1)]
    assert [together(Acting(file).live(acts)) for file, acts in lives] == [2, 4]
