"""The auditor: when it calls outside, and what keeps it from calling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from alertcore.cases.audit import LATE, Clock, behind, clocks_of, not_clocked, overdue
from alertcore.records.defect import YesNo
from alertcore.records.journal import Journal
from alertcore.records.shared import SubjectKind
from plumbing.errors import Transient
from plumbing.reader import Start
from plumbing.records import Received, TopicPartition
from schemas.codec import encode
from tests.unit.alertcore.cases_world import NOW, World, signal
from tocsin.exits import UsageError
from tocsin.roles.auditing import HEAD, Auditor, Watched, called
from tocsin.settings import load_settings

STAGES = {"supply": 2, "cases": 1}
SOON = datetime.now(UTC) + timedelta(days=1)


class Kafka:
    """Topics in memory. logs: next offset of each log; heads: by stage and partition; state: records of cases.state."""

    def __init__(self) -> None:
        self.logs = {("supply", 0): 5, ("supply", 1): 0, ("cases", 0): 3}
        self.heads = {place: Journal(offset=end - 1, now=NOW, due=SOON) for place, end in self.logs.items() if end}
        self.state: list[tuple[bytes, bytes | None]] = []
        self.away = False

    async def offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        if self.away:
            raise Transient("away")
        return {p: (0, self.logs.get((p.topic.removesuffix(".log"), p.partition), 9)) for p in partitions}

    async def tail(self, starts: Mapping[TopicPartition, Start], *, idle_s: float = 0.5) -> AsyncGenerator[list[Received], None]:
        del idle_s
        yield [
            Received(p.topic, p.partition, 8, HEAD, encode(head), (), 0)
            for p in starts
            if (head := self.heads.get((p.topic.removesuffix(".state"), p.partition))) is not None
        ]
        yield []

    async def read_to_end(self, topic: str, partition: int, *, start: Start = "beginning") -> AsyncGenerator[list[Received], None]:
        first = start if isinstance(start, int) else 0
        yield [Received(topic, partition, n, k, v, (), 0) for n, (k, v) in enumerate(self.state) if n >= first]


def state_of(of: World) -> list[tuple[bytes, bytes | None]]:
    """What stage cases wrote, with its head."""
    kept: list[tuple[bytes, bytes | None]] = [(k.encode(), of.shell.stage.dump(k, v)) for k, v in of.shell.view().items("")]
    return [*kept, (HEAD, encode(of.shell.head()))]


def risky() -> World:
    of = World()
    of.report(reached_patients=YesNo.YES, reached_patients_at=NOW)
    return of


Calls = asyncio.Queue[str]


def auditor(kafka: Kafka, calls: Calls) -> Auditor:
    async def call(url: str) -> None:
        await calls.put(url)

    return Auditor(kafka, STAGES, "http://outside", by_wall=True, every_s=0.001, call=call)


async def next_call(calls: Calls) -> str:
    async with asyncio.timeout(5):
        return await calls.get()


async def test_while_all_is_well_it_calls_again_and_again_until_it_is_told_to_stop() -> None:
    calls, stop = Calls(), asyncio.Event()
    running = asyncio.ensure_future(auditor(Kafka(), calls).run(stop))
    assert [await next_call(calls) for _ in range(3)] == ["http://outside"] * 3
    stop.set()
    await running


async def test_what_stood_in_a_log_at_the_look_before_and_is_not_decided_now_is_not_well() -> None:
    kafka = Kafka()
    looking = auditor(kafka, Calls())
    kafka.logs["supply", 0] = 6
    assert await looking.look() == []
    assert await looking.look() == ["supply/0 has decided up to 4 of 5"]
    kafka.heads["supply", 0] = replace(kafka.heads["supply", 0], offset=5)
    assert await looking.look() == []


async def test_an_open_duty_has_a_clock_and_one_whose_clock_does_not_run_is_not_well() -> None:
    kafka, of = Kafka(), risky()
    kafka.state = state_of(of)
    looking = auditor(kafka, Calls())
    assert await looking.look() == []
    kafka.state.append((HEAD, encode(replace(of.shell.head(), due=None))))
    assert [p for p in await looking.look() if "public_announcement" in p and "its clock does not run" in p] != []


async def test_a_transaction_whose_head_has_not_come_is_not_judged() -> None:
    kafka, of = Kafka(), risky()
    kafka.state = [(HEAD, encode(Journal(offset=0, now=NOW))), *state_of(of)[:-1]]
    looking = auditor(kafka, Calls())
    assert await looking.look() == []
    kafka.state.append(state_of(of)[-1])
    assert await looking.look() == []


async def test_an_event_that_nobody_could_decide_is_not_well_until_officers_are_done_with_it() -> None:
    kafka, of = Kafka(), World()
    of.feed("signal", signal("undecided", SubjectKind.REPORTER, "cases"))
    kafka.state = state_of(of)
    assert any(p.startswith("undecided: ") for p in await auditor(kafka, Calls()).look())


async def test_a_broker_that_is_away_keeps_the_call_from_going_out_and_ends_nothing() -> None:
    kafka, calls = Kafka(), Calls()
    kafka.away = True
    stop = asyncio.Event()
    running = asyncio.ensure_future(auditor(kafka, calls).run(stop))
    for _ in range(50):
        await asyncio.sleep(0)
    assert calls.empty()
    kafka.away = False
    assert await next_call(calls) == "http://outside"
    stop.set()
    await running


def test_a_tick_may_be_late_by_two_minutes_and_no_more() -> None:
    heads = {("cases", 0): Journal(offset=1, now=NOW, due=NOW)}
    assert overdue(heads, NOW + LATE) == []
    assert overdue(heads, NOW + LATE + timedelta(microseconds=1)) != []


def test_a_partition_is_behind_from_the_first_record_that_it_has_not_decided() -> None:
    heads = {("cases", 0): Journal(offset=4, now=NOW)}
    assert behind({("cases", 0): 5}, heads) == []
    assert behind({("cases", 0): 6}, heads) != []
    assert behind({("cases", 1): 0}, heads) == []
    assert behind({("cases", 1): 1}, heads) != []


@pytest.mark.parametrize(
    ("set_for", "due", "well"),
    [
        (NOW, NOW, True),
        (NOW, NOW - LATE, True),
        (NOW, NOW + timedelta(seconds=1), False),
        (NOW + timedelta(seconds=1), NOW, False),
        (None, NOW, False),
        (NOW, None, False),
    ],
)
def test_a_clock_is_set_before_its_duty_is_due_and_the_partition_wants_its_tick_before_the_clock(
    set_for: datetime | None, due: datetime | None, well: bool
) -> None:
    assert (not_clocked([Clock("x", NOW, set_for)], due) == []) is well


def test_every_open_alert_of_a_hub_at_work_has_its_clocks() -> None:
    of = risky()
    of.declare()
    for _ in range(40):
        of.wait(timedelta(hours=3))
        clocks = [c for f in of.files() for c in clocks_of(f)]
        assert not_clocked(clocks, of.shell.head().due) == []
    assert Watched().problems() == []


async def test_the_call_is_a_request_and_a_refusal_is_an_error() -> None:
    answers = [200, 500]
    asked: list[str] = []

    class Outside(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(answers.pop(0))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Outside) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/well"
            await called(url)
            with pytest.raises(OSError, match="500"):
                await called(url)
        finally:
            server.shutdown()
            thread.join(5)
    assert asked == ["/well", "/well"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x", "outside"])
def test_only_the_web_is_called(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_AUDIT__URL", url)
    with pytest.raises(UsageError, match="audit"):
        load_settings()
