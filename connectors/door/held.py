"""What waits for a person: held when it came, appended or refused when an officer says so."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from alertcore.identity import digest
from alertcore.records.alert import Signal
from alertcore.records.hub import Command, Problem, Verdict
from alertcore.records.shared import Text
from alertcore.records.stock import StockSheet
from alertcore.sharding import CASES_LOG
from connectors.door.judgement import Answer, Judgement, Remember
from connectors.door.prepare import Prepared
from connectors.door.signals import HELD, REFUSED_SNAPSHOT, clear_signal, raise_signal, signal_entry
from connectors.door.split import Event, Placed, stock_entry
from connectors.door.world import Held, HeldEvent, Taken, World
from schemas.codec import decode

HELD_ACTIONS = ("held.accept", "held.refuse")
"""Commands on what is held; their target is its id."""
HELD_PREFIX = "hld_"
"""How ids of what the door holds begin; others are for the stages (rows gone)."""


def held_id(sender: str, event_id: str) -> str:
    """Id of what is held because of this event."""
    return HELD_PREFIX + digest("held", sender, event_id)


def hold_report(one: Prepared, sheet: StockSheet, answer: Answer, world: World, before: int, at: datetime) -> Judgement:
    """A full report that lost more than half of its lines waits, and the officer is told."""
    reporter, config = sheet.reporter.id, world.config
    held = Held(
        held_id=held_id(one.arrival.sender, one.event_id),
        what="report",
        sender=one.arrival.sender,
        kind=one.arrival.kind,
        subject=reporter,
        nature=sheet.nature,
        before=before,
        now=sheet.lines,
        at=at,
        events=(HeldEvent(one.event_id, one.reading.ce_id, one.content, one.value),),
    )
    world.held[held.held_id] = held
    sentence = Text(
        fr=f"L'état complet de {reporter} compte {sheet.lines} lignes contre {before} la fois précédente : il attend une décision.",
        en=f"The full report of {reporter} has {sheet.lines} lines after {before} the time before: it waits for a decision.",
    )
    numbers = {"lines": float(sheet.lines), "lines_before": float(before)}
    signal = raise_signal(world, HELD, reporter, sheet.nature, at, sentence, numbers, one.event_id)
    entry = signal_entry(signal, config, one.own)
    return Judgement(answer=answer, placed=(entry,), remember=Remember(held=held, signals=(signal,)))


def decide_held(plain: Judgement, command: Command, held: Held, world: World, at: datetime) -> Judgement:
    """An officer's command on something held, which the door itself carries out. plain: the command as taken."""
    if held.state != "held":
        told = Problem(field="target", code="decided", text=f"{held.held_id} was {held.state} before; nothing more was done")
        return dataclasses.replace(plain, answer=dataclasses.replace(plain.answer, problems=(*plain.answer.problems, told)))
    accept = command.action == "held.accept"
    after = dataclasses.replace(held, state="accepted" if accept else "refused", by=command.by)
    world.held[held.held_id] = after
    verdict = Verdict.TAKEN if accept else Verdict.REFUSED
    for event in held.events:
        world.remember(event.event_id, Taken(event.content, verdict))
    rule = HELD if held.what == "report" else REFUSED_SNAPSHOT
    signal = clear_signal(world, rule, held.subject, held.nature, at, _sentence(held, accept), plain.answer.event_id)
    entries = _release(held, world) if accept else ()
    signals = (signal,) if signal else ()
    return dataclasses.replace(
        plain,
        placed=(*plain.placed, *entries, *(signal_entry(s, world.config, None) for s in signals)),
        remember=_remember(held, after, signals, accept, world),
        further=tuple(_answer(held, event, verdict) for event in held.events),
    )


def _release(held: Held, world: World) -> tuple[Placed, ...]:
    """Entries of what was held, with the medicines known now."""
    placed = []
    for one in held.events:
        record = decode(one.value)
        event = Event(one.event_id, held.sender, held.kind, record, one.value)
        if isinstance(record, StockSheet):
            placed.append(stock_entry(event, world.config))
        else:
            placed.append(Placed(CASES_LOG, 0, world.config.agency, one.event_id, held.kind, held.sender, one.value))
    return tuple(placed)


def _remember(held: Held, after: Held, signals: tuple[Signal, ...], accept: bool, world: World) -> Remember:
    base = Remember(held=after, signals=signals)
    if not accept:
        return base
    if held.what == "report":
        world.line_counts[held.subject] = held.now
        return dataclasses.replace(base, line_count=(held.subject, held.now))
    countries = held.countries
    world.snapshots[held.sender, countries] = held.now
    return dataclasses.replace(base, snapshot=(held.sender, countries, held.now))


def _answer(held: Held, event: HeldEvent, verdict: Verdict) -> Answer:
    code, text = ("held_accepted", "taken by a person") if verdict is Verdict.TAKEN else ("held_refused", "refused by a person")
    problem = Problem(code=code, text=f"{text} of the agency ({held.held_id})")
    return Answer(
        sender=held.sender,
        kind=held.kind,
        event_id=event.event_id,
        verdict=verdict,
        problems=(problem,),
        ce_id=event.ce_id,
        nature=held.nature,
        content=event.content,
    )


def _sentence(held: Held, accept: bool) -> Text:
    what = ("L'état complet", "The full report") if held.what == "report" else ("La liste", "The list")
    done = ("accepté", "accepted") if accept else ("refusé", "refused")
    feminine = "e" if held.what == "snapshot" else ""
    return Text(
        fr=f"{what[0]} de {held.subject} ({held.now} après {held.before}) a été {done[0]}{feminine} par une personne de l'agence.",
        en=f"{what[1]} of {held.subject} ({held.now} after {held.before}) was {done[1]} by a person of the agency.",
    )
