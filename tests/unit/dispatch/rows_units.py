"""Behaviours of what is released to one audience: who is told of it, with what it is grouped, and what it holds back."""

from __future__ import annotations

from tests.unit.dispatch.world import Row

ALL = """
route:
  receiver: desk
  group_by: [kind]
  routes:
    - {receiver: desk, continue: true}
    - {receiver: firms, continue: true}
    - {receiver: chain, continue: true}
    - {receiver: followers, continue: true}
    - {receiver: patients}
receivers:
  - {name: desk, audience: {kinds: [officer], mandatory: true}}
  - {name: firms, audience: {kinds: [company], concerned: true}}
  - {name: chain, audience: {kinds: [wholesaler], mandatory: true}}
  - {name: followers, audience: {kinds: [physician]}}
  - {name: patients, audience: {kinds: [patient]}}
"""

HELD_BACK = """
route: {receiver: desk, group_by: [kind]}
receivers: [{name: desk, audience: {kinds: [officer], mandatory: true}}]
inhibit_rules: [{source_matchers: ['severity="major"'], target_matchers: ['severity="minor"'], equal: [area]}]
"""
FIRMS = HELD_BACK.replace("desk", "firms").replace("kinds: [officer], mandatory", "kinds: [company], concerned")

LATER = """
route: {receiver: patients, routes: [{matchers: ['kind="x"'], receiver: nobody}]}
receivers: [{name: patients, audience: {kinds: [patient]}}, {name: nobody}]
"""

ROWS = [
    Row(
        says="a duty that a route would tell nobody goes to officers, whatever audience it was released to",
        routing=LATER.replace("patient", "officer"),
        pushes="0 fire a kind=x audience=professionals duty",
        expected="0 officers duty a1",
    ),
    Row(
        says="a duty goes to nobody to whom it was not released, though the first receiver is one",
        routing=LATER,
        pushes="0 fire a kind=x audience=professionals duty\n1 fire b kind=x audience=patients duty",
        expected="1 patients duty b1",
    ),
    Row(
        says="what is released to no audience by name is told to every receiver",
        routing=ALL,
        pushes="0 fire a kind=x",
        expected="30 firms alert a1\n30 chain alert a1\n30 followers alert a1\n30 patients alert a1\n30 desk alert a1",
    ),
    Row(
        says="what is released to officers is told to officers alone",
        routing=ALL,
        pushes="0 fire a kind=x audience=officers",
        expected="30 desk alert a1",
    ),
    Row(
        says="what is released to professionals is told to all of them and to nobody else",
        routing=ALL,
        pushes="0 fire a kind=x audience=professionals",
        expected="30 chain alert a1\n30 followers alert a1",
    ),
    Row(
        says="what is released to patients is told to patients alone, and what is for companies to companies",
        routing=ALL,
        pushes="0 fire a kind=x audience=patients\n0 fire b kind=x audience=companies company=lab-a",
        expected="30 firms alert b1\n30 patients alert a1",
    ),
    Row(
        says="an exercise is never told with the real thing",
        routing=ALL,
        pushes="0 fire a kind=x audience=officers nature=actual\n0 fire b kind=x audience=officers nature=exercise\n"
        "0 fire c kind=x audience=officers nature=actual",
        expected="30 desk digest a1,c1\n30 desk alert b1",
    ),
    Row(
        says="followers of one medicine are not told what followers of another are",
        routing=ALL,
        pushes="0 fire a kind=x audience=patients address=1\n0 fire b kind=x audience=patients address=2\n"
        "0 fire c kind=x audience=patients address=1",
        expected="30 patients digest a1,c1\n30 patients alert b1",
    ),
    Row(
        says="no company is told what another is",
        routing=ALL,
        pushes="0 fire a kind=x audience=companies company=lab-a address=1\n0 fire b kind=x audience=companies company=lab-b address=2",
        expected="30 firms alert a1\n30 firms alert b1",
    ),
    Row(
        says="who is told everything is told together, whoever follows it",
        routing=ALL,
        pushes="0 fire a kind=x audience=officers address=1\n0 fire b kind=x audience=officers address=2",
        expected="30 desk digest a1,b1",
    ),
    Row(
        says="an exercise holds back nothing real",
        routing=HELD_BACK,
        pushes="0 fire s kind=s severity=major area=1 nature=exercise\n0 fire t kind=t severity=minor area=1 nature=actual",
        expected="30 desk alert s1\n30 desk alert t1",
    ),
    Row(
        says="an exercise holds back within the exercise",
        routing=HELD_BACK,
        pushes="0 fire s kind=s severity=major area=1 nature=exercise\n0 fire t kind=t severity=minor area=1 nature=exercise",
        expected="30 desk alert s1",
    ),
    Row(
        says="what was not released to an audience holds back nothing there",
        routing=HELD_BACK,
        pushes="0 fire s kind=s severity=major area=1 audience=companies\n0 fire t kind=t severity=minor area=1 audience=officers",
        expected="30 desk alert t1",
    ),
    Row(
        says="what was released to the same audience holds back there",
        routing=HELD_BACK,
        pushes="0 fire s kind=s severity=major area=1 audience=officers\n0 fire t kind=t severity=minor area=1 audience=officers",
        expected="30 desk alert s1",
    ),
    Row(
        says="what one company was told holds back nothing for another",
        routing=FIRMS,
        pushes="0 fire s kind=s severity=major area=1 audience=companies company=lab-a\n"
        "0 fire t kind=t severity=minor area=1 audience=companies company=lab-b\n"
        "0 fire u kind=u severity=minor area=1 audience=companies company=lab-a",
        expected="30 firms alert s1\n30 firms alert t1",
    ),
]
