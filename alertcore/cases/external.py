"""Alerts posted from outside, as Prometheus and `amtool` post them: each set of labels is one alert of kind `hub`, for officers alone.

It stands until the end that was posted, and a source that names none posts again before it runs out. What only repeats is not told; what is
over is forgotten after some days.
"""

from __future__ import annotations

from datetime import timedelta

from alertcore.cases import alerts, dispatching, past_routes, timers
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.lives import life_key, open_file
from alertcore.cases.picture import Picture, content_facts
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile, Life
from alertcore.cases.units import OWN_LABELS
from alertcore.deadlines.clock import local_day
from alertcore.dispatch.fingerprint import fingerprint
from alertcore.dispatch.posted import Posted, merged, read
from alertcore.making import replace
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.hub import Command
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.statejson import json_text, rfc3339

ACTION = "external_alert"
TIMER = RULE = "external"
RENEWED_AFTER = timedelta(hours=1)
"""How often at most other annotations alone make a version: those of Prometheus may name another figure each minute."""

FORGOTTEN = "external_forgotten"
KEPT = timedelta(days=15)
"""How long an ended one is remembered: longer than it may come back as a relapse (a week), and as long as Prometheus keeps the figures that
it was made of where nobody says otherwise, so that whoever asks why finds both or neither. The topics keep what was told of it."""
ASKED_AGAIN = timedelta(days=1)
"""While its end still waits to be told somewhere, it is kept, and looked at each day."""

RESERVED = (*OWN_LABELS, "template", "rule", "companies", "by_company", "holder")
"""Labels that the hub itself goes by: nobody outside sets them."""
PREFIX = "posted_"
"""Before a label of that name."""
SUBJECT_PREFIX = "external-"
"""Before the fingerprint, in the id of what such an alert is about."""

SEVERITIES = {
    **dict.fromkeys(("critical", "page", "emergency", "fatal"), Severity.CRITICAL),
    **dict.fromkeys(("severe", "error", "high", "major"), Severity.SEVERE),
    **dict.fromkeys(("minor", "low", "notice"), Severity.MINOR),
    **dict.fromkeys(("info", "information", "informational", "debug", "none"), Severity.INFO),
}
"""The hub's severities by what others call them; anything else is moderate, as a warning is."""

KINDS: dict[str, type[object]] = {"external": Posted}
"""What stands, by nature and fingerprint (`external/<nature>/<fingerprint>`)."""


def of(value: object) -> bool:
    """Whether this is such an order: it comes again each minute, so its ids are not remembered for long."""
    return isinstance(value, Command) and value.action == ACTION


def take(desk: Desk, order: Command) -> str:
    """Params: alerts (see `dispatch.posted`). Nothing is returned where the action is another; the reason is that of the last alert.

    The same command again changes nothing: its ends are instants, so it need not be remembered.
    """
    if order.action != ACTION:
        return ""
    if not order.by.strip():
        return Outcome.NO_PERSON
    try:
        posts = read(order.params.get("alerts", ""))
    except ValueError:
        return Outcome.UNKNOWN_VALUE
    if order.nature not in (Nature.ACTUAL, Nature.EXERCISE):
        return Outcome.UNKNOWN_VALUE
    reason: str = Outcome.NOTHING_NEW
    for post in posts:
        reason = _take(desk, order.nature, post)
    return reason


def wake(desk: Desk, whose: str) -> None:
    """Nobody has posted it again before its end."""
    nature, _, print_ = whose.partition("/")
    stood: Posted | None = desk.get(f"external/{whose}")
    assert stood is not None, "its timer goes with it"
    _end(desk, Nature(nature), print_, stood)


def follow(desk: Desk, moved: Moved) -> None:
    """However such an alert has ended, it is forgotten some time after: else each set of labels that was ever posted would stay."""
    if moved.how == "ended" and moved.kind is AlertKind.HUB and moved.subject.id.startswith(SUBJECT_PREFIX):
        life: Life | None = desk.get(life_key(moved.kind, moved.subject, moved.nature))
        if life is not None and life.last is not None:
            timers.set_timer(desk, FORGOTTEN, life.last, desk.now + KEPT)


def forget(desk: Desk, alert: str) -> None:
    """The time of an ended alert is over. The one that has come in its place has a time of its own."""
    file: AlertFile | None = desk.get(f"alert/{alert}")
    if file is None or not file.ended or file.alert.labels.get("rule") != RULE:
        return
    if dispatching.knows(desk, file):
        timers.set_timer(desk, FORGOTTEN, alert, desk.now + ASKED_AGAIN)
        return
    desk.put(f"alert/{alert}", None)
    if past_routes.were(desk, alert):
        desk.put(f"called/{alert}", None)
    key = life_key(file.alert.kind, file.alert.subject, file.alert.nature)
    life: Life | None = desk.get(key)
    if life is not None and life.last == alert:
        desk.put(key, None if life.open is None else replace(life, last=None))


def _take(desk: Desk, nature: Nature, post: Posted) -> str:
    print_ = fingerprint(post.labels)
    whose = f"{nature}/{print_}"
    old: Posted | None = desk.get(f"external/{whose}")
    if post.until <= desk.now:
        return _end(desk, nature, print_, post)
    stands = merged(old, post)
    if stands != old:
        desk.put(f"external/{whose}", stands)
        timers.set_timer(desk, TIMER, whose, stands.until)
    picture = _picture(nature, print_, stands, desk.agency.timezone)
    file = open_file(desk, AlertKind.HUB, picture.subject, nature)
    if file is not None:
        return _renewed(desk, file, picture)
    alerts.show(desk, picture, Reason.EXTERNAL_ALERT, Reason.EXTERNAL_CHANGED)
    return desk.reason


def _renewed(desk: Desk, file: AlertFile, picture: Picture) -> str:
    """What others say beside the same labels is kept, seldom, and told to nobody: it is the same alert."""
    if content_facts(file.alert) == picture.facts or desk.now - file.alert.decided_at < RENEWED_AFTER:
        return Outcome.NOTHING_NEW
    beside = {k: v for k, v in file.alert.facts.items() if k not in content_facts(file.alert)}
    facts = alerts.in_key_order(beside | picture.facts)
    alerts.save(desk, alerts.step(desk, file, AlertStep.UPDATED, Reason.EXTERNAL_CHANGED, facts=facts))
    return Reason.EXTERNAL_CHANGED


def _end(desk: Desk, nature: Nature, print_: str, last: Posted) -> str:
    whose = f"{nature}/{print_}"
    if desk.get(f"external/{whose}") is not None:
        desk.put(f"external/{whose}", None)
        timers.set_timer(desk, TIMER, whose, None)
    file = open_file(desk, AlertKind.HUB, _subject(print_), nature)
    if file is None:
        return Outcome.NOT_OPEN
    said = _facts(last, desk.agency.timezone) if last.annotations else None  # an end in no words leaves those that were told
    alerts.end(desk, file, AlertStep.RESOLVED, Reason.EXTERNAL_OVER, said)
    return Reason.EXTERNAL_OVER


def _picture(nature: Nature, print_: str, post: Posted, zone: str) -> Picture:
    return Picture(
        kind=AlertKind.HUB,
        subject=_subject(print_),
        nature=nature,
        severity=SEVERITIES.get(post.labels.get("severity", "").lower(), Severity.MODERATE),
        labels=_labels(post.labels) | {"template": "hub", "rule": RULE},
        facts=_facts(post, zone),
        audiences=("officers",),
    )


def _subject(print_: str) -> Subject:
    return Subject(kind=SubjectKind.REPORTER, id=f"{SUBJECT_PREFIX}{print_}")


def _labels(given: dict[str, str]) -> dict[str, str]:
    """The posted labels, those with a name of the hub's own under another."""
    found = {name: value for name, value in given.items() if name not in RESERVED}
    for name in sorted(given.keys() & set(RESERVED)):
        free = PREFIX + name
        while free in given:
            free = PREFIX + free
        found[free] = given[name]
    return found


def _facts(post: Posted, zone: str) -> dict[str, str]:
    """What it says, in the words it came in: the hub does not know their language."""
    said = post.annotations
    name = post.labels.get("alertname", "") or "alert"
    headline = said.get("summary", "") or said.get("title", "") or name
    sentence = said.get("description", "") or said.get("message", "") or headline
    return {
        "name": name,
        "headline_fr": headline,
        "headline_en": headline,
        "sentence_fr": sentence,
        "sentence_en": sentence,
        "since": local_day(post.since, zone).isoformat(),
        "posted_since": rfc3339(post.since),
        "annotations": json_text(dict(sorted(said.items()))),
        "generator": post.generator,
    }
