"""A month of stage `cases` lived through: facts come, officers, authorities and receipts answer what came out, and time passes by ticks.

Whatever is fed is kept, as the log on Kafka would be: what was decided can be decided again from it.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert, AlertStep
from alertcore.records.dispatch import Silence, SilenceState
from alertcore.records.hub import Command, Entry, SettingName, SettingsFile
from alertcore.records.journal import JournalEmit
from alertcore.records.notice import AckMode, Notice, Receipt
from alertcore.records.rapid import AckLevel, Acknowledgement, RapidAlert
from alertcore.records.shared import Nature
from schemas.codec import encode
from streams.deciding import Record
from streams.emitting import Out
from streams.local import LocalShell, tick
from tests.unit.alertcore.cases_world import AUTHORITIES
from tests.unit.streams.month_facts import CODES, MONTH, START, facts
from tests.unit.streams.month_routes import FIRST, SECOND, WRONG, settings_text

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICERS = ("officer-1", "officer-2", "officer-3")
OUTAGES = ((6.5, 2.0), (13.2, 5.0), (20.9, 0.5))
"""When nobody decides, in days of the month, and for how many hours: facts come in, and no tick."""
TEXT = {"text_fr": "C'est le lot B.", "text_en": "It is lot B."}
MATCHERS = ('{kind="shortage"}', '{severity=~"minor|info"}', '{kind="hub"}', '{subject=~"cis:6000000[0-4]"}', '{kind=~"stop|device"}')
CASES_KEY = "ansm-demo"


def stage() -> CasesStage:
    """The stage, as each reading begins with it."""
    return CasesStage(Agency(id=CASES_KEY, name="Agence", program="test"))


class Recording(LocalShell):
    """Keeps every record it was fed. said: each emit as it is written, with the offset it came of."""

    def __init__(self) -> None:
        super().__init__(stage(), durable=True)
        self.log: list[Record] = []
        self.said: list[tuple[int, JournalEmit]] = []

    def feed_records(self, partition: int, records: list[Record]) -> list[Out]:
        """One by one, so that it is known what came of each."""
        found: list[Out] = []
        for record in records:
            outs = super().feed_records(partition, [record])
            self.log.append(record)
            self.said += [(record.offset, out.wire) for out in outs]
            found += outs
        return found


class Month:
    """All of it, from a seed. `shell.log` and `shell.outs` are what it leaves."""

    def __init__(self, seed: int) -> None:
        self.shell = Recording()
        self.now = START
        self._chance = random.Random(seed)
        self._queue: list[tuple[datetime, int, str, str, Any]] = []
        self._orders = 0
        self._silences: list[str] = []
        self._told: dict[str, int] = {}

    def live(self, days: float = 30.0) -> Recording:
        """So many days of it; after the whole month two more in which time alone passes."""
        end = START + days * DAY
        self._settings()
        for at, kind, sender, value in facts(self._chance):
            self._later(at, kind, value, sender)
        self._plan()
        while self._queue and (days >= MONTH.days or self._queue[0][0] < end):
            at, _, kind, sender, value = heapq.heappop(self._queue)
            self._until(at)
            self._feed(at, kind, sender, value)
        self._until(end + 2 * DAY if days >= MONTH.days else end)
        return self.shell

    def _feed(self, at: datetime, kind: str, sender: str, value: Any) -> None:
        number = len(self.shell.log)
        entry = Entry(stamp=at, sender=sender, event_id=f"evt_{number}", kind=kind, value=encode(value))
        self._answer(self.shell.feed(0, entry, CASES_KEY))

    def _until(self, at: datetime) -> None:
        """The owner's ticks as wall time comes to `at`: each some milliseconds late, and in an outage none until it is over."""
        while (due := self.shell.head().due) is not None:
            wakes = max(due, self.now) + timedelta(milliseconds=self._chance.choice((0, 0, 1, 7, 300)))
            wakes = next((end for begin, end in _outages() if begin <= wakes < end), wakes)
            if wakes > at:
                break
            self.now = wakes
            self._answer(self.shell.feed(0, tick(wakes, 0, self.shell.head().offset + 1)))
        self.now = max(self.now, at)

    def _later(self, at: datetime, kind: str, value: Any, sender: str = "hub") -> None:
        heapq.heappush(self._queue, (at, self._next(), kind, sender, value))

    def _next(self) -> int:
        self._orders += 1
        return self._orders

    def _settings(self) -> None:
        self._file(START, "authorities", _json({"authorities": AUTHORITIES}))

    def _file(self, at: datetime, name: str, text: str) -> None:
        sha = hashlib.sha256(text.encode()).hexdigest()
        self._later(at, name, SettingsFile(name=SettingName(name), content=text, sha256=sha, by="operator", at=at))

    def _plan(self) -> None:
        """What officers and operators do by themselves: files, silences, checks."""
        for day, name, text in (
            (2.3, "routes", settings_text(FIRST)),
            (9.1, "policy", _json({"release": [{"kind": "defect", "audience": "patients", "gate": "two"}]})),
            (16.4, "routes", _json(WRONG)),
            (17.2, "routes", settings_text(SECOND)),
            (18.0, "policy", _json({"disruption": {"hours": 48}})),
            (27.5, "routes", settings_text(FIRST)),
        ):
            self._file(START + day * DAY, name, text)
        for n in range(40):
            at = START + self._chance.uniform(1, 29) * DAY
            self._silence(at, MATCHERS[n % len(MATCHERS)], n)
        for day in (5.5, 19.5):
            self._order(START + day * DAY, "contact_test", "contacts", nature=Nature.TEST)
        for n, cis in enumerate(CODES[:20]):
            at = START + self._chance.uniform(3, 28) * DAY
            self._order(at, "case.note", f"cis:{cis}", {"text": f"note {n}"})
            self._order(at + HOUR, "measure.propose", f"cis:{cis}", {"code": "import", "id": f"m{n}"})
            self._order(at + 3 * HOUR, "measure.agree", f"cis:{cis}", {"id": f"m{n}"})
            self._order(at + DAY, "case.consult", f"cis:{cis}", {"question": "?", "to": "society-a", "until": (at + 2 * DAY).isoformat()})

    def _silence(self, at: datetime, matchers: str, n: int) -> None:
        """Every fourth recurs, every fifth has no end and is refused; some know of duties."""
        params = {"matchers": matchers, "ends": (at + self._chance.choice((2 * HOUR, 9 * HOUR, 3 * DAY))).isoformat()}
        if n % 4 == 0:
            params |= {"at": "20:00", "for": "9h", "days": "mon,tue,wed,thu,fri,sat", "zone": "Europe/Paris"}
            params["ends"] = (at + 6 * DAY).isoformat()
        if n % 5 == 4:
            del params["ends"]
        if n % 3 == 0:
            params["confirmed"] = "yes"
        self._order(at, "silence", "", params)

    def _order(
        self,
        at: datetime,
        action: str,
        target: str,
        params: dict[str, str] | None = None,
        *,
        nature: Nature = Nature.ACTUAL,
    ) -> None:
        """Somebody orders something, for a reason."""
        given: dict[str, Any] = {"command_id": f"c{self._next()}", "by": self._chance.choice(OFFICERS), "params": params or {}}
        self._later(at, "command", Command(action=action, target=target, reason="because", at=at, nature=nature, **given))

    def _answer(self, outs: Iterable[Out]) -> None:
        """What people do on what came out."""
        for out in outs:
            match out.value:
                case Alert():
                    self._on_alert(out.value)
                case Notice():
                    self._on_notice(out.value)
                case Silence():
                    self._on_silence(out.value)
                case RapidAlert() if out.value.alert_id is not None and self._chance.random() < 0.2:
                    self._on_rapid(out.value)

    def _soon(self, hours: float) -> datetime:
        return self.now + self._chance.random() * hours * HOUR

    def _on_alert(self, alert: Alert) -> None:
        draw = self._chance.random()
        if alert.step is AlertStep.HELD and draw < 0.8:
            self._order(self._soon(4), "release", alert.alert_id)
        elif alert.step is AlertStep.RELEASED and draw < 0.2:
            self._order(self._soon(1), "ack", alert.alert_id)
        elif alert.step is AlertStep.RELEASED and draw < 0.23:
            self._order(self._soon(30), "correct", alert.alert_id, TEXT)
        elif alert.step is AlertStep.RELEASED and draw < 0.27:
            self._order(self._soon(50), "cancel", alert.alert_id)

    def _on_notice(self, told: Notice) -> None:
        """Somebody reads, and where it is asked, some acknowledge."""
        if self._chance.random() < (0.9 if told.ack is not AckMode.NONE else 0.01):
            version = self._told[told.notice_id] = self._told.get(told.notice_id, 0) + 1
            receipt = Receipt(notice_id=told.notice_id, version=version, sent=4, total=4, acknowledged=self._chance.choice((0, 1, 2, 4)))
            self._later(self._soon(0.8), "receipt", receipt)

    def _on_silence(self, silence: Silence) -> None:
        if silence.state is not SilenceState.ACTIVE or silence.version > 2:
            return
        draw = self._chance.random()
        if draw < 0.3:
            self._order(self._soon(8), "silence_expire", silence.silence_id)
        elif draw < 0.6:
            at = self._soon(4)
            more = {"matchers": MATCHERS[0], "ends": (at + 20 * HOUR).isoformat(), "confirmed": "yes"}
            self._order(at, "silence", silence.silence_id, more)

    def _on_rapid(self, told: RapidAlert) -> None:
        at = self._soon(5)
        ack = Acknowledgement(
            authority=told.authority,
            alert_id=told.alert_id or "",
            version=told.version or 1,
            sequence=told.sequence,
            level=AckLevel.RECEIVED,
            at=at,
        )
        self._later(at, "acknowledgement", ack)


def _outages() -> list[tuple[datetime, datetime]]:
    return [(START + day * DAY, START + day * DAY + hours * HOUR) for day, hours in OUTAGES]


def _json(content: Any) -> str:
    return json.dumps(content)
