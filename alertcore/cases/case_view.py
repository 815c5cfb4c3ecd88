"""A case as one reads it: what facts and officers say of one subject, gathered from the state of stage cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from alertcore.cases.agreements import measures_of
from alertcore.cases.case_file import PREFIX, CaseFile, key_of
from alertcore.cases.lives import life_key
from alertcore.cases.positions import Stocked
from alertcore.cases.shortages import standing_of
from alertcore.cases.state import AlertFile, Life, Medicine, ShortageCase
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import Declaration
from alertcore.statejson import plain

CHAIN = 50
"""Earlier alerts that are followed back from the last one of a kind."""


class State(Protocol):
    """Read access to the state of the stage."""

    def get(self, key: str) -> Any | None:
        """The value under a key, or None."""
        ...

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) whose key begins with the prefix, in key order."""
        ...


def case(state: State, nature: Nature, subject: Subject, zone: str = "Europe/Paris") -> dict[str, Any] | None:
    """Everything of one subject as plain JSON; None where nothing is known of it. zone: the agency's."""
    file: CaseFile | None = state.get(key_of(nature, subject))
    alerts = alerts_of(state, nature, subject)
    facts = _of_medicine(state, nature, subject.id, zone) if subject.kind is SubjectKind.CIS else {}
    if file is None and not alerts and not facts:
        return None
    own = plain(file) if file is not None else {}
    measures = [*facts.pop("measures", []), *own.get("measures", [])]
    return {
        "subject": plain(subject),
        "nature": nature.value,
        "name": name_of(state, subject, alerts),
        "closed_at": own.get("closed_at"),
        **facts,
        "evaluation": own.get("evaluation"),
        "measures": measures,
        "consultations": own.get("consultations", []),
        "deadlines": [plain(d) | {"alert_id": f.alert.alert_id} for f in alerts if not f.ended for d in f.alert.deadlines],
        "alerts": [_alert(f) for f in alerts],
        "steps": own.get("steps", []),
        "older_steps": own.get("older", 0),
    }


def cases(state: State) -> list[dict[str, Any]]:
    """A line for each subject that officers worked on or that an alert is open on, what is open first."""
    found: dict[tuple[Nature, Subject], None] = {}
    for _, file in state.items(PREFIX):
        found[file.nature, file.subject] = None
    for key, life in state.items("life/"):
        if life.open is not None:
            _, nature, _, subject = key.split("/", 3)
            kind, _, id_ = subject.partition(":")
            found[Nature(nature), Subject(kind=SubjectKind(kind), id=id_)] = None
    lines = [_line(state, nature, subject) for nature, subject in found]
    return sorted(lines, key=lambda line: (not line["open_alerts"], line["subject"], line["nature"]))


def _line(state: State, nature: Nature, subject: Subject) -> dict[str, Any]:
    file: CaseFile | None = state.get(key_of(nature, subject))
    alerts = alerts_of(state, nature, subject)
    asked = file.consultations if file is not None else ()
    return {
        "subject": f"{subject.kind}:{subject.id}",
        "nature": nature.value,
        "name": name_of(state, subject, alerts),
        "state": "closed" if file is not None and file.closed_at is not None else "open",
        "open_alerts": [f.alert.kind.value for f in alerts if not f.ended],
        "answers_missing": sum(len(c.missing) for c in asked),
        "last_step": plain(file.steps[-1]) if file is not None and file.steps else None,
    }


def name_of(state: State, subject: Subject, alerts: list[AlertFile]) -> str:
    """What people call it."""
    medicine: Medicine | None = state.get(f"medicine/{subject.id}") if subject.kind is SubjectKind.CIS else None
    told = next((f.alert.facts["name"] for f in alerts if f.alert.facts.get("name")), subject.id)
    return medicine.name if medicine is not None else told


def alerts_of(state: State, nature: Nature, subject: Subject) -> list[AlertFile]:
    """The alerts on a subject, the last first; those they followed, as far back as they are kept."""
    found: dict[str, AlertFile] = {}
    for kind in AlertKind:
        life: Life | None = state.get(life_key(kind, subject, nature))
        name = None if life is None else life.open or life.last
        for _ in range(CHAIN):
            file: AlertFile | None = state.get(f"alert/{name}") if name is not None and name not in found else None
            if file is None:
                break
            found[file.alert.alert_id] = file
            name = file.alert.replaces
    return sorted(found.values(), key=lambda f: (f.since, f.alert.alert_id), reverse=True)


def _alert(file: AlertFile) -> dict[str, Any]:
    alert = file.alert
    names = ("alert_id", "version", "kind", "severity", "step", "reason", "covered_by", "replaces")
    return {name: getattr(alert, name) for name in names} | {"since": plain(file.since), "open": not file.ended}


def _of_medicine(state: State, nature: Nature, cis: str, zone: str) -> dict[str, Any]:
    kept: ShortageCase | None = state.get(f"case/{nature}/{cis}")
    position: Stocked | None = state.get(f"stocked/{nature}/{cis}")
    if kept is None and position is None:
        return {}
    kept = kept or ShortageCase()
    stand = [standing_of(state.get, nature, cis, t, zone) for t in kept.threads]
    heads: list[Declaration] = [d for s in stand if s is not None for d in s.heads]
    theirs = [plain(m) | {"company": d.company.id} for d in heads for m in measures_of(d, kept.agreements)]
    return {
        "declarations": plain(tuple(heads)),
        "public": plain(kept.public) if kept.public is not None else None,
        "position": plain(position) if position is not None else None,
        "alternatives_cover": kept.covered,
        "agreements": plain(kept.agreements),
        "measures": [*theirs, *plain(kept.measures)],
    }
