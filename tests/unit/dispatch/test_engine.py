"""The engine's answers beside the notices: verdicts, warnings, refusals, beats under late ticks, what a message names."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alertcore.dispatch.engine import LOOKS, next_due, step
from alertcore.dispatch.events import Acknowledged, AlertUpdate, Counted, RoutingSet, SilenceExpired, Tick
from alertcore.dispatch.explain import fate
from alertcore.dispatch.indexes import MEMO
from alertcore.dispatch.outcome import Outcome, Verdict, Word
from alertcore.dispatch.reading import SettingsError
from alertcore.dispatch.silences import Recurrence, Silence, silent_until, wrong_with
from alertcore.dispatch.state import MemoryTable
from alertcore.records.notice import AckMode, Channel, Purpose
from tests.unit.dispatch.rows_called import calling
from tests.unit.dispatch.rows_held import inhibiting
from tests.unit.dispatch.world import MONDAY, World, content

S = timedelta(seconds=1)


def verdicts(world: World, n: int = -1) -> list[str]:
    """The words of an account."""
    return [v.word.value for v in world.accounts[n].verdicts]


def test_what_is_told_says_by_which_line_of_which_version() -> None:
    world = World()
    world.do(RoutingSet(version="v7", content=content(inhibiting()), lines={"route": 2, "inhibit_rules[0]": 9}))
    world.push("0 fire s kind=s severity=major area=1")
    world.push("0 fire t kind=t severity=minor area=1")
    world.run_to(MONDAY + 60 * S)
    (told,) = world.notices[0].accounts
    assert told.routing == "v7"
    assert told.verdicts[0] == Verdict(word=Word.ROUTED, by="line 2, route")
    assert told.verdicts[-1] == Verdict(word=Word.TOLD, by=world.notices[0].notice_id)
    held = next(a for a in world.accounts if a.alert_id == "t")
    assert held.verdicts[-1] == Verdict(word=Word.INHIBITED, by="line 9, inhibit_rules[0]: s")


def test_what_is_silent_says_by_which_silence_and_until_when() -> None:
    world = World()
    world.push('0 silence s {kind="x"} for=10m')
    world.push("1 fire a kind=x")
    world.run_to(MONDAY + 60 * S)
    assert world.notices == []
    assert verdicts(world) == ["routed", "grouped", "silenced"]
    assert world.accounts[-1].verdicts[-1] == Verdict(word=Word.SILENCED, by="s", until=MONDAY + 600 * S)


def test_what_is_covered_says_by_which_alert_before_any_other_reason() -> None:
    world = World()
    world.push('0 silence s {kind="x"} for=10m')
    world.push("1 fire a kind=x covered=desk:z")
    world.run_to(MONDAY + 60 * S)
    assert world.notices == []
    assert verdicts(world) == ["routed", "grouped", "covered"]
    assert world.accounts[-1].verdicts[-1] == Verdict(word=Word.COVERED, by="z")
    found = fate(world.accounts, "a", 1, {"desk"})
    assert found is not None
    assert found.held


def test_an_end_that_nobody_is_to_hear_of_says_so_and_leaves_nothing() -> None:
    world = World()
    world.push("0 fire a kind=x")
    world.push("100 end a as=unknown")
    world.run_to(MONDAY + timedelta(days=1))
    assert world.accounts[-1].verdicts[-1] == Verdict(word=Word.ENDED_UNSAID, by="superseded")
    assert [k for k, _ in world.table.items("dispatch/") if k != "dispatch/routing"] == []


def test_what_ends_untold_says_so() -> None:
    world = World()
    world.push("0 fire a kind=x")
    world.push("10 end a")
    world.run_to(MONDAY + 60 * S)
    assert verdicts(world) == ["routed", "grouped", "ended_untold"]


def test_before_any_file_nobody_is_told_and_that_is_said() -> None:
    found = step(MemoryTable(), AlertUpdate(alert_id="a", version=1, labels={}), MONDAY)
    assert found.notices == ()
    assert found.accounts[0].last is Word.NOBODY


def test_a_silence_announces_its_end_to_its_author_once() -> None:
    world = World()
    world.push('0 silence s {kind="x"} for=3h')
    world.push('0 silence short {kind="x"} for=10m')
    world.run_to(MONDAY + timedelta(days=1))
    assert [(at, e.silence_id, e.author, e.ends) for at, e in world.endings] == [
        (300, "short", "p_1", MONDAY + 600 * S),
        (7200, "s", "p_1", MONDAY + timedelta(hours=3)),
    ]


def test_an_ended_silence_is_shown_for_days_and_then_forgotten() -> None:
    world = World()
    world.push('0 silence s {kind="x"} for=1h')
    world.push("60 unsilence s")
    world.run_to(MONDAY + timedelta(days=4))
    kept = world.table.values["dispatch/silence/s"]
    assert (kept.expired_by, kept.end) == ("p_1", MONDAY + 60 * S)
    world.run_to(MONDAY + timedelta(days=6))
    assert "dispatch/silence/s" not in world.table.values


def test_a_silence_over_open_duties_is_refused_and_names_them() -> None:
    world = World()
    world.push("0 fire b kind=x duty")
    world.push("0 fire a kind=x duty")
    world.push("0 fire c kind=y duty")
    world.push('1 silence s {kind="x"} for=1h')
    assert world.refused[0].duties == ("a", "b")
    assert "dispatch/silence/s" not in world.table.values


def test_a_silence_with_something_wrong_is_refused() -> None:
    world = World()
    world.push("0 silence s {} for=1h")
    assert [r.what for r in world.refused] == ["s"]
    assert "dispatch/silence/s" not in world.table.values


def test_an_end_that_is_past_by_a_late_tick_is_not_announced() -> None:
    world = World()
    world.push('0 silence s {kind="x"} for=1h')
    world.now = MONDAY + 3600 * S
    assert world.do(Tick()).endings == ()


def test_a_full_store_of_matches_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alertcore.dispatch.indexes.LABEL_SETS", 1)
    world = World()
    for n in range(4):
        world.push(f"0 fire e{n} kind=x n={n % 2}")
    world.run_to(MONDAY + 60 * S)
    assert world.told() == ["30 desk digest e01,e11,e21,e31"]


def test_ending_a_silence_that_is_not_there_is_refused() -> None:
    world = World()
    world.do(SilenceExpired(silence_id="s", by="p_1"))
    assert [r.why for r in world.refused] == ["there is no such silence, or it is over"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"silence_id": ""}, "id"),
        ({"warn_ms": -1}, "warning"),
        ({"author": " "}, "author"),
        ({"reason": ""}, "reason"),
        ({"end": MONDAY}, "ends after it begins"),
        ({"matchers": ()}, "everything would be silent"),
        ({"recurrence": Recurrence(minute=0, duration_ms=86_400_001)}, "at most 24 hours"),
        ({"recurrence": Recurrence(minute=1440, duration_ms=1)}, "minute of the day"),
        ({"recurrence": Recurrence(minute=0, duration_ms=1, weekdays=(7,))}, "weekdays"),
        ({"recurrence": Recurrence(minute=0, duration_ms=1, zone="Paris")}, "not a time zone"),
    ],
)
def test_a_silence_without_what_it_needs_is_refused(change: dict[str, object], why: str) -> None:
    world = World()
    world.push('0 silence s {kind="x"} for=1h')
    good: Silence = world.table.values["dispatch/silence/s"]
    values = {f: getattr(good, f) for f in ("silence_id", "matchers", "author", "reason", "start", "end")}
    assert wrong_with(good) == []
    assert any(why in w for w in wrong_with(Silence(**{**values, **change})))


def test_a_silence_holds_from_its_start_to_just_before_its_end() -> None:
    world = World()
    world.push('0 silence s {kind="x"} for=1h')
    silence: Silence = world.table.values["dispatch/silence/s"]
    end, us = silence.end, timedelta(microseconds=1)
    assert [silent_until(silence, t) for t in (MONDAY - us, MONDAY, end - us, end)] == [None, end, end, None]


def test_a_wrong_file_changes_nothing() -> None:
    world = World()
    before = world.table.dumped()
    with pytest.raises(SettingsError, match="there is no receiver 'b'"):
        step(world.table, RoutingSet(version="2", content='{"route": {"receiver": "b"}}'), MONDAY)
    assert world.table.dumped() == before


def test_late_ticks_do_not_shift_the_beat_and_missed_ones_are_not_made_up_for() -> None:
    world = World("route: {receiver: d, repeat_interval: 10m}\nreceivers: [{name: d, audience: {}}]")
    world.push("0 fire a kind=x")
    told = []
    for seconds in (30, 637, 2500):
        world.now = MONDAY + seconds * S
        told.append(len(world.do(Tick()).notices))
    assert told == [1, 1, 1]
    assert next_due(world.table) == MONDAY + 3030 * S


def test_a_fact_that_was_there_first_counts_though_the_tick_is_late() -> None:
    """An outage does not fire a timer for what is over by then."""
    world = World()
    world.push("0 fire a kind=x")
    world.now = MONDAY + 300 * S
    assert world.do(AlertUpdate(alert_id="a", version=2, labels={}, status=world.table.values["dispatch/alert/a"].status)).notices == ()


def test_a_message_names_twenty_that_stand_and_counts_the_rest() -> None:
    world = World()
    for n in range(30):
        world.push(f"0 fire e{n:02} kind=x")
    world.push("400 fire z kind=x")
    world.run_to(MONDAY + 500 * S)
    last = world.notices[-1]
    assert (len(last.standing), last.standing_more) == (20, 10)


def test_a_flood_takes_several_ticks_of_one_instant_and_the_urgent_come_first() -> None:
    world = World()
    for n in range(150):
        world.push(f"0 fire e{n:03} kind=k{n}")
    world.push("0 fire u kind=u lane=urgent")
    world.now = MONDAY + 30 * S
    first: Outcome = world.do(Tick())
    assert first.notices[0].news[0].alert_id == "u"
    assert (len(first.notices), first.due) == (LOOKS, world.now)
    world.run_to(world.now)
    assert len(world.notices) == 151
    assert {n.at for n in world.notices} == {world.now}


def test_a_notice_carries_what_its_escalation_waits_for() -> None:
    world = World(calling(", until: n_of_m, n: 2"))
    world.push("0 fire a kind=x")
    world.run_to(MONDAY + 1000 * S)
    first, call = world.notices
    assert (first.ack, first.ack_n, first.ack_due) == (AckMode.N_OF_M, 2, MONDAY + 930 * S)
    assert (call.purpose, call.step, call.channels, call.ack_due) == (Purpose.ESCALATION, 1, (Channel.SMS,), MONDAY + 2730 * S)
    assert call.audience is not None
    assert call.audience.filter is not None
    assert call.audience.filter.kinds == ("deputy",)
    assert call.accounts[0].receiver == "desk#1"


def test_a_count_that_is_enough_is_an_account_of_how_many() -> None:
    world = World(calling())
    world.push("0 fire a kind=x")
    world.push("100 count #1 2/5")
    assert world.accounts[-1].verdicts[-1] == Verdict(word=Word.ACKNOWLEDGED, by=f"2 of 5: {world.notices[0].notice_id}")


def test_a_count_of_an_unknown_notice_is_nothing() -> None:
    world = World(calling())
    before = world.table.dumped()
    assert world.do(Counted(notice_id="ntc_x", total=1, acknowledged=1)).accounts == ()
    assert world.table.dumped() == before


def test_what_nobody_can_join_needs_no_tick() -> None:
    world = World("route: {receiver: d, group_by: [alert], group_wait: 0s}\nreceivers: [{name: d, audience: {mandatory: true}}]")
    found = world.do(AlertUpdate(alert_id="a/officers", version=1, labels={"alert": "a"}))
    assert [n.purpose for n in found.notices] == [Purpose.ALERT]
    assert [a.last for a in found.notices[0].accounts] == [Word.TOLD]


def test_what_holds_it_back_is_said_in_the_step_it_comes_in() -> None:
    world = World("route: {receiver: d, group_by: [alert], group_wait: 0s}\nreceivers: [{name: d, audience: {mandatory: true}}]")
    world.push('0 silence s {alert="a"} for=10m')
    found = world.do(AlertUpdate(alert_id="a/officers", version=1, labels={"alert": "a"}))
    assert (found.notices, [a.last for a in found.accounts]) == ((), [Word.SILENCED])


def test_an_end_says_since_when_and_by_what_each_alert_was_told() -> None:
    world = World()
    world.push("0 fire a kind=x")
    world.push("100 fire b kind=x")
    world.push("700 fire a")
    world.push("1100 end a")
    world.push("1100 end b")
    world.run_to(MONDAY + 2000 * S)
    first, second, update, end = world.notices
    assert end.recipients_of == ("a", "b")
    assert end.last_told == (("2026-03-02T08:00:30Z", update.notice_id), ("2026-03-02T08:05:30Z", second.notice_id))
    assert first.last_told == ()


def test_an_acknowledgement_is_an_account() -> None:
    world = World(calling())
    world.push("0 fire a kind=x")
    world.push("100 ack p_1 a")
    assert world.accounts[-1].verdicts[-1] == Verdict(word=Word.ACKNOWLEDGED, by="p_1")


def test_an_acknowledgement_of_an_alert_may_be_one_receivers_alone() -> None:
    world = World(calling())
    world.push("0 fire a kind=x")
    world.run_to(MONDAY + 60 * S)
    others = world.do(Acknowledged(by="p_1", alert_id="a", receiver="ward"))
    own = world.do(Acknowledged(by="p_1", alert_id="a", receiver="desk"))
    assert others.accounts == ()
    assert [a.last for a in own.accounts] == [Word.ACKNOWLEDGED]


def test_ids_of_notices_differ_and_are_the_same_again() -> None:
    def ids() -> list[str]:
        world = World("route: {receiver: d, repeat_interval: 1m}\nreceivers: [{name: d, audience: {}}]")
        world.push("0 fire a kind=x")
        world.run_to(MONDAY + 600 * S)
        return [n.notice_id for n in world.notices]

    first = ids()
    assert len(set(first)) == len(first) == 10
    assert ids() == first


def test_told_by_one_way_is_told() -> None:
    routing = """
route: {receiver: a, routes: [{receiver: a, continue: true}, {receiver: b, mute_time_intervals: [always]}]}
receivers: [{name: a, audience: {}}, {name: b, audience: {}}]
time_intervals: [{name: always, time_intervals: [{}]}]
"""
    world = World(routing)
    world.push("0 fire x kind=x")
    world.run_to(MONDAY + 60 * S)
    both, muted = fate(world.accounts, "x", 1, {"a", "b"}), fate(world.accounts, "x", 1, {"b"})
    assert both is not None
    assert muted is not None
    assert (both.told, both.held) == (True, False)
    assert (muted.told, muted.held, muted.account.last) == (False, True, Word.MUTED)
    assert fate(world.accounts, "x", 1, {"c"}) is None
    assert fate(world.accounts, "x", 2, {"a"}) is None


def test_the_scratch_space_may_be_lost_at_any_time() -> None:
    world = World()
    world.push("0 fire a kind=x")
    world.table.memo.pop(MEMO)
    world.run_to(MONDAY + 60 * S)
    assert world.told() == ["30 desk alert a1"]


def test_the_routing_guide_names_tests_that_exist() -> None:
    """Every behaviour and test that docs/routing.md refers to is there, by its words."""
    from tests.unit.dispatch.test_behaviours import ROWS

    root = Path(__file__).parents[3]
    text = (root / "docs" / "routing.md").read_text()
    names = {n for line in text.splitlines() if "*Shown by:*" in line for n in line.split("*Shown by:*")[1].split("`")[1::2]}
    tests = "".join(p.read_text() for where in ("dispatch", "alertcore") for p in (root / "tests" / "unit" / where).glob("test_*.py"))
    rows = {row.says for row in ROWS}
    assert names
    assert [n for n in sorted(names) if n not in rows and f"def {n}(" not in tests] == []
