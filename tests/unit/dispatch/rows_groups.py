"""Behaviours of groups: the first wait, the interval, repeats, flapping, ends."""

from __future__ import annotations

from tests.unit.dispatch.world import Row

FIFTY = [f"e{n:02}" for n in range(50)]


def desk(more: str = "", group_by: str = "[kind]") -> str:
    """One route with other timers."""
    return f"""
route: {{receiver: desk, group_by: {group_by}{", " + more if more else ""}}}
receivers: [{{name: desk, audience: {{kinds: [officer]}}}}]
"""


WAITS = [
    Row(says="a first alert waits group_wait", pushes="0 fire a kind=x", expected="30 desk alert a1"),
    Row(says="what comes while it waits is in one digest", pushes="0 fire a kind=x\n29 fire b kind=x", expected="30 desk digest a1,b1"),
    Row(
        says="what comes at the instant of the look is in it",
        pushes="0 fire a kind=x\n30 fire b kind=x",
        expected="30 desk digest a1,b1",
    ),
    Row(
        says="fifty in the same millisecond are one digest of fifty",
        pushes="\n".join(f"0 fire {e} kind=x" for e in FIFTY),
        expected=f"30 desk digest {','.join(e + '1' for e in FIFTY)}",
    ),
    Row(
        says="fifty in the same millisecond are one digest of fifty where nothing waits",
        routing=desk("group_wait: 0s"),
        pushes="\n".join(f"0 fire {e} kind=x" for e in FIFTY),
        expected=f"0 desk digest {','.join(e + '1' for e in FIFTY)}",
    ),
    Row(
        says="another value of the group label is another message",
        pushes="0 fire a kind=x\n0 fire b kind=y",
        expected="30 desk alert a1\n30 desk alert b1",
    ),
    Row(
        says="an absent group label is a group of its own",
        pushes="0 fire a kind=x\n0 fire b other=x\n0 fire c other=y",
        expected="30 desk alert a1\n30 desk digest b1,c1",
    ),
    Row(
        says="three dots group by every label",
        routing=desk(group_by="['...']"),
        pushes="0 fire a kind=x n=1\n0 fire b kind=x n=2\n0 fire c kind=x n=2",
        expected="30 desk alert a1\n30 desk digest b1,c1",
    ),
    Row(
        says="an empty label is an absent one",
        routing=desk(group_by="['...']"),
        pushes="0 fire a kind=x\n0 fire b kind=x n=",
        expected="30 desk digest a1,b1",
    ),
    Row(
        says="an empty list groups everything",
        routing=desk(group_by="[]"),
        pushes="0 fire a kind=x\n0 fire b kind=y",
        expected="30 desk digest a1,b1",
    ),
    Row(
        says="other timers are kept",
        routing=desk("group_wait: 5s, group_interval: 1m"),
        pushes="0 fire a kind=x\n10 fire b kind=x",
        expected="5 desk alert a1\n65 desk alert b1|a1",
    ),
]

CHANGES = [
    Row(
        says="a late joiner waits for the interval and hears what stands",
        pushes="0 fire a kind=x\n31 fire b kind=x",
        expected="30 desk alert a1\n330 desk alert b1|a1",
    ),
    Row(
        says="late joiners of one interval are one digest",
        pushes="0 fire a kind=x\n31 fire b kind=x\n300 fire c kind=x",
        expected="30 desk alert a1\n330 desk digest b1,c1|a1",
    ),
    Row(
        says="after a quiet time a late joiner waits only for its neighbours",
        pushes="0 fire a kind=x\n1000 fire b kind=x",
        expected="30 desk alert a1\n1030 desk alert b1|a1",
    ),
    Row(
        says="a late joiner is never told later than an interval after it came",
        pushes="0 fire a kind=x\n329 fire b kind=x",
        expected="30 desk alert a1\n330-629 desk alert b1|a1",
    ),
    Row(
        says="two messages of a group are an interval apart",
        pushes="0 fire a kind=x\n31 fire b kind=x\n331 fire c kind=x",
        expected="30 desk alert a1\n330 desk alert b1|a1\n630 desk alert c1|a1,b1",
    ),
    Row(says="a new version is an update", pushes="0 fire a kind=x\n100 fire a", expected="30 desk alert a1\n330 desk update a2"),
    Row(
        says="versions of one interval are one update with the last",
        pushes="0 fire a kind=x\n100 fire a\n200 fire a\n300 fire a",
        expected="30 desk alert a1\n330 desk update a4",
    ),
    Row(says="versions before the first message are one alert", pushes="0 fire a kind=x\n10 fire a", expected="30 desk alert a2"),
    Row(says="the same version again is nothing", pushes="0 fire a kind=x v=1\n100 fire a v=1", expected="30 desk alert a1"),
    Row(says="an older version is nothing", pushes="0 fire a kind=x v=3\n100 fire a v=2", expected="30 desk alert a3"),
    Row(
        says="another group label takes an alert to another group, told as the update it is",
        pushes="0 fire a kind=x\n100 fire a kind=y",
        expected="30 desk alert a1\n130 desk update a2",
    ),
    Row(
        says="two that move to another group are one digest there",
        pushes="0 fire a kind=x\n0 fire b kind=x\n100 fire a kind=y\n101 fire b kind=y",
        expected="30 desk digest a1,b1\n130 desk digest a2,b2",
    ),
    Row(
        says="what has moved to another group ends there",
        pushes="0 fire a kind=x\n100 fire a kind=y\n500 end a",
        expected="30 desk alert a1\n130 desk update a2\n530 desk all_clear a3",
    ),
    Row(
        says="what moves before it was told is told once",
        pushes="0 fire a kind=x\n10 fire a kind=y",
        expected="40 desk alert a2",
    ),
]

ENDS = [
    Row(says="what ends while it waits is never told", pushes="0 fire a kind=x\n10 end a", expected=""),
    Row(says="an end is told", pushes="0 fire a kind=x\n100 end a", expected="30 desk alert a1\n330 desk all_clear a2"),
    Row(
        says="an end after a quiet time is told soon",
        pushes="0 fire a kind=x\n1000 end a",
        expected="30 desk alert a1\n1030 desk all_clear a2",
    ),
    Row(says="the end of what was never known is nothing", pushes="0 end a", expected=""),
    Row(
        says="ends of one interval are one message",
        pushes="0 fire a kind=x\n0 fire b kind=x\n100 end a\n110 end b",
        expected="30 desk digest a1,b1\n330 desk all_clear a2,b2",
    ),
    Row(
        says="an end does not tell again what stands",
        pushes="0 fire a kind=x\n0 fire b kind=x\n100 end a",
        expected="30 desk digest a1,b1\n330 desk all_clear a2",
    ),
    Row(
        says="an end and a late joiner are two messages of one look",
        pushes="0 fire a kind=x\n100 end a\n110 fire b kind=x",
        expected="30 desk alert a1\n330 desk alert b1\n330 desk all_clear a2",
    ),
    Row(
        says="a cancelled alert ends as a correction",
        pushes="0 fire a kind=x\n100 end a as=correction",
        expected="30 desk alert a1\n330 desk correction a2",
    ),
    Row(
        says="a correction and an all-clear are two messages",
        pushes="0 fire a kind=x\n0 fire b kind=x\n100 end a as=correction\n100 end b",
        expected="30 desk digest a1,b1\n330 desk all_clear b2\n330 desk correction a2",
    ),
    Row(
        says="an end is told once",
        pushes="0 fire a kind=x\n100 end a v=2\n200 end a v=2\n1000 end a v=2",
        expected="30 desk alert a1\n330 desk all_clear a2",
    ),
]

FLAPS = [
    Row(says="flapping while it waits is one alert", pushes="0 fire a kind=x\n10 end a\n20 fire a", expected="30 desk alert a3"),
    Row(
        says="flapping in an interval is one message with the last state: it stands",
        pushes="0 fire a kind=x\n100 end a\n200 fire a",
        expected="30 desk alert a1\n330 desk update a3",
    ),
    Row(
        says="flapping in an interval is one message with the last state: it is over",
        pushes="0 fire a kind=x\n100 end a\n150 fire a\n200 end a",
        expected="30 desk alert a1\n330 desk all_clear a4",
    ),
    Row(
        says="flapping without a new version is nothing",
        pushes="0 fire a kind=x v=1\n100 end a v=1\n200 fire a v=1",
        expected="30 desk alert a1",
    ),
    Row(
        says="what comes back after its end keeps the interval",
        pushes="0 fire a kind=x\n100 end a\n400 fire a",
        expected="30 desk alert a1\n330 desk all_clear a2\n630 desk alert a3",
    ),
    Row(
        says="what comes back long after its end begins anew",
        pushes="0 fire a kind=x\n100 end a\n1000 fire a",
        expected="30 desk alert a1\n330 desk all_clear a2\n1030 desk alert a3",
    ),
    Row(
        says="flapping every ten seconds is one message an interval",
        pushes="0 fire a kind=x\n" + "\n".join(f"{40 + 20 * n} end a\n{50 + 20 * n} fire a" for n in range(29)),
        expected="30 desk alert a1\n330 desk update a31\n630 desk update a59",
        until=1200,
    ),
]

REPEATS = [
    Row(
        says="what stands is repeated exactly after repeat_interval",
        routing=desk("repeat_interval: 1h"),
        pushes="0 fire a kind=x",
        expected="30 desk alert a1\n3630 desk reminder |a1\n7230 desk reminder |a1",
        until=8000,
    ),
    Row(
        says="repeats are not rounded up to the interval",
        routing=desk("repeat_interval: 7m"),
        pushes="0 fire a kind=x",
        expected="30 desk alert a1\n450 desk reminder |a1\n870 desk reminder |a1",
        until=900,
    ),
    Row(
        says="a repeat may be shorter than the interval",
        routing=desk("repeat_interval: 2m"),
        pushes="0 fire a kind=x",
        expected="30 desk alert a1\n150 desk reminder |a1\n270 desk reminder |a1",
        until=300,
    ),
    Row(
        says="a message that names what stands takes the place of the reminder",
        routing=desk("repeat_interval: 10m"),
        pushes="0 fire a kind=x\n200 fire b kind=x",
        expected="30 desk alert a1\n330 desk alert b1|a1\n930 desk reminder |a1,b1",
        until=1000,
    ),
    Row(
        says="an end does not put off the reminder of the rest",
        routing=desk("repeat_interval: 10m"),
        pushes="0 fire a kind=x\n0 fire b kind=x\n200 end b",
        expected="30 desk digest a1,b1\n330 desk all_clear b2\n630 desk reminder |a1",
        until=1000,
    ),
    Row(
        says="nothing is repeated when all is over",
        routing=desk("repeat_interval: 10m"),
        pushes="0 fire a kind=x\n200 end a",
        expected="30 desk alert a1\n330 desk all_clear a2",
    ),
    Row(
        says="a reminder says what is known, not what waits",
        routing=desk("repeat_interval: 1m"),
        pushes="0 fire a kind=x\n40 fire a\n50 fire b kind=x",
        expected="30 desk alert a1\n90 desk reminder |a1\n150 desk reminder |a1",
        until=160,
    ),
    Row(
        says="what is over but not told yet is not repeated",
        routing=desk("repeat_interval: 1m"),
        pushes="0 fire a kind=x\n0 fire b kind=x\n40 end a",
        expected="30 desk digest a1,b1\n90 desk reminder |b1",
        until=100,
    ),
    Row(
        says="a repeat at the instant of a message is not told beside it",
        routing=desk("repeat_interval: 5m"),
        pushes="0 fire a kind=x\n100 fire b kind=x",
        expected="30 desk alert a1\n330 desk alert b1|a1",
        until=400,
    ),
]

LANES = [
    Row(
        says="lanes are told apart, the urgent first",
        pushes="0 fire a kind=x lane=bulk\n0 fire b kind=x\n0 fire c kind=x lane=urgent",
        expected="30 desk alert c1 urgent\n30 desk alert b1\n30 desk alert a1 bulk",
    ),
    Row(
        says="a message of one lane does not make another wait for the interval",
        pushes="0 fire a kind=x\n40 fire c kind=x lane=urgent",
        expected="30 desk alert a1\n70 desk alert c1 urgent",
    ),
    Row(
        says="an alert that rises to urgent is told there, as the update it is",
        pushes="0 fire a kind=x\n40 fire a lane=urgent\n200 end a",
        expected="30 desk alert a1\n70 desk update a2 urgent\n370 desk all_clear a3 urgent",
    ),
    Row(
        says="an alert that rises to urgent while it waits is told once",
        pushes="0 fire a kind=x\n10 fire a lane=urgent",
        expected="40 desk alert a2 urgent",
    ),
]

ROWS = [*WAITS, *CHANGES, *ENDS, *FLAPS, *REPEATS, *LANES]
