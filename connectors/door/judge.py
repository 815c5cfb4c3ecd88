"""The verdict on one event: refused, taken before, in conflict, held, or taken; the world is brought up to date with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alertcore.records.hub import Command, SettingName, SettingsFile, Verdict
from alertcore.records.product import Product
from alertcore.records.shared import Nature
from alertcore.records.stock import ReportKind, StockSheet
from alertcore.register import read_authorities, read_senders
from alertcore.sharding import CASES_LOG
from connectors.door.findings import Findings
from connectors.door.held import HELD_ACTIONS, HELD_PREFIX, decide_held, hold_report
from connectors.door.judgement import Answer, Judgement, Remember, problems_of, remarks_of
from connectors.door.prepare import Prepared, prepare
from connectors.door.register import Register
from connectors.door.retry import ACTION as RETRY
from connectors.door.retry import entry_again, inbound_again, letter_of, with_retried
from connectors.door.settings_files import parse_settings
from connectors.door.split import Event, Placed, split, stock_entry
from connectors.door.stamps import Stamps
from connectors.door.world import Held, Taken, World

HELD_BELOW = 0.5
"""A full report with under half of its previous lines is held."""


def judge(one: Prepared, world: World, stamps: Stamps, known: Mapping[str, Taken], now: datetime) -> Judgement:
    """known: what SQL remembers of this event id, if anything."""
    if one.record is None:
        return refused(one)
    repeat = repeated(one, world, known)
    if repeat is not None:
        return repeat
    record = one.record
    if isinstance(record, StockSheet):
        return _judge_stock(one, record, world, stamps, now)
    if isinstance(record, Command):
        return _judge_command(one, record, world, stamps, now)
    if isinstance(record, SettingsFile):
        return _judge_setting(one, record, world)
    product = (record.cip13, int(record.cis)) if isinstance(record, Product) else None
    if product:
        world.products[product[0]] = product[1]
    contact = one.reading.contact
    remember = Remember(product=product, contact=(record.contact_ref, contact) if contact else None)
    return taken(one, world, remember)


def refused(one: Prepared) -> Judgement:
    """The event is refused for what was found. Bytes that cannot be read go to the dead letters too."""
    return Judgement(answer=answer_of(one, Verdict.REFUSED, keep=False), dead=one.reading.code)


def repeated(one: Prepared, world: World, known: Mapping[str, Taken]) -> Judgement | None:
    """The same id before: answered as then if it says the same, else a conflict."""
    before = world.recent.get(one.event_id) or known.get(one.event_id)
    if before is None:
        return None
    if before.content == one.content:
        return Judgement(answer=answer_of(one, before.verdict, keep=False))
    one.found.fault("ce_id", "conflict", "this id was taken before with other content; give a new id to what is new")
    return refused(one)


def taken(one: Prepared, world: World, remember: Remember) -> Judgement:
    """The event is taken, with its entries by the split of its kind."""
    assert one.record is not None
    verdict = Verdict.REMARKS if one.found.remarks or one.found.faults else Verdict.TAKEN
    world.remember(one.event_id, Taken(one.content, verdict))
    event = event_of(one)
    if isinstance(one.record, StockSheet):
        placed: tuple[Placed, ...] = (stock_entry(event, world.config),)
    else:
        placed = split(event, world.config, world.products)
    return Judgement(answer=answer_of(one, verdict), placed=placed, remember=remember)


def event_of(one: Prepared) -> Event:
    """What is to be split."""
    arrival = one.arrival
    return Event(one.event_id, arrival.sender, arrival.kind, one.record, one.value, remarks_of(one.found), one.own)


def answer_of(one: Prepared, verdict: Verdict, *, keep: bool = True) -> Answer:
    """The answer, to be remembered by its content if `keep`."""
    return Answer(
        sender=one.arrival.sender,
        kind=one.arrival.kind,
        event_id=one.event_id,
        verdict=verdict,
        problems=problems_of(one.found),
        ce_id=one.reading.ce_id,
        nature=one.record.nature if one.record is not None else Nature.ACTUAL,
        content=one.content if keep else b"",
        arrival=one.arrival,
    )


def _judge_stock(one: Prepared, sheet: StockSheet, world: World, stamps: Stamps, now: datetime) -> Judgement:
    if sheet.kind is not ReportKind.FULL:
        return taken(one, world, Remember())
    reporter = sheet.reporter.id
    before = world.line_counts.get(reporter, 0)
    if sheet.lines < before * HELD_BELOW:
        at = stamps.next(CASES_LOG, 0, now, one.own)
        one.found.remark("lines", "held", f"{sheet.lines} lines after {before}: kept until a person of the agency decides")
        world.remember(one.event_id, Taken(one.content, Verdict.HELD))
        return hold_report(one, sheet, answer_of(one, Verdict.HELD), world, before, at)
    world.line_counts[reporter] = sheet.lines
    return taken(one, world, Remember(line_count=(reporter, sheet.lines)))


def _judge_command(one: Prepared, command: Command, world: World, stamps: Stamps, now: datetime) -> Judgement:
    if command.action == RETRY:
        return _judge_retry(one, command, world, stamps, now)
    held: Held | None = world.held.get(command.target) if command.action in HELD_ACTIONS else None
    if held is None and command.action in HELD_ACTIONS and command.target.startswith(HELD_PREFIX):
        one.found.fault("target", "not_held", f"nothing is held under {command.target[:60]}; `tocsin held list` shows what is")
        return refused(one)
    plain = taken(one, world, Remember())
    if held is None:
        return plain
    return decide_held(plain, command, held, world, stamps.next(CASES_LOG, 0, now, one.own))


def _judge_retry(one: Prepared, command: Command, world: World, stamps: Stamps, now: datetime) -> Judgement:
    letter = letter_of(command, one.found)
    arrival = inbound_again(letter) if letter is not None else None
    entry = entry_again(letter, one.found) if letter is not None and arrival is None else None
    if arrival is None and entry is None:
        return refused(one)
    again = judge(prepare(arrival, world, stamps, now), world, stamps, {}, now) if arrival is not None else None
    return with_retried(taken(one, world, Remember()), again, entry)


def _judge_setting(one: Prepared, file: SettingsFile, world: World) -> Judgement:
    put_in_force(file, world)
    kind = file.name.value
    verdict = Verdict.REMARKS if one.found.remarks else Verdict.TAKEN
    world.remember(one.event_id, Taken(one.content, verdict))
    event = Event(one.event_id, one.arrival.sender, kind, file, one.value, remarks_of(one.found), one.own)
    placed = split(event, world.config, world.products)
    return Judgement(answer=answer_of(one, verdict), placed=placed, remember=Remember(setting=file))


def put_in_force(file: SettingsFile, world: World) -> None:
    """The door's own use of a settings file: the registers. `content` is canonical JSON that was checked."""
    world.in_force[file.name.value] = file.sha256
    if file.name not in (SettingName.SENDERS, SettingName.AUTHORITIES):
        return
    raw = parse_settings(file.name, file.content, Findings())
    if file.name is SettingName.SENDERS:
        world.senders = read_senders(raw)
    else:
        world.authorities = read_authorities(raw)
    world.register = Register(world.senders, world.authorities)
