"""Behaviours of what is covered: everybody of a receiver was told another alert that says it too. And ends that nobody is to hear of."""

from __future__ import annotations

from tests.unit.dispatch.rows_called import calling
from tests.unit.dispatch.world import Row

TWO = """
route:
  receiver: desk
  group_by: [kind]
  routes: [{receiver: desk, continue: true}, {receiver: ward, mute_time_intervals: [MUTED]}]
receivers:
  - {name: desk, audience: {kinds: [officer], mandatory: true}}
  - {name: ward, audience: {kinds: [hospital]}}
time_intervals: [{name: always, time_intervals: [{}]}, {name: never, time_intervals: [{years: ['1999']}]}]
"""
BOTH = TWO.replace("MUTED", "never")

COVERED = [
    Row(
        says="what is covered is told to nobody of that receiver, and to the others",
        routing=BOTH,
        pushes="0 fire a kind=x covered=ward:z",
        expected="30 desk alert a1",
    ),
    Row(
        says="what is covered no longer is told at once after a quiet time",
        pushes="0 fire a kind=x covered=desk:z v=1\n1000 fire a v=1",
        expected="1000 desk alert a1",
    ),
    Row(
        says="what is covered no longer is told when the interval allows",
        pushes="0 fire a kind=x covered=desk:z v=1\n0 fire b kind=x\n100 fire a v=1",
        expected="30 desk alert b1\n330 desk alert a1|b1",
    ),
    Row(
        says="what is covered no longer is told at once where its group said nothing",
        pushes="0 fire a kind=x covered=desk:z v=1\n100 fire a v=1",
        expected="100 desk alert a1",
    ),
    Row(
        says="what another covers instead is still covered",
        pushes="0 fire a kind=x covered=desk:z v=1\n1000 fire a covered=desk:y v=1",
        expected="",
    ),
    Row(
        says="what is covered no longer and has changed is told at once with what changed, and once",
        pushes="0 fire a kind=x covered=desk:z\n1000 fire a",
        expected="1000 desk alert a2",
    ),
    Row(
        says="what was told and is covered since is told its end",
        pushes="0 fire a kind=x\n100 fire a covered=desk:z\n1000 end a covered=desk:z",
        expected="30 desk alert a1\n1030 desk all_clear a3",
    ),
    Row(
        says="what was covered all its time ends untold",
        pushes="0 fire a kind=x covered=desk:z\n1000 end a covered=desk:z",
        expected="",
    ),
    Row(
        says="a duty is told though it is covered",
        pushes="0 fire a kind=x duty covered=desk:z",
        expected="0 desk duty a1",
    ),
    Row(
        says="what is covered and silent waits for both to end",
        pushes='0 silence s {kind="x"} for=10m\n1 fire a kind=x covered=desk:z v=1\n100 fire a v=1',
        expected="600 desk alert a1",
    ),
    Row(
        says="a silence that ends lets nothing speak that is covered",
        pushes='0 silence s {kind="x"} for=10m\n1 fire a kind=x covered=desk:z v=1\n1000 fire a v=1',
        expected="1000 desk alert a1",
    ),
    Row(
        says="nobody is called for what is covered, until it is so no longer",
        routing=calling(),
        pushes="0 fire a kind=x v=1\n100 fire a covered=desk:z v=1\n1000 fire a v=1",
        expected="30 desk alert a1\n1000 desk escalation a1",
        until=2000,
    ),
    Row(
        says="a call comes in its time where what covered it is over by then",
        routing=calling(),
        pushes="0 fire a kind=x v=1\n100 fire a covered=desk:z v=1\n200 fire a v=1",
        expected="30 desk alert a1\n930 desk escalation a1",
        until=1000,
    ),
    Row(
        says="what is covered is not named as standing and not repeated",
        routing="{route: {receiver: d, group_by: [kind], repeat_interval: 10m}, receivers: [{name: d, audience: {mandatory: true}}]}",
        pushes="0 fire a kind=x v=1\n40 fire a covered=d:z v=1\n400 fire b kind=x",
        expected="30 d alert a1\n430 d alert b1\n1030 d reminder |b1",
        until=1100,
    ),
    Row(
        says="what was told before it was covered is told again where it is asked, and once",
        pushes="0 fire a kind=x v=1\n400 fire a covered=desk:z v=1\n1000 fire a again=desk v=1\n2000 fire a again=desk v=1",
        expected="30 desk alert a1\n1000 desk update a1",
    ),
    Row(
        says="what was told before it was covered is not told again where it is not asked",
        pushes="0 fire a kind=x v=1\n400 fire a covered=desk:z v=1\n1000 fire a again=ward v=1",
        expected="30 desk alert a1",
    ),
    Row(
        says="what waits to be told again is named as it is known meanwhile",
        routing="{route: {receiver: d, group_by: [kind], group_interval: 1h, repeat_interval: 10m}, receivers: [{name: d, audience: {}}]}",
        pushes="0 fire a kind=x v=3\n40 fire a covered=d:z v=3\n400 fire a again=d v=3",
        expected="30 d alert a3\n630 d reminder |a3",
        until=700,
    ),
]

SUPERSEDED = [
    Row(
        says="the end of what another took the place of is told to nobody",
        pushes="0 fire a kind=x\n100 end a as=unknown",
        expected="30 desk alert a1",
    ),
    Row(
        says="the end of a duty that another took the place of is told to nobody",
        pushes="0 fire a kind=x duty\n100 end a as=unknown",
        expected="0 desk duty a1",
    ),
    Row(
        says="nobody is called for what another took the place of",
        routing=calling(),
        pushes="0 fire a kind=x\n100 end a as=unknown",
        expected="30 desk alert a1",
    ),
    Row(
        says="an end told to nobody does not wait for the morning",
        routing=TWO.replace("MUTED", "always"),
        pushes="0 fire a kind=x\n100 end a as=unknown",
        expected="30 desk alert a1",
    ),
    Row(
        says="an end that is no good news is an update to those who were told",
        pushes="0 fire a kind=x\n100 end a as=update",
        expected="30 desk alert a1\n330 desk update a2",
    ),
    Row(
        says="ends of three sorts are three messages",
        pushes="0 fire a kind=x\n0 fire b kind=x\n0 fire c kind=x\n100 end a as=correction\n100 end b as=update\n100 end c",
        expected="30 desk digest a1,b1,c1\n330 desk all_clear c2\n330 desk update b2\n330 desk correction a2",
    ),
]

ROWS = [*COVERED, *SUPERSEDED]
