"""What checks find: faults that refuse an event (or one of its lines), and remarks that do not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from alertcore.records.hub import Problem

_ADDRESS = re.compile(r"[^\s'\"<>]+@[^\s'\"<>]+")


@dataclass(slots=True)
class Findings:
    """Collects problems of one event. A fault with a line refuses that line alone."""

    faults: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    def fault(self, where: str, code: str, text: str, line: int | None = None) -> None:
        """Note why the event, or this line of it, is refused."""
        self.faults.append(Problem(line=line, field=where or None, code=code, text=text))

    def remark(self, where: str, code: str, text: str, line: int | None = None) -> None:
        """Note an oddity; the event is taken."""
        self.remarks.append(Problem(line=line, field=where or None, code=code, text=text))

    @property
    def whole(self) -> list[Problem]:
        """Faults that refuse the whole event."""
        return [p for p in self.faults if p.line is None]


def scrubbed(problem: Problem) -> Problem:
    """The problem without what looks like an e-mail address: receipts are no place for personal data."""
    if "@" not in problem.text:
        return problem
    return Problem(line=problem.line, field=problem.field, code=problem.code, text=_ADDRESS.sub("(address)", problem.text))
