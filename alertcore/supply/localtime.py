"""The calendar stage supply goes by, and the local day of a decision. Until a calendar is in force: weekends alone, Paris time."""

from __future__ import annotations

from datetime import date

from alertcore.deadlines.calendar import Calendar, read_calendar
from alertcore.deadlines.clock import local_day
from alertcore.inforce import settings
from alertcore.stage import View
from alertcore.supply.turn import Turn


def calendar_of(view: View) -> Calendar:
    """The calendar in force."""
    return settings(view, "calendar", read_calendar)[1]


def today(turn: Turn) -> date:
    """The local day of the decision."""
    return local_day(turn.message.at, calendar_of(turn.view).zone)
