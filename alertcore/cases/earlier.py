"""What each audience was released last, while what an alert says now waits for a person: that is what it goes on being told."""

from __future__ import annotations

from collections.abc import Callable

from alertcore.cases.state import AlertFile, Earlier
from alertcore.making import replace
from alertcore.records.alert import Alert

Facts = Callable[[Alert], dict[str, str]]
"""The facts of a version, made from what it follows: no audience reads what only another was released."""


def held_back(file: AlertFile, released: tuple[str, ...]) -> tuple[Earlier, ...]:
    """What audiences have that are not released another content. file: before that content; released: who is told it at once."""
    before = {e.audience: e for e in file.earlier}
    had = file.alert.release.audiences if file.alert.release else ()
    known = dict.fromkeys((*before, *had))
    return tuple(before.get(a) or Earlier(audience=a, alert=file.alert) for a in sorted(known) if a not in released)


def released(file: AlertFile, audience: str) -> Alert | None:
    """What an audience knows of an alert, if that is the present content."""
    has = file.alert.release is not None and audience in file.alert.release.audiences
    return file.alert if has and all(e.audience != audience for e in file.earlier) else None


def dropped(file: AlertFile, audiences: tuple[str, ...]) -> AlertFile:
    """These audiences have the present content now."""
    left = tuple(e for e in file.earlier if e.audience not in audiences)
    return file if len(left) == len(file.earlier) else replace(file, earlier=left)


def as_now(file: AlertFile, facts: Facts) -> AlertFile:
    """The file, where what an audience was released last is the version that the alert is at now, with other facts."""
    if not file.earlier:
        return file
    return replace(file, earlier=tuple(replace(e, alert=_as(e.alert, file.alert, facts(e.alert))) for e in file.earlier))


def _as(was: Alert, now: Alert, facts: dict[str, str]) -> Alert:
    return replace(
        was,
        version=now.version,
        step=now.step,
        reason=now.reason,
        release=now.release,
        policy_version=now.policy_version,
        rule_version=now.rule_version,
        program=now.program,
        decided_at=now.decided_at,
        origin=now.origin,
        facts=dict(sorted(facts.items())),
    )
