"""The alert on duties not kept: who reads how it ends, what an officer cancels, and who is called for what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from alertcore.agency import Agency
from alertcore.cases import settings, telling
from alertcore.cases.desk import Desk
from alertcore.records.alert import AlertKind
from alertcore.records.notice import Purpose
from alertcore.records.shortage import DeclarationStep, DeclaredNature, Stop, StopKind
from alertcore.stage import Message
from tests.unit.alertcore.cases_world import NOW, World, alerts, ends, notices, product

DAY = timedelta(days=1)
SHORT = Stop(kind=StopKind.STOP, notified_on=date(2026, 1, 26), effect_on=date(2026, 6, 1), reasons="x")


def stopped() -> World:
    """A company gives too short a notice of a stop."""
    of = World(products=False)
    of.feed("reference.products", product(mitm=False))
    of.declare(nature_declared=DeclaredNature.ARRET, stop=Stop(**{f: getattr(SHORT, f) for f in SHORT.__slots__} | {"reasons": ""}))
    return of


def duty(of: World) -> Any:
    return next(f.alert for f in of.files() if f.alert.kind is AlertKind.DUTY)


def update(of: World, **fields: Any) -> list[Any]:
    of.now += DAY
    given = {"step": DeclarationStep.UPDATE, "declared_at": of.now, "nature_declared": DeclaredNature.ARRET, "stop": SHORT}
    return of.declare(f"d{of.count}", **given | fields)


def test_the_end_says_to_all_who_were_told_that_nothing_is_outstanding() -> None:
    of = stopped()
    outs = update(of)
    told = [n for n in notices(outs) if n.params["kind"] == "duty"]
    over = ("all_clear", duty(of).alert_id)
    assert {n.receiver: (str(n.purpose), n.audience.recipients_of) for n in told} == {"officers": over, "companies:lab-a": over}
    clear = told[0]
    assert [n.params == clear.params for n in told] == [True, True], "an end is the same for all"
    assert clear.params["sentence_fr"] == "AMOXIDEMO 500 mg, gélule : plus aucune obligation n'est en attente."
    assert clear.params["sentence_en"] == "AMOXIDEMO 500 mg, gélule: no duty is outstanding any more."
    assert clear.params["headline_en"] == "AMOXIDEMO 500 mg, gélule: duties kept"


def test_a_cancelled_matter_reads_as_cancelled_stays_quiet_and_ends_without_a_word() -> None:
    of = stopped()
    outs = of.order("cancel", duty(of).alert_id)
    assert {n.params["sentence_en"] for n in notices(outs)} == {"AMOXIDEMO 500 mg, gélule: the agency cancels its alert."}
    assert set(ends(outs)) == {"officers", "companies:lab-a"}
    assert of.order("cancel", duty(of).alert_id) == []
    outs = update(of, context="same reasons missing", stop=Stop(kind=StopKind.STOP, notified_on=NOW.date(), effect_on=date(2026, 6, 1)))
    assert [a.kind for a in alerts(outs)] == [AlertKind.STOP]
    outs = update(of)
    assert [a.kind for a in alerts(outs) if a.kind is AlertKind.DUTY] == []


def test_a_company_that_an_alert_does_not_name_is_not_called() -> None:
    of = stopped()
    version, policy = settings.policy(of.shell.view())
    message = Message(value=None, kind="tick", key="a", at=of.now, partition=0, offset=99, event_id="evt_x")
    desk = Desk(of.shell.view(), message, Agency(id="ansm-demo"), policy, version)
    file = next(f for f in of.files() if f.alert.kind is AlertKind.DUTY)
    telling.remind(desk, file, Purpose.DUTY, group="companies:nobody")
    assert desk.emits == []
