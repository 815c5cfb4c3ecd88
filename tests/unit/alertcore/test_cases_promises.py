"""What always holds of who is told, through the whole stage: on random lives of facts, orders, silences and routing files."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.dispatch.waiting import waits_of
from alertcore.records.dispatch import Chain
from alertcore.records.notice import Notice, Purpose
from tests.unit.alertcore.promises_world import LASTING, Act, Life, lives

HELD = {"covered", "inhibited", "silenced", "muted"}
ENDS = (Purpose.ALL_CLEAR, Purpose.CORRECTION)
NEWS = dict.fromkeys((Purpose.ALERT, Purpose.UPDATE, Purpose.DIGEST, Purpose.DUTY), "news")
Acts = list[tuple[int, Act]]


def name_of(chain: Chain) -> str:
    """The receiver as notices name it: one of companies is another for each."""
    company = chain.audience.partition("/")[2]
    return f"{chain.receiver}:{company}" if company else chain.receiver


def about(life: Life) -> list[tuple[Notice, str, str, bool]]:
    """(notice, receiver, alert, whether it is about the alert's end) for each alert in each notice that routes led to."""
    ends = life.ends()
    return [
        (n, n.receiver, r.alert_id, r.version >= ends.get(r.alert_id, r.version + 1))
        for n in life.notices()
        for r in n.alerts
        if n.purpose is not Purpose.ESCALATION
    ]


@settings(max_examples=40, deadline=None)
@given(lives())
def test_an_end_goes_where_the_alert_was_told_once_and_to_all_who_were_told(acts: Acts) -> None:
    life = Life().live(acts)
    known: dict[tuple[str, str], str] = {}
    ended: Counter[tuple[str, str]] = Counter()
    for notice, receiver, alert, over in about(life):
        if over:
            assert (receiver, alert) in known, "nobody there was told that it stands"
            before = known.get((receiver, notice.audience.recipients_of or ""))
            assert known[receiver, alert] == before, "whoever was last told the alert is who hears of its end"
            ended[receiver, alert] += 1
        else:
            assert notice.purpose not in ENDS
            known[receiver, alert] = notice.notice_id
    unsaid = {(name_of(c), v.alert_id) for v, c in life.chains() if c.verdicts[-1].word == "ended_unsaid"}
    for who in known:
        assert ended[who] == (1 if who[1] in life.ends() and who not in unsaid else 0)


@settings(max_examples=40, deadline=None)
@given(lives())
def test_a_duty_is_told_in_the_step_it_arises_and_nothing_holds_it(acts: Acts) -> None:
    life = Life().live(acts)
    told = {(r.alert_id, r.version, n.receiver, n.not_before) for n in life.notices() if n.duty for r in n.alerts}
    for verdicts, chain in life.chains():
        words = [v.word for v in chain.verdicts]
        if "duty" in words:
            assert not HELD & set(words)
            if words[-1] == "told":
                assert (verdicts.alert_id, chain.version, name_of(chain), verdicts.at) in told
    instants = {(alert, receiver, at) for alert, _, receiver, at in told}
    assert {(a.alert_id, "supply_chain", a.decided_at) for a in life.duties()} <= instants


def tellings(life: Life) -> Counter[tuple[str, str, str]]:
    """How often each receiver is told each alert; alone or with others is the same."""
    return Counter((n.receiver, r.alert_id, NEWS.get(n.purpose, n.purpose)) for n in life.notices() for r in n.alerts)


@settings(max_examples=30, deadline=None)
@given(lives(changes=False), st.lists(st.sampled_from(LASTING), min_size=1, max_size=2))
def test_more_silences_never_cause_more_notices(acts: Acts, silences: list[str]) -> None:
    """Of alerts that cover nothing: what is covered by an alert that was silent is told, for nobody knows of that one."""
    fewer, more = Life(apart=True), Life(apart=True)
    for text in silences:
        fewer.silence(text, 60 * 24 * 300)
        more.silence('{kind="nothing"}', 60 * 24 * 300)  # ids of alerts follow from all that came before
    told = [tellings(life.live(acts)) for life in (fewer, more)]
    assert told[0] <= told[1]
    assert len(fewer.notices()) <= len(more.notices())


@settings(max_examples=40, deadline=None)
@given(lives())
def test_what_waits_waits_for_something(acts: Acts) -> None:
    life = Life().live(acts)
    units = [f"{f.alert.alert_id}/{u}" for f in life.world.files() for u in f.units]
    for waits in waits_of(life.world.shell.view(), units, life.world.now):  # type: ignore[arg-type]
        assert waits.held is not None or (waits.until is not None and waits.until > life.world.now), waits


@settings(max_examples=40, deadline=None)
@given(lives())
def test_what_was_told_to_a_receiver_is_not_held_from_it_in_the_same_instant(acts: Acts) -> None:
    told = set()
    for verdicts, chain in Life().live(acts).chains():
        what = (verdicts.at, verdicts.alert_id, chain.version, name_of(chain))
        if chain.verdicts[-1].word == "told":
            told.add(what)
        elif chain.verdicts[-1].word in HELD:
            assert what not in told
