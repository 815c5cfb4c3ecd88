"""What goes out in one message, by the whole stage, and what never does: companies, exercises, followers of different things."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from alertcore.records.defect import DefectClass, SeriousRisk
from alertcore.records.dispatch import Verdicts
from alertcore.records.notice import Notice
from alertcore.records.shared import Nature
from alertcore.records.shortage import CircuitState, DeclarationStep
from alertcore.records.stock import Circuit
from streams.emitting import Out
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, alerts, notices, of
from tests.unit.alertcore.routed_world import MINUTE, OTHERS, Routed, concerned, everybody, followers, items

OFFICERS = everybody("officers", "officer")
BY_KIND: dict[str, Any] = {"group_by": ["kind"], "group_wait": "1m", "group_interval": "5m", "repeat_interval": "1y"}
SECOND = timedelta(seconds=1)


def lacking(world: Routed, cis: str, company: str = "lab-a", stock: int = 250, **fields: Any) -> list[Out]:
    """A company lacks a medicine, of which it has some packs left."""
    circuits = (CircuitState(circuit=Circuit.VILLE, monthly_sales=1000, stock=stock),)
    return world.declare(f"{cis}-{company}", company, **{"cis": cis, "circuits": circuits} | fields)


def back(world: Routed, cis: str, company: str = "lab-a", **fields: Any) -> list[Out]:
    """It has it again."""
    given = {"cis": cis, "step": DeclarationStep.RETURN, "previous_id": f"{cis}-{company}", "declared_at": world.now}
    return world.declare(f"{cis}-{company}-back", company, **given | fields)


def of_alerts(notice: Notice) -> set[str]:
    return {r.alert_id for r in notice.alerts}


def three() -> Routed:
    """Three medicines lacking within a minute, all told to officers together."""
    world = Routed(BY_KIND, OFFICERS)
    for cis in OTHERS:
        world.medicine(cis)
        lacking(world, cis)
        world.now += SECOND
    return world


def test_three_alerts_of_one_group_are_one_message_that_says_something_of_each() -> None:
    world = three()
    assert notices(world.outs) == []
    (told,) = notices(world.wait(MINUTE))
    assert (told.receiver, str(told.purpose), told.template, str(told.lane)) == ("officers", "digest", "digest", "normal")
    assert of_alerts(told) == {f.alert.alert_id for f in world.files()}
    assert sorted(i["headline_fr"].split(" : ")[0] for i in items(told)) == [f"DEMO {cis}" for cis in OTHERS]
    assert {i["alert_id"] for i in items(told)} == of_alerts(told)
    assert all(json.loads(i["circuits"])[0]["stock"] == 250 for i in items(told))


def test_what_was_told_together_ends_together_and_what_was_not_apart() -> None:
    world = three()
    (first,) = notices(world.wait(MINUTE))
    lacking(world, CIS)
    (second,) = notices(world.wait(5 * MINUTE))
    assert (str(second.purpose), len(second.alerts), len(json.loads(second.params["standing"]))) == ("alert", 1, 3)
    for cis in (*OTHERS, CIS):
        back(world, cis)
        world.now += SECOND
    over = notices(world.wait(5 * MINUTE))
    assert {(str(n.purpose), n.receiver, n.follows, frozenset(of_alerts(n))) for n in over} == {
        ("all_clear", "officers", (n.notice_id,), frozenset(of_alerts(n))) for n in (first, second)
    }
    assert len({n.notice_id for n in over}) == 2
    said = {(v.alert_id, c.verdicts[-1].by) for v in of(world.outs, Verdicts) for c in v.chains if c.verdicts[-1].word == "ended"}
    assert said == {(i, n.notice_id) for n in over for i in of_alerts(n)}, "each end names the notice that told it"
    for notice in over:
        assert notice.audience.recipients_of in of_alerts(notice), "who was told one of them was told all"
    whole = next(n for n in over if len(n.alerts) == 3)
    assert (whole.template, len(items(whole))) == ("digest", 3)
    assert all("de nouveau" in i["sentence_fr"] for i in items(whole))


def test_no_company_reads_anothers_figures_in_a_digest_either() -> None:
    world = Routed(BY_KIND, concerned())
    world.medicine(OTHERS[0])
    lacking(world, CIS, "lab-a", 18011)
    lacking(world, CIS, "lab-b", 18022, declared_at=NOW + HOURS)
    lacking(world, OTHERS[0], "lab-b", 18033)
    lacking(world, OTHERS[0], "lab-a", 18044, declared_at=NOW + HOURS)
    told = {n.receiver: n for n in notices(world.wait(MINUTE))}
    assert set(told) == {"companies:lab-a", "companies:lab-b"}
    for company, own, foreign in (("lab-a", 18011, (18022, 18033)), ("lab-b", 18033, (18011, 18044))):
        notice = told[f"companies:{company}"]
        assert notice.audience.filter is not None
        assert (notice.audience.filter.facilities, notice.template, len(items(notice))) == ((company,), "digest", 2)
        assert {row["stock"] for item in items(notice) for row in json.loads(item["circuits"])} == {own, None}
        assert not [n for n in foreign if str(n) in notice.params["items"]]


def test_followers_of_different_things_are_told_apart_and_of_the_same_together() -> None:
    free = [{"kind": "*", "gate": "automatic"}]
    world = Routed(BY_KIND | {"group_by": ["nature"]}, followers("readers", "physician"), gates=free)
    world.medicine(OTHERS[0])
    lacking(world, CIS)
    lacking(world, OTHERS[0])
    mine = {a.alert_id: a for a in alerts(world.outs)}
    told = notices(world.wait(MINUTE))
    assert sorted(len(n.alerts) for n in told) == [1, 1], "whoever follows one must not read of the other"
    for notice in told:
        (ref,) = notice.alerts
        alert, whom = mine[ref.alert_id], notice.audience.filter
        assert whom is not None
        assert set(whom.subjects) == {alert.subject, *alert.also}
    assert {str(n.purpose) for n in told} == {"alert"}
    back(world, CIS)
    back(world, OTHERS[0])
    over = notices(world.wait(5 * MINUTE))
    assert sorted(n.audience.recipients_of or "" for n in over) == sorted(mine)


def test_followers_of_the_same_read_all_of_it_in_one_message() -> None:
    world = Routed(BY_KIND | {"group_by": ["nature"]}, followers("readers", "physician"), gates=[{"kind": "*", "gate": "automatic"}])
    lacking(world, CIS)
    world.report(class_=DefectClass.III, serious_risk=SeriousRisk.EXCLUDED, serious_risk_at=None)
    (told,) = notices(world.wait(MINUTE))
    assert (told.template, {i["kind"] for i in items(told)}) == ("digest", {"shortage", "defect"})


def test_an_exercise_is_told_apart_from_the_real_thing() -> None:
    world = Routed(BY_KIND, OFFICERS)
    world.medicine(OTHERS[0])
    lacking(world, CIS)
    lacking(world, OTHERS[0], nature=Nature.EXERCISE)
    told = notices(world.wait(MINUTE))
    assert sorted((n.nature, len(n.alerts)) for n in told) == [(Nature.ACTUAL, 1), (Nature.EXERCISE, 1)]
    assert {n.template for n in told} == {"declared"}


def test_an_exercise_holds_nothing_real_back() -> None:
    rule = {"source_matchers": ['kind="shortage"'], "target_matchers": ['kind="defect"'], "equal": ["subject"]}
    at_once = BY_KIND | {"group_wait": "0s", "group_interval": "0s"}
    world = Routed(at_once, OFFICERS, more={"inhibit_rules": [rule]})
    world.silence('kind="shortage"', NOW + HOURS, nature=Nature.EXERCISE)
    world.medicine(OTHERS[0])
    lacking(world, CIS, nature=Nature.EXERCISE)
    world.report("q1", nature=Nature.EXERCISE)
    world.report("q2")
    lacking(world, OTHERS[0])
    world.wait(MINUTE)
    told = notices(world.outs)
    assert sorted(i["kind"] for n in told for i in ([n.params] if len(n.alerts) == 1 else items(n))) == ["defect", "shortage"]
    assert {n.nature for n in told} == {Nature.ACTUAL}, "those of the exercise are silenced, or held back by what is"
