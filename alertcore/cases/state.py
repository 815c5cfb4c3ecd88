"""What stage cases remembers: settings, medicines, lives of alerts and the facts behind them, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from alertcore.cases.agreements import Agreement
from alertcore.cases.threads import Link
from alertcore.deadlines.progress import Ring
from alertcore.records.alert import Alert, Severity
from alertcore.records.defect import QualityDefect
from alertcore.records.product import Group, Substance
from alertcore.records.shared import Measure, Subject, Text
from alertcore.records.shortage import Declaration, SubstanceName


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A settings file in force (`setting/<name>`). version: 0 is the shipped default. content: canonical JSON."""

    version: int
    sha256: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Medicine:
    """What alerts say and need of one CIS (`medicine/<cis>`). packs: its presentations, CIP13 ascending; unmarketed: those not on sale."""

    cis: str
    name: str
    atc: str | None = None
    substances: tuple[Substance, ...] = ()
    form: str = ""
    mitm: bool = False
    companies: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    packs: tuple[str, ...] = ()
    unmarketed: tuple[str, ...] = ()

    @property
    def marketed(self) -> bool:
        """True where at least one presentation is on sale."""
        return len(self.unmarketed) < len(self.packs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Which alert stands for (kind, subject, nature) (`life/<nature>/<kind>/<subject>`): the open one, and the one before."""

    open: str | None = None
    last: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's release of the present content to one audience."""

    audience: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A group of people that was told, by the receiver of the routing file, for companies with the one.

    The rest is of its filter; who is not mandatory follows the alert's subjects, where none are named.
    """

    group: str
    audience: str
    kinds: tuple[str, ...]
    facilities: tuple[str, ...] = ()
    mandatory: bool = False
    regions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an audience was released while the present content waits for a person."""

    audience: str
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFile:
    """An alert with what is not for the world (`alert/<alert id>`).

    since: when it was raised. ended: whether its life is over. wanted: audiences its content is meant for. approvals: by whom so far.
    told: groups told. published: whether outsiders saw it. limit_at: when the next person is called; reminders: how often that was.
    missed: duties told as missed. rings: calls still to come before a duty is due. due_at: earliest instant it wants a tick.
    units: what of it the dispatch engine knows. earlier: by audience that waits.
    """

    alert: Alert
    since: datetime
    ended: bool = False
    wanted: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    told: tuple[Told, ...] = ()
    published: bool = False
    limit_at: datetime | None = None
    reminders: int = 0
    missed: tuple[str, ...] = ()
    rings: tuple[Ring, ...] = ()
    due_at: datetime | None = None
    units: tuple[str, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyThread:
    """A company's declarations on one medicine; their contents stand under `declaration/<nature>/<cis>/<company>/<id>`.

    meant: of a declaration that names no presentation, those that were on sale as it came.
    """

    company: str
    links: tuple[Link, ...]
    meant: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPart:
    """What the public list says of a medicine since it was told. code: 1 to 4, or one that is not understood.

    gone: absent from two snapshots. promised: back in supply from a day on that has not come.
    """

    code: int
    url: str = ""
    cip13s: tuple[str, ...] = ()
    start: date | None = None
    updated: date | None = None
    returned: date | None = None
    gone: bool = False
    promised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortageCase:
    """All that is known of one medicine's supply (`case/<nature>/<cis>`).

    covered: an officer's word on whether alternatives cover the need of a stop. measures: the agency's own, by id.
    agreements: its word on what companies propose, by company and id.
    """

    threads: tuple[CompanyThread, ...] = ()
    public: PublicPart | None = None
    covered: bool | None = None
    measures: tuple[Measure, ...] = ()
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A row of a public list. seen: number of the last snapshot that had it."""

    cip13: str
    url: str
    code: int
    start: date | None = None
    updated: date | None = None
    returned: date | None = None
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMedicine:
    """A medicine on a public list (`status/<sender>/<nature>/<cis>`). judged: what the last accepted snapshot came to, by row order."""

    rows: tuple[StatusRow, ...] = ()
    judged: PublicPart | None = None
    name: str = ""
    country: str = ""
    substances: tuple[SubstanceName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """The rapid alerts sent on one defect. content: the record last told. sent: day of the last message."""

    year: int
    serial: int
    message_no: int
    reference: str
    sent: date
    authorities: tuple[str, ...]
    content: QualityDefect
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectThread:
    """The records on one defect (`defect/<nature>/<thread>`); their contents stand under `defect-told/<nature>/<thread>`.

    notified: the rapid alerts sent on it.
    """

    thread: str
    subject: Subject
    opened_at: datetime
    links: tuple[Link, ...]
    notified: Notified | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRecord:
    """One record on a defect, and when the hub heard it."""

    record: QualityDefect
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectTold:
    """All that the records on one defect said (`defect-told/<nature>/<thread>`), also those that newer ones took the place of."""

    records: tuple[DefectRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectBoard:
    """The defects of one subject (`defects/<nature>/<subject>`), by thread."""

    threads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One trouble of the hub on a subject, by the rule that found it."""

    rule: str
    severity: Severity
    sentence: Text
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCase:
    """Open troubles of the hub on one subject (`trouble/<nature>/<subject>`)."""

    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalMark:
    """The last version told of a signal of this stage (`signal/<signal id>`). at: when. sentence: CRC-32 of what it said."""

    version: int
    since: datetime
    open: bool
    at: datetime | None = None
    severity: Severity = Severity.INFO
    thresholds: tuple[float, ...] = ()
    values: tuple[float, ...] = ()
    sentence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldByPolicy:
    """Alerts that a policy raised and that wait for a person (`held-by-policy`), by id."""

    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDays:
    """Days that hold remembered event ids (`seen-days`), oldest first, as YYYY-MM-DD."""

    days: tuple[str, ...] = ()


KINDS: dict[str, type[object]] = {
    "setting": Setting,
    "medicine": Medicine,
    "life": Life,
    "alert": AlertFile,
    "case": ShortageCase,
    "declaration": Declaration,
    "status": PublishedMedicine,
    "defect": DefectThread,
    "defect-fact": QualityDefect,
    "defect-told": DefectTold,
    "defect-of": str,
    "defects": DefectBoard,
    "trouble": HubCase,
    "signal": SignalMark,
    "sequence": int,
    "serial": int,
    "seen": int,
    "seen-days": SeenDays,
}
"""Type of a state value by what its key begins with, up to the first slash."""
