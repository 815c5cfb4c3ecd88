"""What always holds, whatever happens in whatever order: on random worlds."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.dispatch.events import SilenceSet
from alertcore.dispatch.explain import fate
from alertcore.dispatch.matcher_text import read_matchers
from alertcore.dispatch.outcome import Word
from alertcore.dispatch.silences import Silence
from alertcore.dispatch.state import MemoryTable
from alertcore.records.notice import Purpose
from tests.unit.dispatch.world import World

ROUTING = """
route:
  receiver: desk
  group_by: [kind]
  group_wait: 10s
  group_interval: 60s
  repeat_interval: 10m
  routes:
    - {matchers: ['kind="x"'], receiver: chain, continue: true}
    - {matchers: ['area="1"'], receiver: ward, mute_time_intervals: [hour], continue: true}
    - {matchers: ['kind="y"'], receiver: quiet}
    - {matchers: ['kind=~"x|z"'], receiver: desk}
receivers:
  - name: desk
    audience: {kinds: [officer]}
    escalation: [{wait: 2m, audience: {kinds: [director]}}]
  - {name: chain, audience: {kinds: [wholesaler]}}
  - {name: ward, audience: {kinds: [hospital]}}
  - {name: quiet, audience: {kinds: [patient]}, send_resolved: false}
inhibit_rules:
  - {source_matchers: ['severity="major"'], target_matchers: ['severity="minor"'], equal: [area]}
time_intervals:
  - name: hour
    time_intervals: [{times: [{start_time: '08:10', end_time: '08:20'}]}]
"""
OTHER = (
    ROUTING.replace('kind="x"', 'kind="z"').replace("group_by: [kind]", "group_by: ['...']").replace("group_wait: 10s", "group_wait: 0s")
)
RECEIVERS = ("desk", "chain", "ward", "quiet")

names = st.sampled_from(["a", "b", "c", "d"])
label_sets = st.builds(
    lambda kind, area, severity: f"kind={kind} area={area} severity={severity}",
    st.sampled_from("xyz"),
    st.sampled_from("12"),
    st.sampled_from(["major", "minor"]),
)
matchers = st.sampled_from(['{kind="x"}', '{area="1"}', '{severity="minor"}', '{severity="major"}', '{kind=~"x|y",area!="2"}'])


def fires(duty: bool) -> st.SearchStrategy[str]:
    """An alert, new or another version of it."""
    under = [" covered=desk:z", " covered=desk:z,ward:y", " above=desk:a,ward:b"]
    flags = st.sampled_from([*([" duty"] if duty else []), "", " lane=urgent", *under])
    return st.builds(lambda n, labels, flag: f"fire {n} {labels} alert={n}{flag}", names, label_sets, flags)


def pushes(*, duty: bool = True, changes: bool = True, silences: bool = True, moves: bool = True) -> st.SearchStrategy[list[str]]:
    """What happens, each some seconds after the one before. moves: alerts may change their labels."""
    kinds: list[st.SearchStrategy[str]] = [fires(duty) if moves else st.builds(_fixed, names), st.builds(lambda n: f"end {n}", names)]
    if silences:
        kinds.append(st.builds(lambda n, m, s: f"silence s{n} {m} for={s}s confirmed", st.integers(1, 3), matchers, st.integers(20, 900)))
        kinds.append(st.builds(lambda n: f"unsilence s{n}", st.integers(1, 3)))
    if changes:
        kinds += [st.sampled_from(["route other", "route first"]), st.builds(lambda n: f"ack p_1 {n}", names)]
    step = st.tuples(st.sampled_from([0, 1, 5, 10, 30, 60, 90, 200]), st.one_of(kinds))
    return st.lists(step, max_size=25).map(_timed)


def _fixed(name: str) -> str:
    kinds = {"a": ("x", 1, "major"), "b": ("x", 1, "minor"), "c": ("y", 1, "minor"), "d": ("z", 2, "minor")}
    kind, area, severity = kinds[name]
    return f"fire {name} kind={kind} area={area} severity={severity}"


def _timed(steps: list[tuple[int, str]]) -> list[str]:
    at, found = 0, []
    for wait, what in steps:
        at += wait
        found.append(f"{at} {what}")
    return found


def run(steps: list[str], *, restart: bool = False, standing: tuple[str, ...] = ()) -> World:
    """All that happens, and an hour more. standing: silences from the beginning to beyond the end."""
    world = World(ROUTING, restart=restart, files={"other": OTHER})
    for n, text in enumerate(standing):
        end = world.start + timedelta(days=30)
        made = Silence(silence_id=f"standing{n}", matchers=read_matchers(text), author="p", reason="r", start=world.start, end=end)
        world.do(SilenceSet(silence=made, confirmed=True))
    for step in steps:
        world.push(step)
    world.run_to(world.now + timedelta(hours=1))
    return world


def tellings(world: World) -> list[tuple[str, str, Any]]:
    """(receiver, alert, when) of every first message about an alert or a version of it."""
    kinds = (Purpose.ALERT, Purpose.UPDATE, Purpose.DIGEST, Purpose.DUTY)
    return [(n.receiver, r.alert_id, n.at) for n in world.notices if n.purpose in kinds for r in n.news]


def how_often(world: World) -> Counter[tuple[str, str]]:
    """How often each receiver is told each alert, whenever: what was held back may speak sooner where another is silent."""
    return Counter((receiver, alert) for receiver, alert, _ in tellings(world))


@settings(max_examples=30, deadline=None)
@given(pushes())
def test_a_restart_between_any_two_steps_changes_nothing(steps: list[str]) -> None:
    straight, restarted = run(steps), run(steps, restart=True)
    assert restarted.notices == straight.notices
    assert restarted.accounts == straight.accounts
    assert restarted.table.dumped() == straight.table.dumped()


@settings(max_examples=30, deadline=None)
@given(pushes())
def test_an_end_reaches_all_who_were_told_and_nobody_else(steps: list[str]) -> None:
    """Told and not yet of the end: exactly those may hear of it, once; and nobody is left at the end of time but where it was unsaid."""
    world = run(steps)
    known: set[tuple[str, str]] = set()
    unsaid = {(a.receiver, a.alert_id, a.at) for a in world.accounts if a.last is Word.ENDED_UNSAID}
    for notice in world.notices:
        for ref in notice.news:
            who = (notice.receiver, ref.alert_id)
            if notice.purpose in (Purpose.ALL_CLEAR, Purpose.CORRECTION):
                assert who in known
                assert notice.recipients_of
                assert notice.audience is None
                known.discard(who)
            elif notice.purpose is not Purpose.ESCALATION:
                known.add(who)
    standing = {v.alert_id for k, v in world.table.items("dispatch/alert/")}
    left = {(r, a) for r, a in known if a not in standing}
    assert left <= {(r, a) for r, a, _ in unsaid}


@settings(max_examples=30, deadline=None)
@given(pushes())
def test_a_duty_is_never_suppressed(steps: list[str]) -> None:
    """Every version of a duty is told to every receiver it falls to, in the very step in which it came."""
    world = World(ROUTING, files={"other": OTHER})
    for step in steps:
        before = len(world.notices)
        world.push(step)
        words = step.split()
        if "duty" in words and words[1] == "fire":
            found = world.notices[before:]
            told = {n.receiver for n in found if n.purpose is Purpose.DUTY and n.at == world.now and n.news[0].alert_id == words[2]}
            alert: Any = world.table.get(f"dispatch/alert/{words[2]}")
            groups: list[Any] = [world.table.get(f"dispatch/group/{g}") for g in alert.groups]
            assert told == {g.receiver for g in groups}
            assert all(n.duty and not n.limits for n in found if n.purpose is Purpose.DUTY)
    held = [a for a in world.accounts if a.last in (Word.SILENCED, Word.INHIBITED, Word.MUTED)]
    assert not [a for a in held if Word.DUTY in {v.word for v in a.verdicts}]


@settings(max_examples=30, deadline=None)
@given(
    pushes(duty=False, changes=False, silences=False, moves=False),
    st.lists(matchers, max_size=3),
    st.lists(matchers, min_size=1, max_size=3),
)
def test_silences_that_last_never_cause_more_notices(steps: list[str], some: list[str], more: list[str]) -> None:
    fewer, most = run(steps, standing=(*some, *more)), run(steps, standing=tuple(some))
    assert len(fewer.notices) <= len(most.notices)
    assert how_often(fewer) <= how_often(most)


@settings(max_examples=30, deadline=None)
@given(pushes(duty=False, changes=False, moves=False), st.integers(0, 600), st.integers(20, 900), matchers)
def test_a_silence_that_ends_never_causes_an_alert_to_be_told_more_often(steps: list[str], begin: int, length: int, text: str) -> None:
    extra = f"{begin} silence extra {text} for={length}s"
    with_it = sorted([*steps, extra], key=lambda s: float(s.split()[0]))
    least, most = run(with_it), run(steps)
    for receiver in RECEIVERS:
        for alert in "abcd":
            count = [sum((r, a) == (receiver, alert) for r, a, _ in tellings(w)) for w in (least, most)]
            assert count[0] <= count[1], (receiver, alert)


@settings(max_examples=30, deadline=None)
@given(pushes(), st.sets(st.sampled_from(RECEIVERS), min_size=1))
def test_no_alert_is_both_told_and_untold_to_one_person(steps: list[str], mine: set[str]) -> None:
    """Somebody on several receivers has one fate for each version of an alert, and it is `told` exactly where a message with it came."""
    world = run(steps)
    heard = [n for n in world.notices if n.receiver in mine and not n.step and not n.recipients_of]
    got = {(r.alert_id, r.version) for n in heard for r in n.news}
    seen = {(a.alert_id, a.alert_version) for a in world.accounts if a.receiver in mine}
    for alert, version in seen:
        found = fate(world.accounts, alert, version, mine)
        assert found is not None
        told_of = (alert, version) in got
        assert not (told_of and found.held)
        assert told_of or found.account.last is not Word.TOLD
    for notice in world.notices:
        assert len({r.alert_id for r in notice.news}) == len(notice.news)
        assert not {r.alert_id for r in notice.news} & {r.alert_id for r in notice.standing}


@settings(max_examples=30, deadline=None)
@given(pushes())
def test_nothing_is_left_when_all_is_over(steps: list[str]) -> None:
    world = run(steps)
    for name in "abcd":
        world.push(f"{(world.now - world.start).total_seconds() + 1} end {name}")
    world.run_to(world.now + timedelta(days=10))
    assert [k for k, _ in world.table.items("dispatch/") if k != "dispatch/routing"] == []
    assert MemoryTable.loaded(world.table.dumped()).dumped() == world.table.dumped()
