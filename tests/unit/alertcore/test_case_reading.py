"""Cases and clocks as other programs read them from the state: what is open, what has ended, how far back."""

from __future__ import annotations

from datetime import timedelta

from alertcore.cases.audit import clocks_of
from alertcore.cases.case_view import CHAIN, alerts_of, cases
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import CIS, NOW, World

DAY = timedelta(days=1)
SUBJECT = Subject(kind=SubjectKind.CIS, id=CIS)


def again_and_again(times: int) -> World:
    """A shortage that was declared and ended so many times."""
    of = World()
    before = None
    for n in range(times):
        of.now = NOW + n * 20 * DAY
        of.declare(f"d{n}", previous_id=before, declared_at=of.now)
        of.now += DAY
        before = f"r{n}"
        of.declare(before, step=DeclarationStep.RETURN, previous_id=f"d{n}", declared_at=of.now)
    return of


def test_what_has_ended_needs_no_clock() -> None:
    of = World()
    of.report()
    (file,) = of.files()
    assert clocks_of(file) != ()
    of.order("cancel")
    (file,) = of.files()
    assert file.ended
    assert clocks_of(file) == ()


def test_a_subject_whose_alerts_have_ended_and_on_which_nobody_worked_is_no_line() -> None:
    of = again_and_again(1)
    assert [line for line in cases(of.shell.view()) if line["subject"] == f"cis:{CIS}"] == []
    of.now += 10 * DAY
    of.declare("again", declared_at=of.now)
    assert [line["subject"] for line in cases(of.shell.view()) if "shortage" in line["open_alerts"]] == [f"cis:{CIS}"]


def test_alerts_that_followed_one_another_are_read_as_far_back_as_the_chain_is() -> None:
    of = again_and_again(CHAIN + 2)
    found = [f for f in alerts_of(of.shell.view(), Nature.ACTUAL, SUBJECT) if f.alert.kind is AlertKind.SHORTAGE]
    assert len(found) == CHAIN
    assert [f.since for f in found] == [NOW + n * 20 * DAY for n in range(CHAIN + 1, 1, -1)]
