"""The life of an alert: raised, held, released, updated, ended; every step a version with its reason, and what each one tells."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from alertcore.cases import case_measures, covers, due, duties_held, earlier, gates, telling
from alertcore.cases.desk import RULE_VERSION, Desk, Moved
from alertcore.cases.finding import said
from alertcore.cases.lives import life_key as life_key
from alertcore.cases.lives import open_file as open_file
from alertcore.cases.picture import NOTE_PREFIX, OWN_PREFIX, Picture, beside_kept, noted, same_content, whole
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile, Life
from alertcore.deadlines import progress
from alertcore.identity import alert_id
from alertcore.making import maker, replace
from alertcore.records.alert import Alert, AlertStep, Release
from alertcore.records.shared import Deadline, Text

T = TypeVar("T")
_alert, _release, _movement = maker(Alert), maker(Release), maker(Moved)

RELAPSE_WITHIN = timedelta(days=7)
"""A new alert this soon after the end of the one before is a relapse."""


def show(desk: Desk, picture: Picture, opened: Reason, updated: Reason, replaces: str | None = None) -> None:
    """Raise an alert with this content for `opened`, or give the open one a version for `updated` if it says anything new.

    replaces: an alert of another kind that this one takes over from.
    """
    picture = case_measures.added(desk, picture)
    file = open_file(desk, picture.kind, picture.subject, picture.nature)
    if file is None and desk.by_policy:
        desk.deferred.append((picture, opened, replaces))
        desk.reason = opened
    elif file is None:
        open_anew(desk, picture, opened, replaces)
    elif same_content(file.alert, picture):
        desk.reason = Outcome.NOTHING_NEW
    else:
        _update(desk, file, picture, updated)


def open_anew(desk: Desk, picture: Picture, reason: Reason, replaces: str | None) -> str:
    """Raise an alert where none is open; its id."""
    picture = whole(picture)
    key = life_key(picture.kind, picture.subject, picture.nature)
    life: Life = desk.get(key) or Life()
    if life.ended_at is not None and desk.now - life.ended_at <= RELAPSE_WITHIN and replaces is None:
        reason = Reason.RELAPSE
    release, waiting = _content_release(desk, picture.kind, picture.audiences)
    deadlines = gates.met(picture.deadlines, release.audiences, desk.now, "hub")
    subject = picture.subject
    alert = _alert(
        nature=picture.nature,
        alert_id=alert_id(picture.kind, subject.kind, subject.id, picture.nature, desk.message.event_id),
        version=1,
        step=AlertStep.RAISED,
        reason=reason,
        kind=picture.kind,
        subject=subject,
        opened_by=desk.message.event_id,
        replaces=replaces or life.last,
        release=release,
        policy_version=desk.policy_version,
        rule_version=RULE_VERSION,
        program=desk.agency.program,
        decided_at=desk.now,
        origin=desk.origin(),
        **_content(picture, deadlines, {}),
    )
    cover = covers.cover_of(desk, alert)
    if cover is not None:  # before anybody is told
        alert = replace(alert, covered_by=cover.alert.alert_id)
    desk.emit("alerts", alert.alert_id, alert)
    desk.put(key, replace(life, open=alert.alert_id))
    missed = gates.already_due(deadlines, desk.now)
    rings = progress.rings(deadlines, desk.policy.duty.told_at, desk.now)
    file = AlertFile(alert=alert, since=desk.now, wanted=picture.audiences, limit_at=release.until, missed=missed, rings=rings)
    if waiting:
        file = step(desk, file, AlertStep.HELD, Reason.AWAITS_RELEASE)
    else:
        file = step(desk, file, AlertStep.RELEASED, Reason.GATE_AUTOMATIC)
    desk.reason = reason
    _moved(desk, alert, "raised")
    save(desk, telling.tell(desk, file, release.audiences))
    return alert.alert_id


def _update(desk: Desk, file: AlertFile, picture: Picture, reason: Reason) -> None:
    picture = whole(picture)
    before = earlier.released(file, "companies")
    wanted = gates.in_order((*picture.audiences, *(u.partition("/")[0] for u in file.units)))
    release, waiting = _content_release(desk, picture.kind, wanted)
    file = replace(file, earlier=earlier.held_back(file, release.audiences))
    deadlines = gates.carried(picture.deadlines, file.alert.deadlines, file.alert.release)
    deadlines = gates.met(deadlines, release.audiences, desk.now, "hub")
    content = _content(picture, deadlines, beside_kept(file.alert, picture))
    missed = gates.already_due(deadlines, desk.now)
    file = replace(
        file, wanted=wanted, approvals=(), limit_at=release.until, reminders=0, missed=missed, rings=_rings(desk, file, deadlines)
    )
    file = step(desk, file, AlertStep.UPDATED, reason, release=release, **content)
    if waiting:
        file = step(desk, file, AlertStep.HELD, Reason.AWAITS_RELEASE)
    desk.reason = reason
    _moved(desk, file.alert, "updated")
    save(desk, telling.tell(desk, file, release.audiences, before))


def _rings(desk: Desk, file: AlertFile, deadlines: tuple[Deadline, ...]) -> tuple[progress.Ring, ...]:
    """The calls of these deadlines; a duty whose time has not moved keeps the calls it began with."""
    new = progress.rings(deadlines, desk.policy.duty.told_at, desk.now)
    return progress.carried(new, file.rings, file.alert.deadlines, deadlines)


def with_deadlines(desk: Desk, file: AlertFile, deadlines: tuple[Deadline, ...]) -> AlertFile:
    """The file with other deadlines, for the version that is to follow, and the calls that they want."""
    return replace(file, rings=_rings(desk, file, deadlines), alert=replace(file.alert, deadlines=deadlines))


def note(desk: Desk, file: AlertFile, notes: dict[str, str], reason: Reason, *, tell: bool) -> None:
    """Other notes on an open alert: a version, told to officers alone if `tell`, and to nobody else."""
    facts = {k: v for k, v in file.alert.facts.items() if not k.startswith(NOTE_PREFIX)}
    facts |= {NOTE_PREFIX + name: text for name, text in notes.items()}
    if facts == file.alert.facts:
        return
    file = step(desk, file, AlertStep.UPDATED, reason, facts=in_key_order(facts))
    save(desk, telling.tell_note(desk, file) if tell else file)


def end(
    desk: Desk,
    file: AlertFile,
    how: AlertStep,
    reason: Reason,
    facts: dict[str, str] | earlier.Facts | None = None,
    by_policy: Text | None = None,
) -> None:
    """End an alert's life: resolved (all-clear to whoever was told), cancelled (correction), superseded (its successor tells).

    facts: those that the end changes, or how they are made from what an audience was released. by_policy: what is said after the
    general words where another policy alone ends it.
    Takes no release: it carries no new content, only that what was told no longer holds. What ends by another policy alone is no all-clear.
    """
    if desk.by_policy and how is AlertStep.RESOLVED:
        how, reason, facts = AlertStep.CANCELLED, Reason.POLICY_CHANGED, partial(_by_policy, change=facts or {}, more=by_policy)
    release = file.alert.release
    kept = None if release is None else replace(release, until=None)
    file = replace(file, ended=True, wanted=(), approvals=(), limit_at=None, rings=())
    last = partial(_last_facts, change=facts or {})
    file = earlier.as_now(step(desk, file, how, reason, release=kept, facts=in_key_order(last(file.alert))), last)
    alert = file.alert
    key = life_key(alert.kind, alert.subject, alert.nature)
    desk.put(key, Life(open=None, last=alert.alert_id, ended_at=desk.now))
    desk.reason = reason
    _moved(desk, alert, "ended")
    save(desk, telling.tell_end(desk, file))


def _last_facts(alert: Alert, change: dict[str, str] | earlier.Facts) -> dict[str, str]:
    """The facts of the last version: where it has a sentence of its own, all read that one."""
    facts = _made(change, alert)
    own = {k for k in alert.facts if k.startswith(OWN_PREFIX)} if "sentence_fr" in facts else set()
    return {k: v for k, v in alert.facts.items() if k not in own} | facts


def _by_policy(alert: Alert, change: dict[str, str] | earlier.Facts, more: Text | None) -> dict[str, str]:
    name = alert.facts.get("name", alert.subject.id)
    headline = Text(fr=f"{name} : alerte close, la règle a changé", en=f"{name}: alert closed, the rule has changed")
    sentence = Text(
        fr=f"L'agence suit désormais une autre règle et clôt cette alerte sur {name}. La situation elle-même n'a pas changé.",
        en=f"The agency now goes by another rule and closes this alert on {name}. The situation itself has not changed.",
    )
    others = {"sentence_others": sentence} if "sentence_others_fr" in alert.facts else {}
    own = sentence if more is None else Text(fr=f"{sentence.fr} {more.fr}", en=f"{sentence.en} {more.en}")
    return _made(change, alert) | said({"headline": headline, "sentence": own} | others)


def _made(change: dict[str, str] | earlier.Facts, alert: Alert) -> dict[str, str]:
    return change if isinstance(change, dict) else change(alert)


def _moved(desk: Desk, alert: Alert, how: str) -> None:
    desk.moved.append(_movement(alert.kind, alert.subject, alert.nature, how))


def step(desk: Desk, file: AlertFile, how: AlertStep, reason: Reason, **content: Any) -> AlertFile:
    """The file with one version more, which is emitted."""
    alert = replace(
        file.alert,
        version=file.alert.version + 1,
        step=how,
        reason=reason,
        policy_version=desk.policy_version,
        rule_version=RULE_VERSION,
        program=desk.agency.program,
        decided_at=desk.now,
        origin=desk.origin(),
        **content,
    )
    desk.emit("alerts", alert.alert_id, alert)
    return replace(file, alert=alert)


def save(desk: Desk, file: AlertFile) -> None:
    """Keep the file, with the instant at which it next wants a tick."""
    instant = due.of_file(file)
    moved = instant != file.due_at
    file = replace(file, due_at=instant) if moved else file
    desk.put(f"alert/{file.alert.alert_id}", file)
    duties_held.noted(desk, file)
    if moved:
        due.remember(desk, file)


def in_key_order(table: dict[str, T]) -> dict[str, T]:
    """A map as it will also be after a restart: the same decision writes the same bytes."""
    return dict(sorted(table.items()))


def _content(picture: Picture, deadlines: tuple[Any, ...], beside: dict[str, str]) -> dict[str, Any]:
    return {
        "severity": picture.severity,
        "also": picture.also,
        "labels": in_key_order(picture.labels),
        "facts": in_key_order(noted(picture) | beside),
        "numbers": in_key_order(picture.numbers),
        "batches": picture.batches,
        "measures": picture.measures,
        "deadlines": deadlines,
    }


def _content_release(desk: Desk, kind: str, wanted: tuple[str, ...]) -> tuple[Release, tuple[str, ...]]:
    """Who hears this content at once, and who waits for a person."""
    if desk.hold:
        return Release(), wanted
    memo = desk.view.memo.setdefault(f"gates/{desk.policy_version}", {})
    found: gates.Sorted | None = memo.get((kind, wanted))
    if found is None:
        found = memo[(kind, wanted)] = gates.sort(desk.policy, kind, wanted)
    at_once, waiting, minutes = found
    until = desk.now + timedelta(minutes=minutes) if waiting else None
    return _release(audiences=at_once, at=desk.now if at_once else None, until=until), waiting
