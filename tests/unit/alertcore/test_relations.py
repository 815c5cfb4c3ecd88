"""Covered alerts: what covers what, that it is visible, not repeated, and returns exactly when its cover ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.cases.relations import covers, reaches
from alertcore.dispatch.routes import Route
from alertcore.dispatch.state import group_key, mark_key
from alertcore.records.alert import Alert, AlertKind, AlertStep, CellUnit, LogOrigin, Severity, SignalCell, SignalState
from alertcore.records.defect import DefectClass, DefectStep, Falsified, SeriousRisk
from alertcore.records.notice import AudienceFilter
from alertcore.records.shared import Batch, Nature, Subject, SubjectKind
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, notices, product, signal, steps

CIS2 = "60000002"
MOMENT = timedelta(milliseconds=1)
SUBSTANCE = "00123"


def sub(kind: str, id_: str) -> Subject:
    return Subject(kind=SubjectKind(kind), id=id_)


def alert(name: str, kind: AlertKind = AlertKind.SHORTAGE, subject: Subject | None = None, **fields: object) -> Alert:
    given_: dict[str, object] = {
        "alert_id": name,
        "version": 1,
        "step": AlertStep.RAISED,
        "reason": "x",
        "kind": kind,
        "subject": subject or sub("cis", CIS),
        "opened_by": "e",
        "severity": Severity.SEVERE,
        "policy_version": 0,
        "rule_version": 1,
        "program": "t",
        "decided_at": NOW,
        "origin": LogOrigin(topic="t", partition=0, offset=0),
    }
    return Alert(**given_ | fields)  # type: ignore[arg-type]


ABOVE_A_CIS = (sub("cip13", "3400900000001"), sub("substance", SUBSTANCE), sub("atc", "J"), sub("atc", "J01"), sub("atc", "J01CA04"))


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (sub("substance", SUBSTANCE), True),
        (sub("atc", "J01"), True),
        (sub("substance", "9"), False),
        (sub("cip13", "3400900000001"), False),
    ],
)
def test_what_stands_above_covers_what_stands_below(above: Subject, expected: bool) -> None:
    below = alert("b", also=ABOVE_A_CIS)
    assert covers(alert("a", subject=above), below) is expected
    assert not covers(below, below)


def test_a_medicine_covers_its_presentations_a_shorter_class_a_longer_and_a_model_its_devices() -> None:
    assert covers(alert("a"), alert("b", subject=sub("cip13", "1"), also=(sub("cis", CIS),)))
    surge = AlertKind.SURGE
    assert covers(alert("a", surge, sub("atc", "J01")), alert("b", surge, sub("atc", "J01C")))
    assert not covers(alert("a", surge, sub("atc", "J01C")), alert("b", surge, sub("atc", "J01")))
    device = AlertKind.DEVICE
    assert covers(alert("a", device, sub("basic_udi_di", "M")), alert("b", device, sub("udi_di", "D"), also=(sub("basic_udi_di", "M"),)))


@pytest.mark.parametrize(
    "change",
    [
        {"severity": Severity.MODERATE},
        {"nature": Nature.EXERCISE},
        {"kind": AlertKind.STOP},
        {"kind": AlertKind.DUTY},
        {"labels": {"scope": "regional"}},
    ],
)
def test_what_is_milder_of_another_nature_or_kind_or_of_a_region_covers_nothing(change: dict[str, object]) -> None:
    below = alert("b", also=ABOVE_A_CIS)
    above = alert("a", subject=sub("substance", SUBSTANCE))
    assert covers(above, below)
    assert not covers(replace(above, **change), below)  # type: ignore[arg-type]


def test_the_national_covers_the_regional_and_not_the_other_way() -> None:
    national = alert("a")
    regional = alert("b", AlertKind.COVERAGE, labels={"scope": "regional"})
    assert covers(national, regional)
    assert not covers(regional, national)
    assert not covers(national, replace(regional, labels={"scope": "national"}))
    assert not covers(national, replace(regional, severity=Severity.CRITICAL))


def recall(name: str, class_: str, *lots: str, **fields: object) -> Alert:
    batches = tuple(Batch(lot=lot) for lot in lots)
    told: dict[str, Any] = {"labels": {"class": class_}, "batches": batches}
    return alert(name, AlertKind.DEFECT, **told | fields)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        (recall("a", "i", "L1", "L2"), recall("b", "ii", "L1"), True),
        (recall("a", "ii", "L1"), recall("b", "iii", "L1"), True),
        (recall("a", "ii", "L1"), recall("b", "ii", "L1"), False),
        (recall("a", "ii", "L1"), recall("b", "i", "L1"), False),
        (recall("a", "i", "L1"), recall("b", "ii", "L1", "L2"), False),
        (recall("a", "i", "L1"), recall("b", "ii", "l1"), False),
        (recall("a", "i", "L1"), recall("b", "ii"), False),
        (recall("a", "unassigned", "L1"), recall("b", "ii", "L1"), False),
        (recall("a", "i", "L1", subject=sub("cis", CIS2)), recall("b", "ii", "L1"), False),
        (recall("a", "i", "L1", subject=sub("substance", SUBSTANCE)), recall("b", "ii", "L2", also=ABOVE_A_CIS), False),
    ],
)
def test_class_i_of_a_lot_covers_class_ii_of_the_same_lots_of_the_same_product(above: Alert, below: Alert, expected: bool) -> None:
    assert covers(above, below) is expected


def route(kinds: tuple[str, ...], *, duty: bool = False, mandatory: bool = False, **fields: tuple[object, ...]) -> Route:
    whom = AudienceFilter(kinds=kinds, mandatory=mandatory, **fields)  # type: ignore[arg-type]
    return Route(group="g", audience="professionals", filter=whom, duty=duty, why="x")


@pytest.mark.parametrize(
    ("told", "asked", "expected"),
    [
        (route(("a", "b"), mandatory=True), route(("a",), mandatory=True), True),
        (route(("a", "b"), mandatory=True), route(("a",), mandatory=True, duty=True), False),
        (route(("a",), mandatory=True), route(("a", "b"), mandatory=True), False),
        (route(("a",)), route(("a",), mandatory=True), False),
        (route(("a",)), route(("a",), subjects=(sub("cis", CIS),)), True),
        (route(("a",)), route(("a",), subjects=(sub("cis", CIS2),)), False),
        (route(("company",), mandatory=True, facilities=("x",)), route(("company",), mandatory=True, facilities=("x",)), True),
        (route(("company",), mandatory=True, facilities=("x",)), route(("company",), mandatory=True, facilities=("y",)), False),
        (route(("company",), mandatory=True, facilities=("x",)), route(("company",), mandatory=True), False),
        (route(("a",), mandatory=True, regions=("11",)), route(("a",), mandatory=True, regions=("11",)), True),
        (route(("a",), mandatory=True, regions=("11", "24")), route(("a",), mandatory=True, regions=("11",)), True),
        (route(("a",), mandatory=True, regions=("11",)), route(("a",), mandatory=True, regions=("11", "24")), False),
        (route(("a",), mandatory=True, regions=("11",)), route(("a",), mandatory=True), False),
        (route(("a",), mandatory=True), route(("a",), mandatory=True, regions=("11",)), True),
        (route(("a",), mandatory=True, countries=("FR",)), route(("a",), mandatory=True, countries=("BE",)), False),
    ],
)
def test_only_whom_the_cover_reached_wholly_is_not_told_again(told: Route, asked: Route, expected: bool) -> None:
    assert reaches(alert("a"), (told,), asked) is expected


def test_each_kind_may_have_been_told_in_another_way() -> None:
    asked = route(("a", "b"), subjects=(sub("cis", CIS),))
    everybody, followers = route(("a", "c"), mandatory=True), route(("b",))
    assert reaches(alert("a"), (everybody, followers), asked)
    assert not reaches(alert("a"), (everybody, followers), route(("a", "b"), mandatory=True))
    assert not reaches(alert("a"), (everybody,), asked)
    assert not reaches(alert("a"), (everybody, followers), route((), mandatory=True)), "no kinds are all kinds"


def test_followers_of_what_a_routing_file_names_are_not_those_of_the_alert() -> None:
    asked = route(("a",), subjects=(sub("cis", CIS),))
    assert not reaches(alert("a"), (route(("a",), subjects=(sub("atc", "J01"),)),), asked)
    assert reaches(alert("a"), (route(("a",), subjects=(sub("atc", "J01"), sub("cis", CIS))),), asked)


def short(of: World, subject: Subject, *, region: str | None, value: float = 2.0, state: SignalState = SignalState.RAISED) -> list[object]:
    """A signal of rule coverage, of a region or of the country."""
    cells = (SignalCell(region=region, value=value, threshold=3.0, unit=CellUnit.DAYS),)
    found = signal("coverage", subject.kind, subject.id, state, severity=Severity.SEVERE, cells=cells, numbers={"least_days": value})
    return of.feed("signal", found)  # type: ignore[return-value]


def of_kind(of: World, kind: AlertKind) -> Alert:
    return next(f.alert for f in of.files() if f.alert.kind is kind and not f.ended)


def test_a_region_short_of_a_medicine_that_the_country_lacks_is_not_told_and_returns_when_the_country_has_it_again() -> None:
    of = World()
    of.declare()
    outs = short(of, sub("cis", CIS), region="11")
    assert [(str(a.step), a.covered_by is not None) for a in alerts(outs)] == [("raised", True), ("released", True), ("covered", True)]  # type: ignore[arg-type]
    assert notices(outs) == []  # type: ignore[arg-type]
    short(of, sub("cis", CIS), region="11", value=1.0, state=SignalState.CHANGED)
    assert notices(of.last) == []
    outs2 = of.declare("d2", previous_id="d1", step=DeclarationStep.RETURN, declared_at=NOW + HOURS)
    (back,) = [a for a in alerts(outs2) if a.kind is AlertKind.COVERAGE]
    assert (str(back.step), back.reason, back.covered_by) == ("uncovered", "cover_ended", None)
    assert [n for n in notices(outs2) if n.params["kind"] == "coverage"] == [], "it is told on the tick that follows"
    told = [n for n in notices(of.wait(MOMENT)) if n.params["kind"] == "coverage"]
    assert [(n.reason.rule, str(n.purpose)) for n in told] == [("officers", "alert")]


def test_an_alert_that_was_told_is_covered_by_a_later_one_and_told_again_when_that_ends() -> None:
    of = World()
    short(of, sub("cis", CIS), region="11")
    assert notices(of.last) != []
    outs = of.declare()
    assert [(a.kind, str(a.step)) for a in alerts(outs)][-1] == (AlertKind.COVERAGE, "covered")
    assert {n.params["kind"] for n in notices(outs)} == {"shortage"}
    outs = of.order("cancel", of_kind(of, AlertKind.SHORTAGE).alert_id)
    assert {n.params["kind"] for n in notices(outs)} == {"shortage"}
    told = [n for n in notices(of.wait(MOMENT)) if n.params["kind"] == "coverage"]
    assert [(n.reason.rule, str(n.purpose)) for n in told] == [("officers", "update")]


def test_the_end_of_a_covered_alert_is_told_to_those_who_were_told_it_and_to_nobody_where_nobody_was() -> None:
    of = World()
    of.declare()
    short(of, sub("cis", CIS), region="11")
    short(of, sub("cis", CIS), region="11", state=SignalState.CLEARED)
    assert notices(of.last) == []
    short(of, sub("cis", CIS), region=None)
    of.order("cancel", of_kind(of, AlertKind.SHORTAGE).alert_id)
    short(of, sub("cis", CIS), region=None, state=SignalState.CLEARED)
    assert [str(n.purpose) for n in notices(of.last)] == ["all_clear"]


def test_class_ii_of_lots_that_class_i_names_is_covered_until_that_is_closed() -> None:
    of = World(gates=[{"kind": "*", "gate": "automatic"}])
    mild = {"class_": DefectClass.II, "serious_risk": SeriousRisk.EXCLUDED, "serious_risk_at": None}
    of.report("q1", falsified=Falsified.CONFIRMED, batches=(Batch(lot="L1"), Batch(lot="L2")))
    of.report("q2", batches=(Batch(lot="L1"),), **mild)
    assert str(of_kind(of, AlertKind.DEFECT).step) == "covered"
    assert [n.receiver for n in notices(of.last)] == ["retail_level"], "depositaries that do not follow it were told nothing of class I"
    of.report("q2", step=DefectStep.UPDATE, received_at=NOW + HOURS, batches=(Batch(lot="L1"), Batch(lot="L9")), **mild)
    assert "uncovered" in steps(of.last)
    of.report("q2", step=DefectStep.UPDATE, received_at=NOW + 2 * HOURS, batches=(Batch(lot="L2"),), **mild)
    assert steps(of.last)[-1] == "covered"
    of.report("q1", step=DefectStep.CLOSED, received_at=NOW + 3 * HOURS, falsified=Falsified.CONFIRMED)
    assert [(a.kind, str(a.step)) for a in alerts(of.last)][-1] == (AlertKind.DEFECT, "uncovered")


def test_a_duty_is_called_for_though_its_alert_is_covered() -> None:
    of = World()
    short(of, sub("substance", SUBSTANCE), region=None)
    short(of, sub("cis", CIS), region=None)
    assert str(of_kind(of, AlertKind.COVERAGE).kind) == "coverage"
    assert {f.alert.covered_by is not None for f in of.files()} == {True, False}


SUBJECTS = [sub("cis", CIS), sub("cis", CIS2), sub("substance", SUBSTANCE), sub("atc", "J01")]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["raise", "worse", "clear", "declare", "return", "cancel"]),
        st.sampled_from(SUBJECTS),
        st.sampled_from([None, "11"]),
        st.booleans(),
    ),
    max_size=14,
)


def play(of: World, n: int, act: str, subject: Subject, region: str | None) -> None:
    of.now, of.last = of.now + HOURS, []
    if act in ("raise", "worse", "clear"):
        state = {"raise": SignalState.RAISED, "worse": SignalState.CHANGED, "clear": SignalState.CLEARED}[act]
        short(of, subject, region=region, value=2.0 if act == "raise" else 1.0 + n / 100, state=state)
    elif act == "cancel":
        open_ = [f.alert.alert_id for f in of.files() if not f.ended]
        if open_:
            of.order("cancel", open_[n % len(open_)])
    elif subject.kind is SubjectKind.CIS:
        step = DeclarationStep.INITIAL if act == "declare" else DeclarationStep.RETURN
        of.declare(f"d{n}", cis=subject.id, step=step, declared_at=of.now)


def check(of: World) -> None:
    """What covers is what the pure relation says; whoever is to be told something was told it, or what covers it."""
    open_ = [f for f in of.files() if not f.ended]
    by_id = {f.alert.alert_id: f for f in open_}
    for file in open_:
        above = [f for f in open_ if covers(f.alert, file.alert)]
        assert (file.alert.covered_by is not None) == bool(above)
        cover = by_id.get(file.alert.covered_by or "")
        assert cover is None or covers(cover.alert, file.alert)
    unit: Any
    group: Any
    mark: Any
    for _, unit in of.shell.view().items("dispatch/alert/"):
        covered = {c.receiver for c in unit.covered}
        for key in unit.groups:
            group = of.shell.view().get(group_key(key))
            mark = of.shell.view().get(mark_key(unit.alert_id, group.receiver))
            waits = group.due is not None or group.release_at is not None
            assert waits or group.receiver in covered or (mark is not None and mark.version == unit.version)


@settings(max_examples=60, deadline=None)
@given(ACTS)
def test_a_covered_alert_returns_exactly_when_its_cover_ends_and_a_restart_changes_nothing(
    acts: list[tuple[str, Subject, str | None, bool]],
) -> None:
    worlds = World(), World()
    for of in worlds:
        of.feed("reference.products", product(CIS2))
    for n, (act, subject, region, again) in enumerate(acts):
        for of, restarts in zip(worlds, (False, True), strict=True):
            if restarts and again:
                of.shell.view().memo.clear()
            before = {f.alert.alert_id: f.alert.covered_by for f in of.files()}
            play(of, n, act, subject, region)
            check(of)
            for version in alerts(of.last):
                was = before.get(version.alert_id)
                ended = {f.alert.alert_id for f in of.files() if f.ended}
                if version.step is AlertStep.UNCOVERED:
                    cover = next(f.alert for f in of.files() if f.alert.alert_id == was)
                    assert was in ended or not covers(cover, version)
    assert [o.wire.value for o in worlds[0].outs] == [o.wire.value for o in worlds[1].outs]
