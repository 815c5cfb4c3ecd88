"""Random lives of a case log: facts, orders, silences and routing files, one after the other, and what was told of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import yaml
from hypothesis import strategies as st

from alertcore.cases import external
from alertcore.cases.units import is_duty
from alertcore.dispatch.posted import Posted, written
from alertcore.dispatch.shipped import SHIPPED
from alertcore.records.alert import Alert, AlertStep, Severity, SignalState
from alertcore.records.defect import DefectClass, DefectProduct, DefectStep, SeriousRisk
from alertcore.records.dispatch import Chain, Silence, SilenceState, Verdicts
from alertcore.records.hub import Command
from alertcore.records.notice import Notice, Receipt
from alertcore.records.shared import Batch, SubjectKind
from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import World, of, product, signal

ROUTES = """
route:
  receiver: officers
  group_by: [kind]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 6d
  routes:
    - {matchers: ['kind=~"defect|falsified"'], receiver: supply_chain, continue: true}
    - {receiver: companies, group_by: [alert], group_wait: 0s, group_interval: 0s, continue: true}
    - {matchers: ['kind=~"shortage|defect"'], receiver: followers, mute_time_intervals: [hours], continue: true}
    - {matchers: ['kind="shortage"'], receiver: patients, continue: true}
    - {matchers: ['kind="hub"'], receiver: quiet, continue: true}
    - {receiver: officers}
receivers:
  - name: officers
    audience: {kinds: [officer], mandatory: true}
    escalation: [{wait: 15m, audience: {kinds: [officer]}, until: any}]
  - {name: quiet, audience: {kinds: [officer], facilities: [o-1], mandatory: true}, send_resolved: false}
  - {name: supply_chain, audience: {kinds: [community_pharmacy, wholesaler], mandatory: true}}
  - {name: companies, audience: {kinds: [company], concerned: true}}
  - {name: followers, audience: {kinds: [physician, community_pharmacy]}, duties: false}
  - {name: patients, audience: {kinds: [patient]}, duties: false}
inhibit_rules:
  - {source_matchers: ['severity="critical"'], target_matchers: ['severity=~"minor|moderate"'], equal: [subject]}
time_intervals:
  - {name: hours, time_intervals: [{times: [{start_time: '09:30', end_time: '12:00'}]}]}
"""
OTHER = ROUTES.replace("group_by: [kind]", "group_by: [subject]").replace(
    "    - {matchers: ['kind=\"hub\"'], receiver: quiet, continue: true}\n", ""
)
FILES: dict[str, dict[str, Any]] = {"first": yaml.safe_load(ROUTES), "other": yaml.safe_load(OTHER), "shipped": SHIPPED}
GATES = [{"kind": "defect", "audience": "patients", "gate": "one"}, {"gate": "automatic"}]
CODES = ("60000001", "60000002", "60000003")
MATCHERS = ('{kind="shortage"}', '{kind=~"defect|falsified"}', '{subject="cis:60000001"}', '{severity=~"minor|moderate"}')
LASTING = MATCHERS[:3]
"""Matchers of labels that an alert never changes."""
FINAL = (AlertStep.RESOLVED, AlertStep.CANCELLED, AlertStep.SUPERSEDED)

Act = tuple[Any, ...]
"""What happens: the name of a method of `Life`, and what it is given."""


class Life:
    """A world under the first routing file. apart: no defect covers another, since no two are of one lot."""

    def __init__(self, *, apart: bool = False) -> None:
        self.world = World(gates=GATES, products=False)
        self.world.settings("routes", FILES["first"])
        for n, cis in enumerate(CODES):
            self.world.feed("reference.products", product(cis, cip13=f"34009{cis}", company=f"lab-{n}"))
        self._apart = apart
        self._last: dict[str, str] = {}

    def live(self, acts: list[tuple[int, Act]]) -> Life:
        """Each some seconds after the one before; then a fortnight passes."""
        for seconds, (name, *given) in acts:
            self.world.wait(timedelta(seconds=seconds))
            getattr(self, name)(*given)
        self.world.wait(timedelta(days=14))
        return self

    def declare(self, medicine: int, company: int, step: DeclarationStep) -> None:
        """A company says how a medicine of its stands."""
        name, cis = f"d{self.world.count}", CODES[medicine]
        key = f"{cis}/{company}"
        before = self._last.get(key)
        self.world.declare(name, f"lab-{company}", cis=cis, step=step, previous_id=before, declared_at=self.world.now)
        self._last[key] = name

    def report(self, number: int, medicine: int, class_: DefectClass, risk: SeriousRisk, step: DefectStep) -> None:
        """A defect of one of few lots, new, judged anew or closed."""
        lot = f"L{number}" if self._apart else "L"
        more: dict[str, Any] = {"product": DefectProduct(name="M", cis=CODES[medicine]), "batches": (Batch(lot=lot),)}
        self.world.report(f"q{number}", class_=class_, serious_risk=risk, step=step, received_at=self.world.now, **more)

    def trouble(self, number: int, severity: Severity, state: SignalState) -> None:
        """The hub itself has trouble."""
        self.world.feed("signal", signal("held", SubjectKind.REPORTER, f"r{number}", state, severity=severity, version=self.world.count))

    def post(self, number: int, minutes: int) -> None:
        """A watch outside posts an alert, or its end."""
        now = self.world.now
        until = now + timedelta(minutes=minutes)
        posted = Posted(labels={"alertname": f"n{number}"}, annotations={"summary": "s"}, since=now, until=until, timeout=True)
        params = {"alerts": written([posted])}
        self.world.feed("command", Command(command_id="p", by="w", action=external.ACTION, target="", at=now, params=params))

    def order(self, action: str, which: int) -> None:
        """An officer orders something on an alert."""
        files = [f for f in self.world.files() if not f.ended] or self.world.files()
        if files:
            text = {"text_fr": "non", "text_en": "no"} if action == "correct" else {}
            self.world.order(action, files[which % len(files)].alert.alert_id, **text)

    def silence(self, matchers: str, minutes: int) -> None:
        """A silence whose author knows of all duties."""
        ends = (self.world.now + timedelta(minutes=minutes)).isoformat()
        given = {"matchers": matchers, "ends": ends, "confirmed": "yes"}
        named: dict[str, Any] = {"command_id": f"s{self.world.count}", "by": "officer-1", "reason": "known"}
        self.world.feed("command", Command(action="silence", target="", at=self.world.now, params=given, **named))

    def expire(self, which: int) -> None:
        """A silence is ended before its time."""
        found = [s.silence_id for s in of(self.world.outs, Silence) if s.state is SilenceState.ACTIVE]
        if found:
            self.world.order("silence_expire", found[which % len(found)])

    def route(self, name: str) -> None:
        """A routing file comes into force."""
        self.world.settings("routes", FILES[name])

    def read(self, which: int, acknowledged: int) -> None:
        """It is counted how many have acknowledged a notice."""
        told = self.notices()
        if told:
            receipt = Receipt(
                notice_id=told[-1 - which % len(told)].notice_id, version=self.world.count, total=2, acknowledged=acknowledged
            )
            self.world.feed("receipt", receipt)

    def duties(self) -> list[Alert]:
        """Alerts that must be told by law, each in the version that is first released to professionals."""
        found: dict[str, Alert] = {}
        for alert in of(self.world.outs, Alert):
            released = alert.release.audiences if alert.release is not None else ()
            if "professionals" in released:
                found.setdefault(alert.alert_id, alert)
        return [a for a in found.values() if is_duty(a, "professionals")]

    def notices(self) -> list[Notice]:
        """What routes told, in order."""
        return [n for n in of(self.world.outs, Notice) if n.receiver]

    def chains(self) -> list[tuple[Verdicts, Chain]]:
        """Every chain of verdicts, in order."""
        return [(v, c) for v in of(self.world.outs, Verdicts) for c in v.chains]

    def ends(self) -> dict[str, int]:
        """The first version of each alert that is its end."""
        found: dict[str, int] = {}
        for alert in of(self.world.outs, Alert):
            if alert.step in FINAL:
                found.setdefault(alert.alert_id, alert.version)
        return found


def lives(*, duties: bool = True, changes: bool = True) -> st.SearchStrategy[list[tuple[int, Act]]]:
    """Ten acts or more, seconds apart.

    duties: some alerts are duties to tell. changes: silences and routing files come and go, and somebody reads what was told.
    """
    acts = [*_facts(duties=duties), *_orders()]
    if changes:
        acts.append(st.tuples(st.just("read"), st.integers(0, 4), st.integers(0, 2)))
        acts.append(st.tuples(st.just("silence"), st.sampled_from(MATCHERS), st.sampled_from([1, 10, 100, 3000])))
        acts.append(st.tuples(st.just("expire"), st.integers(0, 3)))
        acts.append(st.tuples(st.just("route"), st.sampled_from(sorted(FILES))))
    waits = st.sampled_from([0, 1, 10, 60, 300, 1000, 4000])
    return st.lists(st.tuples(waits, st.one_of(acts)), min_size=10, max_size=30)


def _facts(*, duties: bool) -> list[st.SearchStrategy[Act]]:
    risks = [SeriousRisk.UNASSESSED, SeriousRisk.EXCLUDED, *([SeriousRisk.SUSPECTED] * 2 if duties else [])]
    classes = [DefectClass.II, DefectClass.III, *([DefectClass.I] * 2 if duties else [])]
    small = st.integers(0, 1)
    steps = st.sampled_from([DeclarationStep.INITIAL, DeclarationStep.UPDATE, DeclarationStep.RETURN, DeclarationStep.WITHDRAWN])
    defect_steps = st.sampled_from([DefectStep.INITIAL, DefectStep.UPDATE, DefectStep.CLOSED])
    grades = st.sampled_from([Severity.MINOR, Severity.SEVERE, Severity.CRITICAL])
    states = st.sampled_from([SignalState.RAISED, SignalState.CHANGED, SignalState.CLEARED])
    return [
        st.tuples(st.just("declare"), small, small, steps),
        st.tuples(st.just("report"), small, st.just(0), st.sampled_from(classes), st.sampled_from(risks), defect_steps),
        st.tuples(st.just("trouble"), st.integers(0, 1), grades, states),
        st.tuples(st.just("post"), st.integers(0, 1), st.sampled_from([0, 5, 60])),
    ]


def _orders() -> list[st.SearchStrategy[Act]]:
    return [
        st.tuples(st.just("order"), st.sampled_from(["release", "cancel", "correct", "ack"]), st.integers(0, 4)),
    ]
