"""What the dispatch engine calls an alert: one of ours for one release audience.

For companies it is one for each: none sees another's figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from alertcore.cases.state import AlertFile
from alertcore.dispatch.events import AlertUpdate
from alertcore.dispatch.receivers import RELEASE_OF, Receiver
from alertcore.dispatch.receivers import everybody as everybody
from alertcore.dispatch.routes import by_law, followed
from alertcore.identity import digest
from alertcore.kept import Same
from alertcore.making import maker, replace
from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.notice import Audience, AudienceFilter, Lane
from alertcore.records.shared import Subject

COMPANIES = "companies"
TOLD = ("officers", COMPANIES, "professionals", "patients")
"""Release audiences that routes lead to; authorities and the public have ways of their own."""
NOBODY = ("nobody",)
"""A kind that nobody is of: an empty list of kinds would be everybody."""
OWN_LABELS = ("alert", "kind", "severity", "subject", "subject_kind", "nature", "audience", "company", "address")
"""Labels of every unit, which no fact and nobody outside can set."""

_update = maker(AlertUpdate)


def unit_id(alert_id: str, suffix: str) -> str:
    """The engine's name of a unit. suffix: a release audience, for companies with `/` and the organisation's id."""
    return f"{alert_id}/{suffix}"


def split(unit: str) -> tuple[str, str, str]:
    """(alert id, release audience, company or empty) of a unit."""
    alert_id, _, suffix = unit.partition("/")
    audience, _, company = suffix.partition("/")
    return alert_id, audience, company


def suffixes(alert: Alert, audiences: tuple[str, ...]) -> Iterator[str]:
    """The units of an alert that is released to these audiences."""
    for audience in TOLD:
        if audience in audiences:
            if audience == COMPANIES:
                yield from (f"{COMPANIES}/{c}" for c in concerned(alert))
            else:
                yield audience


def concerned(alert: Alert) -> tuple[str, ...]:
    """Companies that an alert names."""
    return tuple(dict.fromkeys(c for c in alert.labels.get("companies", "").split(",") if c))


def update_of(alert: Alert, suffix: str, version: int) -> AlertUpdate:
    """A unit as the engine is told of it while the alert stands."""
    return _update(
        alert_id=unit_id(alert.alert_id, suffix),
        version=version,
        labels=labels(alert, suffix),
        lane=lane(alert),
        duty=is_duty(alert, suffix),
    )


def lane(alert: Alert) -> Lane:
    """The lane that the severity asks for."""
    return Lane.URGENT if alert.severity is Severity.CRITICAL else Lane.NORMAL


def is_duty(alert: Alert, suffix: str) -> bool:
    """A suspected serious risk must be told to all of the supply chain at once (CSP R.5312-1, confirmed); medicines for people alone."""
    risk = alert.kind in (AlertKind.DEFECT, AlertKind.FALSIFIED) and by_law(alert.labels)
    return risk and suffix == "professionals" and alert.labels.get("species") != "veterinary"


def labels(alert: Alert, suffix: str) -> dict[str, str]:
    """What routes, silences and inhibitions match, in key order. `address`: whom "followers" and "concerned" mean for this alert."""
    audience, _, company = suffix.partition("/")
    found = {"alertname": alert.kind.value} | {k: v for k, v in alert.labels.items() if v}
    found |= {
        "alert": alert.alert_id,
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "subject": f"{alert.subject.kind}:{alert.subject.id}",
        "subject_kind": alert.subject.kind.value,
        "nature": alert.nature.value,
        "audience": audience,
        "address": company or address(alert),
    }
    if company:
        found["company"] = company
    return dict(sorted(found.items()))


def address(alert: Alert) -> str:
    """The same for alerts that the same people follow."""
    subjects = followed(alert)
    return _ADDRESSES.known(id(subjects)) or _ADDRESSES.keep(subjects)


def _address(subjects: tuple[Subject, ...]) -> str:
    return digest(*sorted(f"{s.kind}:{s.id}" for s in subjects))


_ADDRESSES = Same(_address, 4096)


def audience_of(receiver: Receiver, alert: Alert, company: str) -> Audience:
    """Whom a receiver means for this alert: its followers, the organisations it concerns, or whom the file names."""
    assert receiver.audience is not None, "who is told"
    return resolved(receiver.audience, alert, company, concerned_only=receiver.concerned)


def resolved(audience: Audience, alert: Alert, company: str, *, concerned_only: bool) -> Audience:
    """An audience of the routing file for one alert."""
    whom = audience.filter
    if whom is None:
        return audience
    if concerned_only:
        return Audience(filter=replace(whom, facilities=(company or alert.subject.id,), mandatory=True))
    if whom.mandatory or whom.subjects:
        return audience
    return _following(whom, followed(alert))


@lru_cache(maxsize=4096)
def _following(whom: AudienceFilter, subjects: tuple[Subject, ...]) -> Audience:
    """Filters for the followers of one medicine, the very same in all its alerts' notices."""
    return Audience(filter=replace(whom, subjects=subjects))


def beside(audience: Audience, anyway: frozenset[str]) -> Audience:
    """Followers without those who are told anyway: nobody is told twice, nor invited to leave what they must be told."""
    whom = audience.filter
    assert whom is not None, "followers are a filter"
    if not anyway.intersection(whom.kinds):
        return audience
    return _beside(whom, anyway)


@lru_cache(maxsize=4096)
def _beside(whom: AudienceFilter, anyway: frozenset[str]) -> Audience:
    return Audience(filter=replace(whom, kinds=tuple(k for k in whom.kinds if k not in anyway) or NOBODY))


def reader_of(whom: AudienceFilter, company: str) -> str:
    """Who reads a message to these people: officers, one company (its id), or anybody outside."""
    found = {RELEASE_OF.get(kind, "professionals") for kind in whom.kinds}
    if found == {"officers"}:
        return "officers"
    return company if found == {COMPANIES} and company and whom.facilities == (company,) else "outside"


def content(file: AlertFile, audience: str) -> Alert:
    """What may be told to an audience: the present content, or the last one released to it while the present one waits for a person."""
    return next((e.alert for e in file.earlier if e.audience == audience), file.alert)
