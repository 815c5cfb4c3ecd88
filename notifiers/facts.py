"""What a template may say: a notice's parameters as typed values, with nothing undefined and nothing in another language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alertcore.records.notice import Notice, Purpose
from alertcore.records.shared import Nature
from notifiers import vocabulary as said
from notifiers.device_facts import device_lines
from notifiers.finding_facts import Figure, Limit, figures, limits
from notifiers.vocabulary import word


@dataclass(frozen=True, slots=True)
class Lot:
    """One batch as printed. `expiry` is a text: it may name only a month."""

    lot: str
    expiry: str = ""
    cip13: str = ""


@dataclass(frozen=True, slots=True)
class CircuitLine:
    """One circuit of a declaration."""

    name: str
    start: date | None = None
    expected_return: date | None = None
    stock: int | None = None
    monthly_sales: int | None = None


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure."""

    name: str
    detail: str = ""
    state: str = ""


class Facts:
    """One notice in one language. Attributes a template asks for and that are not here are an error, not an empty text."""

    def __init__(self, notice: Notice, language: str) -> None:
        self._p = notice.params
        self.language = language
        self.purpose = notice.purpose.value
        # A check of contact points says itself what it is; whatever else is not the real thing is marked.
        checked = notice.nature is Nature.TEST and notice.purpose is Purpose.CONTACT_TEST
        self.exercise = notice.nature is not Nature.ACTUAL and not checked
        self.duty = notice.duty
        self.urgent = notice.lane.value == "urgent"
        self.reference = notice.alerts[0].alert_id if notice.alerts else notice.group_key
        self.version = notice.alerts[0].version if notice.alerts else 1
        self.acknowledge = notice.ack.value in ("any", "each", "n_of_m")
        self.reason = notice.reason.text

    def __getattr__(self, name: str) -> str:
        """A parameter that is text as it is."""
        if name in _TEXTS:
            return _line(self._p.get(name, ""))
        raise AttributeError(name)

    def _own(self, name: str) -> str:
        """The text in this language, else in the other: better than nothing."""
        other = "en" if self.language == "fr" else "fr"
        own = self._p.get(f"{name}_{self.language}") or self._p.get(f"{name}_{'fr' if self.language == 'fr' else 'en'}")
        return (own or self._p.get(f"{name}_{other}", "")).strip()

    own = _own  # what only one template says needs no property of its own

    @property
    def headline(self) -> str:
        """A few words: what the alert calls itself, else the name it is about."""
        return _line(self._own("headline") or self.sentence.rstrip(".") or self.name or self.reference)

    @property
    def sentence(self) -> str:
        """One sentence."""
        return self._own("sentence")

    @property
    def instruction(self) -> str:
        """What a professional does now."""
        return self._own("instruction")

    @property
    def patient_instruction(self) -> str:
        """What a patient does now."""
        return self._own("patient_instruction")

    @property
    def decision(self) -> str:
        """What an officer answered to the question that the alert puts."""
        return self._own("decision")

    @property
    def cip13s(self) -> list[str]:
        """Presentations."""
        return _codes(self._p.get("cip13s", ""))

    @property
    def details(self) -> list[str]:
        """Free text, a paragraph each."""
        return [p.strip() for p in self._p.get("details", "").splitlines() if p.strip()]

    @property
    def defect_type(self) -> str:
        """Type of defect; an open list of codes."""
        return _line(self._p.get("defect_type", "")).replace("_", " ")

    @property
    def since(self) -> date | None:
        """First day."""
        return _day(self._p.get("since"))

    @property
    def start(self) -> date | None:
        """Start of the shortage."""
        return _day(self._p.get("start"))

    @property
    def expected_return(self) -> date | None:
        """Expected return."""
        return _day(self._p.get("expected_return"))

    @property
    def at(self) -> datetime | None:
        """When this was decided to be told."""
        return _instant(self._p.get("at"))

    @property
    def decided_at(self) -> datetime | None:
        """When the measure was decided."""
        return _instant(self._p.get("decided_at"))

    @property
    def nature(self) -> str:
        """What was declared, in words."""
        return self._word(said.NATURES, "nature")

    @property
    def status(self) -> str:
        """What the public list says, in words."""
        return self._word(said.STATUSES, "status_code")

    @property
    def severity_word(self) -> str:
        """Severity, in words."""
        return self._word(said.SEVERITIES, "severity")

    @property
    def defect_class(self) -> str:
        """Class with its meaning."""
        return self._word(said.DEFECT_CLASSES, "class")

    @property
    def short_class(self) -> str:
        """Class."""
        return self._word(said.SHORT_CLASSES, "class")

    @property
    def falsified_word(self) -> str:
        """Falsification, or nothing."""
        return self._word(said.FALSIFIED, "falsified") if self._p.get("falsified") in said.FALSIFIED else ""

    @property
    def risk_word(self) -> str:
        """Serious risk, in words."""
        return self._word(said.SERIOUS_RISK, "serious_risk") if self._p.get("serious_risk") in said.SERIOUS_RISK else ""

    @property
    def level_word(self) -> str:
        """Depth of the recall."""
        return self._word(said.LEVELS, "level")

    @property
    def actions(self) -> list[str]:
        """Actions decided."""
        return [word(said.ACTIONS, code, self.language) for code in _codes(self._p.get("actions", ""))]

    @property
    def causes(self) -> list[str]:
        """Causes declared."""
        return [word(said.CAUSES, code, self.language) for code in _codes(self._p.get("causes", ""))]

    @property
    def lots(self) -> list[Lot]:
        """Batches."""
        return [Lot(str(b.get("lot", "")), _expiry(b.get("expiry")), str(b.get("cip13") or "")) for b in _list(self._p.get("batches"))]

    @property
    def circuits(self) -> list[CircuitLine]:
        """What was declared for each circuit."""
        return [
            CircuitLine(
                word(said.CIRCUITS, str(c.get("circuit", "")), self.language),
                _when(c.get("start")),
                _when(c.get("expected_return")),
                c.get("stock"),
                c.get("monthly_sales"),
            )
            for c in _list(self._p.get("circuits"))
        ]

    @property
    def measures(self) -> list[MeasureLine]:
        """Measures."""
        return [
            MeasureLine(
                word(said.MEASURES, str(m.get("code", "")), self.language),
                str(m.get("detail") or ""),
                word(said.MEASURE_STATES, str(m.get("status") or ""), self.language),
            )
            for m in _list(self._p.get("measures"))
        ]

    @property
    def figures(self) -> list[Figure]:
        """Numbers behind a finding."""
        return figures(self._p.get("figures"), self.language)

    @property
    def devices(self) -> list[str]:
        """Devices, a line each."""
        return device_lines(self._p.get("devices"), self.language)

    @property
    def limits(self) -> list[Limit]:
        """Limits that run or have run out."""
        return limits(self._p.get("deadlines"), self.language, self.at)

    def number(self, name: str) -> float | None:
        """A figure, or None where it is not known."""
        try:
            return float(self._p[name])
        except (KeyError, ValueError):
            return None

    def _word(self, words: said.Words, name: str) -> str:
        code = self._p.get(name, "")
        return word(words, code, self.language) if code and code != "unknown" else ""


_TEXTS = frozenset(
    {
        *("alert_id", "kind", "severity", "step", "name", "cis", "url", "agency", "company_name", "companies", "alternatives", "context"),
        *("risk", "recall_number", "foreign_reference", "foreign_authority"),
    }
)


def _line(text: str) -> str:
    """On one line: it may stand in a subject."""
    return " ".join(text.split())


def _codes(text: str) -> list[str]:
    return [code for code in text.split(",") if code]


def _list(text: str | None) -> list[dict[str, Any]]:
    try:
        value = json.loads(text or "[]")
    except ValueError:
        return []
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None


def _when(value: Any) -> date | None:
    return _day(value.get("date")) if isinstance(value, dict) else _day(value) if isinstance(value, str) else None


def _expiry(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("text") or value.get("date") or "")
    return str(value or "")
