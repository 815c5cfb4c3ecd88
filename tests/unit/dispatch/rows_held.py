"""Behaviours of what is held back: silences, those that recur, and inhibition."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.unit.dispatch.world import Row

RULE = "{source_matchers: ['severity=\"major\"'], target_matchers: ['severity=\"minor\"'], equal: [area]}"


def inhibiting(rule: str = RULE) -> str:
    """One route and one rule."""
    return f"""
route: {{receiver: desk, group_by: [kind]}}
receivers: [{{name: desk, audience: {{kinds: [officer]}}}}]
inhibit_rules: [{rule}]
"""


REPEAT = """
route: {receiver: desk, group_by: [kind], repeat_interval: 10m}
receivers: [{name: desk, audience: {kinds: [officer]}}]
"""

SILENCES = [
    Row(
        says="what a silence held back is told when it ends",
        pushes='0 silence s {kind="x"} for=10m\n1 fire a kind=x',
        expected="600 desk alert a1",
    ),
    Row(says="while a silence lasts nothing is told", pushes='0 silence s {kind="x"} for=2h\n1 fire a kind=x', expected=""),
    Row(
        says="a silence ended early lets speak at once where its group said nothing in the interval",
        pushes='0 silence s {kind="x"} for=2h\n1 fire a kind=x\n100 unsilence s',
        expected="100 desk alert a1",
    ),
    Row(
        says="a silence ended early lets speak when the interval allows where its group said something",
        pushes='0 silence s {n="1"} for=2h\n0 fire a kind=x n=1\n0 fire b kind=x n=2\n100 unsilence s',
        expected="30 desk alert b1\n330 desk alert a1|b1",
    ),
    Row(
        says="an end is a message too, for which what a silence lets go waits",
        pushes='0 silence s {n="1"} for=2h\n0 fire a kind=x n=1\n0 fire b kind=x n=2\n400 end b\n500 unsilence s',
        expected="30 desk alert b1\n430 desk all_clear b2\n730 desk alert a1",
    ),
    Row(
        says="a duty is no message that anything waits for",
        pushes='0 silence s {kind="x"} for=2h\n1 fire a kind=x\n50 fire b kind=x duty\n100 unsilence s',
        expected="50 desk duty b1\n100 desk alert a1|b1",
    ),
    Row(
        says="what two silences let go one soon after the other is two messages an interval apart",
        pushes='0 silence s {n="1"} for=2h\n0 silence t {n="2"} for=2h\n0 fire a kind=x n=1\n0 fire b kind=x n=2\n'
        "1000 unsilence s\n1010 unsilence t",
        expected="1000 desk alert a1\n1300 desk alert b1|a1",
    ),
    Row(
        says="what a silence let go does not bring forward what has changed beside it",
        pushes='0 silence s {n="1"} for=2h\n0 fire a kind=x n=1\n100 fire b kind=x n=2\n110 unsilence s',
        expected="110 desk alert a1\n330 desk alert b1|a1",
    ),
    Row(
        says="what a silence held back and has changed meanwhile is told with its last version when it ends",
        pushes='0 silence s {kind="x"} for=2h\n0 fire a kind=x\n100 fire a\n110 unsilence s\n120 fire a',
        expected="110 desk alert a2\n330 desk update a3",
    ),
    Row(
        says="what was told and changed in a silence waits for its first look as any change",
        pushes='0 fire a kind=x\n50 silence s {kind="x"} for=2h\n100 fire a\n110 unsilence s',
        expected="30 desk alert a1\n330 desk update a2",
    ),
    Row(
        says="a silence ended early lets speak at once after a quiet time",
        pushes='0 silence s {kind="x"} for=2h\n1 fire a kind=x\n1000 unsilence s',
        expected="1000 desk alert a1",
    ),
    Row(
        says="a silence that does not match is nothing",
        pushes='0 silence s {kind="y"} for=2h\n1 fire a kind=x',
        expected="31 desk alert a1",
    ),
    Row(
        says="an end is told though a silence came between",
        pushes='0 fire a kind=x\n50 silence s {kind="x"} for=2h\n100 end a',
        expected="30 desk alert a1\n330 desk all_clear a2",
    ),
    Row(
        says="what is silent is not repeated, and the beat goes on",
        routing=REPEAT,
        pushes='0 fire a kind=x\n50 silence s {kind="x"} for=20m',
        expected="30 desk alert a1\n1830 desk reminder |a1",
        until=2000,
    ),
    Row(
        says="what ended in a silence before it was told is never told",
        pushes='0 silence s {kind="x"} for=10m\n1 fire a kind=x\n100 end a',
        expected="",
    ),
    Row(
        says="a silence for one of a group leaves the others",
        pushes='0 silence s {n="1"} for=10m\n0 fire a kind=x n=1\n0 fire b kind=x n=2',
        expected="30 desk alert b1\n600 desk alert a1|b1",
    ),
    Row(
        says="what changed in a silence is told once with its last version",
        pushes='0 fire a kind=x\n50 silence s {kind="x"} for=10m\n100 fire a\n200 fire a',
        expected="30 desk alert a1\n650 desk update a3",
    ),
    Row(
        says="of two silences the later end counts",
        pushes='0 silence s {kind="x"} for=10m\n0 silence t {kind=~"x|y"} for=20m\n1 fire a kind=x',
        expected="1200 desk alert a1",
    ),
    Row(
        says="each of a group is told when its own silence ends",
        pushes='0 silence s {n="1"} for=10m\n0 silence t {n="2"} for=20m\n1 fire a kind=x n=1\n1 fire b kind=x n=2',
        expected="600 desk alert a1\n1200 desk alert b1|a1",
    ),
    Row(
        says="a silence made shorter ends at its new end",
        pushes='0 silence s {kind="x"} for=2h\n1 fire a kind=x\n100 silence s {kind="x"} for=5m',
        expected="400 desk alert a1",
    ),
    Row(
        says="a silence made longer lasts to its new end",
        pushes='0 silence s {kind="x"} for=5m\n1 fire a kind=x\n100 silence s {kind="x"} for=20m',
        expected="1300 desk alert a1",
    ),
    Row(
        says="a silence to come is not one yet",
        pushes='0 silence s {kind="x"} from=100 for=10m\n0 fire a kind=x',
        expected="30 desk alert a1",
    ),
    Row(
        says="a silence that ends before the look is none",
        pushes='0 silence s {kind="x"} for=20s\n1 fire a kind=x',
        expected="31 desk alert a1",
    ),
    Row(
        says="a silence with a negative matcher holds for an absent label too",
        pushes='0 silence s {kind="x",n!="1"} for=10m\n1 fire a kind=x\n1 fire b kind=x n=1',
        expected="31 desk alert b1\n600 desk alert a1|b1",
    ),
    Row(
        says="what a silence lets go while a change waits is told with it",
        pushes='0 silence s {n="1"} for=100s\n0 fire a kind=x n=1\n0 fire b kind=x n=2\n90 fire c kind=x n=3',
        expected="30 desk alert b1\n330 desk digest a1,c1|b1",
    ),
]

RECURRING = [
    Row(
        says="a nightly silence holds until the morning",
        pushes='0 silence s {kind="x"} daily=22:00+8h for=7d\n50410 fire a kind=x',
        expected="79200 desk alert a1",
        until=90000,
    ),
    Row(
        says="a nightly silence holds nothing by day",
        pushes='0 silence s {kind="x"} daily=22:00+8h for=7d\n0 fire a kind=x',
        expected="30 desk alert a1",
    ),
    Row(
        says="a silence on Saturdays holds nothing on Monday",
        pushes='0 silence s {kind="x"} daily=22:00+8h on=saturday for=7d\n50410 fire a kind=x',
        expected="50440 desk alert a1",
        until=90000,
    ),
    Row(
        says="a silence on Mondays lasts into Tuesday",
        pushes='0 silence s {kind="x"} daily=22:00+8h on=monday for=7d\n72000 fire a kind=x',
        expected="79200 desk alert a1",
        until=90000,
    ),
    Row(
        says="a recurring silence is over at its end, in the middle of a night",
        pushes='0 silence s {kind="x"} daily=22:00+8h for=16h\n50410 fire a kind=x',
        expected="57600 desk alert a1",
        until=90000,
    ),
    Row(
        says="nights that touch are one silence",
        pushes='0 silence s {kind="x"} daily=00:00+24h for=2d\n1 fire a kind=x',
        expected="172800 desk alert a1",
        until=200000,
    ),
    Row(
        says="a recurring silence lasts as long when the clocks go forward",
        start=datetime(2026, 3, 28, 23, 30, tzinfo=UTC),
        pushes='0 silence s {kind="x"} daily=01:00+4h zone=Europe/Paris for=7d\n3600 fire a kind=x',
        expected="16200 desk alert a1",
        until=20000,
    ),
    Row(
        says="a recurring silence begins at the first of two equal times when the clocks go back",
        start=datetime(2026, 10, 25, 0, tzinfo=UTC),
        pushes='0 silence s {kind="x"} daily=02:30+1h zone=Europe/Paris for=7d\n1900 fire a kind=x\n5500 fire b kind=x n=1',
        expected="5400 desk alert a1\n5530 desk alert b1|a1",
        until=20000,
    ),
]

INHIBITED = [
    Row(
        says="an alert holds back another that is equal",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=1",
        expected="30 desk alert s1",
    ),
    Row(
        says="an alert holds back nothing elsewhere",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=2",
        expected="30 desk alert s1\n30 desk alert t1",
    ),
    Row(
        says="two absent labels are not equal",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major\n0 fire t kind=t severity=minor",
        expected="30 desk alert s1\n30 desk alert t1",
    ),
    Row(
        says="two absent labels are equal where the rule says so",
        routing=inhibiting(RULE[:-1] + ", equal_absent: true}"),
        pushes="0 fire s kind=s severity=major\n0 fire t kind=t severity=minor",
        expected="30 desk alert s1",
    ),
    Row(
        says="a rule without equal labels holds back everywhere",
        routing=inhibiting("{source_match: {severity: major}, target_match_re: {severity: min.*}}"),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=2",
        expected="30 desk alert s1",
    ),
    Row(
        says="what was held back is told when the other ends",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=1\n100 end s",
        expected="30 desk alert s1\n100 desk alert t1\n330 desk all_clear s2",
    ),
    Row(
        says="what was held back is told at once after a quiet time",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=1\n1000 end s",
        expected="30 desk alert s1\n1000 desk alert t1\n1030 desk all_clear s2",
    ),
    Row(
        says="an end is told though another alert holds back",
        routing=inhibiting(),
        pushes="0 fire t kind=t severity=minor area=1\n100 fire s kind=s severity=major area=1\n200 end t",
        expected="30 desk alert t1\n130 desk alert s1\n330 desk all_clear t2",
    ),
    Row(
        says="what ended while held back is never told",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=1\n100 end t\n200 end s",
        expected="30 desk alert s1\n330 desk all_clear s2",
    ),
    Row(
        says="a silent alert still holds back",
        routing=inhibiting(),
        pushes='0 silence q {severity="major"} for=2h\n0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=1',
        expected="",
    ),
    Row(
        says="one of two that hold back is enough",
        routing=inhibiting(),
        pushes="0 fire r kind=s severity=major area=1\n0 fire s kind=s severity=major area=1\n"
        "0 fire t kind=t severity=minor area=1\n100 end r",
        expected="30 desk digest r1,s1\n330 desk all_clear r2",
    ),
    Row(
        says="what comes within the wait holds back in time",
        routing=inhibiting(),
        pushes="0 fire t kind=t severity=minor area=1\n20 fire s kind=s severity=major area=1",
        expected="50 desk alert s1",
    ),
    Row(
        says="alerts that are both sides of a rule do not hold back each other",
        routing=inhibiting("{source_matchers: ['severity=~\"major|minor\"'], target_matchers: ['severity=\"minor\"'], equal: [area]}"),
        pushes="0 fire a kind=a severity=minor area=1\n0 fire b kind=b severity=minor area=1",
        expected="30 desk alert a1\n30 desk alert b1",
    ),
    Row(
        says="the end of what is both sides of a rule is told",
        routing=inhibiting("{source_matchers: ['severity=~\"major|minor\"'], target_matchers: ['severity=\"minor\"'], equal: [area]}"),
        pushes="0 fire a kind=a severity=minor area=1\n100 end a",
        expected="30 desk alert a1\n330 desk all_clear a2",
    ),
    Row(
        says="what is both sides is held back by what is a source alone",
        routing=inhibiting("{source_matchers: ['severity=~\"major|minor\"'], target_matchers: ['severity=\"minor\"'], equal: [area]}"),
        pushes="0 fire a kind=a severity=minor area=1\n0 fire b kind=b severity=major area=1",
        expected="30 desk alert b1",
    ),
    Row(
        says="an alert that changes its labels holds back no longer",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=1\n1000 fire s kind=s severity=major area=2",
        expected="30 desk alert s1\n1000 desk alert t1\n1030 desk update s2",
    ),
    Row(
        says="what is held back is not repeated",
        routing=inhibiting().replace("[kind]}", "[kind], repeat_interval: 10m}"),
        pushes="0 fire t kind=t severity=minor area=1\n100 fire s kind=s severity=major area=1",
        expected="30 desk alert t1\n130 desk alert s1\n730 desk reminder |s1\n1330 desk reminder |s1",
        until=1400,
    ),
    Row(
        says="what is silent after it was held back waits for the silence",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n0 fire t kind=t severity=minor area=1\n"
        '500 silence q {severity="minor"} for=10m\n1000 end s',
        expected="30 desk alert s1\n1030 desk all_clear s2\n1100 desk alert t1",
    ),
]

ROWS = [*SILENCES, *RECURRING, *INHIBITED]
