"""The silences topic: every silence as it stands, and the stage's answer to an order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alertcore.cases import units
from alertcore.cases.silences import silence_id
from alertcore.dispatch.matchers import Matchers, all_hold, text_of
from alertcore.dispatch.silence_records import matchers_of, silence_of
from alertcore.dispatch.silence_times import Phase, holds_next, phase
from alertcore.records.alert import Alert
from alertcore.records.dispatch import Silence, SilenceState
from alertcore.statejson import rfc3339
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import UndecodableError, decode
from schemas.plain import to_json

TOPIC = "silences"
PARTITION = TopicPartition(TOPIC, 0)
_SAY_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is known of an order whose answer is awaited. target: the silence it replaces or ends, at this version; else empty."""

    command_id: str
    by: str
    target: str = ""
    version: int = 0


async def standing(access: KafkaAccess) -> list[Silence]:
    """The newest version of each silence, in the order of their ends. What was refused never was one."""
    values: list[bytes | None] = []
    async for batch in Reader(access).read_to_end(TOPIC, 0):
        values += [record.value for record in batch]
    return newest(values)


def newest(values: Iterable[bytes | None]) -> list[Silence]:
    """The same of the topic's values."""
    last: dict[str, Silence] = {}
    for found in filter(None, map(_silence, values)):
        if found.state is SilenceState.REFUSED or found.ends is None:
            continue
        if found.silence_id not in last or found.version >= last[found.silence_id].version:
            last[found.silence_id] = found
    return sorted(last.values(), key=lambda s: (s.ends or s.at, s.silence_id))


async def end_of_topic(access: KafkaAccess) -> int:
    """Where the next record will stand: take it before an order is sent."""
    return (await Reader(access).offsets([PARTITION]))[PARTITION][1]


async def answer_to(access: KafkaAccess, order: Order, start: int, patience_s: float, say: Callable[[str], None]) -> Silence | None:
    """What the stage made of an order; None where it has not answered in time."""
    began, said = time.monotonic(), False
    async with aclosing(Reader(access).tail({PARTITION: start}, idle_s=0.1)) as batches:
        async for batch in batches:
            found = answered((record.value for record in batch), order)
            waited = time.monotonic() - began
            if found is not None or waited > patience_s:
                return found
            if waited > _SAY_AFTER_S and not said:
                said = True
                say("the order is in the log; waiting until it is decided")
    return None


def answered(values: Iterable[bytes | None], order: Order) -> Silence | None:
    """The record that an order led to: its silence, the version after the known one, or its refusal."""
    own = silence_id(order.command_id)
    for found in filter(None, map(_silence, values)):
        of_target = found.silence_id == order.target and found.version > order.version and order.by in (found.author, found.expired_by)
        if found.silence_id == own or of_target:
            return found
    return None


def _silence(value: bytes | None) -> Silence | None:
    try:
        record = decode(value)
    except UndecodableError:
        return None
    return record if isinstance(record, Silence) else None


def falls_under(matchers: Matchers, alert: Alert) -> bool:
    """Whether a silence with these matchers would hold for an alert, in one of the audiences it may be told to."""
    return any(all_hold(matchers, units.labels(alert, suffix)) for suffix in units.suffixes(alert, units.TOLD))


def shown(record: Silence, at: datetime) -> dict[str, Any]:
    """A silence as plain JSON, with its matchers as one text, where it stands, and when it holds next."""
    plain: dict[str, Any] = to_json(record)
    told = {"text": text_of(matchers_of(record))}
    silence = silence_of(record)
    if silence is None:
        return plain | told
    turn = holds_next(silence, at)
    holds = None if turn is None else {"from": rfc3339(turn[0]), "until": rfc3339(turn[1])}
    return plain | told | {"phase": phase(silence, at).value, "holds": holds}


def is_over(record: Silence, at: datetime) -> bool:
    """Whether it holds no more."""
    silence = silence_of(record)
    return silence is None or phase(silence, at) is Phase.EXPIRED
