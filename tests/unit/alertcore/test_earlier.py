"""While what an alert says now waits for a person, nothing of it reaches who waits: not by any later order, end, reminder or report."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.dispatch.receivers import RELEASE_OF
from alertcore.policy import AUDIENCES
from alertcore.records.defect import DefectClass, DefectStep
from alertcore.records.device import NoticeReport
from alertcore.records.notice import Notice
from alertcore.records.shared import Batch
from alertcore.records.shortage import Cause, DeclarationStep
from streams.emitting import Out
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, notices, published, rapid, steps
from tests.unit.alertcore.device_world import notify, on
from tests.unit.alertcore.device_world import world as device_world
from tests.unit.alertcore.test_rule_major_event import answered, asked, circuit, only

MARK = "SECRET"
RIGHT = {"text_fr": "C'est juste.", "text_en": "That is right."}
NEW = {"batches": (Batch(lot="A1"), Batch(lot=f"B9{MARK}")), "details": MARK}
GATED = some.lists(some.sampled_from(AUDIENCES), min_size=1, unique=True)
ORDERS = (
    "correct",
    "cancel",
    "contest",
    "ack",
    "note",
    "closed",
    "cover",
    "uncover",
    "policy",
    "measure",
    "again",
    "minutes",
    "days",
    "year",
)


def told(world: World) -> World:
    """A defect that everybody was told, as it was first reported."""
    world.report(details="OLD")
    if "held" in steps(world.last):
        world.order("release")
    return world


def held(world: World) -> World:
    """Then it said something else, and that waits."""
    world.now = NOW + HOURS
    world.report(step=DefectStep.UPDATE, received_at=world.now, **NEW)
    return world


def audiences_of(notice: Notice, kinds: dict[str, str]) -> set[str]:
    """The release audiences that a notice may reach. kinds: by receiver; who has none reaches everybody who was told."""
    if notice.audience.filter is not None:
        return {RELEASE_OF.get(k, "professionals") for k in notice.audience.filter.kinds}
    return {kinds[notice.receiver]} if notice.receiver else set(kinds.values())


def seen(outs: list[Out], kinds: dict[str, str]) -> set[str]:
    """Audiences that something of the newest content reached."""
    found = {a for n in notices(outs) if MARK in repr(n) for a in audiences_of(n, kinds)}
    found |= {"authorities"} if any(MARK in repr(r) for r in rapid(outs)) else set()
    return found | ({"public"} if any(MARK in repr(p) for p in published(outs)) else set())


def kinds_of(outs: list[Out]) -> dict[str, str]:
    """Receiver to the release audience that its people are of."""
    known: dict[str, str] = {}
    for n in notices(outs):
        if n.receiver and n.audience.filter is not None:
            (known[n.receiver],) = {RELEASE_OF.get(k, "professionals") for k in n.audience.filter.kinds}
    return known


@pytest.mark.parametrize("order", ["correct", "cancel", "closed"])
def test_who_waits_for_another_content_reads_of_what_they_have_and_officers_of_what_is_now(order: str) -> None:
    world = held(told(World()))
    outs = do(world, order)
    by = {n.receiver: n for n in notices(outs)}
    assert {"officers", "companies:lab-a", "supply_chain", "recall_followers", "recall_patients"} == by.keys() - {""}
    lots = {r: [b["lot"] for b in json.loads(n.params["batches"])] for r, n in by.items()}
    assert lots.pop("officers") == lots.pop("companies:lab-a") == ["A1", f"B9{MARK}"]
    assert {tuple(x) for x in lots.values()} == {("A1",)}
    assert {r.authority for r in rapid(outs)} == {"authority-be", "authority-es", "authority-who"}
    assert [([b.lot for b in r.batches], "Batches added" in r.defect_details) for r in rapid(outs)] == [(["A1"], False)] * 3
    (public,) = published(outs)
    assert [b.lot for b in public.batches] == ["A1"]
    assert (public.version, public.step) == (world.files()[0].alert.version, world.files()[0].alert.step)


def do(world: World, order: str) -> list[Out]:
    """One thing happens to the defect; what makes no sense now changes nothing."""
    open_ = [f.alert.alert_id for f in world.files() if not f.ended and f.alert.kind == "defect"]
    world.now += timedelta(minutes=1)
    waits = {"minutes": timedelta(minutes=16), "days": timedelta(days=1), "year": timedelta(days=366)}
    if order in waits:
        return world.wait(waits[order])
    if order in ("closed", "again"):
        step = DefectStep.CLOSED if order == "closed" else DefectStep.UPDATE
        return world.report(step=step, received_at=world.now, **NEW | {"details": f"{MARK} {world.count}"})
    if order in ("cover", "uncover"):
        declared = DeclarationStep.INITIAL if order == "cover" else DeclarationStep.RETURN
        return world.declare(f"d{world.count}", step=declared, declared_at=world.now)
    if order == "policy" and isinstance(world, Gated):
        return world.settings("policy", {"release": [*world.gates, {"kind": "defect", "gate": "one", "limit_min": world.count}]})
    if not open_:
        return []
    if order == "correct":
        return world.order("correct", open_[0], by=f"o-{world.count}", **RIGHT)
    if order == "contest":
        return world.order("contest", open_[0], company="lab-a", text="no")
    if order == "measure":
        return world.order("measure", open_[0], code="import", detail=MARK)
    return world.order(order, open_[0], text="x")


class Gated(World):
    """A hub whose defects wait for two persons before these audiences hear of them."""

    def __init__(self, gated: list[str]) -> None:
        self.gates = [{"kind": "defect", "audience": a, "gate": "two"} for a in gated]
        super().__init__(gates=[*self.gates, {"kind": "defect", "gate": "automatic"}])
        self.settings("duty", {"director": "o-9", "shifts": [{"name": "a", "turns": ["o-1", "o-2"], "starts": "2026-01-05"}]})


@settings(max_examples=60, deadline=None)
@given(GATED, some.lists(some.sampled_from(ORDERS), min_size=1, max_size=7))
def test_nothing_of_a_content_that_waits_reaches_who_waits_whatever_is_ordered(gated: list[str], orders: list[str]) -> None:
    world = Gated(gated)
    world.report(details="OLD")
    for by in ("officer-1", "officer-2"):
        world.order("release", by=by)
    kinds = kinds_of(world.outs)
    held(world)
    free = set(AUDIENCES) - set(gated)
    assert seen(world.last, kinds) & free or not free - {"public"}, "it says something new"
    first = world.alert().alert_id
    for order in orders:
        outs = do(world, order)
        if any(a.replaces == first for a in alerts(outs)):  # another alert: whoever is asked to release it reads it
            break
        assert seen(outs, kinds | kinds_of(world.outs)) <= free, order


@settings(max_examples=30, deadline=None)
@given(some.sampled_from(("professionals", "patients", "companies")), some.lists(some.sampled_from(ORDERS), max_size=4))
def test_after_a_correction_those_who_wait_go_on_with_what_is_right_and_nothing_newer(audience: str, orders: list[str]) -> None:
    world = Gated([audience])
    world.report(details="OLD")
    for by in ("officer-1", "officer-2"):
        world.order("release", by=by)
    kinds = kinds_of(world.outs)
    first = world.alert().alert_id
    held(world)
    for by in ("officer-1", "officer-2"):
        world.order("correct", by=by, **RIGHT)
    for order in orders:
        do(world, order) if order not in ("cancel", "closed", "again", "measure", "policy") else None
    later = [n for n in notices(world.wait(timedelta(days=366))) if n.receiver and n.alerts[0].alert_id == first]
    heard = [n for n in later if audiences_of(n, kinds) == {audience}]
    assert heard or audience == "companies"
    assert {n.params["sentence_en"] for n in heard} <= {RIGHT["text_en"]}


def test_each_receiver_reads_one_correction_then_whoever_was_called_past_every_route() -> None:
    world = held(told(World()))
    outs = world.order("correct", **RIGHT)
    *own, rest = notices(outs)
    assert len({n.notice_id for n in (*own, rest)}) == len(own) + 1
    first = {n.receiver: n.notice_id for n in notices(world.outs) if n.receiver and str(n.purpose) in ("alert", "update")}
    assert {n.receiver: n.follows for n in own} == {r: (last,) for r, last in first.items()}
    assert (rest.receiver, rest.follows) == ("", tuple(n.notice_id for n in own))
    assert {n.audience.recipients_of for n in (*own, rest)} == {world.alert().alert_id}
    assert {r.version for n in (*own, rest) for r in n.alerts} == {world.alert().version}


def test_once_it_is_released_everybody_reads_the_present_content_and_one_correction() -> None:
    world = held(told(World()))
    world.order("correct", **RIGHT)
    outs = world.order("release")
    assert all(MARK in n.params["batches"] and n.params["sentence_en"] == RIGHT["text_en"] for n in notices(outs))
    assert {"authorities", "public"} <= seen(outs, {})
    assert world.files()[0].earlier == ()
    assert [n.receiver for n in notices(world.order("correct", text_fr="v", text_en="v"))] == [""]


def test_an_end_without_a_gate_for_authorities_tells_them_the_last_record() -> None:
    world = told(World(gates=[{"kind": "defect", "audience": "professionals", "gate": "one"}, {"kind": "defect", "gate": "automatic"}]))
    outs = world.report(step=DefectStep.CLOSED, received_at=NOW + HOURS, **NEW)
    assert [[b.lot for b in r.batches] for r in rapid(outs)] == [["A1", f"B9{MARK}"]] * 3


def test_a_last_record_that_nobody_released_is_not_what_authorities_read_at_the_end() -> None:
    outs = told(World()).report(step=DefectStep.CLOSED, received_at=NOW + HOURS, class_=DefectClass.II, **NEW)
    assert len(rapid(outs)) == 3
    assert MARK not in repr(rapid(outs))
    assert {r.class_ for r in rapid(outs)} == {"i"}
    assert {r.action_taken for r in rapid(outs)} == {"Closed by the issuing authority"}


@pytest.mark.parametrize("order", ["correct", "cancel", "final"])
def test_a_device_notice_that_waits_reaches_no_authority(order: str) -> None:
    world = device_world(gates=[{"kind": "device", "gate": "one"}])
    notify(world)
    world.order("release")
    notify(world, "n2", previous_id="n1", report=NoticeReport.FOLLOW_UP, exceptional=True, exceptional_reason=MARK)
    assert steps(world.last) == ["updated", "held"]
    if order == "final":
        outs = notify(world, "n3", previous_id="n2", report=NoticeReport.FINAL, end=on(2026, 1, 25), exceptional_reason=MARK)
    else:
        outs = world.order(order, **(RIGHT if order == "correct" else {}))
    assert len(rapid(outs)) == 3
    assert MARK not in repr([rapid(outs), published(outs)])
    assert MARK not in repr([n for n in notices(outs) if n.receiver not in ("officers",) and not n.receiver.startswith("companies")])


def test_what_was_reported_of_a_shortage_is_closed_as_it_was_reported() -> None:
    world = asked()
    first = answered(world)
    alert = only(world)
    causes = (Cause(code="demand", raw=MARK),)
    world.declare("d2", declared_at=NOW + HOURS, previous_id="d1", step=DeclarationStep.UPDATE, circuits=circuit(62.5), causes=causes)
    assert only(world).version > alert.version
    outs = world.order("cancel", alert.alert_id)
    assert [(r.distribution, r.shortage and r.shortage.cause) for r in rapid(outs)] == [
        (r.distribution, r.shortage and r.shortage.cause) for r in first
    ]


@pytest.mark.parametrize("audience", ["followers", "patients"])
def test_a_measure_that_waits_for_a_person_is_not_told_by_the_cancellation(audience: str) -> None:
    gates = [{"kind": "shortage", "audience": a, "gate": "one"} for a in ("professionals", "patients")]
    world = World(gates=gates)
    world.declare()
    world.order("release")
    world.soon()
    assert steps(world.order("measure", code="import", detail=MARK)) == ["updated", "held"]
    outs = world.order("cancel") + world.wait(HOURS)
    by = {n.receiver: n.params for n in notices(outs)}
    assert MARK in by["officers"]["measures"]
    assert "measures" not in by[audience]


def test_where_even_officers_wait_a_note_is_told_beside_what_they_were_released() -> None:
    gates: list[dict[str, Any]] = [{"kind": "defect", "gate": "two"}]
    world = World(gates=gates)
    world.report(details="OLD")
    for by in ("officer-1", "officer-2"):
        world.order("release", by=by)
    held(world)
    outs = world.order("correct", **RIGHT)
    assert [(n.receiver, MARK in repr(n)) for n in notices(outs)] == [("officers", False)]
    fresh = World(gates=gates)
    fresh.report()
    assert notices(fresh.order("correct", **RIGHT)) == []
    assert alerts(fresh.outs)[-1].reason == "corrected_by_officer"


def test_a_correction_told_to_authorities_by_two_persons_needs_two() -> None:
    world = World(gates=[{"kind": "defect", "audience": "authorities", "gate": "two"}, {"kind": "defect", "gate": "automatic"}])
    world.report()
    assert steps(world.order("correct", **RIGHT)) == ["corrected"]
    for by in ("officer-1", "officer-2"):
        world.order("release", by=by)
    assert steps(world.order("correct", text_fr="v", text_en="v")) == ["updated"]
    held(world)
    assert steps(world.order("correct", text_fr="w", text_en="w")) == ["updated"]
