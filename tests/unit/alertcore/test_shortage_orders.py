"""Officers' orders on a shortage: measures with the case, police measures that outlive it, and what cannot be ordered."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Measure, MeasureStatus
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import CIS, INTERVAL, NOW, World, alerts, notices, signals, status

DAY = timedelta(days=1)


def shortage(of: World) -> str:
    return next(f.alert.alert_id for f in of.files() if f.alert.kind is AlertKind.SHORTAGE)


def case(of: World) -> Any:
    return of.shell.view().get(f"case/actual/{CIS}")


def order(of: World, **params: str) -> list[Any]:
    return of.order("measure", shortage(of), **params)


def back(of: World) -> list[Any]:
    of.now += DAY
    return of.declare("d9", step=DeclarationStep.RETURN, declared_at=of.now)


def matters(of: World) -> list[Any]:
    board = of.shell.view().get(f"duties/actual/{CIS}")
    return [m for m in board.matters if m.rule == "police_measures"] if board else []


def test_a_measure_of_the_agency_is_kept_with_the_case_and_told() -> None:
    of = World()
    of.declare()
    outs = order(of, code="police_restrict_export", detail="hors UE", **{"from": "2026-01-27", "to": "2026-03-01"})
    assert case(of).measures == (
        Measure(
            measure_id="police_restrict_export",
            code="police_restrict_export",
            detail="hors UE",
            status=MeasureStatus.IN_FORCE,
            agreed_at=NOW,
            from_=date(2026, 1, 27),
            to=date(2026, 3, 1),
        ),
    )
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("updated", "officer_assessed")]
    assert order(of, code="police_restrict_export", detail="hors UE", **{"from": "2026-01-27", "to": "2026-03-01"}) == []
    told = {n.reason.rule: json.loads(n.params["measures"]) for n in notices(outs + of.wait(INTERVAL))}
    assert told["followers"] == [{"code": "police_restrict_export", "detail": "hors UE", "status": "in_force"}]


def test_a_measure_on_what_only_the_list_names_is_told_too() -> None:
    of = World()
    of.snapshot("s0")
    of.snapshot("s1", status("s1", 1))
    order(of, code="rationing_quantity", status="proposed")
    told = {n.reason.rule: n.params.get("measures") for n in notices(of.soon())}
    assert told["officers"] is not None
    assert told["followers"] is None
    assert case(of).measures[0].agreed_at is None


@pytest.mark.parametrize(
    "params",
    [{}, {"code": " "}, {"code": "x", "status": "on"}, {"code": "x", "status": "unknown"}, {"code": "x", "from": "soon"}],
)
def test_an_order_that_says_nothing_usable_changes_nothing(params: dict[str, str]) -> None:
    of = World()
    of.declare()
    assert order(of, **params) == []
    assert case(of).measures == ()


def test_a_measure_is_ordered_on_a_shortage_or_a_stop_alone() -> None:
    of = World()
    of.report()
    assert of.order("measure", code="police_import") == []
    of.declare()
    defect = next(f.alert.alert_id for f in of.files() if f.alert.kind is AlertKind.DEFECT)
    assert of.order("measure", defect, code="police_import") == []


def test_police_measures_that_outlive_the_shortage_are_told_to_officers_until_they_end() -> None:
    of = World()
    of.declare()
    order(of, code="police_suspend_export")
    order(of, code="rationing_quantity")
    assert matters(of) == []
    outs = back(of)
    alert = next(a for a in alerts(outs) if a.kind is AlertKind.DUTY)
    assert [(d.duty, d.to, str(d.basis), d.article, d.due) for d in alert.deadlines] == [
        ("police_end", "agency", "law", "CSP L.5121-33-3", of.now)
    ]
    assert {n.reason.rule for n in notices(outs) if n.params["kind"] == "duty"} == {"officers"}
    assert alert.facts["sentence_fr"] == (
        "AMOXIDEMO 500 mg, gélule : la pénurie a pris fin et une mesure de police est encore en vigueur ; elle doit cesser sans délai"
        " (CSP L.5121-33-3)."
    )
    (matter,) = matters(of)
    assert (matter.key, matter.numbers, matter.what.fr) == ("agency", {"measures_count": 1.0}, "mesure de police encore en vigueur")
    assert matter.what.en == "police measure still in force"
    assert "the shortage has ended and a police measure is still in force; it must end without delay" in matter.sentence.en
    assert not [s for s in signals(outs) if s.rule == "police_measures"]
    outs = order(of, code="police_suspend_export", status="ended")
    assert [(a.kind, str(a.step), a.reason) for a in alerts(outs)] == [
        (AlertKind.SHORTAGE, "resolved", "officer_assessed"),
        (AlertKind.DUTY, "resolved", "duty_kept"),
    ]
    assert {n.params["kind"] for n in notices(outs)} == {"duty"}
    assert [m.status for m in alerts(outs)[0].measures if m.code == "police_suspend_export"] == [MeasureStatus.ENDED]
    assert order(of, code="police_suspend_export", status="ended") == []


def test_two_of_them_are_counted_and_a_declared_one_counts_too() -> None:
    of = World()
    of.declare()
    order(of, code="police_suspend_export")
    order(of, code="police_import")
    back(of)
    (matter,) = matters(of)
    assert matter.sentence.en.endswith("2 police measures are still in force; they must end without delay (CSP L.5121-33-3).")
    assert "2 mesures de police sont encore en vigueur ; elles doivent cesser" in matter.sentence.fr
    declared = World()
    measure = Measure(measure_id="m", code="police_import", status=MeasureStatus.IN_FORCE)
    declared.declare()
    declared.declare("d9", step=DeclarationStep.RETURN, declared_at=NOW + DAY, measures=(measure,))
    assert len(matters(declared)) == 1


def test_a_measure_that_has_lapsed_by_its_own_last_day_is_no_matter_and_one_lapses_when_that_has_ended() -> None:
    for to, left in (("2026-01-26", 0), ("2026-01-27", 1)):
        of = World()
        of.declare()
        order(of, code="police_import", to=to)
        back(of)
        assert len(matters(of)) == left, to
    of.wait(datetime(2026, 1, 27, 23, tzinfo=UTC) - of.now - timedelta(seconds=1))
    assert len(matters(of)) == 1
    of.wait(timedelta(seconds=1))
    assert matters(of) == []


def test_a_measure_that_is_yet_to_begin_is_a_matter_from_its_first_local_day() -> None:
    of = World()
    of.declare()
    order(of, code="police_import", **{"from": "2026-02-01"})
    back(of)
    assert matters(of) == []
    of.wait(datetime(2026, 1, 31, 23, tzinfo=UTC) - of.now - timedelta(seconds=1))
    assert matters(of) == []
    of.wait(timedelta(seconds=1))
    assert len(matters(of)) == 1


def test_a_relapse_needs_the_measures_again() -> None:
    of = World()
    of.declare()
    order(of, code="police_import")
    back(of)
    assert len(matters(of)) == 1
    of.now += DAY
    of.declare("d10", declared_at=of.now)
    assert matters(of) == []
