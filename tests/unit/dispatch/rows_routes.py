"""Behaviours of routes and receivers, and of a routing file that changes."""

from __future__ import annotations

from tests.unit.dispatch.world import Row

TREE = """
route:
  receiver: desk
  group_by: [kind]
  routes:
    - {matchers: ['kind="defect"'], receiver: chain, continue: true}
    - matchers: ['kind=~"defect|device"']
      receiver: hospital
      group_wait: 10s
      routes:
        - {matchers: ['class="i"'], receiver: director}
        - {matchers: ['class="ii"']}
    - {match: {kind: stop}, match_re: {area: "7[5-8]"}, receiver: region}
    - {matchers: ['"pièce jointe"="oui"', 'kind!="defect"'], receiver: region}
    - {matchers: ['kind="twice"'], receiver: region, continue: true}
    - {matchers: ['kind="twice"', 'area!="1"'], receiver: region, continue: true}
    - {matchers: ['kind="twice"'], receiver: chain}
    - {matchers: ['kind="quiet"'], receiver: nobody}
    - {matchers: ['kind="mixed"'], receiver: chain, continue: true}
    - {matchers: ['kind="mixed"'], receiver: unsaid}
    - {matchers: ['kind="bulky"'], receiver: bulky}
receivers:
  - {name: desk, audience: {kinds: [officer]}}
  - {name: chain, audience: {kinds: [wholesaler]}}
  - {name: hospital, audience: {kinds: [hospital]}}
  - {name: director, audience: {kinds: [director]}}
  - {name: region, audience: {kinds: [officer], regions: ["11"]}}
  - {name: unsaid, audience: {kinds: [physician]}, send_resolved: false}
  - {name: bulky, audience: {kinds: [physician]}, lane: bulk}
  - {name: nobody}
"""


def one(receiver: str, more: str = "") -> str:
    """A file with one route to one receiver."""
    return f"""
route: {{receiver: {receiver}, group_by: [kind]{more}}}
receivers: [{{name: {receiver}, audience: {{kinds: [{receiver}]}}}}]
"""


TWO = """
route:
  receiver: desk
  group_by: [kind]
  routes: [{matchers: ['kind="x"'], receiver: region, continue: true}, {matchers: ['kind="x"']}]
receivers: [{name: desk, audience: {kinds: [desk]}}, {name: region, audience: {kinds: [region]}}]
"""
SHIFTED = """
route:
  receiver: desk
  group_by: [kind]
  routes:
    - {matchers: ['kind="new"'], receiver: region}
    - {matchers: ['kind="x"'], receiver: region, continue: true}
    - {matchers: ['kind="x"']}
receivers: [{name: region, audience: {kinds: [region]}}, {name: desk, audience: {kinds: [desk]}}]
"""

ROUTES = [
    Row(says="what no route takes falls to the first", routing=TREE, pushes="0 fire a kind=other", expected="30 desk alert a1"),
    Row(
        says="continue goes on to the next that matches",
        routing=TREE,
        pushes="0 fire a kind=defect",
        expected="10 hospital alert a1\n30 chain alert a1",
    ),
    Row(
        says="without continue the first that matches takes it",
        routing=TREE,
        pushes="0 fire a kind=device",
        expected="10 hospital alert a1",
    ),
    Row(says="the deepest route takes it", routing=TREE, pushes="0 fire a kind=device class=i", expected="10 director alert a1"),
    Row(
        says="a route inherits what it does not say", routing=TREE, pushes="0 fire a kind=device class=ii", expected="10 hospital alert a1"
    ),
    Row(says="a pattern must match the whole value", routing=TREE, pushes="0 fire a kind=defective", expected="30 desk alert a1"),
    Row(says="match and match_re hold together", routing=TREE, pushes="0 fire a kind=stop area=75", expected="30 region alert a1"),
    Row(says="match alone is not enough beside match_re", routing=TREE, pushes="0 fire a kind=stop area=751", expected="30 desk alert a1"),
    Row(says="a pattern does not match an absent label", routing=TREE, pushes="0 fire a kind=stop", expected="30 desk alert a1"),
    Row(
        says="two routes to one receiver are one message, by the first",
        routing=TREE,
        pushes="0 fire a kind=twice",
        expected="30 chain alert a1\n30 region alert a1",
    ),
    Row(
        says="brothers with other matchers are other groups of one receiver",
        routing=TREE,
        pushes="0 fire a kind=twice area=1\n0 fire b kind=twice area=1",
        expected="30 chain digest a1,b1\n30 region digest a1,b1",
    ),
    Row(says="a receiver without an audience is nobody", routing=TREE, pushes="0 fire a kind=quiet\n100 end a", expected=""),
    Row(
        says="a duty that a route would tell nobody goes to the first receiver",
        routing=TREE,
        pushes="0 fire a kind=quiet duty",
        expected="0 desk duty a1",
    ),
    Row(
        says="send_resolved is each receiver's own",
        routing=TREE,
        pushes="0 fire a kind=mixed\n100 end a",
        expected="30 unsaid alert a1\n30 chain alert a1\n330 chain all_clear a2",
    ),
    Row(
        says="after an unsaid end the next beginning is an alert",
        routing=TREE,
        pushes="0 fire a kind=mixed\n100 end a\n1000 fire a",
        expected="30 unsaid alert a1\n30 chain alert a1\n330 chain all_clear a2\n1030 unsaid alert a3\n1030 chain alert a3",
    ),
    Row(
        says="a receiver's lane is that of all its messages",
        routing=TREE,
        pushes="0 fire a kind=bulky lane=urgent\n0 fire b kind=bulky",
        expected="30 bulky digest a1,b1 bulk",
    ),
    Row(
        says="a duty is told to each receiver it falls to",
        routing=TREE,
        pushes="0 fire a kind=defect duty",
        expected="0 chain duty a1\n0 hospital duty a1",
    ),
]

CHANGED = [
    Row(
        says="the same file again tells nothing again",
        routing=TWO,
        pushes="0 fire a kind=x\n100 route first\n200 route first",
        expected="30 desk alert a1\n30 region alert a1",
    ),
    Row(
        says="a route that moves in the file tells nothing again",
        routing=TWO,
        files={"next": SHIFTED},
        pushes="0 fire a kind=x\n100 route next\n1000 end a",
        expected="30 desk alert a1\n30 region alert a1\n1030 desk all_clear a2\n1030 region all_clear a2",
    ),
    Row(
        says="a new receiver hears of what stands",
        routing=one("desk"),
        files={"next": TWO},
        pushes="0 fire a kind=x\n100 route next",
        expected="30 desk alert a1\n130 region alert a1",
    ),
    Row(
        says="a receiver that is no more hears the end",
        routing=TWO,
        files={"next": one("desk")},
        pushes="0 fire a kind=x\n100 route next\n1000 end a",
        expected="30 desk alert a1\n30 region alert a1\n1000 region all_clear a2\n1030 desk all_clear a2",
    ),
    Row(
        says="a receiver that is no more hears how it goes on",
        routing=TWO,
        files={"next": one("desk")},
        pushes="0 fire a kind=x\n100 route next\n1000 fire a",
        expected="30 desk alert a1\n30 region alert a1\n1000 region update a2\n1030 desk update a2",
    ),
    Row(
        says="a receiver that is no more is not told what is new, and not reminded",
        routing=TWO,
        files={"next": one("desk", ", repeat_interval: 30m")},
        pushes="0 fire a kind=x\n100 route next\n1000 fire b kind=x",
        expected="30 desk alert a1\n30 region alert a1\n1030 desk alert b1|a1\n2830 desk reminder |a1,b1",
        until=3000,
    ),
    Row(
        says="a receiver that is no more is not reminded",
        routing=TWO.replace("[kind]", "[kind]\n  repeat_interval: 10m"),
        files={"next": one("desk", ", repeat_interval: 10m")},
        pushes="0 fire a kind=x\n100 route next",
        expected="30 desk alert a1\n30 region alert a1\n630 desk reminder |a1",
        until=700,
    ),
    Row(
        says="what waits when the file changes is told by the new one",
        routing=one("desk"),
        files={"next": one("other")},
        pushes="0 fire a kind=x\n10 route next",
        expected="40 other alert a1",
    ),
    Row(
        says="another grouping tells nothing again",
        routing=one("desk"),
        files={"next": one("desk").replace("[kind]", "['...']")},
        pushes="0 fire a kind=x n=1\n0 fire b kind=x n=2\n100 route next\n1000 end a\n1000 end b",
        expected="30 desk digest a1,b1\n1030 desk all_clear a2\n1030 desk all_clear b2",
    ),
    Row(
        says="reminders go on in another grouping",
        routing=one("desk", ", repeat_interval: 10m"),
        files={"next": one("desk", ", repeat_interval: 10m").replace("[kind]", "['...']")},
        pushes="0 fire a kind=x n=1\n100 route next",
        expected="30 desk alert a1\n630 desk reminder |a1",
        until=700,
    ),
    Row(
        says="an inhibition that is no more lets speak",
        routing=one("desk") + "inhibit_rules: [{source_match: {s: major}, target_match: {s: minor}}]",
        files={"next": one("desk")},
        pushes="0 fire a kind=x s=major\n0 fire b kind=y s=minor\n1000 route next",
        expected="30 desk alert a1\n1030 desk alert b1",
    ),
    Row(
        says="a duty is told at once to a receiver that is new",
        routing=one("desk"),
        files={"next": TWO},
        pushes="0 fire a kind=x duty\n100 route next",
        expected="0 desk duty a1\n100 region duty a1",
    ),
    Row(
        says="a silence outlives a change of the file",
        routing=one("desk"),
        files={"next": TWO},
        pushes='0 silence s {kind="x"} for=10m\n1 fire a kind=x\n100 route next',
        expected="600 desk alert a1\n600 region alert a1",
    ),
]

ROWS = [*ROUTES, *CHANGED]
