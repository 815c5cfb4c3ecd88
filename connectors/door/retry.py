"""Dead letters tried again: an inbound one goes through every check anew, an entry goes back to its log, under its old id."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from typing import Any

from alertcore.records.hub import Command, DeadLetter, Entry, Problem, Verdict
from alertcore.sharding import LOGS
from connectors.door.arrival import Arrival
from connectors.door.findings import Findings
from connectors.door.judgement import Judgement
from connectors.door.split import Placed
from connectors.door.topics import way_in
from schemas.codec import UndecodableError, decode

ACTION = "dead_letter.retry"
PARAM = "letter"
"""Parameter of the command: the framed DeadLetter in base64."""


def letter_of(command: Command, found: Findings) -> DeadLetter | None:
    """The letter a command carries, or None with a fault."""
    try:
        value: Any = decode(base64.b64decode(command.params.get(PARAM, ""), validate=True))
        if isinstance(value, DeadLetter):
            return value
    except (binascii.Error, ValueError, UndecodableError):
        pass
    found.fault(f"params.{PARAM}", "letter", "expected a framed DeadLetter in base64")
    return None


def inbound_again(letter: DeadLetter) -> Arrival | None:
    """The arrival a letter was, or None if it did not come in from outside. It is its sender's again, with its old headers."""
    try:
        sender, kind = way_in(letter.origin.topic, "")
    except ValueError:
        return None
    return Arrival(sender, kind, letter.value, dict(letter.headers), letter.key, letter.origin)


def entry_again(letter: DeadLetter, found: Findings) -> Placed | None:
    """The entry of a log that a stage could not decide, or None with a fault."""
    if letter.origin.topic not in LOGS:
        found.fault(f"params.{PARAM}", "origin", f"nothing can be tried again for a letter from {letter.origin.topic}")
        return None
    try:
        entry: Any = decode(letter.value)
    except UndecodableError as error:
        found.fault(f"params.{PARAM}", error.code, error.text)
        return None
    if not isinstance(entry, Entry):
        found.fault(f"params.{PARAM}", "entry", "the letter holds no entry of a log")
        return None
    key, origin = letter.key.decode("utf-8", "replace"), letter.origin
    return Placed(origin.topic, origin.partition, key, entry.event_id, entry.kind, entry.sender, entry.value, entry.remarks, entry.stamp)


def with_retried(plain: Judgement, again: Judgement | None, entry: Placed | None) -> Judgement:
    """The command's judgement with what trying again led to."""
    if entry is not None:
        return dataclasses.replace(plain, placed=(*plain.placed, entry))
    assert again is not None
    told = () if again.answer.verdict is not Verdict.REFUSED else (Problem(code="refused_again", text="it was refused again"),)
    answer = dataclasses.replace(plain.answer, problems=(*plain.answer.problems, *told))
    return dataclasses.replace(
        plain, answer=answer, placed=(*plain.placed, *again.placed), remember=again.remember, further=(again.answer, *again.further)
    )
