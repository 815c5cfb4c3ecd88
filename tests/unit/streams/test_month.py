"""A month of ten thousand facts, and its log read again: the same alerts, notices, verdicts and silences, to the byte, in their order."""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest

from alertcore.records.dispatch import Silence, Verdicts
from alertcore.records.notice import Notice
from schemas.codec import decode
from streams.local import LocalShell
from streams.replay import Place, replay
from tests.unit.streams.month import OUTAGES, Month, Recording, stage
from tests.unit.streams.month_facts import FACTS, START, facts

SEED, RESTARTS, LARGEST_BATCH = 2026, 50, 300
PURPOSES = {"alert": 900, "update": 1_500, "all_clear": 600, "correction": 100, "reminder": 900, "escalation": 400, "digest": 30}
"""Of each at least so many, far fewer than there are: the month is no month without them."""
WORDS = {"told": 2_500, "silenced": 500, "inhibited": 300, "muted": 300, "covered": 5, "duty": 30, "repeated": 300}
WORDS |= {"escalated": 400, "acknowledged": 200, "ended": 700, "ended_untold": 50, "ended_unsaid": 50}
KINDS = ("defect", "falsified", "shortage", "stop", "device", "disruption", "safety_stock", "several_states", "duty", "hub")


@pytest.fixture(scope="module", autouse=True)
def _no_cycles_sought() -> Iterator[None]:
    """What a month leaves holds no cycles, and looking for them in it again and again takes a fifth of the time."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="module")
def lived() -> Recording:
    """The month as it was decided the first time."""
    return Month(SEED).live()


def test_the_month_has_everything_that_happens_to_people_and_alerts(lived: Recording) -> None:
    assert len(facts(random.Random(SEED))) == FACTS
    assert Counter(out.topic for out in lived.outs)["dead-letters"] == 0
    purposes = Counter(str(o.value.purpose) for o in lived.outs if isinstance(o.value, Notice))
    assert {p: n for p, n in purposes.items() if n < PURPOSES.get(p, 1)} == {}
    assert set(PURPOSES) | {"duty", "contact_test"} == set(purposes)
    words = Counter(v.word for o in lived.outs if isinstance(o.value, Verdicts) for c in o.value.chains for v in c.verdicts)
    assert {w: words[w] for w, least in WORDS.items() if words[w] < least} == {}
    kinds = Counter(str(o.value.kind) for o in lived.outs if o.topic == "alerts")
    assert {k: kinds[k] for k in KINDS if kinds[k] < 20} == {}
    silences = Counter(str(o.value.state) for o in lived.outs if isinstance(o.value, Silence))
    assert min(silences[s] for s in ("active", "expired", "refused")) >= 3
    assert {o.value.version for o in lived.outs if isinstance(o.value, Silence)} >= {1, 2}
    routings = {c.routing for o in lived.outs if isinstance(o.value, Verdicts) for c in o.value.chains}
    assert routings == {"0", "1", "2", "3"}


def test_time_passes_by_ticks_and_none_comes_while_nobody_decides(lived: Recording) -> None:
    ticks = [decode(r.value).stamp for r in lived.log if decode(r.value).kind == "tick"]
    assert len(ticks) > 3_000
    days = [(t - START).total_seconds() / 86_400 for t in ticks]
    assert [d for d in days for begin, hours in OUTAGES if begin < d < begin + hours / 24] == []


async def _places(log: Recording) -> AsyncIterator[Place]:
    for record in log.log:
        yield 0, record


async def test_the_log_read_again_says_the_same_to_the_byte_and_in_the_same_order(lived: Recording) -> None:
    again = [(record.offset, out.wire) async for (_, record), out in replay(stage(), _places(lived))]
    assert _differ(again, lived.said) is None


def test_batches_cut_otherwise_and_restarts_between_them_change_nothing(lived: Recording) -> None:
    """After each of the restarts what the last batch said is said again, and nothing else."""
    chance = random.Random(SEED)
    batches = [*_cut(len(lived.log), chance)]
    restarts = set(chance.sample(range(1, len(batches)), RESTARTS))
    shell, said = LocalShell(stage(), durable=True), []
    last: list[object] = []
    for n, (first, end) in enumerate(batches):
        if n in restarts:
            assert [out.wire for out in shell.reopen()] == last
        last = [out.wire for out in shell.feed_records(0, lived.log[first:end])]
        said += last
    assert _differ(said, [wire for _, wire in lived.said]) is None
    assert _differ([*shell.view().items("")], [*lived.view().items("")]) is None
    assert (shell.head().offset, shell.head().now, shell.head().due) == (lived.head().offset, lived.head().now, lived.head().due)


def _cut(length: int, chance: random.Random) -> Iterator[tuple[int, int]]:
    first = 0
    while first < length:
        end = min(length, first + chance.randrange(1, LARGEST_BATCH))
        yield first, end
        first = end


def _differ(found: Sequence[object], wanted: Sequence[object]) -> str | None:
    """The first difference in words: pytest's own of lists so long takes minutes."""
    for n, (one, other) in enumerate(zip(found, wanted, strict=False)):
        if one != other:
            return f"number {n}: {one!r:.3000} where {other!r:.3000} was said"
    return None if len(found) == len(wanted) else f"{len(found)} where {len(wanted)} were said"
