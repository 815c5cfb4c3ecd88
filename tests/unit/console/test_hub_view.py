"""The view of the hub in memory, and how it is read and followed from topics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertcore.dispatch.shipped import SHIPPED
from alertcore.records.alert import Alert, AlertKind, AlertStep, LogOrigin, Severity
from alertcore.records.dispatch import Chain, Silence, SilenceState, Verdict, Verdicts
from alertcore.records.shared import Subject, SubjectKind
from console import hub_follower
from console.hub_follower import HubFollower
from console.hub_view import ALERTS, EARLY, SETTINGS, SILENCES, VERDICTS, HubView
from plumbing.errors import OffsetGone, Transient
from plumbing.reader import Reader
from plumbing.records import Received, TopicPartition
from schemas.codec import encode
from tests.unit.alertcore.cases_world import NOW
from tests.unit.console.hub_world import read_routes, received

PATIENCE_S = 5.0


def alert(ident: str = "alr_1", version: int = 1, step: AlertStep = AlertStep.RAISED, minutes: int = 0) -> Alert:
    return Alert(
        alert_id=ident,
        version=version,
        step=step,
        reason="x",
        kind=AlertKind.SHORTAGE,
        subject=Subject(kind=SubjectKind.CIS, id="60000001"),
        opened_by="evt_1",
        severity=Severity.MINOR,
        policy_version=0,
        rule_version=1,
        program="test",
        decided_at=NOW + timedelta(minutes=minutes),
        origin=LogOrigin(topic="cases.log", partition=0, offset=1),
    )


def verdicts(ident: str, word: str, minutes: int = 0, receiver: str = "officers") -> Verdicts:
    chain = Chain(version=1, audience="officers", receiver=receiver, routing="0", verdicts=(Verdict(word=word),))
    return Verdicts(alert_id=ident, at=NOW + timedelta(minutes=minutes), chains=(chain,))


def silence(ident: str = "sil_1", version: int = 1, state: SilenceState = SilenceState.ACTIVE, hours: int = 1) -> Silence:
    ends = NOW + timedelta(hours=hours)
    return Silence(silence_id=ident, version=version, state=state, author="o", starts=NOW, ends=ends, at=NOW)


def of(*records: Any) -> list[Received]:
    """Records as their topics carry them."""
    keyed = {Alert: (ALERTS, "alert_id"), Verdicts: (VERDICTS, "alert_id"), Silence: (SILENCES, "silence_id")}
    return [received(keyed[type(r)][0], getattr(r, keyed[type(r)][1]), encode(r), n) for n, r in enumerate(records)]


@pytest.fixture
def view() -> HubView:
    return HubView(SHIPPED, read_routes)


def words(view: HubView, ident: str) -> list[str]:
    return [t.chain.verdicts[-1].word for t in view.chains(ident).values()]


def test_an_alert_is_known_since_its_first_version_as_its_last_says(view: HubView) -> None:
    view.apply(of(alert(), alert(version=2, minutes=1), alert(version=3, step=AlertStep.UPDATED, minutes=2)))
    found = view.alerts["alr_1"]
    assert (found.alert.version, found.since) == (3, NOW)
    view.apply(of(alert(version=2, minutes=1)))
    assert view.alerts["alr_1"].alert.version == 3


@pytest.mark.parametrize("step", [AlertStep.RESOLVED, AlertStep.CANCELLED, AlertStep.SUPERSEDED])
def test_an_ended_alert_is_forgotten_with_its_verdicts(view: HubView, step: AlertStep) -> None:
    view.apply(of(alert(), verdicts("alr_1", "told")))
    view.apply(of(alert(version=2, step=step)))
    assert (view.alerts, view.chains("alr_1")) == ({}, {})


def test_the_last_verdict_at_each_receiver_counts_whatever_comes_again(view: HubView) -> None:
    view.apply(of(alert(), verdicts("alr_1", "silenced"), verdicts("alr_1", "told", 5), verdicts("alr_1", "muted", 1, "others")))
    view.apply(of(verdicts("alr_1", "silenced")))
    assert words(view, "alr_1") == ["told", "muted"]


def test_verdicts_that_come_before_their_alert_are_kept_but_not_without_end(view: HubView) -> None:
    view.apply(of(*(verdicts(f"alr_{n}", "told") for n in range(EARLY + 10))))
    assert words(view, "alr_9") == []
    assert words(view, "alr_10") == ["told"]
    view.apply(of(alert("alr_10")))
    view.apply(of(*(verdicts(f"more_{n}", "told") for n in range(EARLY))))
    assert words(view, "alr_10") == ["told"]
    assert words(view, "alr_11") == []


def test_a_refused_silence_answers_and_is_none(view: HubView) -> None:
    view.apply(of(silence(), silence(version=2, hours=2), silence(state=SilenceState.REFUSED, ident="sil_2"), silence()))
    assert [(s.silence_id, s.version) for s in view.held(NOW)] == [("sil_1", 2)]


def test_silences_long_over_are_forgotten(view: HubView) -> None:
    view.apply(of(silence(), silence("sil_2", hours=24)))
    assert [s.silence_id for s in view.held(NOW + timedelta(days=5, hours=1))] == ["sil_2"]
    view.apply(of(replace(silence("sil_3", hours=2000), at=NOW + timedelta(days=8))))
    assert list(view.silences) == ["sil_3"]


def test_what_cannot_be_read_is_passed_over(view: HubView) -> None:
    view.apply([received(t, "k", b"\x00broken") for t in (ALERTS, VERDICTS, SILENCES, SETTINGS)])
    view.apply([Received(SILENCES, 0, 0, b"k", None, (), 0)])
    assert (view.alerts, view.silences, view.routes) == ({}, {}, SHIPPED)


async def test_who_watches_is_told_of_the_first_silence_that_is_meant(view: HubView) -> None:
    with view.watching(lambda s: s.silence_id == "sil_2") as answer:
        view.apply(of(silence(), silence("sil_2"), silence("sil_2", version=2)))
        assert (await asyncio.wait_for(answer, PATIENCE_S)).version == 1
    view.apply(of(silence("sil_2", version=3)))


class Topics(Reader):
    """Topics in memory. broken: how often following fails before it goes on."""

    def __init__(self, kept: Mapping[TopicPartition, list[Received]], broken: int = 0) -> None:
        self.kept: dict[TopicPartition, list[Received]] = {TopicPartition(t, 0): [] for t in (ALERTS, SILENCES, SETTINGS, VERDICTS)} | dict(
            kept
        )
        self.broken = broken
        self.tailed: list[Mapping[TopicPartition, Any]] = []
        self.coming: asyncio.Queue[list[Received]] = asyncio.Queue()

    async def partitions(self, topic: str) -> list[int]:
        return [p.partition for p in self.kept if p.topic == topic]

    async def offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        return {p: (0, len(self.kept[p])) for p in partitions}

    async def read_to_end(self, topic: str, partition: int, **_: Any) -> AsyncGenerator[list[Received], None]:
        yield self.kept[TopicPartition(topic, partition)]

    async def tail(self, starts: Mapping[TopicPartition, Any], **_: Any) -> AsyncGenerator[list[Received], None]:
        self.tailed.append(starts)
        if self.broken:
            self.broken -= 1
            raise OffsetGone("gone")
        while True:
            yield await self.coming.get()


async def until(wanted: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not wanted():  # noqa: ASYNC110 - the view has no event for everything
            await asyncio.sleep(0.005)


@pytest.fixture
def places() -> dict[TopicPartition, list[Received]]:
    return {
        TopicPartition(ALERTS, 0): of(alert("alr_1"), alert("alr_2"), alert("alr_2", 2, AlertStep.RESOLVED)),
        TopicPartition(ALERTS, 1): of(alert("alr_3")),
        TopicPartition(VERDICTS, 0): of(verdicts("alr_1", "told"), verdicts("alr_2", "told"), verdicts("alr_3", "muted")),
    }


async def test_it_is_ready_when_all_was_read_and_then_follows(places: dict[TopicPartition, list[Received]]) -> None:
    topics = Topics(places)
    follower = HubFollower(topics, lambda: HubView(SHIPPED, read_routes))
    assert not await follower.ready(0)
    task = asyncio.create_task(follower.run())
    try:
        assert await follower.ready(PATIENCE_S)
        assert await follower.ready(0)
        assert sorted(follower.view.alerts) == ["alr_1", "alr_3"]
        assert words(follower.view, "alr_1") == ["told"]
        assert words(follower.view, "alr_2") == []  # over: its verdicts were not even read
        assert topics.tailed[0][TopicPartition(ALERTS, 0)] == 3
        await topics.coming.put(of(alert("alr_4")))
        await until(lambda: "alr_4" in follower.view.alerts)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_where_following_fails_it_begins_again_and_the_view_before_stands(
    places: dict[TopicPartition, list[Received]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_follower, "AGAIN_AFTER_S", 0.01)
    topics = Topics(places, broken=2)
    follower = HubFollower(topics, lambda: HubView(SHIPPED, read_routes))
    task = asyncio.create_task(follower.run())
    try:
        assert await follower.ready(PATIENCE_S)
        first = follower.view
        await until(lambda: len(topics.tailed) == 3)
        assert follower.view is not first
        assert sorted(follower.view.alerts) == sorted(first.alerts)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_broker_that_is_away_at_first_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away(Topics):
        times = 1

        async def partitions(self, topic: str) -> list[int]:
            if self.times:
                self.times -= 1
                raise Transient("away")
            return await super().partitions(topic)

    monkeypatch.setattr(hub_follower, "AGAIN_AFTER_S", 0.01)
    task = asyncio.create_task((follower := HubFollower(Away({}), lambda: HubView(SHIPPED, read_routes))).run())
    try:
        assert await follower.ready(PATIENCE_S)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
