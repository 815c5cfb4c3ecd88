"""What is said of a duty whose time runs out or has run out, in French and English."""

from __future__ import annotations

from datetime import datetime

from alertcore.deadlines import clock
from alertcore.deadlines.duties import DUTIES
from alertcore.records.shared import Basis, Deadline, Text

_BASIS = {Basis.LAW: ("la loi", "the law"), Basis.PROCEDURE: ("la procédure", "the procedure")}
_OWN = ("délai interne de l'agence", "the agency's own limit")


def due(deadline: Deadline, zone: str) -> tuple[str, str]:
    """Until when it can be done: a day where the limit ends with one, else the minute, in local time."""
    at = clock.local(deadline.due, zone)
    if deadline.due == clock.start_of_day(at.date(), zone):
        last = clock.last_day(deadline.due, zone)
        return f"jusqu'au {last:%d/%m/%Y} inclus", f"until the end of {last:%Y-%m-%d}"
    return f"jusqu'au {_moment_fr(at)}", f"until {at:%Y-%m-%d} at {at:%H:%M}"


def nearing(deadline: Deadline, pct: int, zone: str) -> Text:
    """A call before it is due."""
    what, (until_fr, until_en), (source_fr, source_en) = _what(deadline), due(deadline, zone), _source(deadline)
    return Text(
        fr=f"À faire {until_fr} : {what.fr} ({source_fr}) ; {pct} % du délai est écoulé.",
        en=f"To do {until_en}: {what.en} ({source_en}); {pct} % of the time has run.",
    )


def missed(deadline: Deadline, zone: str) -> Text:
    """The time is over."""
    what, (until_fr, until_en), (source_fr, source_en) = _what(deadline), due(deadline, zone), _source(deadline)
    return Text(
        fr=f"Délai dépassé : {what.fr}, à faire {until_fr} ({source_fr}).",
        en=f"Time limit missed: {what.en}, to be done {until_en} ({source_en}).",
    )


def joined(texts: list[Text]) -> Text:
    """Several sentences as one text."""
    return Text(fr=" ".join(t.fr for t in texts), en=" ".join(t.en for t in texts))


def _what(deadline: Deadline) -> Text:
    duty = DUTIES.get(deadline.duty)
    return duty.what if duty else Text(fr=deadline.duty, en=deadline.duty)


def _source(deadline: Deadline) -> tuple[str, str]:
    if deadline.basis not in _BASIS:
        return _OWN
    fr, en = _BASIS[deadline.basis]
    return f"{fr}, {deadline.article}", f"{en}, {deadline.article}"


def _moment_fr(at: datetime) -> str:
    return f"{at:%d/%m/%Y} à {at:%H} h {at:%M}"
