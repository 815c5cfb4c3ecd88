"""Which alert is open for (kind, subject, nature): at most one."""

from __future__ import annotations

from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile, Life
from alertcore.records.shared import Nature, Subject


def life_key(kind: str, subject: Subject, nature: Nature) -> str:
    """State key of the life of (kind, subject, nature)."""
    return f"life/{nature}/{kind}/{subject.kind}:{subject.id}"


def open_file(desk: Desk, kind: str, subject: Subject, nature: Nature) -> AlertFile | None:
    """The open alert of (kind, subject, nature), if there is one."""
    life: Life | None = desk.get(life_key(kind, subject, nature))
    return None if life is None or life.open is None else desk.get(f"alert/{life.open}")
