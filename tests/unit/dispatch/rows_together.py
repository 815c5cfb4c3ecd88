"""Behaviours of an alert and what covers it that wait for the same instant: whoever hears of the one then is not told the other."""

from __future__ import annotations

from tests.unit.dispatch.rows_called import calling
from tests.unit.dispatch.rows_covered import BOTH, TWO
from tests.unit.dispatch.world import Row

APART = """
route:
  receiver: all
  group_by: [kind]
  repeat_interval: 90d
  routes:
    - {matchers: ['kind="c"'], receiver: chief, continue: true}
    - {matchers: ['kind="c"'], receiver: ward, continue: true, mute_time_intervals: [MUTED]}
    - {matchers: ['kind="x"'], receiver: all}
receivers:
  - {name: all, audience: {kinds: [officer, hospital], mandatory: true}}
  - {name: chief, audience: {kinds: [officer], mandatory: true}}
  - {name: ward, audience: {kinds: [hospital], mandatory: true}}
time_intervals: [{name: always, time_intervals: [{}]}, {name: never, time_intervals: [{years: ['1999']}]}]
"""
"""What covers is told to others than what is covered, who are the same people together."""
FOLLOWERS = """
route:
  receiver: read
  group_by: [kind]
  routes:
    - {receiver: read, continue: true}
    - {matchers: ['kind="c"'], receiver: told, mute_time_intervals: [MUTED]}
receivers:
  - {name: read, audience: {kinds: [hospital]}}
  - {name: told, audience: {kinds: [hospital], mandatory: true}}
time_intervals: [{name: always, time_intervals: [{}]}, {name: never, time_intervals: [{years: ['1999']}]}]
"""
"""All hospitals are told what covers, so those who follow it are not told it as followers."""
ALONE = "{route: {receiver: desk, group_by: [alert], group_wait: 0s}, receivers: [{name: desk, audience: {kinds: [officer]}}]}"
MANY = "\n".join(f"0 fire {n} kind=n{n}" for n in range(30))

ROWS = [
    Row(
        says="of two that are told together the covered one is not told",
        pushes="0 fire c kind=x\n0 fire x kind=x above=desk:c",
        expected="30 desk alert c1",
    ),
    Row(
        says="of two groups told in one instant the covered one is not told, whichever is looked at first",
        pushes="0 fire c kind=b\n0 fire x kind=a above=desk:c\n0 fire d kind=y\n0 fire y kind=z above=desk:d",
        expected="30 desk alert c1\n30 desk alert d1",
    ),
    Row(
        says="what covers and comes in an instant among many is told in it though they take several ticks",
        pushes=f"0 fire x kind=a above=desk:c\n{MANY}\n0 fire c kind=z",
        expected="\n".join(
            [*(f"30 desk alert {n}1" for n in (0, 1, *range(10, 20), *range(2, 3), *range(20, 26))), "30 desk alert c1"]
            + [f"30 desk alert {n}1" for n in (26, 27, 28, 29, *range(3, 10))]
        ),
    ),
    Row(
        says="what was held back for what covers it returns when that ends",
        pushes="0 fire c kind=c v=1\n0 fire x kind=x above=desk:c v=1\n400 end c\n400 fire x v=1",
        expected="30 desk alert c1\n400 desk alert x1\n430 desk all_clear c2",
    ),
    Row(
        says="what was held back for what covers it stays so while it is told that it is covered",
        pushes="0 fire c kind=c v=1\n0 fire x kind=x above=desk:c v=1\n30.5 fire x covered=desk:c v=1\n400 end c\n500 fire x v=1",
        expected="30 desk alert c1\n430 desk all_clear c2\n500 desk alert x1",
    ),
    Row(
        says="what is told to the others is told though for one receiver it is covered in that instant",
        routing=BOTH,
        pushes="0 fire c kind=x\n0 fire x kind=x above=ward:c",
        expected="30 ward alert c1\n30 desk digest c1,x1",
    ),
    Row(
        says="what covers and is silent covers nothing in its instant",
        pushes='0 silence s {n="1"} for=1h\n0 fire c kind=x n=1\n0 fire x kind=x n=2 above=desk:c',
        expected="30 desk alert x1",
        until=3000,
    ),
    Row(
        says="what covers and is silent now, and comes when that ends, is not told before",
        pushes='0 silence s {n="1"} for=10m\n0 fire c kind=c n=1\n500 fire x kind=x n=2 above=desk:c\n700 fire d kind=c',
        expected="530 desk alert x1\n600 desk alert c1\n730 desk alert d1|c1",
    ),
    Row(
        says="two that a silence held back are told in one instant, the covered one not",
        pushes='0 silence s {n="1"} for=10m\n0 fire c kind=c n=1\n0 fire x kind=x n=1 above=desk:c',
        expected="600 desk alert c1",
    ),
    Row(
        says="what covers and is muted covers nothing in its instant",
        routing=TWO.replace("MUTED", "always"),
        pushes="0 fire c kind=x\n0 fire x kind=x above=desk:c@ward",
        expected="30 desk digest c1,x1",
    ),
    Row(
        says="what covers and waits longer covers nothing before it is told",
        pushes="0 fire x kind=x above=desk:c\n10 fire c kind=c",
        expected="30 desk alert x1\n40 desk alert c1",
    ),
    Row(
        says="what covers and ends in its wait covers nothing",
        pushes="0 fire c kind=c\n0 fire x kind=x above=desk:c\n20 end c",
        expected="30 desk alert x1",
    ),
    Row(
        says="a duty is told though what covers it is told in that instant",
        pushes="0 fire c kind=x\n30 fire x kind=x above=desk:c duty",
        expected="30 desk duty x1\n30 desk alert c1|x1",
    ),
    Row(
        says="what covers is told to others who are the same people: told to all of them it covers",
        routing=APART.replace("MUTED", "never"),
        pushes="0 fire c kind=c\n0 fire x kind=x above=all:c@chief+ward",
        expected="30 ward alert c1\n30 chief alert c1",
    ),
    Row(
        says="what covers is told to others who are the same people: told to some of them it does not",
        routing=APART.replace("MUTED", "always"),
        pushes="0 fire c kind=c\n0 fire x kind=x above=all:c@chief+ward",
        expected="30 chief alert c1\n30 all alert x1",
    ),
    Row(
        says="followers of what all are told anyway are told it with all",
        routing=FOLLOWERS.replace("MUTED", "never"),
        pushes="0 fire c kind=c\n0 fire x kind=x above=read:c@read+told",
        expected="30 told alert c1\n30 read alert c1",
    ),
    Row(
        says="followers of what all are to be told later have not heard of it",
        routing=FOLLOWERS.replace("MUTED", "always"),
        pushes="0 fire c kind=c\n0 fire x kind=x above=read:c@read+told",
        expected="30 read alert c1\n30 read alert x1",
    ),
    Row(
        says="what could be told in the step it comes in waits for what covers it, if that is to be told in this instant",
        routing=ALONE.replace("group_wait: 0s", "group_wait: 0s, group_interval: 0s, routes: [{matchers: ['kind=c'], group_wait: 30s}]"),
        pushes="0 fire c alert=c kind=c\n30 fire x alert=x kind=x above=desk:c v=1\n"
        "30.0005 fire x alert=x kind=x covered=desk:c v=1\n400 fire x alert=x kind=x v=1",
        expected="30 desk alert c1\n400 desk alert x1",
    ),
    Row(
        says="the next version of what is known is not told with what covers it",
        pushes="0 fire x kind=x\n400 fire c kind=c\n400 fire x above=desk:c\n500 fire x covered=desk:c v=2\n1000 end x covered=desk:c",
        expected="30 desk alert x1\n430 desk alert c1\n1030 desk all_clear x3",
    ),
    Row(
        says="what is known is not repeated in the instant in which what covers it is told",
        routing="{route: {receiver: d, group_by: [kind], repeat_interval: 10m}, receivers: [{name: d, audience: {kinds: [officer]}}]}",
        pushes="0 fire x kind=x above=d:c\n600 fire c kind=c",
        expected="30 d alert x1\n630 d alert c1",
        until=700,
    ),
    Row(
        says="nobody is called for an alert in the instant in which what covers it is told",
        routing=calling(),
        pushes="0 fire x kind=x above=desk:c\n900 fire c kind=c",
        expected="30 desk alert x1\n930 desk alert c1",
        until=1000,
    ),
]
