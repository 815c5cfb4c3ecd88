"""The state of stage cases, read from its own topic: exactly what was decided, without deciding it again.

The topic is compacted, so reading it costs what the stage's restart costs, not what ten years of its log would.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from alertcore import statejson
from alertcore.cases import answers
from alertcore.cases.case_file import PREFIX, CaseFile
from alertcore.cases.wiring import KINDS
from alertcore.dispatch import state as dispatch_state
from alertcore.records.journal import Journal
from alertcore.sharding import CASES_LOG
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode

TOPIC, HEAD = "cases.state", "!journal"
_SAY_EVERY_S = 2.0


class CaseState:
    """Values under keys, made from bytes when they are asked for. memo: what is derived from them."""

    def __init__(self, raw: dict[str, bytes]) -> None:
        self._raw = raw
        self._keys = sorted(raw)
        self.memo: dict[str, Any] = {}

    def get(self, key: str) -> Any | None:
        """The value under a key, or None."""
        raw = self._raw.get(key)
        if raw is None:
            return None
        kind = key.split("/", 1)[0]
        return dispatch_state.load(key, raw) if kind == "dispatch" else statejson.load(KINDS[kind], raw)

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) whose key begins with the prefix, in key order."""
        for key in self._keys[bisect_left(self._keys, prefix) :]:
            if not key.startswith(prefix):
                return
            yield key, self.get(key)

    def put(self, key: str, value: Any | None) -> None:
        """Nothing is decided here: what stands in the topic is the stage's."""
        raise TypeError(f"{key} cannot be changed here ({value!r})")


async def read_state(access: KafkaAccess, say: Callable[[str], None]) -> CaseState:
    """The state as it is now; says how far it is where that takes a while."""
    raw: dict[str, bytes] = {}
    said, count = time.monotonic(), 0
    async for batch in Reader(access).read_to_end(TOPIC, 0):
        for record in batch:
            key = (record.key or b"").decode()
            if record.value is None:
                raw.pop(key, None)
            elif not key.startswith("!"):
                raw[key] = record.value
        count += len(batch)
        if time.monotonic() - said > _SAY_EVERY_S:
            said = time.monotonic()
            say(f"reading the state of the cases: {count} records")
    return CaseState(raw)


async def end_of_state(access: KafkaAccess) -> int:
    """Where the state's next record will stand: take it before an order is sent."""
    of = TopicPartition(TOPIC, 0)
    return (await Reader(access).offsets([of]))[of][1]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order. case: that it changed; refused: why it changed nothing; decided: False while it waits in the log."""

    case: CaseFile | None = None
    refused: str = ""
    decided: bool = False


async def answer_to(access: KafkaAccess, command: str, start: int, patience_s: float) -> Answer:
    """What became of an order, once it is decided or the patience is over."""
    log = TopicPartition(CASES_LOG, 0)
    last = (await Reader(access).offsets([log]))[log][1] - 1
    deadline = time.monotonic() + patience_s
    async with aclosing(Reader(access).tail({TopicPartition(TOPIC, 0): start}, idle_s=0.1)) as batches:
        async for batch in batches:
            answer, decided = look(((r.key, r.value) for r in batch), command)
            if answer.decided or decided >= last or time.monotonic() > deadline:
                return replace(answer, decided=answer.decided or decided >= last)
    return Answer()


def look(records: Iterator[tuple[bytes | None, bytes | None]], command: str) -> tuple[Answer, int]:
    """What records of the state say of an order, and the last offset decided."""
    found, decided = Answer(), -1
    for key, value in records:
        name = (key or b"").decode()
        if value is None:
            continue
        if name.startswith(PREFIX):
            case: CaseFile = statejson.load(CaseFile, value)
            found = Answer(case=case, decided=True) if any(step.command == command for step in case.steps) else found
        elif name == answers.KEY:
            kept: answers.Answers = statejson.load(answers.Answers, value)
            why = next((r.reason for r in kept.refused if r.command == command), "")
            found = Answer(refused=why, decided=True) if why else found
        elif name == HEAD:
            head = decode(value)
            decided = max(decided, head.offset) if isinstance(head, Journal) else decided
    return found, decided
