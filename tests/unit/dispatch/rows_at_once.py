"""Behaviours of groups of one alert: nobody can join, so what nothing holds back is told in the step it comes in, without a timer."""

from __future__ import annotations

from tests.unit.dispatch.rows_groups import desk
from tests.unit.dispatch.world import Row

NOW = desk("group_wait: 0s, group_interval: 0s, repeat_interval: 90d", "[alert]")
EVERY = desk("group_wait: 0s, group_interval: 5m, repeat_interval: 90d", "[alert]")
WAITING = desk("group_wait: 30s, group_interval: 0s, repeat_interval: 90d", "[alert]")
A = "alert=a kind=x"

ROWS = [
    Row(
        says="what nobody can join is told in the step it comes in, each version of it and its end",
        routing=NOW,
        pushes=f"0 fire a {A}\n0 fire a\n0 end a",
        expected="0 desk alert a1\n0 desk update a2\n0 desk all_clear a3",
        until=0,
    ),
    Row(
        says="two alerts of one instant are two messages where each has its group",
        routing=NOW,
        pushes=f"0 fire a {A}\n0 fire b alert=b kind=x",
        expected="0 desk alert a1\n0 desk alert b1",
        until=0,
    ),
    Row(
        says="three dots name the alert too",
        routing=NOW.replace("[alert]", "['...']"),
        pushes=f"0 fire a {A}",
        expected="0 desk alert a1",
        until=0,
    ),
    Row(
        says="an update waits for the rest of the interval, and after it is told in the step it comes in",
        routing=EVERY,
        pushes=f"0 fire a {A}\n100 fire a\n200 fire a\n600 fire a",
        expected="0 desk alert a1\n300 desk update a3\n600 desk update a4",
        until=600,
    ),
    Row(
        says="an end within the interval waits, and after it is told in the step it comes in",
        routing=EVERY,
        pushes=f"0 fire a {A}\n0 fire b alert=b kind=x\n100 end a\n300 end b",
        expected="0 desk alert a1\n0 desk alert b1\n300 desk all_clear b2\n300 desk all_clear a2",
        until=300,
    ),
    Row(
        says="what changes nothing for who is told is a look all the same, so the next waits for the interval",
        routing=EVERY,
        pushes=f"0 fire a {A} v=1\n400 fire a alert=a kind=y v=1\n500 fire a v=2",
        expected="0 desk alert a1\n700 desk update a2",
        until=700,
    ),
    Row(
        says="a first message waits where the route says so, updates do not",
        routing=WAITING,
        pushes=f"0 fire a {A}\n10 fire a\n50 fire a",
        expected="30 desk alert a2\n50 desk update a3",
        until=50,
    ),
    Row(
        says="what ends while it waits is never told, though it is alone",
        routing=WAITING,
        pushes=f"0 fire a {A}\n10 end a",
        expected="",
    ),
    Row(
        says="without the label that names it an alert waits for a millisecond",
        routing=NOW,
        pushes="0 fire a kind=x\n0 fire b kind=x",
        expected="0 desk digest a1,b1",
        until=1,
    ),
    Row(
        says="two of one name wait for one another after the first",
        routing=NOW,
        pushes="0 fire a alert=z\n10 fire b alert=z\n10 fire c alert=z",
        expected="0 desk alert a1\n10 desk digest b1,c1|a1",
        until=11,
    ),
    Row(
        says="a silence holds what is alone, and lets it go when it ends",
        routing=NOW,
        pushes=f'0 silence s {{kind="x"}} for=10m\n1 fire a {A}\n100 fire a',
        expected="600 desk alert a2",
    ),
    Row(
        says="the end of what is alone and silent was never told",
        routing=NOW,
        pushes=f'0 silence s {{kind="x"}} for=10m\n1 fire a {A}\n100 end a',
        expected="",
    ),
    Row(
        says="what covers what is alone holds it, and lets it go when it ends",
        routing=NOW,
        pushes=f"0 fire a {A} covered=desk:z\n100 fire a covered=desk:z\n200 fire a",
        expected="200 desk alert a3",
        until=200,
    ),
    Row(
        says="what comes back after its end is told at once where no interval is",
        routing=NOW,
        pushes=f"0 fire a {A}\n10 end a\n20 fire a",
        expected="0 desk alert a1\n10 desk all_clear a2\n20 desk alert a3",
        until=20,
    ),
    Row(
        says="what comes back after its end waits for the interval",
        routing=EVERY,
        pushes=f"0 fire a {A}\n300 end a\n310 fire a",
        expected="0 desk alert a1\n300 desk all_clear a2\n600 desk alert a3",
    ),
    Row(
        says="what rises to urgent is told in the step it does so",
        routing=EVERY,
        pushes=f"0 fire a {A}\n10 fire a lane=urgent\n20 end a",
        expected="0 desk alert a1\n10 desk update a2 urgent\n310 desk all_clear a3 urgent",
    ),
    Row(
        says="another file tells what it says that is new by its timers",
        routing=desk(group_by="[alert]").replace("[{name: desk, audience: {kinds: [officer]}}]", "[{name: desk}]"),
        files={"now": NOW},
        pushes=f"0 fire a {A}\n0 fire b alert=b kind=x\n100 route now",
        expected="100 desk alert a1\n100 desk alert b1",
        until=101,
    ),
]
