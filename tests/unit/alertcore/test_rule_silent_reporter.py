"""Rule silent_reporter: working days, who is unknown and who is silent, and when it is heard again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alertcore.deadlines.calendar import Calendar
from alertcore.identity import signal_id
from alertcore.records.alert import AlertKind, Severity, Signal, SignalState
from alertcore.records.shared import Nature
from alertcore.records.stock import Circuit
from alertcore.register import RegisteredReporter
from alertcore.rules.silent_reporter import Look, SilentState, last_day, look, working_days
from alertcore.thresholds import SilencePolicy
from streams.emitting import Out
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, World, line, register, setting, sheet

DAY = timedelta(days=1)
POLICY = SilencePolicy()
MAY = frozenset({date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25)})
CALENDAR = Calendar(years=frozenset({2026}), national=MAY)
RAISED, CLEARED = SignalState.RAISED, SignalState.CLEARED


@pytest.mark.parametrize(
    ("interval", "intervals", "least", "expected"),
    [(1, 2.0, 2, 2), (1, 1.0, 2, 2), (1, 3.0, 2, 3), (2, 2.0, 2, 4), (7, 2.0, 2, 14), (3, 1.5, 2, 5), (0, 2.0, 2, 2), (1, 2.0, 5, 5)],
)
def test_twice_the_interval_and_at_least_two_working_days(interval: int, intervals: float, least: int, expected: int) -> None:
    assert working_days(interval, SilencePolicy(intervals=intervals, least_working_days=least)) == expected


@pytest.mark.parametrize(
    ("last", "interval", "expected"),
    [
        ((3, 10), 1, (3, 12)),  # Tuesday: Wednesday, Thursday
        ((3, 12), 1, (3, 16)),  # Thursday: Friday, Monday
        ((3, 13), 1, (3, 17)),  # Friday: Monday, Tuesday
        ((3, 14), 1, (3, 17)),  # Saturday: Monday, Tuesday
        ((3, 10), 7, (3, 30)),  # 14 working days
        ((4, 30), 1, (5, 5)),  # Thursday before 1 May: Monday, Tuesday
        ((5, 12), 1, (5, 15)),  # Ascension on the 14th: 13, 15
        ((5, 7), 2, (5, 15)),  # 8 and 14 May are holidays: 11, 12, 13, 15
    ],
)
def test_only_working_days_count(last: tuple[int, int], interval: int, expected: tuple[int, int]) -> None:
    assert last_day(date(2026, *last), interval, POLICY, CALENDAR) == date(2026, *expected)


def reporter(tier: str = "community_pharmacy", region: str | None = "11", interval_days: int = 1) -> RegisteredReporter:
    return RegisteredReporter(id="p1", scheme="agency", tier=tier, circuit="ville", region=region, interval_days=interval_days)


def seen(today: int, **more: Any) -> Look:
    """A look on a day of March; last heard on Tuesday the 10th."""
    fields: dict[str, Any] = {
        "reporter": "p1",
        "of": reporter(),
        "last": date(2026, 3, 10),
        "today": date(2026, 3, today),
        "at": datetime(2026, 3, today, tzinfo=UTC),
        "policy": POLICY,
        "policy_version": 0,
        "calendar": CALENDAR,
    }
    return Look(**fields | more)


@pytest.mark.parametrize(("today", "silent"), [(12, False), (13, True)])
def test_it_is_silent_when_the_last_of_these_days_is_over(today: int, silent: bool) -> None:
    assert (look(SilentState(), seen(today))[1] is not None) is silent


def silent() -> SilentState:
    return look(SilentState(), seen(13))[0]


def test_it_is_told_once_and_clears_when_it_is_heard_again() -> None:
    assert look(silent(), seen(14)) == (silent(), None)
    state, signal = look(silent(), seen(16, last=date(2026, 3, 13)))
    assert signal is not None
    assert (signal.state, signal.version, signal.since, state) == (CLEARED, 2, datetime(2026, 3, 13, tzinfo=UTC), SilentState(version=2))
    assert signal.sentence.fr == "Le déclarant p1 est de nouveau à jour : dernier stock observé le 13/03/2026."
    assert signal.sentence.en == "Reporter p1 is up to date again: last stock observed on 2026-03-13."


def test_who_never_reported_is_unknown_and_who_is_not_heard_any_more_stays_silent() -> None:
    assert look(SilentState(), seen(31, last=None)) == (SilentState(), None)
    assert look(silent(), seen(31, last=None)) == (silent(), None)


def test_a_register_that_leaves_it_out_or_asks_less_ends_it() -> None:
    state, signal = look(silent(), seen(14, of=None, last=None))
    assert signal is not None
    assert (signal.state, state.since, signal.sentence.en[:34]) == (CLEARED, None, "Reporter p1 is no longer in the re")
    assert signal.sentence.fr.endswith("plus rien n’est attendu de lui.")
    assert look(SilentState(), seen(14, of=None)) == (SilentState(), None)
    assert look(silent(), seen(14, of=reporter(interval_days=7)))[0].since is None


@pytest.mark.parametrize(
    ("tier", "severity"),
    [
        ("manufacturer", Severity.MODERATE),
        ("depositary", Severity.MODERATE),
        ("wholesaler", Severity.MODERATE),
        ("community_pharmacy", Severity.MINOR),
        ("hospital_pharmacy", Severity.MINOR),
    ],
)
def test_severity_by_tier(tier: str, severity: Severity) -> None:
    signal = look(SilentState(), seen(13, of=reporter(tier)))[1]
    assert signal is not None
    assert signal.severity is severity


def test_one_working_day_is_told_as_one() -> None:
    policy = SilencePolicy(intervals=1, least_working_days=1)
    signal = look(SilentState(), replace(seen(13), policy=policy))[1]
    assert signal is not None
    assert "Le délai de 1 jour ouvré a pris fin" in signal.sentence.fr
    assert "The limit of 1 working day ended" in signal.sentence.en


def test_the_sentence_says_who_since_when_and_what_follows() -> None:
    signal = look(SilentState(), seen(13))[1]
    assert signal is not None
    assert signal.sentence.fr == (
        "Le déclarant p1 (pharmacie d’officine, Île-de-France) n’a transmis aucun stock depuis le 10/03/2026, alors qu’il déclare"
        " d’ordinaire tous les jours. Le délai de 2 jours ouvrés a pris fin le 12/03/2026. Son stock actuel n’est pas connu."
    )
    assert signal.sentence.en == (
        "Reporter p1 (community pharmacy, Île-de-France) has sent no stock since 2026-03-10, though it usually reports every day."
        " The limit of 2 working days ended on 2026-03-12. Its present stock is not known."
    )
    assert [(c.tier, c.region, c.value, c.threshold) for c in signal.cells] == [("community_pharmacy", "11", 3.0, 2.0)]
    assert signal.numbers == {"limit_working_days": 2.0, "interval_days": 1.0, "holidays_unknown_flag": 0.0}


def test_the_signal_of_a_reporter_keeps_its_name_and_says_what_it_rests_on() -> None:
    _, signal = look(SilentState(), seen(13, because=("tick-1",), of=reporter("unknown")))
    assert signal is not None
    assert signal.signal_id == signal_id("silent_reporter", "reporter", "p1", Nature.ACTUAL)
    assert (signal.because, signal.cells[0].circuit) == (("tick-1",), Circuit.VILLE)
    assert "Le déclarant p1 (unknown, Île-de-France) n’a transmis" in signal.sentence.fr
    assert "Reporter p1 (unknown, Île-de-France) has sent no stock" in signal.sentence.en


def test_one_that_left_the_register_and_one_whose_reports_are_gone_are_both_let_go_by_that_word() -> None:
    silent, _ = look(SilentState(), seen(13))
    for more in ({"of": None}, {"of": None, "last": None}):
        _, signal = look(silent, seen(14, **more))
        assert signal is not None
        assert "is no longer in the register" in signal.sentence.en


def test_holidays_that_are_not_known_are_admitted() -> None:
    signal = look(SilentState(), seen(31, of=reporter("wholesaler", None, 3), calendar=Calendar()))[1]
    assert signal is not None
    assert (
        "(grossiste-répartiteur) n’a transmis aucun stock depuis le 10/03/2026, alors qu’il déclare d’ordinaire tous les 3 jours"
        in signal.sentence.fr
    )
    assert "le 18/03/2026 (jours fériés de cette période non connus)." in signal.sentence.fr
    assert "(wholesaler) has sent no stock since 2026-03-10, though it usually reports every 3 days." in signal.sentence.en
    assert "on 2026-03-18 (holidays of that time are not known)." in signal.sentence.en
    assert signal.numbers["holidays_unknown_flag"] == 1.0


# -- in the stage


def silences(outs: list[Out]) -> list[Signal]:
    found = [o.value for o in outs if o.topic == "cases.log" and isinstance(o.value, Signal)]
    return [s for s in found if s.rule == "silent_reporter"]


def report(world: World, name: str, at: datetime | None = None) -> list[Out]:
    at = at or world.at
    world.report(sheet(name, [line(CIP, CIS, 1000, 1.0)], report_id=f"{name}{at}", at=at))
    return world.advance()


def heard(shards: int = 1, partitions: int = 1, names: tuple[str, ...] = ("p1", "p2")) -> World:
    """Both report on Tuesday 10 March."""
    world = World(shards=shards, partitions=partitions)
    world.tell(register(dict.fromkeys(names, "community_pharmacy")), setting("calendar", {"years": [2026]}))
    for name in names:
        report(world, name)
    return world


def to(world: World, at: datetime) -> list[Out]:
    return world.advance((at - world.at).total_seconds())


MIDNIGHT = datetime(2026, 3, 12, 23, tzinfo=UTC)
"""Thursday's end in Paris."""


@pytest.mark.parametrize(("shards", "partitions"), [(1, 1), (3, 2)])
def test_it_is_noticed_at_the_local_midnight_once_whatever_the_number_of_shards(shards: int, partitions: int) -> None:
    world = heard(shards, partitions)
    to(world, MIDNIGHT - 2 * DAY)
    report(world, "p2", MIDNIGHT - DAY - timedelta(hours=3))
    assert silences(to(world, MIDNIGHT - timedelta(microseconds=1))) == []
    assert [(s.subject.id, s.state, s.at) for s in silences(to(world, MIDNIGHT))] == [("p1", RAISED, MIDNIGHT)]
    assert silences(world.advance(3600)) == []


def test_it_clears_as_soon_as_it_is_heard_and_a_restart_changes_nothing() -> None:
    runs = []
    for restart in (False, True):
        world = heard()
        to(world, MIDNIGHT)
        if restart:
            world.reopen()
        runs.append(silences(report(world, "p1", world.at)))
        assert [(s.subject.id, s.state, s.version) for s in runs[-1]] == [("p1", CLEARED, 2)]
        assert silences(report(world, "p1", world.at + timedelta(seconds=1))) == []
    assert runs[0] == runs[1]


def test_a_late_report_of_an_old_day_does_not_clear_it() -> None:
    world = heard()
    to(world, MIDNIGHT)
    assert silences(report(world, "p1", NOON + timedelta(hours=1))) == []


def test_who_never_reported_or_is_not_in_the_register_is_not_told() -> None:
    world = heard(names=("p1",))
    world.tell(register({"p1": "community_pharmacy", "never": "community_pharmacy"}))
    report(world, "stranger")
    assert [s.subject.id for s in silences(to(world, MIDNIGHT))] == ["p1"]
    assert silences(report(world, "stranger", world.at)) == []


def test_one_that_leaves_the_register_is_let_go_at_midnight() -> None:
    world = heard()
    to(world, MIDNIGHT)
    world.tell(register({"p2": "community_pharmacy"}))
    assert [(s.subject.id, s.state) for s in silences(to(world, MIDNIGHT + DAY))] == [("p1", CLEARED)]


def test_a_new_generation_of_the_stock_log_leaves_the_silent_silent() -> None:
    world = heard()
    to(world, MIDNIGHT)
    silent_before = world.supply.view().get("silent/p1")
    later = World(generation=2)
    later.at = world.at
    for out in report(later, "p2", world.at):
        if out.topic == "supply.log" and out.entry is not None:
            world.supply.feed(0, out.entry, out.key)
    assert silences(world.advance(86400)) == []
    assert world.supply.view().get("silent/p1") == silent_before


def test_days_of_rest_do_not_count() -> None:
    world = World()
    world.tell(register({"p1": "community_pharmacy"}), setting("calendar", {"years": [2026], "national": ["2026-03-12"]}))
    report(world, "p1")
    assert silences(to(world, MIDNIGHT)) == []
    assert [s.subject.id for s in silences(to(world, MIDNIGHT + DAY))] == ["p1"]


# -- in the cases


def test_officers_alone_are_told_and_again_when_it_is_heard() -> None:
    world = cases_world.World()
    signal = look(SilentState(), seen(13))[1]
    assert signal is not None
    outs = world.feed("signal", signal)
    alert = cases_world.alerts(outs)[0]
    assert (alert.kind, alert.subject.id, alert.facts["headline_en"]) == (AlertKind.HUB, "p1", "reporter has stopped")
    assert cases_world.groups(outs) == {"officers": "alert"}
    over = look(silent(), seen(16, last=date(2026, 3, 13)))[1]
    assert over is not None
    assert cases_world.steps(world.feed("signal", over)) == ["resolved"]
