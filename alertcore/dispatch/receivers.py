"""Receivers: an audience, how it is reached, and what holds for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from alertcore.dispatch.limits import Limit
from alertcore.dispatch.reading import Reading
from alertcore.records.notice import AckMode, Audience, AudienceFilter, Channel, Lane
from alertcore.records.shared import Subject, SubjectKind

NAMES = ("name", "audience", "release", "channels", "lane", "duties", "send_resolved", "limits", "escalation")
AUDIENCE = ("kinds", "subjects", "regions", "countries", "facilities", "mandatory", "concerned", "recipients_of")
STEP = ("wait", "audience", "channels", "until", "n")
CHANNELS = {c.value: c for c in Channel if c is not Channel.UNKNOWN}
LANES = {x.value: x for x in Lane if x is not Lane.UNKNOWN}
UNTIL = {m.value: m for m in (AckMode.ANY, AckMode.EACH, AckMode.N_OF_M)}
SUBJECTS = {k.value: k for k in SubjectKind}
RELEASES = {x: x for x in ("officers", "companies", "professionals", "patients")}
"""Whom an alert is released to, in the order in which people let it out."""
RELEASE_OF = dict.fromkeys(("officer", "deputy", "director", "board"), "officers") | {"company": "companies", "patient": "patients"}
"""All other kinds are professionals, those that nobody knows yet too: nobody is taken for an officer by mistake."""
CALLED = "called"
"""Rule of a notice to those alone whom the notices that it follows called, past every route."""
KINDS = (
    *("patient", "physician", "community_pharmacy", "hospital_pharmacy", "hospital", "wholesaler", "depositary"),
    *("company", "officer", "authority"),
)
"""Kinds of people and bodies in the directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of an escalation: whom it calls after `wait_ms`, unless those told before have acknowledged as `until` asks."""

    wait_ms: int
    audience: Audience
    channels: tuple[Channel, ...]
    until: AckMode = AckMode.ANY
    n: int = 1
    concerned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """lane: None where the alert's own holds. audience: None where nobody is told (a route that swallows).

    concerned: of the audience only the organisations that the alert names. duties: what it is told discharges a duty.
    release: the release audience it says it belongs to; empty where its kinds say so.
    """

    name: str
    audience: Audience | None = None
    concerned: bool = False
    release: str = ""
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    lane: Lane | None = None
    duties: bool = True
    send_resolved: bool = True
    limits: tuple[Limit, ...] = ()
    escalation: tuple[Step, ...] = ()

    @property
    def release_audience(self) -> str:
        """With whom it is told: officers, companies, professionals or patients. Empty where its kinds are of several, or there are none."""
        found = releases(self.audience)
        return self.release or (found.pop() if len(found) == 1 else "")

    @property
    def follows(self) -> bool:
        """Whether only those are told who follow what the alert is about."""
        f = self.audience.filter if self.audience is not None else None
        return f is not None and not (f.mandatory or f.subjects or self.concerned)


def unknown_kinds(receiver: Receiver) -> list[str]:
    """Kinds that it or a step of its names, and that nobody in the directory is of."""
    filters = [a.filter for a in (receiver.audience, *(s.audience for s in receiver.escalation)) if a is not None and a.filter is not None]
    return sorted({kind for f in filters for kind in f.kinds if kind not in KINDS})


def releases(audience: Audience | None) -> set[str]:
    """The release audiences that the kinds of an audience belong to."""
    f = audience.filter if audience is not None else None
    return {RELEASE_OF.get(kind, "professionals") for kind in f.kinds} if f is not None else set()


def everybody(receivers: Iterable[Receiver]) -> frozenset[str]:
    """Kinds of which these receivers name everybody."""
    filters = [r.audience.filter for r in receivers if r.audience is not None and r.audience.filter is not None and not r.concerned]
    return frozenset(k for f in filters if f.mandatory and not (f.regions or f.countries or f.facilities or f.subjects) for k in f.kinds)


def read_receiver(reading: Reading, value: Any, path: str) -> Receiver:
    """One entry of `receivers`."""
    given = reading.map_of(value, path, NAMES)
    name = reading.text(given.get("name"), f"{path}.name")
    if not name:
        reading.wrong(path, "a receiver needs a name")
    channels = _channels(reading, given.get("channels"), f"{path}.channels")
    audience = _audience(reading, given["audience"], f"{path}.audience") if "audience" in given else None
    return Receiver(
        name=name,
        audience=audience,
        concerned=_concerned(given.get("audience")),
        release=_release(reading, given.get("release"), f"{path}.release", audience),
        channels=channels,
        lane=reading.one_of(given.get("lane"), f"{path}.lane", LANES, None),
        duties=reading.yes(given.get("duties"), f"{path}.duties", True),
        send_resolved=reading.yes(given.get("send_resolved"), f"{path}.send_resolved", True),
        limits=tuple(_limit(reading, item, at) for item, at in reading.list_of(given.get("limits"), f"{path}.limits")),
        escalation=tuple(_step(reading, item, at, channels) for item, at in reading.list_of(given.get("escalation"), f"{path}.escalation")),
    )


def _channels(reading: Reading, value: Any, path: str) -> tuple[Channel, ...]:
    found = tuple(reading.one_of(item, at, CHANNELS, Channel.UNKNOWN) for item, at in reading.list_of(value, path))
    return found or (Channel.EMAIL,)


def _concerned(audience: Any) -> bool:
    return isinstance(audience, dict) and audience.get("concerned") is True


def _release(reading: Reading, value: Any, path: str, audience: Audience | None) -> str:
    """Later than its kinds say alone: an audience must not be told what was released to another before it."""
    found: str = reading.one_of(value, path, RELEASES, "")
    order = list(RELEASES)
    if found and any(order.index(own) > order.index(found) for own in releases(audience)):
        reading.wrong(path, "some of its kinds are told later than that: what is not released to them must not reach them")
    return found


def _audience(reading: Reading, value: Any, path: str, *, everybody: bool = False) -> Audience:
    """everybody: of these kinds, where nothing says that it is followers or the organisations concerned."""
    given = reading.map_of(value, path, AUDIENCE)
    of = reading.text(given.get("recipients_of"), f"{path}.recipients_of")
    if of:
        if len(given) > 1:
            reading.wrong(path, "recipients_of stands alone: it narrows nothing and is not narrowed")
        return Audience(recipients_of=of)
    parts = {n: reading.texts(given.get(n), f"{path}.{n}") for n in ("kinds", "regions", "countries", "facilities")}
    subjects = tuple(_subject(reading, item, at) for item, at in reading.list_of(given.get("subjects"), f"{path}.subjects"))
    concerned = reading.yes(given.get("concerned"), f"{path}.concerned", False)
    if concerned and (beside := [n for n in ("subjects", "facilities", "mandatory") if given.get(n)]):
        reading.wrong(path, f"concerned is the organisations that the alert names, so {', '.join(beside)} cannot stand beside it")
    mandatory = reading.yes(given.get("mandatory"), f"{path}.mandatory", everybody and not (concerned or subjects))
    return Audience(filter=AudienceFilter(**parts, subjects=subjects, mandatory=mandatory))


def _subject(reading: Reading, value: Any, path: str) -> Subject:
    kind, _, id_ = reading.text(value, path).partition(":")
    if not id_:
        reading.wrong(path, "a subject is written as kind:id")
    return Subject(kind=reading.one_of(kind, path, SUBJECTS, SubjectKind.CIS), id=id_)


def _limit(reading: Reading, value: Any, path: str) -> Limit:
    given = reading.map_of(value, path, ("channel", "n", "per"))
    per = reading.duration(given.get("per"), f"{path}.per", timedelta(hours=1))
    if per <= timedelta(0):
        reading.wrong(f"{path}.per", "must be more than nothing")
    if missing := [n for n in ("channel", "n", "per") if n not in given]:
        reading.wrong(path, f"{', '.join(missing)} must be given")
    channel = reading.one_of(given.get("channel"), f"{path}.channel", CHANNELS, Channel.EMAIL)
    return Limit(channel=channel, n=reading.count(given.get("n"), f"{path}.n", 1), per_ms=max(per // timedelta(milliseconds=1), 1))


def _step(reading: Reading, value: Any, path: str, channels: tuple[Channel, ...]) -> Step:
    given = reading.map_of(value, path, STEP)
    if missing := [n for n in ("wait", "audience") if n not in given]:
        reading.wrong(path, f"{' and '.join(missing)} must be given")
    until = reading.one_of(given.get("until"), f"{path}.until", UNTIL, AckMode.ANY)
    if (until is AckMode.N_OF_M) is not ("n" in given):
        reading.wrong(path, "n belongs to until: n_of_m, and must be given with it")
    wait = reading.duration(given.get("wait"), f"{path}.wait", timedelta(minutes=15))
    return Step(
        wait_ms=wait // timedelta(milliseconds=1),
        audience=_audience(reading, given.get("audience", {}), f"{path}.audience", everybody=True),
        concerned=_concerned(given.get("audience")),
        channels=_channels(reading, given["channels"], f"{path}.channels") if "channels" in given else channels,
        until=until,
        n=reading.count(given.get("n"), f"{path}.n", 1),
    )
