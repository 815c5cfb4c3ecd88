"""A hub's case log in memory, to feed facts into and look at what comes out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.cases.state import AlertFile
from alertcore.records.alert import Alert, PublishedAlert, Severity, Signal, SignalState
from alertcore.records.defect import DefectClass, DefectProduct, DefectSource, DefectStep, QualityDefect, RecallLevel, SeriousRisk
from alertcore.records.hub import Command, Entry, SettingName, SettingsFile
from alertcore.records.notice import Notice
from alertcore.records.product import Product, Substance
from alertcore.records.rapid import AckLevel, Acknowledgement, RapidAlert
from alertcore.records.shared import Batch, Certainty, Org, OrgScheme, Subject, SubjectKind, Text, When
from alertcore.records.shortage import CircuitState, Declaration, DeclarationStep, DeclaredNature, PublishedStatus
from alertcore.records.stock import Circuit
from schemas.codec import decode, encode
from streams.emitting import Out
from streams.local import LocalShell

NOW = datetime(2026, 1, 26, 9, tzinfo=UTC)
CIS = "60000001"
HOURS = timedelta(hours=1)
INTERVAL = timedelta(minutes=5)
"""Followers and patients of a shortage are told of changes at most so often."""


def org(name: str) -> Org:
    """A company."""
    return Org(id=name, scheme=OrgScheme.AGENCY, name=f"Laboratoire {name}", country="FR")


def product(cis: str = CIS, **fields: Any) -> Product:
    """A presentation of a medicine."""
    given: dict[str, Any] = {
        "cip13": f"34009{cis}"[:13],
        "cis": cis,
        "name": "AMOXIDEMO 500 mg, gélule",
        "atc": "J01CA04",
        "substances": (Substance(code="00123", name="AMOXICILLINE", strength="500 mg"),),
        "form": "gélule",
        "mitm": True,
        "company": "lab-a",
    }
    return Product(**given | fields)


FOLLOWED = (
    Subject(kind=SubjectKind.CIP13, id="3400960000001"),
    Subject(kind=SubjectKind.SUBSTANCE, id="00123"),
    *(Subject(kind=SubjectKind.ATC, id=code) for code in ("J", "J01", "J01C", "J01CA", "J01CA04")),
)
"""By which somebody may follow that medicine."""


def declaration(number: str = "d1", company: str = "lab-a", **fields: Any) -> Declaration:
    """An initial declaration of a stock-out, both circuits; or its return in both."""
    when = When(date=date(2026, 3, 1), certainty=Certainty.ESTIMATED)
    circuits: tuple[CircuitState, ...] = (
        CircuitState(circuit=Circuit.VILLE, expected_return=when, monthly_sales=1000, stock=250),
        CircuitState(circuit=Circuit.HOPITAL, expected_return=replace(when, date=date(2026, 4, 1)), monthly_sales=100, stock=50),
    )
    if fields.get("step") in (DeclarationStep.RETURN, DeclarationStep.WITHDRAWN):
        circuits = tuple(CircuitState(circuit=c.circuit) for c in circuits)
    given: dict[str, Any] = {
        "declaration_id": number,
        "step": DeclarationStep.INITIAL,
        "nature_declared": DeclaredNature.RUPTURE,
        "cis": CIS,
        "company": org(company),
        "declared_at": NOW,
        "circuits": circuits,
    }
    return Declaration(**given | fields)


def defect(number: str = "q1", **fields: Any) -> QualityDefect:
    """A class I defect with one lot."""
    given: dict[str, Any] = {
        "defect_id": number,
        "step": DefectStep.INITIAL,
        "received_at": NOW,
        "source": DefectSource.COMPANY,
        "product": DefectProduct(name="AMOXIDEMO", cis=CIS),
        "batches": (Batch(lot="A1"),),
        "serious_risk": SeriousRisk.SUSPECTED,
        "serious_risk_at": NOW,
        "class_": DefectClass.I,
        "level": RecallLevel.PATIENT,
    }
    return QualityDefect(**given | fields)


def status(snapshot: str, code: int, cis: str = CIS, **fields: Any) -> PublishedStatus:
    """A row of the public list."""
    given: dict[str, Any] = {"url": f"https://agency.example/{cis}", "updated": date(2026, 1, 20), "start": date(2026, 1, 10)}
    return PublishedStatus(snapshot_id=snapshot, code=code, cis=cis, **given | fields)


def signal(rule: str, kind: SubjectKind, id_: str, state: SignalState = SignalState.RAISED, **fields: Any) -> Signal:
    """A signal as another stage or the door writes it."""
    given: dict[str, Any] = {
        "signal_id": f"sig_{rule}_{id_}",
        "version": 1,
        "rule": rule,
        "rule_version": 1,
        "policy_version": 0,
        "subject": Subject(kind=kind, id=id_),
        "state": state,
        "severity": Severity.MODERATE,
        "since": NOW,
        "at": NOW,
        "sentence": Text(fr="une phrase", en="a sentence"),
    }
    return Signal(**given | fields)


AUTHORITIES = [
    {"id": "authority-be", "country": "BE", "member_state": True},
    {"id": "authority-es", "country": "ES", "member_state": True, "exercises": True},
    {"id": "authority-who", "body": "who"},
    {"id": "authority-vet", "country": "DE", "species": ["veterinary"]},
    {"id": "authority-shortage", "country": "IT", "domains": ["shortage"]},
]


class World:
    """A stage `cases` with its log. Every `feed` decides one entry and is kept in `outs`; time goes by the stamps given."""

    def __init__(
        self, *, products: bool = True, gates: list[dict[str, Any]] | None = None, policy: dict[str, Any] | None = None, at: datetime = NOW
    ) -> None:
        self.shell = LocalShell(CasesStage(Agency(id="ansm-demo", name="Agence", program="test")), durable=True)
        self.now = at
        self.count = 0
        self.last: list[Out] = []
        self.settings("authorities", {"authorities": AUTHORITIES})
        if gates is not None or policy is not None:
            self.settings("policy", (policy or {}) | ({"release": gates} if gates is not None else {}))
        if products:
            self.feed("reference.products", product())

    def feed(self, kind: str, value: Any, *, event: str = "", sender: str = "demo") -> list[Out]:
        """Append and decide one entry at the world's present time."""
        self.count += 1
        entry = Entry(stamp=self.now, sender=sender, event_id=event or f"evt_{self.count}", kind=kind, value=encode(value))
        self.last = self.shell.feed(0, entry, "ansm-demo")
        assert not [o for o in self.last if o.kind == "signal" and o.topic == "cases.log"], "a decision raised"
        return self.last

    def declare(self, *args: Any, **fields: Any) -> list[Out]:
        """Feed a declaration."""
        return self.feed("shortage.declarations", declaration(*args, **fields))

    def report(self, *args: Any, **fields: Any) -> list[Out]:
        """Feed a defect."""
        return self.feed("quality.defects", defect(*args, **fields))

    def order(self, action: str, target: str = "", by: str = "officer-1", **params: str) -> list[Out]:
        """Feed an officer's command; the target is the only open alert unless given."""
        target = target or self.alert().alert_id
        reason = params.pop("reason", "by mistake")
        command = Command(command_id=f"c{self.count}", by=by, action=action, target=target, reason=reason, at=self.now, params=params)
        return self.feed("command", command)

    def acknowledge(self, authority: str, level: AckLevel = AckLevel.RECEIVED, alert: str = "") -> list[Out]:
        """Feed an authority's acknowledgement."""
        target = alert or self.alert().alert_id
        ack = Acknowledgement(
            authority=authority, alert_id=target, version=1, sequence=1, level=level, at=self.now, by_function="duty pharmacist"
        )
        return self.feed("acknowledgement", ack)

    def settings(self, name: str, content: Any) -> list[Out]:
        """Feed a settings file."""
        text = content if isinstance(content, str) else json.dumps(content)
        sha = hashlib.sha256(text.encode()).hexdigest()
        return self.feed(name, SettingsFile(name=SettingName(name), content=text, sha256=sha, by="operator", at=self.now))

    def snapshot(self, number: str, *rows: PublishedStatus, sender: str = "demo-list") -> list[Out]:
        """Feed a whole snapshot with its marker; what came out of the marker is returned."""
        for row in rows:
            self.feed("shortage.statuses", replace(row, snapshot_id=number), sender=sender)
        return self.feed("shortage.statuses", PublishedStatus(snapshot_id=number, rows=len(rows)), sender=sender)

    def wait(self, time: timedelta) -> list[Out]:
        """Let time pass; every due instant gets its tick. Returns what the ticks led to."""
        self.now += time
        self.last = self.shell.advance(self.now)
        return self.last

    def soon(self) -> list[Out]:
        """What the last entry led to, with what followers and patients hear of it once their interval is over."""
        before = self.last
        self.last = before + self.wait(INTERVAL)
        return self.last

    @property
    def outs(self) -> list[Out]:
        """Everything that came out so far."""
        return self.shell.outs

    def files(self) -> list[AlertFile]:
        """Alert files, by alert id."""
        return [file for _, file in self.shell.view().items("alert/")]

    def alert(self) -> Alert:
        """The only open alert."""
        found = [f.alert for f in self.files() if not f.ended]
        assert len(found) == 1, f"{len(found)} alerts are open"
        return found[0]

    def reason(self) -> str:
        """Of the last version told, its reason."""
        return alerts(self.outs)[-1].reason


def of(outs: list[Out], cls: type[Any]) -> list[Any]:
    """Records of one class in what came out, as a reader of the topic gets them."""
    return [decode(o.wire.value) for o in outs if isinstance(o.value, cls)]


def alerts(outs: list[Out]) -> list[Alert]:
    """Alert versions."""
    return of(outs, Alert)


def steps(outs: list[Out]) -> list[str]:
    """Steps of the alert versions."""
    return [str(a.step) for a in alerts(outs)]


def notices(outs: list[Out], rule: str = "") -> list[Notice]:
    """Notices, or those of one group."""
    return [n for n in of(outs, Notice) if not rule or n.reason.rule == rule]


def groups(outs: list[Out]) -> dict[str, str]:
    """Group told to purpose."""
    return {n.reason.rule: str(n.purpose) for n in notices(outs)}


def ends(outs: list[Out]) -> dict[str, tuple[str, str]]:
    """Receiver to the purpose of the end it heard, and the alert whose recipients did; each hears one."""
    found = [n for n in notices(outs) if n.audience.recipients_of is not None]
    assert len({n.receiver for n in found}) == len(found), "a receiver heard an end twice"
    return {n.receiver: (str(n.purpose), n.audience.recipients_of or "") for n in found}


def rapid(outs: list[Out]) -> list[RapidAlert]:
    """Rapid alerts."""
    return of(outs, RapidAlert)


def published(outs: list[Out]) -> list[PublishedAlert]:
    """Published alerts."""
    return of(outs, PublishedAlert)


def signals(outs: list[Out]) -> list[Signal]:
    """Signals of the console's topic."""
    return of(outs, Signal)
