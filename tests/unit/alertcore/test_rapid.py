"""Rapid alerts: to whom, in which order, and with what in the form."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.cases.rapid import recipients
from alertcore.policy import Policy
from alertcore.records.alert import PublishedAlert
from alertcore.records.defect import (
    DefectAction,
    DefectClass,
    DefectProduct,
    DefectStep,
    Distribution,
    Falsified,
    Foreign,
    RecallLevel,
    SeriousRisk,
    Species,
)
from alertcore.records.rapid import AckLevel, Follows, MessageKind, RapidAlert, RapidClass
from alertcore.records.shared import Batch, Nature, Org, OrgScheme, PartDate, Precision
from alertcore.register import read_authorities
from alertcore.thresholds import DefectPolicy
from tests.unit.alertcore.cases_world import AUTHORITIES, HOURS, NOW, World, alerts, defect, groups, notices, of, product, rapid, steps

EVERYONE = read_authorities({"authorities": AUTHORITIES}).authorities
BE, ES, WHO = "authority-be", "authority-es", "authority-who"
QUIET: dict[str, Any] = {"serious_risk": SeriousRisk.UNASSESSED}
II: dict[str, Any] = QUIET | {"class_": DefectClass.II}
UNASSIGNED = DefectClass.UNASSIGNED


@pytest.mark.parametrize(
    ("fields", "class2", "told"),
    [
        ({}, "all_contacts", [BE, ES, WHO]),
        (QUIET, "all_contacts", [BE, ES, WHO]),
        ({"class_": UNASSIGNED}, "all_contacts", [BE, ES, WHO]),
        ({"class_": UNASSIGNED, "serious_risk": SeriousRisk.EXCLUDED}, "all_contacts", []),
        (II, "all_contacts", [BE, ES, WHO]),
        (II, "known_destinations", []),
        (II | {"distribution": Distribution(countries=("ES",))}, "known_destinations", [ES]),
        (II | {"distribution": Distribution(known=True, countries=("BE",))}, "all_contacts", [BE]),
        (II | {"distribution": Distribution(known=True, countries=("BE", "who"))}, "all_contacts", [BE, WHO]),
        (II | {"distribution": Distribution(known=True)}, "all_contacts", []),
        (QUIET | {"class_": DefectClass.III}, "all_contacts", []),
        (QUIET | {"class_": UNASSIGNED, "falsified": Falsified.SUSPECTED}, "all_contacts", [BE, ES, WHO]),
        (II | {"falsified": Falsified.CONFIRMED, "distribution": Distribution(known=True, countries=("ES",))}, "all_contacts", [ES]),
        (QUIET | {"class_": DefectClass.III, "falsified": Falsified.CONFIRMED}, "all_contacts", []),
        ({"nature": Nature.EXERCISE}, "all_contacts", [ES]),
        ({"nature": Nature.TEST}, "all_contacts", []),
        ({"foreign": Foreign(reference="BE/I/1/01", authority=BE)}, "all_contacts", []),
        ({"product": DefectProduct(name="x", species=Species.VETERINARY)}, "all_contacts", ["authority-vet"]),
    ],
)
def test_recipients_follow_the_class_the_distribution_and_the_register(fields: dict[str, Any], class2: str, told: list[str]) -> None:
    policy = Policy(defect=DefectPolicy(class2=class2))
    assert [a.id for a in recipients(defect(**fields), EVERYONE, policy)] == told


def test_the_form_is_filled_from_the_defect_and_the_reference_data() -> None:
    world = World()
    expiry = PartDate(text="05/2027", date=NOW.date(), precision=Precision.MONTH)
    holder = Org(id="h", scheme=OrgScheme.AGENCY, name="Holder", country="FR")
    world.report(
        product=DefectProduct(
            name="AMOXIDEMO", cis="60000001", strength="250 mg", form="DEMO", ma_numbers=("3400912345678", "3400912345679")
        ),
        batches=(Batch(lot="A1", expiry=expiry),),
        actions=(DefectAction.RECALL, DefectAction.QUARANTINE),
        decided_at=NOW,
        details="glass particles",
        ma_holder=holder,
        manufacturer=Org(id="m", scheme=OrgScheme.AGENCY, country="IT"),
        recalling_firm=holder,
        recall_number="R-7",
        distribution=Distribution(known=True, countries=("BE", "ES"), text="hospitals"),
    )
    found = rapid(world.order("release"))[0]
    assert (found.reference, found.serial, found.message_no, found.follows) == ("FR/I/1/01", 1, 1, None)
    assert (found.message_kind, found.class_, found.country) == (MessageKind.QUALITY_DEFECT, RapidClass.I, "FR")
    assert found.product == "AMOXIDEMO, 250 mg"
    assert (found.brand_name, found.inn, found.dosage_form, found.strength) == (
        "AMOXIDEMO 500 mg, gélule",
        "AMOXICILLINE",
        "DEMO",
        "250 mg",
    )
    assert found.ma_number == "3400912345678, 3400912345679"
    assert (found.pack_presentation, found.species) == ("3400960000001", Species.HUMAN)
    assert found.batches == (Batch(lot="A1", expiry=expiry),)
    assert (found.ma_holder, found.manufacturer, found.recalling_firm, found.recall_number) == ("Holder", "m", "", "R-7")
    assert (found.defect_details, found.distribution) == ("glass particles", "hospitals; BE, ES")
    assert found.action_taken == "Recall, Quarantine of undistributed batches to patient level (decided 2026-01-26)"
    assert (found.proposed_action, found.issuing_authority) == ("", "Agence")
    assert (found.issued_at, found.issued_at_text) == (NOW, "2026-01-26T10:00:00+01:00")
    assert (str(found.ack_wanted), found.ack_due) == ("read", NOW + HOURS)
    assert found.contact_function
    assert found.signatory_function


def test_what_is_not_known_is_left_open_or_said_to_be() -> None:
    world = World(products=False)
    world.report(class_=UNASSIGNED, falsified=Falsified.SUSPECTED, details="", defect_type="contamination", level=RecallLevel.UNKNOWN)
    found = rapid(world.order("release"))[0]
    assert found.message_kind is MessageKind.FALSIFIED
    assert (found.reference, found.class_) == ("FR/_/1/01", RapidClass.UNASSIGNED)
    assert found.falsification_note == "Suspected falsified"
    assert (found.product, found.brand_name, found.inn, found.pack_presentation) == ("AMOXIDEMO", "AMOXIDEMO", "", "")
    assert (found.distribution, found.defect_details) == ("not available", "contamination")
    assert (found.action_taken, found.proposed_action) == ("", "Under assessment")


def test_a_strength_of_the_reference_data_comes_with_the_name_of_its_substance() -> None:
    world = World()
    world.report()
    found = rapid(world.order("release"))[0]
    assert (found.product, found.strength, found.dosage_form) == ("AMOXIDEMO", "AMOXICILLINE 500 mg", "gélule")


def test_a_known_distribution_without_a_country_says_so() -> None:
    world = World()
    world.report(distribution=Distribution(known=True))
    assert rapid(world.order("release"))[0].distribution == "known, no country named"


def test_class_two_leaves_a_day_to_read() -> None:
    world = World()
    world.report(**II)
    assert rapid(world.order("release"))[0].ack_due == NOW + 24 * HOURS


def test_a_follow_up_keeps_the_serial_and_names_what_it_follows() -> None:
    world = World()
    world.report(details="first")
    world.order("release")
    world.now += 24 * HOURS
    world.report(step=DefectStep.UPDATE, received_at=NOW + HOURS, details="second", class_=DefectClass.II)
    found = rapid(world.order("release"))
    assert {(m.reference, m.serial, m.message_no, m.sequence) for m in found} == {("FR/II/1/02", 1, 2, 2)}
    assert found[0].follows == Follows(reference="FR/I/1/01", sent=NOW.date())
    assert found[0].defect_details == "In addition to our notification FR/I/1/01 of 2026-01-26. second"


def test_serials_count_the_defects_of_a_year() -> None:
    world = World()
    world.report("q1")
    world.order("release")
    world.report("q2", details="other")
    world.order("release")
    assert {(m.reference, m.sequence) for m in rapid(world.last)} == {("FR/I/2/01", 2)}
    world.now += timedelta(days=365)
    world.report("q3", details="third", received_at=world.now)
    world.order("release")
    assert {m.reference for m in rapid(world.last)} == {"FR/I/1/01"}


def test_the_closing_of_one_of_two_defects_is_sent_on_that_one_alone() -> None:
    world = World()
    world.report("q1")
    world.report("q2", details="other", **II)
    world.order("release")
    world.report("q2", step=DefectStep.CLOSED, received_at=NOW + HOURS, **II)
    found = rapid(world.order("release"))
    assert {(m.serial, m.message_no, m.action_taken) for m in found} == {(2, 2, "Closed by the issuing authority")}
    world.report("q1", step=DefectStep.UPDATE, received_at=NOW + HOURS, details="more")
    assert {m.serial for m in rapid(world.order("release"))} == {1}


def test_authorities_that_were_told_hear_of_a_downgrade_to_class_three() -> None:
    world = World()
    world.report()
    world.order("release")
    world.report(step=DefectStep.UPDATE, received_at=NOW + HOURS, **QUIET | {"class_": DefectClass.III})
    assert {m.reference for m in rapid(world.order("release"))} == {"FR/III/1/02"}


def test_class_three_asks_for_no_release_to_authorities() -> None:
    world = World()
    world.report(**QUIET | {"class_": DefectClass.III})
    assert world.order("release", audience="authorities") == []


def test_a_defect_without_recipients_uses_no_number() -> None:
    world = World()
    world.report(**II | {"distribution": Distribution(known=True, countries=("PT",))})
    assert rapid(world.order("release")) == []
    world.report("q2", details="other")
    assert rapid(world.order("release"))[0].reference == "FR/I/1/01"


@settings(max_examples=25, deadline=None)
@given(some.lists(some.tuples(some.sampled_from("abc"), some.sampled_from(["i", "ii", "iii"]), some.booleans()), min_size=1, max_size=8))
def test_sequences_have_no_gaps_for_anyone(steps_drawn: list[tuple[str, str, bool]]) -> None:
    world = World()
    for n, (number, class_, release) in enumerate(steps_drawn):
        world.report(number, step=DefectStep.UPDATE, received_at=NOW + n * HOURS, details=str(n), class_=DefectClass(class_))
        if release:
            world.order("release")
    world.declare()
    seen: dict[str, list[int]] = defaultdict(list)
    for out in world.outs:
        if out.topic == "rapidalerts.outbox":
            assert out.key == ("public" if isinstance(out.value, PublishedAlert) else out.value.authority)
            seen[out.key].append(out.value.sequence)
    assert all(found == list(range(1, len(found) + 1)) for found in seen.values())


def foreign(reference: str, number: int = 1, **fields: Any) -> RapidAlert:
    """A notification of another authority."""
    given_: dict[str, Any] = {
        "message_kind": MessageKind.QUALITY_DEFECT,
        "authority": "ansm-demo",
        "sequence": 1,
        "previous_hash": bytes(32),
        "reference": reference,
        "country": "IT",
        "message_no": number,
        "class_": RapidClass.I,
        "brand_name": "AMOXIDEMO",
        "batches": (Batch(lot="IT1"),),
        "issued_at": NOW,
        "ma_number": "0123",
        "ma_holder": "Holder",
    }
    return RapidAlert(**given_ | fields)


@pytest.mark.parametrize(
    ("class_", "severity"), [(RapidClass.I, "critical"), (RapidClass.UNASSIGNED, "critical"), (RapidClass.II, "severe")]
)
def test_a_foreign_notification_is_a_defect_for_officers_that_is_never_relayed(class_: RapidClass, severity: str) -> None:
    world = World()
    outs = world.feed("rapidalerts", foreign("IT/I/2/01", class_=class_), sender=BE)
    alert = alerts(outs)[-1]
    assert (str(alert.kind), str(alert.severity), alert.subject.id) == ("defect", severity, "IT1")
    assert (alert.facts["foreign_reference"], alert.labels["foreign"]) == ("IT/I/2/01", BE)
    assert set(groups(outs)) == {"officers", "companies:Holder"}
    assert rapid(world.order("release")) == []


def test_foreign_follow_ups_are_versions_with_or_without_a_word_on_what_they_follow() -> None:
    world = World()
    world.feed("rapidalerts", foreign("IT/I/2/01"), sender=BE)
    follows = Follows(reference="IT/I/2/01", sent=NOW.date())
    outs = world.feed("rapidalerts", foreign("IT/II/2/02", 2, class_=RapidClass.II, follows=follows, issued_at=NOW + HOURS), sender=BE)
    assert steps(outs) == ["updated", "held"]
    outs = world.feed(
        "rapidalerts", foreign("IT/II/2/03", 3, class_=RapidClass.II, issued_at=NOW + 2 * HOURS, defect_details="x"), sender=BE
    )
    assert steps(outs) == ["updated", "held"]
    assert world.alert().version == 6


def test_a_foreign_falsification_is_one_and_other_messages_are_no_defects() -> None:
    world = World()
    outs = world.feed("rapidalerts", foreign("IT/_/3/01", message_kind=MessageKind.FALSIFIED, ma_number="", ma_holder=""), sender=BE)
    assert str(alerts(outs)[0].kind) == "falsified"
    for kind in (MessageKind.CONTACT_TEST, MessageKind.HEARTBEAT, MessageKind.SHORTAGE):
        assert world.feed("rapidalerts", foreign("IT/_/4/01", message_kind=kind), sender=BE) == []


def test_each_level_of_each_authority_is_one_version_and_stays_in_the_facts() -> None:
    world = World()
    world.report()
    world.order("release")
    for level in (AckLevel.RECEIVED, AckLevel.READ):
        outs = world.acknowledge(BE, level)
        assert [(str(a.step), a.reason) for a in alerts(outs)] == [("acknowledged", "acknowledged")]
        assert notices(outs) == []
    assert world.acknowledge(BE, AckLevel.READ) == []
    facts = {k: v for k, v in world.alert().facts.items() if k.startswith("ack/")}
    said = '{"at":"2026-01-26T09:00:00Z","by_function":"duty pharmacist"}'
    assert facts == {f"ack/{BE}/received": said, f"ack/{BE}/read": said}
    world.report(step=DefectStep.UPDATE, received_at=NOW + HOURS, details="more")
    assert f"ack/{BE}/read" in world.alert().facts
    assert not any(k.startswith("ack/") for n in notices(world.last) for k in n.params)


def test_an_acknowledgement_by_who_was_not_told_or_of_nothing_is_no_version() -> None:
    world = World()
    world.report()
    assert world.acknowledge(BE) == []
    assert world.acknowledge(BE, alert="alr_none") == []


def test_a_late_acknowledgement_does_not_open_an_ended_alert() -> None:
    world = World()
    world.report()
    world.order("release")
    number = world.alert().alert_id
    world.report(step=DefectStep.CLOSED, received_at=NOW + HOURS)
    outs = world.acknowledge(BE, alert=number)
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "acknowledged")]


def test_a_medicine_with_several_packs_is_published_with_each() -> None:
    world = World()
    world.feed("reference.products", product(cip13="3400960000002", company=None))
    world.declare()
    assert [p.cip13 for p in of(world.last, PublishedAlert)[0].products] == ["3400960000001", "3400960000002"]
    other = World(products=False)
    other.report(product=DefectProduct(name="X"))
    assert of(other.order("release"), PublishedAlert)[0].products == ()
    other.declare(cis="60000009")
    assert [(p.cis, p.cip13) for p in of(other.last, PublishedAlert)[0].products] == [("60000009", None)]


@pytest.mark.parametrize(("minutes", "year", "day"), [(-1, 2026, 31), (0, 2027, 1)])
def test_the_year_of_a_number_and_the_day_of_a_message_are_the_agencys_own(minutes: int, year: int, day: int) -> None:
    """Half past midnight in Paris is still the old year in UTC."""
    world = World()
    world.wait(datetime(2026, 12, 31, 23, tzinfo=UTC) + timedelta(minutes=minutes) - world.now)
    world.report(received_at=world.now, serious_risk_at=world.now, decided_at=world.now, actions=(DefectAction.RECALL,))
    world.order("release")
    (message,) = {m.reference: m for m in rapid(world.outs)}.values()
    mark = next(thread.notified for _, thread in world.shell.view().items("defect/"))
    assert (mark.year, mark.sent.day, mark.reference) == (year, day, "FR/I/1/01")
    assert f"decided {mark.sent}" in message.action_taken
