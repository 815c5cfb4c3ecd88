"""Which alert is open for (kind, subject, nature): at most one."""

from __future__ import annotations

from functools import lru_cache

from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile, Life
from alertcore.records.shared import Nature, Subject


def life_key(kind: str, subject: Subject, nature: Nature) -> str:
    """State key of the life of (kind, subject, nature)."""
    return _before_id(nature, kind, subject.kind) + subject.id


@lru_cache(maxsize=1024)
def _before_id(nature: str, kind: str, subject_kind: str) -> str:
    return f"life/{nature}/{kind}/{subject_kind}:"


def open_file(desk: Desk, kind: str, subject: Subject, nature: Nature) -> AlertFile | None:
    """The open alert of (kind, subject, nature), if there is one."""
    life: Life | None = desk.get(life_key(kind, subject, nature))
    return None if life is None or life.open is None else desk.get(f"alert/{life.open}")
