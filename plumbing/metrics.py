"""The closed list of metrics: every name, unit, label and runbook line of every role stands here."""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

PREFIX = "tocsin_"
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)


@dataclass(frozen=True, slots=True)
class Described:
    """One metric as the manual lists it: full name, labels, what it says, and what an operator does about it."""

    name: str
    labels: tuple[str, ...]
    says: str
    runbook: str


class Metrics:
    """All metrics of one process on a registry of its own. Those a role does not touch stay without samples.

    Labels hold names of ours and of registered parties only, never a person, an address, or an id of an event.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.described: list[Described] = []
        ProcessCollector(registry=self.registry)
        self._program()
        self._door()
        self._stages()
        self._deliver()
        self._relay()

    def render(self) -> bytes:
        """What `/metrics` answers (text exposition format)."""
        return generate_latest(self.registry)

    def _program(self) -> None:
        self.build_info = self._gauge(
            "build_info",
            ("role", "version"),
            "1; the program that runs.",
            "Two versions of a role at once for longer than a roll-out: finish the roll-out.",
        )
        self.restarts = self._counter(
            "restarts_total",
            ("role",),
            "Processes started again after they ended by themselves.",
            "More than 3 in 10 min: read the last lines of that role's log; a fault that comes back each time is not cured by restarts.",
        )
        self.dead_letters = self._counter(
            "dead_letters_total",
            ("role", "code"),
            "Records set aside because they could not be handled.",
            "Any: `tocsin dead-letters list`, mend the cause, `tocsin dead-letters retry`. They are kept for 30 days.",
        )
        self.log_lines_suppressed = self._counter(
            "log_lines_suppressed_total",
            ("logger",),
            "Log lines left out because a library repeated itself.",
            "Rising steadily: the broker is away or rights are missing; see the lines that were let through.",
        )

    def _door(self) -> None:
        self.door_events = self._counter(
            "door_events_total",
            ("sender", "kind", "verdict"),
            "Events answered at the door: taken, remarks, refused, repeated.",
            "Refusals of one sender rise: read the reasons in its receipts and call the sender.",
        )
        self.door_seconds = self._histogram(
            "door_seconds",
            ("kind",),
            "From an event read to its entry confirmed in the log.",
            "p95 above 0.1 s: broker or database slow; compare with tocsin_batch_seconds.",
        )
        self.held_items = self._gauge(
            "held_items",
            ("kind",),
            "Snapshots and reports that wait for an officer.",
            "Any for more than a working day: `tocsin held list`; until then the data they bring is missing.",
        )

    def _stages(self) -> None:
        self.decisions = self._counter(
            "decisions_total",
            ("stage", "reason"),
            "Decisions made, by named reason.",
            "None for an hour by day while the door takes events: see tocsin_partition_last_progress_timestamp_seconds.",
        )
        self.undecided = self._counter(
            "undecided_total",
            ("stage",),
            "Records whose decision raised an error: a bug of ours.",
            "Any: an alert of rule `undecided` names the record; report it with its dead letter. Above 20 in 1,000 the stage stops.",
        )
        self.batch_seconds = self._histogram(
            "batch_seconds",
            ("stage",),
            "One batch of one partition: decide, transaction, emits confirmed.",
            "p95 above 0.25 s: the broker's disk is slow, or state grew; look at tocsin_journal_bytes_total.",
        )
        self.journal_bytes = self._counter(
            "journal_bytes_total",
            ("stage",),
            "Bytes written to the state topic, journal included.",
            "Far above the bytes of the log: a rule rewrites large state for each record.",
        )
        self.emits = self._counter(
            "emits_total",
            ("stage", "topic"),
            "Records emitted, repeats after a restart included.",
            "Rising without decisions: a worker restarts in a circle and repeats its journal.",
        )
        self.due_seconds = self._gauge(
            "due_seconds",
            ("stage", "partition"),
            "Seconds until the earliest due time in the state; negative is overdue.",
            "Below -30: the owner does not append its tick; see that worker's log.",
        )
        self.partition_applied_offset = self._gauge(
            "partition_applied_offset",
            ("stage", "partition"),
            "Last offset of the log whose decision is in the journal.",
            "Not rising while tocsin_partition_end_offset does: the partition is stuck or owned by nobody.",
        )
        self.partition_end_offset = self._gauge(
            "partition_end_offset",
            ("stage", "partition"),
            "Next offset to be written to the log.",
            "Minus applied minus 1 is the lag. Above 10,000 for 5 min: add a worker, up to one a partition.",
        )
        self.partition_last_progress = self._gauge(
            "partition_last_progress_timestamp_seconds",
            ("stage", "partition"),
            "When the applied offset last rose (Unix time).",
            "Older than 60 s with lag: `/live` fails and the process is to be started again; if that does not help, check its rights.",
        )

    def _deliver(self) -> None:
        self.deliveries = self._counter(
            "deliveries_total",
            ("channel", "state", "lane"),
            "Deliveries that reached a state: accepted, failed, given up, ...",
            "Failed above 5 % of a channel: the provider's answers are in the table `delivery_events`.",
        )
        self.delivery_seconds = self._histogram(
            "delivery_seconds",
            ("channel", "lane"),
            "From the notice to the provider's acceptance.",
            "Urgent lane p95 above 3 s: more sender processes, or a slow provider; lower its weight.",
            _SLOW,
        )
        self.ledger_waiting_rows = self._gauge(
            "ledger_waiting_rows",
            ("lane",),
            "Deliveries in the ledger that are due and not sent.",
            "Urgent above 0 for 1 min: are senders running, and do they reach a provider?",
        )
        self.notices_gone_on = self._counter(
            "notices_gone_on_total",
            (),
            "Notices that waited ten minutes for one they follow, and went on without it.",
            "Any: a notice was not readable, see tocsin_dead_letters_total; whoever it was for hears neither of it nor of the end.",
        )
        self.mail_connections = self._gauge(
            "mail_connections",
            ("provider",),
            "Open SMTP connections.",
            "0 while rows wait: the provider refuses us; test host, port, TLS and password with `tocsin check`.",
        )

    def _relay(self) -> None:
        self.relay_sequence = self._gauge(
            "relay_sequence",
            ("authority",),
            "Last sequence number published to an authority.",
            "Behind what the authority expects: it sees a gap; compare with `tocsin subscribe`.",
        )
        self.relay_heartbeat = self._gauge(
            "relay_last_heartbeat_timestamp_seconds",
            ("authority",),
            "When the last heartbeat to an authority was written (Unix time).",
            "Older than 3 min: relay does not run or may not write that topic; the authority takes silence for an outage.",
        )

    def _counter(self, name: str, labels: Sequence[str], says: str, runbook: str) -> Counter:
        return Counter(self._list(name, labels, says, runbook), says, labels, registry=self.registry)

    def _gauge(self, name: str, labels: Sequence[str], says: str, runbook: str) -> Gauge:
        return Gauge(self._list(name, labels, says, runbook), says, labels, registry=self.registry)

    def _histogram(self, name: str, labels: Sequence[str], says: str, runbook: str, buckets: Sequence[float] = _FAST) -> Histogram:
        return Histogram(self._list(name, labels, says, runbook), says, labels, registry=self.registry, buckets=tuple(buckets))

    def _list(self, name: str, labels: Sequence[str], says: str, runbook: str) -> str:
        self.described.append(Described(PREFIX + name, tuple(labels), says, runbook))
        return PREFIX + name
