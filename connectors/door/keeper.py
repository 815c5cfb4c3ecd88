"""Between the door's world and its memory in SQL: loading, keeping up with other processes, and what a batch leaves."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from alertcore.identity import canonical_json
from alertcore.records.alert import SignalState
from alertcore.records.hub import SettingName, SettingsFile, Verdict
from alertcore.records.shared import Nature
from connectors.door.contacts import contact_bytes
from connectors.door.judge import put_in_force
from connectors.door.judgement import Answer, Judgement, Remember
from connectors.door.register import Register
from connectors.door.stamps import Stamps
from connectors.door.world import DoorConfig, Held, HeldEvent, OpenSignal, Taken, World
from store.door import DoorMemory, Row, Writes
from store.door_tables import held, line_counts, products, settings, signals, snapshots, stamps
from store.vault import Vault

PURPOSE = b"door_contacts"
OVERLAP = timedelta(seconds=10)
"""Rows are read again for so long: clocks of two processes differ, and a transaction ends after its rows were dated."""


@dataclass(frozen=True, slots=True)
class News:
    """Rows as SQL had them at one moment. small: all rows of the small tables."""

    products: list[Row]
    counts: list[Row]
    held: list[Row]
    small: list[list[Row]]


class Keeper:
    """One process's way to the door's tables."""

    def __init__(self, memory: DoorMemory, vault: Vault, config: DoorConfig) -> None:
        self._memory, self._vault, self._config = memory, vault, config

    async def load(self) -> tuple[World, Stamps]:
        """The world as SQL has it."""
        config = self._config
        world = World(config, config.senders, config.authorities, Register(config.senders, config.authorities))
        rows = await self._memory.rows(products, line_counts, snapshots, signals, settings, stamps)
        _apply(world, *rows[:5])
        for row in await self._memory.held_rows("held"):
            world.held[row["held_id"]] = held_of(row)
        return world, Stamps(config.time, {(row["log"], row["partition"]): row["stamp"] for row in rows[5]})

    async def look(self, since: datetime) -> News:
        """What SQL says now of what changed since then."""
        new_products, new_counts, new_held = await self._memory.since(since - OVERLAP, products, line_counts, held)
        return News(new_products, new_counts, new_held, await self._memory.rows(snapshots, signals, settings))

    async def known(self, world: World, ids: Sequence[str]) -> dict[str, Taken]:
        """What SQL remembers of those event ids that this process does not have at hand."""
        found = await self._memory.known([i for i in ids if i not in world.recent])
        return {i: Taken(content, Verdict(verdict)) for i, (content, verdict) in found.items()}

    async def fetch_held(self, world: World, ids: Sequence[str]) -> None:
        """Bring in what another process held a moment ago, where a command is about it."""
        for held_id in ids:
            row = await self._memory.held_row(held_id) if held_id not in world.held else None
            if row is not None:
                world.held[held_id] = held_of(row)

    async def keep(self, judged: Iterable[tuple[Judgement, datetime]], given: Stamps) -> None:
        """What batches leave, in one transaction. judged: in order, each with its instant."""
        writes = Writes()
        for judgement, now in judged:
            for answer in (judgement.answer, *judgement.further):
                _add_event(writes, answer, now)
            self._add(writes, judgement, now)
        if writes:
            writes.stamps = [{"log": log, "partition": n, "stamp": at} for (log, n), at in given.last.items()]
        await self._memory.write(writes)

    def _add(self, writes: Writes, judgement: Judgement, now: datetime) -> None:
        keep = judgement.remember
        if keep.product:
            writes.products.append({"cip13": keep.product[0], "cis": keep.product[1], "at": now})
        if keep.line_count:
            writes.line_counts.append({"reporter": keep.line_count[0], "lines": keep.line_count[1], "at": now})
        if keep.snapshot:
            sender, countries, rows = keep.snapshot
            writes.snapshots.append({"sender": sender, "countries": countries, "rows": rows, "at": now})
        if keep.contact:
            ref, contact = keep.contact
            sealed = self._vault.seal(contact_bytes(contact), PURPOSE)
            writes.contacts.append({"sender": judgement.answer.sender, "ref": ref, "sealed": sealed, "at": now})
        if keep.setting:
            file = keep.setting
            writes.settings.append({"name": file.name.value, "content": file.content, "sha256": file.sha256, "at": now})
        if keep.held:
            writes.held.append(held_row(keep.held))
        for signal in keep.signals:
            raised = int(signal.state.value != "cleared")
            writes.signals.append({"signal_id": signal.signal_id, "version": signal.version, "raised": raised, "since": signal.since})


def take_in(news: News, world: World, ahead: Iterable[Judgement]) -> None:
    """Bring the world up to date with what other processes took.

    ahead: judgements of this process, in their order, that SQL may not have known at that moment: they hold all the same.
    """
    _apply(world, news.products, news.counts, *news.small)
    for row in news.held:
        if row["state"] == "held":
            world.held.setdefault(row["held_id"], held_of(row))
    for judgement in ahead:
        _again(judgement.remember, world)


def _again(keep: Remember, world: World) -> None:
    if keep.product:
        world.products[keep.product[0]] = keep.product[1]
    if keep.line_count:
        world.line_counts[keep.line_count[0]] = keep.line_count[1]
    if keep.snapshot:
        sender, countries, rows = keep.snapshot
        world.snapshots[sender, countries] = rows
    if keep.setting and world.in_force.get(keep.setting.name.value) != keep.setting.sha256:
        put_in_force(keep.setting, world)
    if keep.held:
        world.held[keep.held.held_id] = keep.held
    for signal in keep.signals:
        world.signals[signal.signal_id] = OpenSignal(signal.version, signal.state is not SignalState.CLEARED, signal.since)


def _apply(
    world: World, new_products: list[Row], new_counts: list[Row], all_snapshots: list[Row], all_signals: list[Row], files: list[Row]
) -> None:
    world.products.update({row["cip13"]: row["cis"] for row in new_products})
    world.line_counts.update({row["reporter"]: row["lines"] for row in new_counts})
    world.snapshots.update({(row["sender"], row["countries"]): row["rows"] for row in all_snapshots})
    world.signals.update({row["signal_id"]: OpenSignal(row["version"], bool(row["raised"]), row["since"]) for row in all_signals})
    for row in files:
        if world.in_force.get(row["name"]) != row["sha256"]:
            world.in_force[row["name"]] = row["sha256"]
            name, content = SettingName(row["name"]), row["content"]
            put_in_force(SettingsFile(name=name, content=content, sha256=row["sha256"], by="", at=row["at"]), world)


def _add_event(writes: Writes, answer: Answer, now: datetime) -> None:
    if answer.content:
        writes.events.append({"event_id": answer.event_id, "content": answer.content, "verdict": answer.verdict.value, "at": now})


def held_row(one: Held) -> Row:
    """Something held, as a row."""
    return {
        "held_id": one.held_id,
        "what": one.what,
        "sender": one.sender,
        "kind": one.kind,
        "subject": one.subject,
        "nature": one.nature.value,
        "before": one.before,
        "now": one.now,
        "at": one.at,
        "countries": one.countries,
        "state": one.state,
        "decided_by": one.by,
        "events": pack_events(one.events),
    }


def held_of(row: Row) -> Held:
    """A row as what is held."""
    return Held(
        held_id=row["held_id"],
        what=row["what"],
        sender=row["sender"],
        kind=row["kind"],
        subject=row["subject"],
        nature=Nature(row["nature"]),
        before=row["before"],
        now=row["now"],
        at=row["at"],
        countries=row["countries"],
        events=unpack_events(row["events"]),
        state=row["state"],
        by=row["decided_by"],
    )


def pack_events(events: tuple[HeldEvent, ...]) -> bytes:
    """Held events as one compressed text."""
    plain = [[e.event_id, e.ce_id, _base64(e.content), _base64(e.value)] for e in events]
    return zlib.compress(canonical_json(plain))


def unpack_events(raw: bytes) -> tuple[HeldEvent, ...]:
    """The reverse of `pack_events`."""
    plain: list[Any] = json.loads(zlib.decompress(raw))
    return tuple(HeldEvent(i, ce, base64.b64decode(content), base64.b64decode(value)) for i, ce, content, value in plain)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
