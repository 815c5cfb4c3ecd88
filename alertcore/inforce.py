"""Settings files in force in a stage: as they stand in its state, and read once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from alertcore.records.hub import SettingsFile
from alertcore.stage import View

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A settings file in force. version: 0 is what the program ships, one more with every other content."""

    version: int = 0
    sha256: str = ""
    content: str = "{}"


_SHIPPED = InForce()


def state_key(name: str) -> str:
    """Where a stage keeps the file `name`."""
    return f"setting/{name}"


def in_force(view: View, name: str) -> InForce:
    """The file in force, or the shipped one."""
    return view.get(state_key(name)) or _SHIPPED


def put_in_force(view: View, file: SettingsFile) -> InForce | None:
    """What is in force after `file`, or None where it is the same content."""
    before = in_force(view, file.name.value)
    if before.sha256 == file.sha256:
        return None
    return InForce(version=before.version + 1, sha256=file.sha256, content=file.content)


def settings(view: View, name: str, read: Callable[[object], T]) -> tuple[int, T]:
    """Version and value of the file in force; read once for each content."""
    now = in_force(view, name)
    known = view.memo.get(state_key(name))
    if known is None or known[0] is not now:
        known = view.memo[state_key(name)] = (now, read(json.loads(now.content)))
    return now.version, known[1]
