"""Behaviours of duties: told at once, whatever holds back the rest."""

from __future__ import annotations

from tests.unit.dispatch.rows_held import REPEAT, inhibiting
from tests.unit.dispatch.world import Row

TWO = """
route:
  receiver: chain
  group_by: [kind]
  routes: [{receiver: chain, continue: true}, {receiver: followers, mute_time_intervals: [MUTED]}]
receivers:
  - {name: chain, audience: {kinds: [wholesaler], mandatory: true}}
  - {name: followers, audience: {kinds: [physician]}, duties: false}
inhibit_rules: [{source_matchers: ['severity="major"'], target_matchers: ['severity="minor"'], equal: [area]}]
time_intervals: [{name: always, time_intervals: [{}]}, {name: never, time_intervals: [{years: ['1999']}]}]
"""
APART = TWO.replace("MUTED", "never")
"""The supply chain must be told by law, followers need not be."""
WITHOUT = """
route: {receiver: chain, group_by: [kind]}
receivers: [{name: chain, audience: {kinds: [wholesaler], mandatory: true}}]
"""
ALL_DUTIES = APART.replace(", duties: false", "")

APARTS = [
    Row(
        says="who need not be told by law is told a duty in time and in groups",
        routing=APART,
        pushes="0 fire a kind=x duty\n1 fire b kind=x duty",
        expected="0 chain duty a1\n1 chain duty b1\n30 followers digest a1,b1",
    ),
    Row(
        says="a silence holds a duty for who need not be told by law alone",
        routing=APART,
        pushes='0 silence s {kind="x"} for=10m\n1 fire a kind=x duty',
        expected="1 chain duty a1\n600 followers alert a1",
    ),
    Row(
        says="another alert holds back a duty for who need not be told by law alone",
        routing=APART,
        pushes="0 fire s kind=s severity=major area=1\n1 fire t kind=t severity=minor area=1 duty",
        expected="1 chain duty t1\n30 followers alert s1\n30 chain alert s1",
    ),
    Row(
        says="the calendar holds a duty for who need not be told by law alone",
        routing=TWO.replace("MUTED", "always"),
        pushes="0 fire a kind=x duty",
        expected="0 chain duty a1",
    ),
    Row(
        says="the end of a duty comes in time to who need not be told by law",
        routing=APART,
        pushes="0 fire a kind=x duty\n100 end a",
        expected="0 chain duty a1\n30 followers alert a1\n100 chain all_clear a2\n330 followers all_clear a2",
    ),
    Row(
        says="what becomes a duty is not told again to who need not be told by law",
        routing=APART,
        pushes="0 fire a kind=x v=1\n100 fire a duty v=1",
        expected="30 followers alert a1\n30 chain alert a1\n100 chain duty a1",
    ),
    Row(
        says="who must be told by another file is told at once what they heard as followers",
        routing=APART,
        files={"law": ALL_DUTIES},
        pushes="0 fire a kind=x duty\n100 route law",
        expected="0 chain duty a1\n30 followers alert a1\n100 followers duty a1",
    ),
    Row(
        says="who need not be told by law is told nothing again because their receiver is no more",
        routing=APART,
        files={"without": WITHOUT},
        pushes='0 fire a kind=x duty\n100 route without\n200 silence s {kind="x"} for=10m confirmed\n300 fire a duty',
        expected="0 chain duty a1\n30 followers alert a1\n300 chain duty a2\n800 followers update a2",
    ),
    Row(
        says="who must be told by law is told the next version as a duty though their receiver is no more",
        routing=ALL_DUTIES,
        files={"without": WITHOUT},
        pushes='0 fire a kind=x duty\n100 route without\n200 silence s {kind="x"} for=10m confirmed\n300 fire a duty',
        expected="0 chain duty a1\n0 followers duty a1\n300 followers duty a2\n300 chain duty a2",
    ),
]

ROWS = [
    *APARTS,
    Row(says="a duty is told at once", pushes="0 fire a kind=x duty", expected="0 desk duty a1"),
    Row(says="duties are not grouped", pushes="0 fire a kind=x duty\n0 fire b kind=x duty", expected="0 desk duty a1\n0 desk duty b1"),
    Row(says="a duty is never silenced", pushes='0 silence s {kind="x"} for=1h\n1 fire a kind=x duty', expected="1 desk duty a1"),
    Row(
        says="a duty is never inhibited",
        routing=inhibiting(),
        pushes="0 fire s kind=s severity=major area=1\n1 fire t kind=t severity=minor area=1 duty",
        expected="1 desk duty t1\n30 desk alert s1",
    ),
    Row(says="the end of a duty is told at once", pushes="0 fire a kind=x duty\n10 end a", expected="0 desk duty a1\n10 desk all_clear a2"),
    Row(
        says="each version of a duty is told at once",
        pushes="0 fire a kind=x duty\n1 fire a duty",
        expected="0 desk duty a1\n1 desk duty a2",
    ),
    Row(says="a version of a duty is told once", pushes="0 fire a kind=x duty v=1\n1 fire a duty v=1", expected="0 desk duty a1"),
    Row(
        says="a duty that only changes its labels is not told again",
        pushes="0 fire a kind=x duty v=1\n10 fire a kind=y duty v=1",
        expected="0 desk duty a1",
    ),
    Row(
        says="what becomes a duty is told at once, though it was told before",
        pushes="0 fire a kind=x v=1\n100 fire a duty v=1",
        expected="30 desk alert a1\n100 desk duty a1",
    ),
    Row(
        says="what becomes a duty while silent is told at once, and once",
        pushes='0 silence s {kind="x"} for=10m\n1 fire a kind=x\n100 fire a duty',
        expected="100 desk duty a2",
    ),
    Row(
        says="a silence with an open duty is refused unless confirmed",
        pushes='0 fire a kind=x duty\n1 silence s {kind="x"} for=1h\n2 fire b kind=x',
        expected="0 desk duty a1\n32 desk alert b1|a1",
    ),
    Row(
        says="a silence with a duty that waits for its release is refused unless confirmed",
        pushes='0 silence s {kind="x"} for=1h waiting=a\n1 fire b kind=x',
        expected="31 desk alert b1",
    ),
    Row(
        says="a confirmed silence with a duty that waits for its release holds the rest, not the duty once it is released",
        pushes='0 silence s {kind="x"} for=1h waiting=a confirmed\n1 fire b kind=x\n10 fire a kind=x duty',
        expected="10 desk duty a1",
        until=3000,
    ),
    Row(
        says="a confirmed silence with an open duty holds the rest, not the duty",
        pushes='0 fire a kind=x duty\n1 silence s {kind="x"} for=1h confirmed\n2 fire b kind=x\n3 fire a duty',
        expected="0 desk duty a1\n3 desk duty a2",
        until=3000,
    ),
    Row(
        says="a duty that stands is repeated, silence or not",
        routing=REPEAT,
        pushes='0 fire a kind=x duty\n1 silence s {kind="x"} for=1h confirmed',
        expected="0 desk duty a1\n600 desk reminder |a1",
        until=700,
    ),
]
