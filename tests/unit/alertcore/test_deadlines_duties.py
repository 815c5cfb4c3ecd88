"""The table of duties: both sides of every limit, and what is shown as law."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alertcore.deadlines import duties
from alertcore.deadlines.calendar import Calendar, read_calendar
from alertcore.deadlines.duties import DUTIES, Duty, Limits, Span, deadline
from alertcore.policy import Policy, read_policy
from alertcore.records.shared import Basis, Mark, Text

SINCE = datetime(2026, 1, 26, 9, tzinfo=UTC)
FRANCE = read_calendar({"years": [2026], "national": ["2026-05-01", "2026-05-08"]})


@pytest.mark.parametrize(
    ("code", "due"),
    [
        ("supply_chain", "2026-01-26T09:00Z"),
        ("rapid_alert", "2026-01-26T09:00Z"),
        ("police_end", "2026-01-26T09:00Z"),
        ("device_relay", "2026-01-26T09:00Z"),
        ("public_announcement", "2026-01-27T09:00Z"),
        ("declaration", "2026-01-27T09:00Z"),
        ("undeclared", "2026-01-28T23:00Z"),
        ("overdue", "2026-01-26T23:00Z"),
        ("taker", "2026-03-26T23:00Z"),
        ("plan", "2027-01-26T23:00Z"),
        ("device_relay_target", "2026-01-27T23:00Z"),
    ],
)
def test_a_limit_runs_from_when_its_time_began(code: str, due: str) -> None:
    found = deadline(code, Policy(), FRANCE, since=SINCE)
    assert (found.due, found.since) == (datetime.fromisoformat(due), SINCE)


@pytest.mark.parametrize(
    ("code", "end", "due"),
    [
        ("stop_notice_mitm", "2027-01-26", "2026-01-26T23:00Z"),
        ("stop_notice", "2026-03-26", "2026-01-26T23:00Z"),
        ("device_notice", "2026-10-01", "2026-04-01T22:00Z"),
        ("alternatives", "2026-10-01", "2026-09-30T22:00Z"),
    ],
)
def test_a_notice_is_due_by_the_end_of_the_last_day_that_is_early_enough(code: str, end: str, due: str) -> None:
    assert deadline(code, Policy(), FRANCE, since=SINCE, day=date.fromisoformat(end)).due == datetime.fromisoformat(due)


def test_a_limit_that_ended_before_it_was_known_has_no_beginning() -> None:
    assert deadline("stop_notice_mitm", Policy(), FRANCE, since=SINCE, day=date(2026, 3, 1)).since is None


@pytest.mark.parametrize(
    ("since", "due"),
    [("2026-03-28T12:00Z", "2026-03-29T12:00Z"), ("2026-10-24T12:00Z", "2026-10-25T12:00Z")],
)
def test_24_hours_are_24_hours_of_real_time_over_a_change_of_the_clocks(since: str, due: str) -> None:
    found = deadline("public_announcement", Policy(), FRANCE, since=datetime.fromisoformat(since))
    assert found.due == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("since", "due"),
    [("2026-03-27T12:00Z", "2026-03-29T22:00Z"), ("2026-10-23T12:00Z", "2026-10-25T23:00Z"), ("2026-03-27T23:30Z", "2026-03-30T22:00Z")],
)
def test_days_end_at_the_local_midnight_whatever_the_length_of_the_day(since: str, due: str) -> None:
    assert deadline("undeclared", Policy(), FRANCE, since=datetime.fromisoformat(since)).due == datetime.fromisoformat(due)


def test_a_limit_in_working_days_says_where_the_holidays_of_its_time_are_not_known() -> None:
    since = datetime(2026, 4, 30, 9, tzinfo=UTC)
    known = deadline("device_relay_target", Policy(), FRANCE, since=since)
    unknown = deadline("device_relay_target", Policy(), Calendar(), since=since)
    assert (known.due, known.article) == (datetime(2026, 5, 4, 22, tzinfo=UTC), "objectif de l'agence")
    assert (unknown.due, unknown.article) == (datetime(2026, 5, 1, 22, tzinfo=UTC), "objectif de l'agence" + duties.WEEKENDS_ONLY)


def test_the_agency_may_set_its_own_limits_within_their_bounds() -> None:
    policy = read_policy({"duty": {"undeclared_days": 3, "declaration_hours": 48}})
    assert deadline("undeclared", policy, FRANCE, since=SINCE).due == datetime(2026, 1, 29, 23, tzinfo=UTC)
    assert deadline("declaration", policy, FRANCE, since=SINCE).due == datetime(2026, 1, 28, 9, tzinfo=UTC)


def test_limits_are_reckoned_by_the_policy_and_the_calendar_they_hold() -> None:
    found = Limits(policy=Policy(), calendar=FRANCE).of("plan", since=SINCE, to="lab-a", day=date(2026, 1, 2), met_at=SINCE)
    assert found == deadline("plan", Policy(), FRANCE, since=SINCE, to="lab-a", day=date(2026, 1, 2), met_at=SINCE)


def test_only_law_that_was_read_is_shown_as_law() -> None:
    plain = DUTIES["plan"]
    assert plain.shown_as is Basis.LAW
    assert [replace(plain, mark=mark).shown_as for mark in (Mark.P, Mark.U)] == [Basis.PROCEDURE, Basis.PROCEDURE]
    own = Duty(code="x", what=Text(fr="", en=""), basis=Basis.INTERNAL, article="", mark=Mark.U, span=Span.HOURS)
    assert own.shown_as is Basis.INTERNAL
    assert all(d.mark is Mark.C for d in DUTIES.values() if d.shown_as is Basis.LAW)
    assert all(d.what.fr and d.what.en and d.article for d in DUTIES.values())


LAW, INTERNAL = Basis.LAW, Basis.INTERNAL


@pytest.mark.parametrize(
    ("code", "basis", "span", "number", "met_by", "judged"),
    [
        ("supply_chain", LAW, Span.AT_ONCE, "", "professionals", False),
        ("rapid_alert", LAW, Span.AT_ONCE, "", "authorities", False),
        ("public_announcement", LAW, Span.HOURS, "defect.public_hours", "public", False),
        ("stop_notice_mitm", LAW, Span.MONTHS_BEFORE, "duty.stop_mitm_months", None, True),
        ("stop_notice", LAW, Span.MONTHS_BEFORE, "duty.stop_other_months", None, True),
        ("alternatives", LAW, Span.BEFORE, "", None, False),
        ("taker", LAW, Span.MONTHS, "duty.taker_months", None, False),
        ("plan", LAW, Span.MONTHS, "duty.plan_months", None, True),
        ("police_end", LAW, Span.AT_ONCE, "", None, True),
        ("device_relay", LAW, Span.AT_ONCE, "", "authorities", False),
        ("device_notice", LAW, Span.MONTHS_BEFORE, "duty.device_notice_months", None, True),
        ("device_relay_target", INTERNAL, Span.WORKING_DAYS, "duty.device_relay_working_days", "authorities", False),
        ("declaration", INTERNAL, Span.HOURS, "duty.declaration_hours", None, True),
        ("undeclared", INTERNAL, Span.DAYS, "duty.undeclared_days", None, True),
        ("overdue", INTERNAL, Span.DAYS, "duty.overdue_days", None, True),
    ],
)
def test_each_duty_says_how_it_runs_by_which_number_whose_message_meets_it_and_whether_a_rule_sees_that_it_is_met(
    code: str, basis: Basis, span: Span, number: str, met_by: str | None, judged: bool
) -> None:
    duty = DUTIES[code]
    assert (duty.code, duty.basis, duty.mark) == (code, basis, Mark.C if basis is LAW else Mark.U)
    assert (duty.span, duty.number, duty.met_by, duty.judged) == (span, number, met_by, judged)


def test_a_duty_is_named_in_both_languages_with_its_article() -> None:
    stop, news = DUTIES["stop_notice"], DUTIES["overdue"]
    assert (stop.what, stop.article) == (Text(fr="préavis de deux mois", en="two months' notice"), "CSP L.5124-6")
    assert (news.what, news.article) == (Text(fr="nouvelles du retour attendu", en="news of the expected return"), "délai interne")


def test_a_duty_of_a_company_is_told_apart_from_the_same_duty_of_another() -> None:
    own = deadline("plan", Policy(), FRANCE, since=SINCE, to="lab-a", met_at=SINCE)
    assert (duties.name(own), own.to, own.met_at) == ("plan:lab-a", "lab-a", SINCE)
    assert duties.name(deadline("taker", Policy(), FRANCE, since=SINCE)) == "taker"
