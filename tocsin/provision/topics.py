"""The topics that must exist, with partitions, retention and sizes."""

from __future__ import annotations

from alertcore.register import Authorities, Senders
from plumbing.plan import TopicSpec
from plumbing.settings import MAX_RECORD_BYTES

DAY_MS = 24 * 3600 * 1000
HOUR_MS = 3600 * 1000
DAYS_30 = 30 * DAY_MS
YEARS_5 = 1827 * DAY_MS
YEARS_10 = 3653 * DAY_MS
INBOUND_BYTES = 4 * 1024 * 1024 + 4 * 1024
LARGE_BYTES = MAX_RECORD_BYTES + 64 * 1024
"""The largest record, and its batch's frame: Kafka's limit is about batches."""

STAGES = ("stock", "supply", "cases")
FIXED = frozenset({"stock.log", "supply.log", "cases.log", *(f"{stage}.state" for stage in STAGES), "positions"})
"""Topics whose number of partitions is part of the data: never changed in place (a resize is a new generation)."""

_LARGE = {"max.message.bytes": str(LARGE_BYTES)}
_COMPACT = {"cleanup.policy": "compact"}
_STATE = {
    **_COMPACT,
    "segment.bytes": str(64 * 1024 * 1024),
    "segment.ms": str(HOUR_MS),
    "min.cleanable.dirty.ratio": "0.1",
    "max.compaction.lag.ms": str(HOUR_MS),
}
# The broker's clock, not the writer's: a record dated 1970 would be deleted before it is read.
_FROM_OUTSIDE = {"message.timestamp.type": "LogAppendTime"}
_INBOUND = {**_FROM_OUTSIDE, "max.message.bytes": str(INBOUND_BYTES)}


def _kept(ms: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(ms)}


def hub_topics(stock_partitions: int = 4, supply_partitions: int = 4, agencies: int = 1, prefix: str = "") -> list[TopicSpec]:
    """All topics of the hub's own. Partition counts of the logs as in settings; cases.log has one per operating agency."""
    logs = {"stock": stock_partitions, "supply": supply_partitions, "cases": agencies}
    kept = {"stock": DAYS_30, "supply": DAYS_30, "cases": YEARS_10}
    topics = [TopicSpec(f"{stage}.log", logs[stage], {**_kept(kept[stage]), **_LARGE}) for stage in STAGES]
    topics += [TopicSpec(f"{stage}.state", logs[stage], {**_STATE, **_LARGE}) for stage in STAGES]
    topics += [
        TopicSpec("positions", supply_partitions, _STATE),
        TopicSpec("signals", 4, _kept(YEARS_5)),
        TopicSpec("alerts", 4, _kept(YEARS_10)),
        TopicSpec("notices", 4, _kept(YEARS_5)),
        TopicSpec("verdicts", 4, _kept(YEARS_5)),
        TopicSpec("silences", 1, _COMPACT),
        TopicSpec("alerts.published", 1, _kept(YEARS_10)),
        TopicSpec("rapidalerts.outbox", 4, _kept(DAYS_30)),
        TopicSpec("ledger.heads", 1, _COMPACT),
        TopicSpec("keys", 1, _COMPACT),
        TopicSpec("dead-letters", 4, {**_kept(DAYS_30), **_LARGE}),
        TopicSpec("in.hub.commands", 1, {**_kept(YEARS_10), **_INBOUND}),
        TopicSpec("in.hub.settings", 1, {**_kept(YEARS_10), **_INBOUND}),
        TopicSpec("in.hub.receipts", 1, {**_kept(DAYS_30), **_INBOUND}),
        TopicSpec("out.hub.receipts", 1, _kept(DAYS_30)),
    ]
    return [TopicSpec(prefix + topic.name, topic.partitions, topic.configs) for topic in topics]


def sender_topics(senders: Senders, prefix: str = "") -> list[TopicSpec]:
    """`in.<sender>.<kind>` for each kind it may send (one partition: its order is the sender's), and `out.<sender>.receipts`."""
    topics = []
    for sender in senders.senders:
        topics += [TopicSpec(f"{prefix}in.{sender.name}.{kind}", 1, {**_kept(DAYS_30), **_INBOUND}) for kind in sender.kinds]
        topics.append(TopicSpec(f"{prefix}out.{sender.name}.receipts", 1, _kept(DAYS_30)))
    return topics


def authority_topics(authorities: Authorities, prefix: str = "") -> list[TopicSpec]:
    """`rapidalerts.<authority>` and its acks."""
    topics = []
    for authority in authorities.authorities:
        own = f"{prefix}rapidalerts.{authority.id}"
        topics.append(TopicSpec(own, 1, _kept(YEARS_10)))
        topics.append(TopicSpec(f"{own}.acks", 1, {**_kept(YEARS_10), **_FROM_OUTSIDE}))
    return topics
