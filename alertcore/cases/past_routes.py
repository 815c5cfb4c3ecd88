"""Whom the roster or a duty called past every route: they hear how it goes on and ends too, whatever the routing file tells them."""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.cases.desk import Desk
from alertcore.dispatch.receivers import CALLED
from alertcore.making import replace
from alertcore.records.notice import Notice, NoticeReason, Purpose
from alertcore.records.shared import Text

TAKEN_OVER = Text(
    fr="Une autre alerte a pris la suite de celle-ci, qui est close.",
    en="Another alert has taken over from this one, which is closed.",
)
"""What those hear whose alert another took the place of: that one is told by routes, which may lead to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The notices of an alert that went past every route (`called/<alert id>`), by id."""

    notices: tuple[str, ...] = ()


KINDS: dict[str, type[object]] = {"called": Called}


def noted(desk: Desk, alert: str, notice: Notice) -> None:
    """A notice has called somebody for an alert."""
    before: Called = desk.get(f"called/{alert}") or Called()
    if notice.notice_id not in before.notices:
        desk.put(f"called/{alert}", Called(notices=(*before.notices, notice.notice_id)))


def were(desk: Desk, alert: str) -> bool:
    """Whether anybody was."""
    return desk.get(f"called/{alert}") is not None


def end_for(desk: Desk, alert: str, end: Notice) -> Notice:
    """The end as it goes to exactly those; who hears it by a route too hears it once."""
    known: Called = desk.get(f"called/{alert}") or Called()
    return replace(end, follows=known.notices, reason=NoticeReason(rule=CALLED, text="whoever was called for this alert"))


def over(said: dict[str, str], ending: Purpose) -> tuple[Purpose, dict[str, str]]:
    """The purpose and the words of an end; where routes leave it to the successor, that there is one."""
    if ending is not Purpose.UNKNOWN:
        return ending, said
    words = {f"sentence_{x}": f"{text} {said[f'sentence_{x}']}" for x, text in (("fr", TAKEN_OVER.fr), ("en", TAKEN_OVER.en))}
    return Purpose.UPDATE, said | words
