"""Behaviours of escalation: further people are called, step by step, until somebody acknowledges."""

from __future__ import annotations

from tests.unit.dispatch.world import PLAIN, Row


def calling(until: str = "", repeat: str = "4h") -> str:
    """Two steps, after 15 and after another 30 minutes."""
    return f"""
route: {{receiver: desk, group_by: [kind], repeat_interval: {repeat}}}
receivers:
  - name: desk
    audience: {{kinds: [officer]}}
    escalation:
      - {{wait: 15m, audience: {{kinds: [deputy]}}, channels: [sms]{until}}}
      - {{wait: 30m, audience: {{kinds: [director]}}{until}}}
"""


ROWS = [
    Row(
        says="nobody acknowledges: all are called in turn",
        routing=calling(),
        pushes="0 fire a kind=x",
        expected="30 desk alert a1\n930 desk escalation a1\n2730 desk escalation a1",
        until=9000,
    ),
    Row(
        says="who acknowledges in time spares the others",
        routing=calling(),
        pushes="0 fire a kind=x\n100 ack p_1 a",
        expected="30 desk alert a1",
    ),
    Row(
        says="who acknowledges after the first call spares the second",
        routing=calling(),
        pushes="0 fire a kind=x\n1000 ack p_2 a",
        expected="30 desk alert a1\n930 desk escalation a1",
    ),
    Row(
        says="a notice can be acknowledged instead of its alert",
        routing=calling(),
        pushes="0 fire a kind=x\n100 ack p_1 #1",
        expected="30 desk alert a1",
    ),
    Row(
        says="a call can be acknowledged",
        routing=calling(),
        pushes="0 fire a kind=x\n1000 ack p_2 #2",
        expected="30 desk alert a1\n930 desk escalation a1",
    ),
    Row(
        says="an earlier call can be acknowledged after the next",
        routing=calling().replace("      - {wait: 30m", "      - {wait: 30m, audience: {kinds: [board]}}\n      - {wait: 30m"),
        pushes="0 fire a kind=x\n3000 ack p_1 #2",
        expected="30 desk alert a1\n930 desk escalation a1\n2730 desk escalation a1",
        until=9000,
    ),
    Row(
        says="three steps are three calls",
        routing=calling().replace("      - {wait: 30m", "      - {wait: 30m, audience: {kinds: [board]}}\n      - {wait: 30m"),
        pushes="0 fire a kind=x",
        expected="30 desk alert a1\n930 desk escalation a1\n2730 desk escalation a1\n4530 desk escalation a1",
        until=9000,
    ),
    Row(
        says="whom an earlier call reached is nothing to the next",
        routing=calling(", until: each"),
        pushes="0 fire a kind=x\n950 reach #1 p_1\n1000 ack p_1 a",
        expected="30 desk alert a1\n930 desk escalation a1\n2730 desk escalation a1",
    ),
    Row(
        says="an acknowledgement of something else is nothing",
        routing=calling(),
        pushes="0 fire a kind=x\n100 ack p_1 b",
        expected="30 desk alert a1\n930 desk escalation a1",
        until=1000,
    ),
    Row(
        says="nobody is called for what is over",
        routing=calling(),
        pushes="0 fire a kind=x\n100 end a",
        expected="30 desk alert a1\n330 desk all_clear a2",
    ),
    Row(
        says="nobody is called for what is over though it was not told yet",
        routing=calling().replace("[kind]", "[kind], group_interval: 1h"),
        pushes="0 fire a kind=x\n100 end a",
        expected="30 desk alert a1\n3630 desk all_clear a2",
        until=4000,
    ),
    Row(
        says="nobody is called for what is over though it moved to another group after it was told",
        routing=calling(),
        pushes="0 fire a kind=x\n100 fire a kind=y\n200 end a\n700 ack p_1 a",
        expected="30 desk alert a1\n130 desk update a2\n430 desk all_clear a3",
        until=9000,
    ),
    Row(
        says="each: one of two is not enough",
        routing=calling(", until: each"),
        pushes="0 fire a kind=x\n60 reach #1 p_1,p_2\n100 ack p_1 a",
        expected="30 desk alert a1\n930 desk escalation a1",
        until=1000,
    ),
    Row(
        says="each: both are enough",
        routing=calling(", until: each"),
        pushes="0 fire a kind=x\n60 reach #1 p_1,p_2\n100 ack p_1 a\n200 ack p_2 a",
        expected="30 desk alert a1",
    ),
    Row(
        says="each: who acknowledged before it was known whom it reached counts",
        routing=calling(", until: each"),
        pushes="0 fire a kind=x\n50 ack p_1 a\n60 reach #1 p_1",
        expected="30 desk alert a1",
    ),
    Row(
        says="each: while it is not known whom it reached, it goes on",
        routing=calling(", until: each"),
        pushes="0 fire a kind=x\n100 ack p_1 a",
        expected="30 desk alert a1\n930 desk escalation a1",
        until=1000,
    ),
    Row(
        says="n of m: fewer are not enough",
        routing=calling(", until: n_of_m, n: 2"),
        pushes="0 fire a kind=x\n100 ack p_1 a\n200 ack p_1 a",
        expected="30 desk alert a1\n930 desk escalation a1",
        until=1000,
    ),
    Row(
        says="n of m: as many as asked are enough",
        routing=calling(", until: n_of_m, n: 2"),
        pushes="0 fire a kind=x\n100 ack p_1 a\n200 ack p_2 a",
        expected="30 desk alert a1",
    ),
    Row(
        says="a chain keeps the steps it began with",
        routing=calling(),
        files={"next": PLAIN},
        pushes="0 fire a kind=x\n100 route next",
        expected="30 desk alert a1\n930 desk escalation a1\n2730 desk escalation a1",
    ),
    Row(
        says="a chain of another file begins with the next alert",
        routing=PLAIN,
        files={"next": calling()},
        pushes="0 fire a kind=x\n100 route next\n1000 fire b kind=x",
        expected="30 desk alert a1\n1030 desk alert b1|a1\n1930 desk escalation b1",
        until=2000,
    ),
    Row(
        says="a silence holds a call until it ends",
        routing=calling(),
        pushes='0 fire a kind=x\n100 silence s {kind="x"} for=30m',
        expected="30 desk alert a1\n1900 desk escalation a1",
        until=2000,
    ),
    Row(
        says="a silence ended early lets the call go at once",
        routing=calling(),
        pushes='0 fire a kind=x\n100 silence s {kind="x"} for=3h\n1000 unsilence s',
        expected="30 desk alert a1\n1000 desk escalation a1",
        until=2000,
    ),
    Row(
        says="an inhibition that ends lets the call go at once",
        routing=calling() + "inhibit_rules: [{source_match: {s: major}, target_match: {s: minor}}]",
        pushes="0 fire a kind=x s=minor\n100 fire b kind=y s=major\n120 ack p_1 b\n1000 end b",
        expected="30 desk alert a1\n130 desk alert b1\n1000 desk escalation a1\n1030 desk all_clear b2",
        until=1029 + 1,
    ),
    Row(
        says="a duty is called for though a silence matches",
        routing=calling(),
        pushes='0 fire a kind=x duty\n100 silence s {kind="x"} for=3h confirmed',
        expected="0 desk duty a1\n900 desk escalation a1",
        until=1000,
    ),
    Row(
        says="of a digest only what stands is called for",
        routing=calling(),
        pushes="0 fire a kind=x\n0 fire b kind=x\n100 end a",
        expected="30 desk digest a1,b1\n330 desk all_clear a2\n930 desk escalation b1",
        until=1000,
    ),
    Row(
        says="a late joiner has a chain of its own",
        routing=calling(),
        pushes="0 fire a kind=x\n40 fire b kind=x\n400 ack p_1 a",
        expected="30 desk alert a1\n330 desk alert b1|a1\n1230 desk escalation b1",
        until=1300,
    ),
    Row(
        says="an update begins no second chain",
        routing=calling(),
        pushes="0 fire a kind=x\n40 fire a",
        expected="30 desk alert a1\n330 desk update a2\n930 desk escalation a2",
        until=1300,
    ),
    Row(
        says="an update of what was acknowledged calls nobody",
        routing=calling(),
        pushes="0 fire a kind=x\n100 ack p_1 a\n400 fire a",
        expected="30 desk alert a1\n430 desk update a2",
    ),
    Row(
        says="an update of what nobody acknowledged calls anew",
        routing=calling(),
        pushes="0 fire a kind=x\n3000 fire a",
        expected="30 desk alert a1\n930 desk escalation a1\n2730 desk escalation a1\n3030 desk update a2\n3930 desk escalation a2",
        until=4000,
    ),
    Row(
        says="each version of a duty is called for",
        routing=calling(),
        pushes="0 fire a kind=x duty\n100 ack p_1 a\n400 fire a duty",
        expected="0 desk duty a1\n400 desk duty a2\n1300 desk escalation a2",
        until=2000,
    ),
    Row(
        says="an acknowledgement of one receiver leaves the chain of another",
        routing=calling().replace("[kind],", "[kind], routes: [{receiver: desk, continue: true}, {receiver: ward}],")
        + "  - {name: ward, audience: {}, escalation: [{wait: 20m, audience: {}}]}",
        pushes="0 fire a kind=x\n100 ack p_1 #2",
        expected="30 ward alert a1\n30 desk alert a1\n1230 ward escalation a1",
    ),
    Row(
        says="a reminder begins no chain",
        routing=calling(repeat="20m"),
        pushes="0 fire a kind=x\n100 ack p_1 a",
        expected="30 desk alert a1\n1230 desk reminder |a1\n2430 desk reminder |a1",
        until=3000,
    ),
    Row(
        says="what comes back after its end is called for anew",
        routing=calling(),
        pushes="0 fire a kind=x\n100 end a\n1000 fire a",
        expected="30 desk alert a1\n330 desk all_clear a2\n1030 desk alert a3\n1930 desk escalation a3",
        until=2000,
    ),
]
