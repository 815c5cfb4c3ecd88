"""Rapid alerts of other authorities as quality defects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore.records.defect import (
    DefectClass,
    DefectProduct,
    DefectSource,
    DefectStep,
    Distribution,
    Falsified,
    Foreign,
    QualityDefect,
    SeriousRisk,
    Species,
)
from alertcore.records.rapid import Follows, MessageKind, RapidClass
from alertcore.records.shared import Batch, File, Nature, Org, OrgScheme
from alertcore.rules import defect_words as words
from alertcore.rules.foreign_defect import as_defect
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, rapid, signals, steps
from tests.unit.alertcore.test_rapid import BE, II, QUIET, foreign

YEAR_END = datetime(2026, 12, 30, 9, tzinfo=UTC)


def hear(world: World, reference: str, number: int = 1, **fields: Any) -> list[Any]:
    """A notification of the Belgian authority."""
    return world.feed("rapidalerts", foreign(reference, number, **{"class_": RapidClass.II} | fields), sender=BE)


def test_all_messages_of_a_running_number_are_one_matter_whatever_class_they_name() -> None:
    world = World()
    hear(world, "IT/_ /2/01", class_=RapidClass.UNASSIGNED)
    assert steps(hear(world, "IT/I/2/02", 2, class_=RapidClass.I, issued_at=NOW + HOURS)) == ["updated", "held"]
    assert steps(hear(world, "IT/II/2/04", 4, issued_at=NOW + 3 * HOURS, defect_details="newest")) == ["updated", "held"]
    assert hear(world, "IT/II/2/03", 3, issued_at=NOW + 2 * HOURS, defect_details="late") == []
    assert world.alert().facts["foreign_reference"] == "IT/II/2/04"
    assert steps(hear(world, "IT/II/3/01", batches=world.alert().batches, issued_at=NOW + 4 * HOURS))[0] == "updated"
    assert world.alert().numbers["defects"] == 2


@pytest.mark.parametrize("follows", [None, Follows(reference="IT/II/7/01", sent=YEAR_END.date())])
def test_a_follow_up_of_the_next_year_finds_its_matter_and_a_first_message_does_not(follows: Follows | None) -> None:
    world = World()
    hear(world, "IT/II/7/01", issued_at=YEAR_END)
    later = YEAR_END + timedelta(days=5)
    assert steps(hear(world, "IT/II/7/02", 2, issued_at=later, follows=follows, defect_details="x"))[0] == "updated"
    assert steps(hear(world, "IT/II/7/01", 1, issued_at=later + HOURS, batches=(), brand_name="AUTRE", ma_holder=""))[0] == "raised"


def test_a_message_that_follows_what_never_came_goes_by_its_running_number() -> None:
    world = World()
    hear(world, "IT/II/7/01")
    gone = Follows(reference="IT/II/7/02", sent=NOW.date())
    assert steps(hear(world, "IT/II/7/03", 3, issued_at=NOW + HOURS, follows=gone, defect_details="x"))[0] == "updated"


def test_a_message_under_another_number_belongs_to_the_matter_of_the_one_it_follows() -> None:
    world = World()
    hear(world, "IT/II/7/01", issued_at=YEAR_END)
    later, first = YEAR_END + timedelta(days=5), Follows(reference="IT/II/7/01", sent=YEAR_END.date())
    assert steps(hear(world, "IT/II/9/01", issued_at=later, follows=first, defect_details="x"))[0] == "updated"
    assert world.alert().numbers["defects"] == 1
    hear(world, "IT/II/10/01", issued_at=later, follows=Follows(reference="IT/II/8/01", sent=YEAR_END.date()))
    assert world.alert().numbers["defects"] == 2, "what it follows never came: a matter of its own"


def test_a_reference_that_nobody_can_read_is_one_matter_up_to_its_last_part() -> None:
    world = World()
    hear(world, "RAS/77/a/01", batches=(Batch(lot="X1"),))
    assert steps(hear(world, "RAS/77/a/02", 2, issued_at=NOW + HOURS, batches=(Batch(lot="X1"),), defect_details="x"))[0] == "updated"
    assert (
        steps(hear(world, "RAS/77/b/02", 2, issued_at=NOW + HOURS, batches=(Batch(lot="X2"),), ma_holder="", brand_name="B"))[0] == "raised"
    )
    assert (
        steps(hear(world, "RAS/78/a/02", 2, issued_at=NOW + HOURS, batches=(Batch(lot="X3"),), ma_holder="", brand_name="C"))[0] == "raised"
    )


def test_a_reference_that_nobody_can_read_is_kept_as_it_stands() -> None:
    world = World()
    hear(world, "RAS-77/01")
    assert steps(hear(world, "RAS-77/02", 2, issued_at=NOW + HOURS, defect_details="x"))[0] == "updated"
    assert world.alert().facts["foreign_reference"] == "RAS-77/02"


@pytest.mark.parametrize(
    ("note", "found"),
    [("", Falsified.SUSPECTED), ("suspected falsified", Falsified.SUSPECTED), ("Confirmed falsified", Falsified.CONFIRMED)],
)
def test_field_3_says_how_sure_a_falsification_is(note: str, found: Falsified) -> None:
    alert = foreign("IT/_/3/01", message_kind=MessageKind.FALSIFIED, falsification_note=note)
    defect = as_defect(alert, BE)
    assert (defect.falsified, defect.falsification_note) == (found, note or None)
    assert as_defect(foreign("IT/I/3/01", falsification_note=note), BE).falsified is Falsified.NO


@pytest.mark.parametrize("number", [1, 2])
def test_every_field_of_the_form_is_one_of_the_defect(number: int) -> None:
    files = (File(name="form.pdf", media_type="application/pdf", bytes=7, sha256="0" * 64),)
    form = foreign(
        "IT/I/3/01",
        number,
        nature=Nature.EXERCISE,
        product="AMOXICILLIN",
        brand_name="",
        ma_number="0123",
        species=Species.VETERINARY,
        inn="amoxicillin",
        dosage_form="capsule",
        strength="500 mg",
        pack_presentation="12 capsules",
        manufacturer="Maker",
        recalling_firm="Recaller",
        recall_number="R-7",
        defect_details="glass",
        distribution="IT, FR",
        files=files,
    )

    def firm(name: str) -> Org:
        return Org(id=name, scheme=OrgScheme.UNKNOWN, name=name, country="IT")

    assert as_defect(form, BE, "IT/3@2026") == QualityDefect(
        nature=Nature.EXERCISE,
        defect_id="IT/I/3/01@2026",
        step=DefectStep.INITIAL if number == 1 else DefectStep.UPDATE,
        previous_id="IT/3@2026",
        received_at=NOW,
        source=DefectSource.AUTHORITY,
        product=DefectProduct(
            name="AMOXICILLIN",
            ma_numbers=("0123",),
            inn="amoxicillin",
            form="capsule",
            strength="500 mg",
            pack="12 capsules",
            species=Species.VETERINARY,
        ),
        batches=(Batch(lot="IT1"),),
        details="glass",
        serious_risk=SeriousRisk.SUSPECTED,
        serious_risk_at=NOW,
        class_=DefectClass.I,
        falsified=Falsified.NO,
        distribution=Distribution(text="IT, FR"),
        ma_holder=firm("Holder"),
        manufacturer=firm("Maker"),
        recalling_firm=firm("Recaller"),
        recall_number="R-7",
        foreign=Foreign(reference="IT/I/3/01", authority=BE),
        files=files,
    )


def test_what_a_form_leaves_out_a_defect_does_not_have() -> None:
    bare = as_defect(foreign("IT/_/3/01", message_kind=MessageKind.NON_URGENT, ma_number="", ma_holder=""), BE)
    assert (bare.product.name, bare.product.ma_numbers, bare.serious_risk_at) == ("AMOXIDEMO", (), None)
    assert (bare.ma_holder, bare.manufacturer, bare.recalling_firm, bare.recall_number) == (None, None, None, None)
    assert as_defect(foreign("IT/_/3/01", class_=RapidClass.NONE), BE).class_ is DefectClass.UNASSIGNED


@pytest.mark.parametrize(
    ("kind", "class_", "risk"),
    [
        (MessageKind.QUALITY_DEFECT, RapidClass.I, SeriousRisk.SUSPECTED),
        (MessageKind.QUALITY_DEFECT, RapidClass.UNASSIGNED, SeriousRisk.SUSPECTED),
        (MessageKind.QUALITY_DEFECT, RapidClass.NONE, SeriousRisk.SUSPECTED),
        (MessageKind.QUALITY_DEFECT, RapidClass.II, SeriousRisk.UNASSESSED),
        (MessageKind.QUALITY_DEFECT, RapidClass.III, SeriousRisk.UNASSESSED),
        (MessageKind.NON_URGENT, RapidClass.NONE, SeriousRisk.UNASSESSED),
    ],
)
def test_what_was_sent_urgently_without_a_mild_class_is_a_serious_risk(kind: MessageKind, class_: RapidClass, risk: SeriousRisk) -> None:
    assert as_defect(foreign("IT/_/3/01", message_kind=kind, class_=class_), BE).serious_risk is risk


def test_non_urgent_information_is_on_the_console_and_no_alert() -> None:
    world = World()
    outs = hear(world, "IT/_/5/01", message_kind=MessageKind.NON_URGENT, class_=RapidClass.NONE)
    assert alerts(outs) == []
    assert [(str(s.state), str(s.severity)) for s in signals(outs)] == [("changed", "info")]
    assert "sans urgence" in signals(outs)[0].sentence.fr
    assert f"{BE} informs, without urgency, of a quality defect, under the reference IT/_/5/01." in signals(outs)[0].sentence.en
    assert hear(world, "IT/_/5/01", message_kind=MessageKind.NON_URGENT, class_=RapidClass.NONE) == []
    later = hear(world, "IT/II/5/02", 2, issued_at=NOW + HOURS)
    assert [str(s.state) for s in signals(later)] == ["raised"]
    assert steps(later)[0] == "raised"
    assert steps(hear(world, "IT/II/6/01", message_kind=MessageKind.NON_URGENT, batches=()))[0] == "raised"


A1, B1 = Batch(lot="A1"), Batch(lot="B1")


def belgian(world: World, number: int, **fields: Any) -> list[Any]:
    """One message of the matter BE/I/7, an hour after the one before it."""
    at = NOW + (number - 1) * HOURS
    return hear(world, f"BE/I/7/{number:02}", number, **{"class_": RapidClass.I, "issued_at": at} | fields)


def test_a_follow_up_with_more_lots_leaves_the_earlier_ones_where_they_were() -> None:
    world = World()
    belgian(world, 1, batches=(A1,))
    belgian(world, 2, batches=(B1,), defect_details="in addition to our RAN of 26/01/2026")
    assert [b.lot for b in world.alert().batches] == ["A1", "B1"]
    assert world.alert().facts["sentence_fr"].endswith("(2 lots). Lot ajouté : B1.")


def test_a_lot_leaves_where_the_authority_says_so() -> None:
    world = World()
    belgian(world, 1, batches=(A1, B1))
    belgian(world, 2, batches=(B1,), defect_details="In addition to BE/I/7/01. Batches no longer concerned: A1.")
    assert world.alert().facts["sentence_fr"].endswith("(1 lot). Lot retiré de la liste, désormais hors de cause : A1.")


def test_what_this_hub_writes_of_its_lots_another_one_reads() -> None:
    here, there = World(), World()
    here.report(batches=(A1, B1))
    for sent in (
        here.order("release"),
        here.report("q2", previous_id="q1", received_at=NOW + HOURS, batches=(B1,)) + here.order("release"),
    ):
        (form,) = [m for m in rapid(sent) if m.authority == BE]
        there.feed("rapidalerts", form, sender="authority-fr")
    assert [b.lot for b in there.alert().batches] == ["B1"]
    (closing,) = [
        m for m in rapid(here.report("q3", previous_id="q2", step=DefectStep.CLOSED, received_at=NOW + 2 * HOURS)) if m.authority == BE
    ]
    ended = alerts(there.feed("rapidalerts", closing, sender="authority-fr"))[0]
    assert (str(ended.step), ended.reason, ended.facts["instruction_fr"]) == ("resolved", "defect_closed", words.DO_END_RECALLED[0])


def test_information_without_urgency_ends_no_alert_and_is_told_by_it() -> None:
    world = World()
    belgian(world, 1)
    outs = belgian(world, 3, message_kind=MessageKind.NON_URGENT, class_=RapidClass.UNASSIGNED, batches=(), defect_details="root cause")
    assert [(str(a.step), a.reason, a.facts["class"]) for a in alerts(outs)][:1] == [("updated", "defect_updated", "i")]
    assert not [s for s in signals(outs) if "sans urgence" in s.sentence.fr]


def test_information_on_a_medicine_with_an_alert_leaves_its_signal_open() -> None:
    world = World()
    belgian(world, 1, batches=(A1,))
    outs = hear(world, "BE/_/8/01", message_kind=MessageKind.NON_URGENT, class_=RapidClass.NONE, batches=(A1,), issued_at=NOW + HOURS)
    assert (alerts(outs), ["sans urgence" in s.sentence.fr for s in signals(outs)]) == ([], [True])
    ended = belgian(world, 2, action_taken="Closed by the issuing authority", issued_at=NOW + 2 * HOURS)
    assert [str(s.state) for s in signals(ended)] == ["cleared"]


@pytest.mark.parametrize("class_", [RapidClass.II, RapidClass.III])
def test_a_milder_class_of_the_authority_is_its_word_on_the_risk(class_: RapidClass) -> None:
    world = World()
    belgian(world, 1)
    belgian(world, 2, class_=class_)
    assert (world.alert().labels["class"], world.alert().labels["serious_risk"]) == (class_.value, "unassessed")


BELGIUM = Distribution(known=True, countries=("BE",))
III: dict[str, Any] = QUIET | {"class_": DefectClass.III}


@pytest.mark.parametrize(
    ("policy", "fields", "told"),
    [
        ("none", III | {"distribution": BELGIUM}, []),
        ("non_urgent", III | {"distribution": BELGIUM}, [(BE, "non_urgent", "FR/III/1/01")]),
        ("non_urgent", III, []),
        ("non_urgent", III | {"distribution": BELGIUM, "falsified": Falsified.CONFIRMED}, []),
        ("non_urgent", II | {"distribution": BELGIUM}, [(BE, "quality_defect", "FR/II/1/01")]),
    ],
)
def test_class_three_is_information_where_the_policy_says_so_and_the_country_is_named(
    policy: str, fields: dict[str, Any], told: Any
) -> None:
    world = World(policy={"defect": {"class3": policy}})
    world.report(**fields)
    world.order("release")
    assert [(m.authority, str(m.message_kind), m.reference) for m in rapid(world.outs)] == told


def test_a_rapid_alert_goes_on_as_one_when_its_class_falls_to_three() -> None:
    world = World()
    world.report()
    world.order("release")
    world.report(received_at=NOW + HOURS, details="milder", **III)
    assert {str(m.message_kind) for m in rapid(world.order("release"))} == {"quality_defect"}


def test_information_that_grows_into_class_two_becomes_a_rapid_alert() -> None:
    world = World(policy={"defect": {"class3": "non_urgent"}})
    world.report(**III | {"distribution": BELGIUM})
    world.order("release")
    world.report(**II | {"received_at": NOW + HOURS, "details": "worse"})
    assert {(m.authority, str(m.message_kind), m.message_no) for m in rapid(world.order("release"))} == {
        (a, "quality_defect", 2) for a in ("authority-be", "authority-es", "authority-who")
    }
