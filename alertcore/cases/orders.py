"""Officers' commands: who may be obeyed, on which alert, and what is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from alertcore import persons
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.state import AlertFile
from alertcore.making import replace
from alertcore.records.hub import Command

Order = Callable[[Desk, AlertFile, Command], str]
"""Does what is commanded on an alert, open or ended; returns the reason. What cannot be done is named and changes nothing."""


def take(desk: Desk, command: Command, orders: Mapping[str, Order]) -> str:
    """Do what an officer commands, if the hub knows the action, the person and the alert."""
    if command.action.startswith("held."):
        return Outcome.HELD_BY_THE_DOOR
    order = orders.get(command.action)
    if order is None:
        return Outcome.UNKNOWN_ACTION
    if persons.problem(command.by):
        return Outcome.NO_PERSON
    command = replace(command, by=persons.spelt(command.by))
    file: AlertFile | None = desk.get(f"alert/{command.target}")
    return Outcome.UNKNOWN_ALERT if file is None else order(desk, file, command)
