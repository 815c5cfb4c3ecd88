"""The shipped calendar: public holidays of the agency's country and its regions, as the settings file `calendar`."""

from __future__ import annotations

import json
from datetime import date

YEARS_BEFORE, YEARS_AFTER = 1, 5

REGIONAL: dict[str, dict[str, str]] = {
    "FR": {
        "01": "971",
        "02": "972",
        "03": "973",
        "04": "974",
        "06": "976",
        "57": "57",
        "67": "6AE",
        "68": "6AE",
        "977": "BL",
        "978": "MF",
        "986": "WF",
        "987": "PF",
        "988": "NC",
    },
}
"""By country: place (INSEE region; département or collectivity where a part of a region has its own) to the library's subdivision."""


def shipped_calendar(today: date, country: str, zone: str) -> str:
    """The calendar of the last year, this one and the next five, as JSON; the same text all year. A country not known has no holidays."""
    import holidays  # a large library, which only the start of a hub needs

    if country not in holidays.list_supported_countries(include_aliases=False):
        return json.dumps({"zone": zone})
    years = list(range(today.year - YEARS_BEFORE, today.year + YEARS_AFTER + 1))
    national: set[date] = set(holidays.country_holidays(country, years=years))
    regional = {
        place: _texts({*holidays.country_holidays(country, subdiv=subdivision, years=years)} - national)
        for place, subdivision in REGIONAL.get(country, {}).items()
    }
    return json.dumps({"zone": zone, "years": years, "national": _texts(national), "regional": regional}, sort_keys=True)


def _texts(days: set[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]
